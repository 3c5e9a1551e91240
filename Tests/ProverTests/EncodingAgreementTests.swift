import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

/// Any value of a type: states that need not be reachable show errors and corners that reachable ones do not.
private func randomValue(_ type: Type, _ instance: Instance, _ random: inout SeededGenerator) -> Value {
  switch type {
  case .record(let id): return .record(instance.model.records[id].fields.map { randomValue($0.type, instance, &random) })
  case .map(let keys, let inner):
    return .map((0..<instance.cardinality(of: keys)).map { _ in randomValue(inner, instance, &random) })
  case .set(let element): return .set((0..<instance.cardinality(element)).map { _ in Bool.random(using: &random) })
  case .queue(let capacity, let element):
    return .queue((0..<Int.random(in: 0...capacity, using: &random)).map { _ in randomValue(element, instance, &random) })
  case .forest(let element):
    let order = (0..<instance.cardinality(element)).shuffled(using: &random)
    var parents = order.map { _ in -1 }
    for (position, node) in order.enumerated() where position > 0 && Bool.random(using: &random) {
      parents[node] = order[Int.random(in: 0..<position, using: &random)]
    }
    return .forest(parents)
  default: return instance.value(Int.random(in: 0..<instance.cardinality(type), using: &random), type)
  }
}

/// States along a random walk, and random states.
func sample(
  _ instance: Instance, _ rigid: RigidValuation, walk: Int, random count: Int, _ random: inout SeededGenerator
) -> [State] {
  let evaluator = Evaluator(instance)
  var states: [State] = []
  if var state = (try? evaluator.initialStates(rigid))?.randomElement(using: &random) {
    for _ in 0..<walk {
      states.append(state)
      let next = evaluator.successors(of: state, rigid).compactMap { try? $0.result.get() }
      guard let chosen = next.randomElement(using: &random) else { break }
      state = chosen
    }
  }
  for _ in 0..<count {
    states.append(State(variables: instance.model.variables.map { randomValue($0.type, instance, &random) }))
  }
  return states
}

@discardableResult
func agreement(
  _ instance: Instance, encodingOf model: Model? = nil, fault: EncodingFault? = nil, seed: UInt64, walk: Int,
  random count: Int, instances: Int
) throws -> EncodingAgreement {
  // First, since what init says comes before any action in a run, too.
  let initial = try InitialAgreement(instance, encodingOf: model, fault: fault)
  try initial.countStates()
  var agreement = try EncodingAgreement(instance, encodingOf: model, fault: fault)
  var random = SeededGenerator(seed: seed)
  guard let rigid = try Evaluator(instance).rigidValuations().randomElement(using: &random) else { return agreement }
  let states = sample(instance, rigid, walk: walk, random: count, &random)
  try initial.compare(states, rigid)
  for state in states {
    try agreement.compare(state, rigid) { range in
      range.count <= instances ? Array(range) : (0..<instances).compactMap { _ in range.randomElement(using: &random) }
    }
  }
  return agreement
}

@Suite struct EncodingAgreementTests {
  @Test(
    "the encoding of the library and of the conformance suite is what the evaluator does",
    arguments: specTexts(in: "."))
  func library(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    var seen = 0
    for (position, scope) in model.scopes.prefix(1).enumerated() {
      // Every setting of one boolean or enum policy at a time.
      var settings: [[PolicyID: Value]] = [[:]]
      for (id, policy) in model.policies.enumerated() {
        switch policy.type {
        case .bool: settings += [false, true].map { [id: .bool($0)] }
        case .enumeration(let type): settings += model.enumerations[type].cases.indices.map { [id: .element($0)] }
        default: break
        }
        // The default is the first entry already.
        let usual = try Instance(model, scope: scope).policies[id]
        settings.removeAll { $0[id] == usual }
      }
      for setting in settings {
        // Two elements a sort show what one action does; chains are as long as the records of them allow.
        let sizes = scope.sizes.mapValues { min($0, 2) }
        let instance = try Instance(model, scope: scope, sizes: sizes, policies: setting)
        guard (try? Evaluator(instance).rigidValuations().first) != nil else { continue }
        let agreement = try agreement(instance, seed: UInt64(position), walk: 6, random: 4, instances: 4)
        seen += agreement.steps + agreement.errors
        #expect(agreement.unsupported.isEmpty, "\(agreement.unsupported)")
      }
    }
    #expect(seen > 0)
  }

  /// What docs/Warts.md says has no encoding.
  private static let documented = ["an update in a `for` whose location does not contain the loop's variables"]
  private static let blocks = 10
  /// The comparison itself can fail: an encoding of one spec is compared with the evaluator of another that differs in one place.
  @Test(
    "a wrong encoding is found",
    arguments: [
      ("tree.prune(at)", "tree.remove(at)"), ("tree.replace(from, by: to)", "tree.attach(to, under: from)"),
      ("r <= right[from]", "r < right[from]"), ("require Vacant:  holds[to] == none", "require Vacant:  true"),
      ("holds[to] := holds[from]", "holds[to] := holds[to]"), ("tree.under(s, at) else", "tree.within(s, at) else"),
    ])
  func wrong(_ right: String, _ wrong: String) throws {
    let model = try model(mappingText)
    let changed = try ProverTests.model(mappingText.replacingOccurrences(of: right, with: wrong))
    let sizes = [0: 2, 1: 2, 2: 2]
    let instance = try Instance(model, scope: nil, sizes: sizes)
    #expect(throws: EncodingAgreement.Difference.self) {
      try agreement(instance, encodingOf: changed, seed: 1, walk: 12, random: 12, instances: 8)
    }
  }

  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  /// 8 each; `KSPEC_RANDOM_SPECS` asks for another number in all.
  @Test("the encoding of random specs is what the evaluator does", arguments: 0..<blocks)
  func random(_ block: Int) throws {
    let wanted = (Self.setting("KSPEC_RANDOM_SPECS") ?? 80) / Self.blocks
    var seed = UInt64(block + Self.blocks * (Self.setting("KSPEC_RANDOM_SEED") ?? 0)) * 1_000_000 + 500_000
    var (compared, steps, errors) = (0, 0, 0)
    while compared < wanted {
      seed += 1
      let text = SpecGenerator.text(seed: seed)
      guard let model = try? Frontend.check(text: text).model else { continue }
      let instance = try Instance(model, scope: model.scopes.first)
      guard (try? Evaluator(instance).rigidValuations().first) != nil else { continue }
      do {
        let agreement = try agreement(instance, seed: seed, walk: 4, random: 4, instances: 3)
        (steps, errors) = (steps + agreement.steps, errors + agreement.errors)
        for reason in agreement.unsupported { #expect(Self.documented.contains { reason.hasPrefix($0) }, "\(reason)") }
      } catch {
        Issue.record("seed \(seed): \(error)\n\(text)")
        return
      }
      compared += 1
    }
    #expect(steps > wanted && errors > 0)
  }
}
