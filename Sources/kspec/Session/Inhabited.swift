import Spec

/// A proof about a spec without states says nothing: at least one `check` line must have a scope with values for the constants and
/// an initial state, else what is proved is proved of nothing.
enum Inhabited {
  static let withoutStates = "vacuous: no scope has values for the constants and an initial state"

  /// Whether no scope, the smallest first, has a state; without scopes, whether one or two elements of each sort have none.
  static func isVacuous(_ model: Model, _ policies: [PolicyID: Value]) -> Bool {
    var instances = model.scopes.compactMap { try? Instance(model, scope: $0, policies: policies) }
    if instances.isEmpty {
      guard let values = try? InstanceChoice(model: model).instance(nil, [:], policies).policies else { return false }
      instances = [1, 2].map { size in Instance(model: model, sizes: model.sorts.map { _ in size }, policies: values, scope: nil)
      }
    }
    // What is too large to list is not empty for that.
    return instances.sorted { $0.sizes.reduce(0, +) < $1.sizes.reduce(0, +) }.allSatisfy { hasState($0) == false }
  }

  /// Why the `verify` block shows no state; nil if some `check` line does.
  static func objection(_ model: Model) -> String? {
    var sawCheck = false
    for line in model.verify ?? [] {
      guard case .check = line.goal, let index = line.scope, model.scopes.indices.contains(index) else { continue }
      sawCheck = true
      if hasState(model, model.scopes[index], line) { return nil }
    }
    return sawCheck
      ? "no `check` scope has values for the constants and an initial state" : "no `check` line shows that the spec has a state"
  }

  private static func hasState(_ model: Model, _ scope: Scope, _ line: VerifyLine) -> Bool {
    var policies: [PolicyID: Value] = [:]
    for (policy, expr) in line.settings { policies[policy] = try? model.closedValue(expr) }
    guard let instance = try? Instance(model, scope: scope, policies: policies) else { return false }
    return hasState(instance) ?? false
  }

  /// nil if it cannot be told.
  private static func hasState(_ instance: Instance) -> Bool? {
    withLargeStack {
      let evaluator = Evaluator(instance)
      guard let rigid = try? evaluator.rigidValuations() else { return nil }
      var isKnown = true
      for values in rigid {
        let states = try? evaluator.initialStates(values)
        if states?.isEmpty == false { return true }
        if states == nil { isKnown = false }
      }
      return isKnown ? false : nil
    }
  }
}
