import Report
import SimRuntime
import Spec

/// From a model and the options of a command to an instance: scope, sizes and policies, each name checked.
struct InstanceChoice {
  let model: Model

  /// An instance and the name to report for its scope.
  func instance(_ options: ScopeOptions) throws -> (instance: Instance, scope: String) {
    let sizes = try sortSizes(options.sizes)
    let scope = try scope(options.scope, sizes)
    let missing = model.sorts.indices.filter { sizes[$0] == nil && scope?.sizes[$0] == nil }
    guard missing.isEmpty else {
      throw CommandError(
        "no size for \(missing.map { model.sorts[$0].name }.joined(separator: ", "))",
        help: missing.map { "--set \(model.sorts[$0].name)=2" }.joined(separator: " "))
    }
    let instance = try instance(scope, sizes, try policyValues(options.policies))
    return (instance, (scope?.name ?? "ad hoc") + (sizes.isEmpty || scope == nil ? "" : " with other sizes"))
  }

  /// The scope that is asked for; all that the spec declares, smallest state first, if none is.
  func instances(_ options: ScopeOptions) throws -> [(instance: Instance, name: String)] {
    guard options.scope == nil, options.sizes.isEmpty, !model.scopes.isEmpty else {
      let (instance, name) = try instance(options)
      return [(instance, name)]
    }
    let policies = try policyValues(options.policies)
    let all = try model.scopes.map { scope -> (instance: Instance, name: String, bits: Int) in
      let instance = try instance(scope, [:], policies)
      return (instance, scope.name, (try? StateLayout(instance).usedBits) ?? .max)
    }
    return all.enumerated().sorted { ($0.element.bits, $0.offset) < ($1.element.bits, $1.offset) }.map {
      ($0.element.instance, $0.element.name)
    }
  }

  /// The policies of a command that has no scope.
  func policyValues(_ options: PolicyOptions) throws -> [PolicyID: Value] {
    var values: [PolicyID: Value] = [:]
    for text in options.policies {
      let (name, value) = try split(text, "--policy", "narrow=false")
      guard let id = model.policies.firstIndex(where: { $0.name == name }) else {
        throw CommandError.unknown("policy", name, in: model.name, candidates: model.policies.map(\.name))
      }
      values[id] = try policyValue(value, model.policies[id])
    }
    return values
  }

  func instance(_ scope: Scope?, _ sizes: [SortID: Int], _ policies: [PolicyID: Value]) throws -> Instance {
    do {
      return try Instance(model, scope: scope, sizes: sizes, policies: policies)
    } catch {
      throw CommandError("a policy's value is a spec error (\(error.kind.words)): \(error.detail)")
    }
  }

  private func scope(_ name: String?, _ sizes: [SortID: Int]) throws -> Scope? {
    let names = model.scopes.map(\.name)
    guard let name else {
      if sizes.count == model.sorts.count, !sizes.isEmpty || model.scopes.isEmpty { return nil }
      if let first = model.scopes.first { return first }
      throw CommandError("\(model.name) declares no scope", help: "give each sort a size: --set \(model.sorts[0].name)=2")
    }
    guard let scope = model.scopes.first(where: { $0.name == name }) else {
      throw CommandError.unknown("scope", name, in: model.name, candidates: names)
    }
    return scope
  }

  private func sortSizes(_ texts: [String]) throws -> [SortID: Int] {
    var sizes: [SortID: Int] = [:]
    for text in texts {
      let (name, value) = try split(text, "--set", "Space=4")
      guard let id = model.sorts.firstIndex(where: { $0.name == name }) else {
        if model.policies.contains(where: { $0.name == name }) {
          throw CommandError("`\(name)` is a policy, not a sort", help: "--policy \(text)")
        }
        throw CommandError.unknown("sort", name, in: model.name, candidates: model.sorts.map(\.name))
      }
      guard let size = Int(value), (1...64).contains(size) else {
        throw CommandError("`\(value)` is not a size for \(name)", help: "a size is a number from 1 to 64")
      }
      sizes[id] = size
    }
    return sizes
  }

  private func split(_ text: String, _ option: String, _ example: String) throws -> (String, String) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex, text.index(after: sign) != text.endIndex else {
      throw CommandError("`\(text)` is not of the form name=value", help: "for example \(option) \(example)")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  /// Policies have key types without sorts, so their values can be listed and compared with the text.
  private func policyValue(_ text: String, _ policy: PolicyDeclaration) throws -> Value {
    let any = Instance(model: model, sizes: model.sorts.map { _ in 1 }, policies: [], scope: nil)
    let names = ValueNames(any, nil)
    if case .int(let low, let high) = policy.type, let number = Int64(text), low <= number, number <= high { return .int(number) }
    let count = any.cardinality(policy.type)
    let values = (0..<min(count, 4096)).map { any.value($0, policy.type) }
    if let value = values.first(where: { names.text($0, policy.type) == text }) { return value }
    throw CommandError(
      "`\(text)` is not a value of policy \(policy.name): \(model.describe(policy.type))",
      help: CommandError.unknown(
        "value", text, in: model.describe(policy.type), candidates: values.map { names.text($0, policy.type) }
      ).help)
  }
}
