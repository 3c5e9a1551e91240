import Spec
import TestSupport
import Testing

@testable import Checker

/// Verdict, counts and trace are the same for every number of threads and at every extreme of the buffers, and agree with the
/// reference exploration.
@Suite struct IndependenceTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var settings: [String: Value] = [:]
    var testDescription: String { name }
  }

  static let cases: [Case] =
    [
      Case(name: "counters", text: counters(3, 4)),
      Case(
        name: "counters with a wide event",
        text: counters(4, 3, more: "invariant Low: count(k: Counter where c[k] > 0) < 3\ndeadlock allowed")),
      Case(name: "counters that get stuck", text: counters(3, 3, more: "")),
      Case(
        name: "counters with a bad step",
        text: counters(
          3, 4, more: "transition T: on step(k) :: exists j: Counter :: j != k && c[j] >= old(c[k])\ndeadlock allowed")),
      Case(name: "mapping", text: mapping.replacing("scope tiny  { Space = 3, Page = 2, Frame = 2 }", with: "")),
      Case(
        name: "mapping not narrow", text: mapping.replacing("scope tiny  { Space = 3, Page = 2, Frame = 2 }", with: ""),
        settings: ["narrow": .bool(false)]),
      Case(
        name: "mapping not recursive", text: mapping.replacing("scope tiny  { Space = 3, Page = 2, Frame = 2 }", with: ""),
        settings: ["recursive": .bool(false)]),
      Case(name: "machine", text: EventTests.machine),
    ]
    + ["bad", "wrong", "stuck", "undefined", "jump"].map {
      Case(name: "machine \($0)", text: EventTests.machine, settings: [$0: .bool(true)])
    }

  @Test(arguments: cases) func `nothing depends on threads, tables, buffers or logs`(_ given: Case) throws {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      let reference = essence(try Checker(instance: instance, options: .with()).run(goal))
      for options in [.with(threads: 2), .with(threads: 3), .extreme(threads: 1), .extreme(threads: 3)] as [CheckOptions] {
        #expect(essence(try Checker(instance: instance, options: options).run(goal)) == reference)
      }
    }
  }

  @Test(arguments: cases) func `native code gives the evaluator's verdict, counts and trace`(_ given: Case) throws {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      let reference = essence(try Checker(instance: instance, options: .with()).run(goal))
      #expect(essence(try Checker(instance: instance, options: .with(threads: 2, native: .always)).run(goal)) == reference)
    }
  }

  @Test(arguments: cases) func `the reference exploration counts the same and needs as many steps`(_ given: Case) throws {
    let instance = try instance(given.text, given.settings)
    try compare(instance)
  }

  @Test(arguments: specTexts(in: "conformance")) func `conformance specs agree with the reference exploration`(_ spec: SpecText)
    throws
  {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    for scope in model.scopes { try compare(try Instance(model, scope: scope)) }
  }
}

/// Everything that can be asked of a model.
func goals(_ model: Model) -> [CheckGoal] {
  [.all, .safety, .refute(.deadlock), .refute(.error)]
    + model.properties.indices.map { index in
      if case .cover = model.properties[index].kind { .cover(index) } else { .refute(.property(index)) }
    }
}

/// Every goal against the reference exploration; where nothing ends the search early, the counts too.
func compare(_ instance: Instance, _ options: CheckOptions = .with(threads: 2)) throws {
  let twin = try ReferenceExploration(instance)
  func steps(_ goal: CheckGoal) throws -> Int? {
    let verdict = try Checker(instance: instance, options: options).run(goal)
    switch verdict.outcome {
    case .violated(.coverUnreached), .exhausted:
      #expect(verdict.states == UInt64(twin.states))
      #expect(verdict.transitions == UInt64(twin.transitions))
      #expect(verdict.depth == twin.depth)
      return nil
    case .violated(.error) where goal != .refute(.error) && goal != .all: return -1
    default: return verdict.trace?.steps.count
    }
  }
  #expect(try steps(.refute(.deadlock)) == twin.deadlock)
  #expect(try steps(.refute(.error)) == twin.error)
  var safety: [Int?] = []
  var all = [twin.error, instance.model.deadlockAllowed ? nil : twin.deadlock]
  for (index, property) in instance.model.properties.enumerated() {
    switch property.kind {
    case .invariant, .transition:
      all.append(twin.properties[index])
      safety.append(twin.properties[index])
      let found = try steps(.refute(.property(index)))
      #expect(found == -1 || found == twin.properties[index], "\(property.name)")
    case .cover:
      let found = try steps(.cover(index))
      #expect(found == -1 || found == twin.properties[index], "\(property.name)")
    case .temporal: break
    }
  }
  #expect(try steps(.all) == all.compactMap(\.self).min())
  let found = try steps(.safety)
  #expect(found == -1 || found == safety.compactMap(\.self).min())
}
