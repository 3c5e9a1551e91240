import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Whole runs of the checker on temporal properties: small specs whose answers are known, limits, and traces.
@Suite struct LivenessTests {
  private func verdict(_ instance: Instance, _ property: String, _ options: CheckOptions = .with()) throws -> Verdict {
    try Checker(instance: instance, options: options).run(.refute(.property(instance.model.property(property))))
  }

  /// A token that goes round, and that `drop` may lose.
  private static let ring = """
    spec Ring
    type Place = 0..3
    policy lossy: bool = false
    var at: Place
    var lost: bool
    init { at = 0; lost = false }
    fair action pass() { require Kept: !lost; at := if at == 3 then 0 else at + 1 }
    action look() { require Kept: !lost }
    action drop() { require Lossy: lossy && at == 2 && !lost; lost := true }
    deadlock allowed
    temporal Visits: always eventually at == 3
    temporal Stays: eventually always at == 3
    temporal Kept: always !lost
    scope s { }
    """

  @Test("a lasso has a shortest prefix and a loop that closes, and is the same for every engine and number of threads")
  func lasso() throws {
    let ring = try instance(Self.ring)
    #expect("\(try verdict(ring, "Visits").outcome)" == "exhausted")
    let found = try verdict(ring, "Stays")
    guard case .violated(.property(ring.model.property("Stays"))) = found.outcome else {
      Issue.record("\(found.outcome)")
      return
    }
    // Once around: `look` for ever would starve `pass`.
    #expect(found.trace?.steps.count == 4)
    #expect(found.trace?.loop == 0)
    #expect(found.states == 4 && found.transitions == 8 && found.depth == 3)
    for options in [CheckOptions.with(threads: 2), .with(native: .always), .extreme(threads: 2), .with(native: .auto)] {
      #expect(essence(try verdict(ring, "Stays", options)) == essence(found))
    }
    // Lost at 2, after which nothing happens any more: a run that stutters.
    let lossy = try instance(Self.ring, ["lossy": .bool(true)])
    let stuttering = try verdict(lossy, "Visits")
    #expect(stuttering.trace?.steps.count == 3)
    #expect(stuttering.trace?.loop == 3)
    // A violation of safety, as a formula: the loop is what the run does after it.
    #expect(try verdict(lossy, "Kept").trace?.loop == 3)
  }

  @Test("of several properties the first violated one is found, whatever the threads, also beyond one too large to judge")
  func several() throws {
    let ring = try instance(Self.ring)
    let first = try verdict(ring, "Stays")
    for threads in [1, 2, 3, 8] {
      for _ in 0..<5 {
        let all = try Checker(instance: ring, options: .with(threads: threads)).run(.all)
        #expect(essence(all) == essence(first), "\(threads) threads")
      }
    }
    // 71 atoms in one part, more than an automaton may have.
    let wide = """
      spec Wide
      type Place = 0..70
      var at: Place
      init { at = 0 }
      fair action pass() { at := if at == 70 then 0 else at + 1 }
      temporal Wide: eventually (forall p: Place :: eventually at == p)
      temporal Visits: always eventually at == 3
      temporal Stays: eventually always at == 3
      scope s { }
      """
    for threads in [1, 2] {
      let found = try Checker(instance: try instance(wide), options: .with(threads: threads)).run(.all)
      guard case .violated(.property(2)) = found.outcome else {
        Issue.record("\(threads) threads: \(found.outcome)")
        continue
      }
      let held = try Checker(instance: try instance(wide), options: .with(threads: threads)).run(.refute(.property(1)))
      #expect("\(held.outcome)" == "exhausted")
      let open = try Checker(instance: try instance(wide), options: .with(threads: threads)).run(.refute(.property(0)))
      #expect("\(open.outcome)".contains("more than 64 atoms"))
    }
  }

  @Test("counts are those of the search, under symmetry too")
  func counts() throws {
    let more = "temporal Left: forall s: Slot :: holds[s] != none leadsTo holds[s] == none\n"
    let safe = try Checker(instance: try instance(mapping, scope: "small"), options: .with()).run(.all)
    let instance = try instance(mapping + more, scope: "small")
    for native in [CheckOptions.NativeUse.never, .always] {
      let all = try Checker(instance: instance, options: .with(native: native)).run(.all)
      // Nothing is fair: `unmap` of a page without children, which changes nothing, may go on for ever.
      guard case .violated(.property(instance.model.property("Left"))) = all.outcome else {
        Issue.record("\(all.outcome)")
        continue
      }
      #expect(all.symmetry != nil)
      #expect(all.states == safe.states && all.transitions == safe.transitions && all.depth == safe.depth)
      let alone = try verdict(instance, "Left", .with(native: native))
      #expect(alone.states == safe.states && alone.symmetry == nil)
      #expect(alone.trace?.loop == 0 && alone.trace?.steps.count == 1)
    }
  }

