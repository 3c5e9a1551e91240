import Foundation
import TestSupport
import Testing

@testable import Spec

/// `Model.without` against the same spec with the guard's text replaced by `require true`.
@Suite("A model without a guard")
struct GuardTests {
  private static func load(_ text: String) throws -> Model { try Frontend.check(text: text).model }

  /// The text in which a guard says nothing.
  private func text(_ original: String, without rules: [Guard]) -> String {
    var bytes = Array(original.utf8)
    for rule in rules.sorted(by: { $0.span > $1.span }) {
      bytes.replaceSubrange(rule.span.start..<rule.span.end, with: Array("require true".utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func explore(_ model: Model) throws -> ReferenceExploration {
    let instance = try Instance(model, scope: model.scopes.first)
    return try ReferenceExploration(instance)
  }

  private static let small =
    specTexts(in: "conformance") + specTexts(in: "vmm").filter { $0.path.hasSuffix("xsa-148-182.kspec") }

  @Test("has the states, transitions and violations of the text without it", arguments: small)
  func library(spec: SpecText) throws {
    let model = try Self.load(spec.text)
    let whole = try explore(model)
    for rule in model.guards {
      let changed = model.without([rule])
      #expect(ModelChecks.problems(of: changed) == [])
      guard whole.states < 2_000 else { continue }
      #expect(try explore(changed) == explore(try Self.load(text(spec.text, without: [rule]))), "\(model.name(of: rule))")
    }
  }

  @Test("and so it is in random specs, of each guard and of all together", arguments: 0..<60)
  func random(seed: UInt64) throws {
    let text = SpecGenerator.text(seed: seed)
    // Some specs are no specs: two updates of one queue.
    guard let model = try? Self.load(text) else { return }
    let sets = model.guards.map { [$0] } + [model.guards]
    for rules in sets.prefix(4) {
      let changed = model.without(rules)
      #expect(ModelChecks.problems(of: changed) == [])
      let instance = try Instance(changed, scope: changed.scopes.first)
      guard instance.excessiveWork() == nil else { continue }
      let evaluator = Evaluator(instance)
      let other = try Evaluator(Instance(Self.load(self.text(text, without: rules)), scope: model.scopes.first))
      for rigid in (try? evaluator.rigidValuations())?.prefix(3) ?? [] {
        let states = (try? evaluator.initialStates(rigid)) ?? []
        for state in states.prefix(20) {
          #expect(edges(evaluator, state, rigid) == edges(other, state, rigid))
        }
      }
    }
  }

  /// Instances with the state after each, or the kind of the error.
  private func edges(_ evaluator: Evaluator, _ state: State, _ rigid: RigidValuation) -> [String] {
    evaluator.successors(of: state, rigid).map { edge in
      switch edge.result {
      case .success(let after): "\(edge.instance) \(after)"
      case .failure(let error): "\(edge.instance) \(error.kind)"
      }
    }
  }

  private static let lets = """
    spec S
    var n: 0..5
    init { n = 0 }
    action up(k: 0..3) {
      require Few: n < 3
      let sum = n + k
      require Low: sum <= 4
      require Same: n + k < 5
      n := sum
    }
    deadlock allowed
    scope only { }
    """

  @Test("a guard that others imply is stated as a property that holds, also one that names what a `let` binds")
  func implied() throws {
    let model = try Self.load(Self.lets)
    #expect(model.guards.map(model.name(of:)) == ["up.Few", "up.Low", "up.Same"])
    // Without Few, n = 3 goes on: there after one step, broken on the next.
    let broken: [Int?] = [2, nil, nil]
    for (rule, steps) in zip(model.guards, broken) {
      let stated = model.withoutButStating(rule)
      #expect(ModelChecks.problems(of: stated) == [])
      #expect(try explore(stated).properties[model.properties.count] == steps, "\(model.name(of: rule))")
    }
    // Low and Same say one thing; without both, 2 + 3 is too much.
    let both = model.without([model.guards[2]])
    #expect(try explore(both.withoutButStating(both.guards[1])).properties[0] == 2)
  }

  @Test("an action that is forbidden is broken where it first happens")
  func forbidding() throws {
    let model = try Self.load(Self.lets).forbidding(0)
    #expect(try explore(model).properties == [0: 1])
  }

  @Test("a guard without a name is called by its text")
  func unnamed() throws {
    let model = try Self.load("spec S  var n: 0..1  init { n = 0 }  action up() { require n < 1; n := n + 1 }")
    #expect(model.guards.map(model.name(of:)) == ["up.require n < 1"])
  }
}
