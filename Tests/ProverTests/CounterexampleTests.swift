import Spec
import TestSupport
import Testing

@testable import Prover

@Suite("What is in a counterexample to induction")
struct CounterexampleTests {
  private static let cases: [(path: String, policy: String, property: String)] = [
    ("vmm/xen-paging.kspec", "exclusive", "NoWritableTable"), ("vmm/xen-paging.kspec", "flush", "NoWritableTable"),
    ("l4/mapping.kspec", "narrow", "Narrowed"), ("l4/mapping.kspec", "recursive", "Downgraded"),
    ("vmm/shadow-paging.kspec", "revoke", "Composed"), ("exokernel/bindings.kspec", "checkCapability", "Authorised"),
  ]

  /// By the evaluator, which knows nothing of how it was found. Forests stay as they are: without an edge they are other forests.
  @Test(arguments: cases)
  func `nothing can be left out of its first state`(path: String, policy: String, property: String) throws {
    let model = try library(path)
    let verdict = try #require(try prove(model, [property], settings: [policy: false])[property])
    let trace = try #require(verdict.induction)
    let step = try #require(trace.steps.first)
    let evaluator = Evaluator(trace.instance)
    let id = model.property(property)
    // The hypotheses it was found under: what else is an invariant was dropped before.
    let invariants = try model.properties.indices.filter {
      guard case .invariant = model.properties[$0].kind else { return false }
      return try evaluator.holds($0, in: trace.initial, trace.rigid)
    }
    func isCounterexample(_ state: State) throws -> Bool {
      guard try invariants.allSatisfy({ try evaluator.holds($0, in: state, trace.rigid) }),
        let after = try evaluator.step(step.instance, from: state, trace.rigid)
      else { return false }
      if case .invariant = model.properties[id].kind { return try !evaluator.holds(id, in: after, trace.rigid) }
      return try !evaluator.holds(transition: id, step.instance, from: state, to: after, trace.rigid)
    }
    #expect(try isCounterexample(trace.initial))
    var tried = 0
    for variable in trace.initial.variables.indices {
      for less in trace.initial.variables[variable].withLess(model.variables[variable].type, model) {
        var state = trace.initial
        state.variables[variable] = less
        tried += 1
        #expect(
          try !isCounterexample(state), "\(model.variables[variable].name) is \(trace.initial.variables[variable]), not \(less)")
      }
    }
    #expect(tried > 0)
  }
}

extension Value {
  /// The value with one thing less in it.
  fileprivate func withLess(_ type: Type, _ model: Model) -> [Value] {
    switch (self, type) {
    case (.bool(true), _): return [.bool(false)]
    case (.int(let value), .int(let low, _)) where value != low: return [.int(low)]
    case (.element(let value), .enumeration(let id)) where model.enumerations[id].ordered && value > 0:
      return [.element(value - 1)]
    case (.some(let payload), .option(let inner)): return [.none] + payload.withLess(inner, model).map { .some($0) }
    case (.record(let fields), .record(let id)):
      return fields.indices.flatMap { place in
        fields[place].withLess(model.records[id].fields[place].type, model).map { .record(fields.replacing(place, by: $0)) }
      }
    case (.map(let cells), .map(_, let cell)):
      return cells.indices.flatMap { place in cells[place].withLess(cell, model).map { .map(cells.replacing(place, by: $0)) } }
    case (.set(let members), _):
      return members.indices.filter { members[$0] }.map { .set(members.replacing($0, by: false)) }
    default: return []
    }
  }
}

extension Array {
  fileprivate func replacing(_ place: Int, by element: Element) -> [Element] {
    var result = self
    result[place] = element
    return result
  }
}