  @Test("an atom without a value in a reachable state is a spec error, with the trace there")
  func undefined() throws {
    let text = """
      spec S
      var n: 0..3
      init { n = 0 }
      action up() { n := if n == 3 then 3 else n + 1 }
      temporal T: eventually 6 / (2 - n) > 100
      scope s { }
      """
    let instance = try instance(text)
    for goal in [CheckGoal.all, .refute(.error), .refute(.property(0))] {
      for native in [CheckOptions.NativeUse.never, .always] {
        let found = try Checker(instance: instance, options: .with(native: native)).run(goal)
        guard case .violated(.error(let error)) = found.outcome else {
          Issue.record("\(goal): \(found.outcome)")
          continue
        }
        #expect(error.kind == .division && found.trace?.steps.count == 2 && found.trace?.loop == nil)
      }
    }
  }

  @Test("a step that is a spec error makes a temporal property false of nothing: the error is the answer")
  func erroneousStep() throws {
    let text = """
      spec S
      var n: 0..2
      init { n = 0 }
      action up() { n := n + 1 }
      temporal T: always n < 3
      scope s { }
      """
    let found = try verdict(try instance(text), "T")
    guard case .violated(.error(let error)) = found.outcome else {
      Issue.record("\(found.outcome)")
      return
    }
    #expect(error.kind == .range && found.trace?.steps.count == 3)
  }

  @Test("limits and interruptions are undecided, with their reason")
  func limits() throws {
    let text = counters(4, 5, more: "deadlock allowed\ntemporal Up: forall k: Counter :: eventually c[k] == 4\n")
    let instance = try instance(text)
    // All 625 states; every run ends in the last one.
    let whole = try verdict(instance, "Up")
    #expect("\(whole.outcome)" == "exhausted" && whole.states == 625)
    let few = try verdict(instance, "Up", .with { $0.maxStates = 100 })
    #expect("\(few.outcome)".contains("100 states"))
    let small = try verdict(instance, "Up", .with { $0.maxBytes = 1 })
    #expect("\(small.outcome)".contains("undecided"))
    let soon = try verdict(instance, "Up", .with { $0.maxSeconds = 0 })
    #expect("\(soon.outcome)".contains("undecided"))
    let cancellation = Cancellation()
    cancellation.cancel()
    let stopped = try Checker(instance: instance, options: .with()).run(.refute(.property(0)), cancellation: cancellation)
    #expect("\(stopped.outcome)".contains("interrupted"))
  }

  @Test("a trace with a loop is believed only if it closes, is fair, and breaks the formula")
  func replay() throws {
    let ring = try instance(Self.ring)
    let stays = ring.model.property("Stays")
    let trace = try #require(try verdict(ring, "Stays").trace)
    try Replay.check(trace, .breaks(.property(stays)))
    func failure(_ trace: Trace, _ property: Int) -> Replay.Failure? {
      do throws(Replay.Failure) {
        try Replay.check(trace, .breaks(.property(property)))
        return nil
      } catch { return error }
    }
    var open = trace
    open.loop = 1
    #expect(failure(open, stays) == .loop)
    open.loop = nil
    #expect(failure(open, stays) == .ending)
    // Nothing is enabled only in a deadlock.
    open.loop = trace.steps.count
    #expect(failure(open, stays) == .loop)
    #expect(failure(trace, ring.model.property("Visits")) == .ending)
    let look = try #require(ring.model.actions.firstIndex { $0.name == "look" })
    var idle = Trace(instance: ring, rigid: trace.rigid, initial: trace.initial, steps: [])
    idle.steps = [Trace.Step(instance: ActionInstance(action: look, arguments: []), state: trace.initial)]
    idle.loop = 0
    #expect(failure(idle, ring.model.property("Visits")) == .unfair(ActionInstance(action: 0, arguments: [])))
  }
}
