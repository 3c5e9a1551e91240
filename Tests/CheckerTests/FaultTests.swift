import SimRuntime
import Spec
import Testing

@testable import Checker

typealias ReferenceSourceForTests = ReferenceSource

/// What a wrong source says is never shown: each of its lies ends in a fault of kspec itself.
@Suite struct FaultTests {
  enum Lie: CaseIterable, Sendable {
    case none
    /// An edge that the spec does not have.
    case successor
    /// A state that no `init` gives.
    case initial
    case deadlock
    case brokenInvariant
    case brokenTransition
    case error
  }

  private func run(_ lie: Lie, _ goal: CheckGoal, _ change: (inout CheckOptions) -> Void = { _ in }) throws -> Verdict {
    let text = counters(
      2, 4,
      more:
        "invariant I: forall k: Counter :: c[k] < 4\ninvariant Low: count(k: Counter where c[k] == 3) < 2\ntransition T: true\ndeadlock allowed"
    )
    var options = CheckOptions.with { $0.source = { Liar(try ReferenceSource($0), lie) } }
    change(&options)
    return try Checker(instance: try instance(text), options: options).run(goal)
  }

  @Test func `the same source without a lie is believed`() throws {
    let verdict = try run(.none, .all)
    guard case .violated(.property(1)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.trace?.steps.count == 6)
  }

  @Test(arguments: [
    (Lie.successor, CheckGoal.all), (.initial, .all), (.deadlock, .refute(.deadlock)), (.brokenInvariant, .refute(.property(0))),
    (.brokenTransition, .refute(.property(2))), (.error, .refute(.error)),
  ])
  func `a lie is a fault`(lie: Lie, goal: CheckGoal) throws {
    #expect(throws: EngineFault.self) { try run(lie, goal) }
    #expect(throws: EngineFault.self) { try run(lie, goal) { $0.tuning.logBytes = 0 } }
  }

  @Test func `a trace changed in any place does not replay`() throws {
    let instance = try instance(mapping, scope: "small", ["narrow": .bool(false)])
    let narrowed = instance.model.property("Narrowed")
    let trace = try #require(try Checker(instance: instance, options: .with()).run(.refute(.property(narrowed))).trace)
    let finding = Finding(what: .broken(.property(narrowed)))
    try finding.certify(trace)

    var mutants: [Trace] = []
    func mutant(_ change: (inout Trace) -> Void) {
      var copy = trace
      change(&copy)
      mutants.append(copy)
    }
    mutant { $0.steps.removeLast() }
    mutant { $0.steps.removeFirst() }
    mutant { $0.steps.swapAt(0, 1) }
    mutant { $0.initial = $0.steps[0].state ?? $0.initial }
    mutant { $0.steps[1].state = $0.steps[0].state }
    mutant { $0.steps[1].state = nil }
    mutant { $0.steps.append($0.steps[1]) }
    for step in trace.steps.indices {
      for position in trace.steps[step].instance.arguments.indices {
        mutant { $0.steps[step].instance.arguments[position] = ($0.steps[step].instance.arguments[position] + 1) % 3 }
      }
    }
    for mutant in mutants { #expect(throws: EngineFault.self) { try finding.certify(mutant) } }
    // The run itself is real, so what it is said to show must be what fails.
    for wrong in [Broken.property(0), .deadlock, .error(SpecError(.range, at: .none, "")), .coverUnreached(4)] {
      #expect(throws: EngineFault.self) { try Finding(what: .broken(wrong)).certify(trace) }
    }
  }
}

/// The evaluator, but for one lie.
private struct Liar: SuccessorSource {
  let truth: ReferenceSource
  let lie: FaultTests.Lie
  var instance: Instance { truth.instance }
  var layout: StateLayout { truth.layout }
  var name: String { "liar" }

  init(_ truth: ReferenceSource, _ lie: FaultTests.Lie) {
    self.truth = truth
    self.lie = lie
  }

  func makeScratch() -> Scratch { truth.makeScratch() }
  func pack(_ rigid: RigidValuation) -> PackedRigid { truth.pack(rigid) }

  private var end: State { State(variables: [.map([.int(3), .int(3)])]) }
  private func isEnd(_ words: UnsafePointer<UInt64>) -> Bool { layout.unpack(words) == end }

  func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    try truth.initialStates(rigid, into: &states)
    if lie == .initial {
      var words = [UInt64](repeating: 0, count: layout.wordsPerState)
      layout.pack(State(variables: [.map([.int(3), .int(2)])]), into: &words)
      states.append(words)
    }
  }

  func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    var expansion = truth.expand(
      parents.prefix(1), rigid, judging: judging, into: &successors, marks: marks, scratch)
    if lie == .successor {
      var words = [UInt64](repeating: 0, count: layout.wordsPerState)
      layout.pack(end, into: &words)
      successors.append(words)
      marks[0].end = successors.count
    }
    let false_: PropertySet =
      switch lie {
      case .deadlock: .deadlock
      case .error: .error
      case .brokenTransition: .property(2)
      default: []
      }
    if layout.unpack(parents[0]) == State(variables: [.map([.int(1), .int(1)])]) {
      marks[0].broken.formUnion(false_.intersection(judging))
      expansion.broken.formUnion(marks[0].broken)
    }
    return expansion
  }

  func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch
  ) {
    truth.judge(states, rigid, judging: judging, into: masks, scratch)
    if lie == .brokenInvariant { masks[0].insert(.property(0)) }
  }
}
