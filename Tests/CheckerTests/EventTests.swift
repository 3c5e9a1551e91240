import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Every kind of event is found, with its shortest trace, and nothing else is.
@Suite struct EventTests {
  static let machine = """
    spec Machine
    policy bad: bool = false
    policy wrong: bool = false
    policy stuck: bool = false
    policy undefined: bool = false
    policy jump: bool = false
    var n: 0..9
    var o: (0..9)?
    init { n = 0; o = none }
    action up() {
      require n < 7
      n := if bad then n + 3 else n + 1
    }
    action down() {
      require n > 0
      require stuck ==> n < 3
      n := n - 1
    }
    action leap() {
      require jump && n == 2
      n := 0
    }
    action spoil() { require wrong && n == 2; o := n; n := o! }
    invariant Small: n < 8
    invariant Defined: undefined && n == 4 ==> o! == 0
    transition Near: on leap() :: n + 1 == old(n)
    cover Six: n == 6
    cover Never: n == 9
    scope s { }
    """

  /// Without what makes the check fail for other reasons.
  static let covered = machine.replacing("cover Never: n == 9", with: "")

  private func run(
    _ goal: (Model) -> CheckGoal, _ settings: [String], text: String = machine, _ options: CheckOptions = .with()
  ) throws -> Verdict {
    let instance = try instance(text, Dictionary(uniqueKeysWithValues: settings.map { ($0, .bool(true)) }))
    return try Checker(instance: instance, options: options).run(goal(instance.model))
  }

  @Test func `a check without events is exhausted and has its covers`() throws {
    let verdict = try run({ _ in .all }, [], text: Self.covered)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.states == 8 && verdict.depth == 7 && verdict.transitions == 14)
    #expect(verdict.covers.map(\.steps) == [6])
    #expect(verdict.trace == nil)
  }

  @Test func `an unreached cover violates a check, and only after everything`() throws {
    let verdict = try run({ _ in .all }, [])
    guard case .violated(.coverUnreached(let index)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(index == 4)
    #expect(verdict.states == 8)
  }

  @Test func `an invariant is broken after the fewest steps`() throws {
    for goal in [CheckGoal.all, .refute(.property(0))] {
      // 0, 3, 6, 9; the value 7 is reached later.
      let verdict = try run({ _ in goal }, ["bad"])
      guard case .violated(.property(0)) = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(verdict.trace?.steps.map(\.instance.action) == [0, 0, 0])
      #expect(verdict.explanation != nil)
    }
  }

  @Test func `an error on an edge ends a check with the step that runs into it`() throws {
    for goal in [CheckGoal.all, .refute(.error)] {
      let verdict = try run({ _ in goal }, ["wrong"])
      guard case .violated(.error(let error)) = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(error.kind == .none)
      #expect(verdict.trace?.steps.count == 3)
      #expect(verdict.trace?.steps.last?.state == nil)
      #expect(verdict.trace?.steps.last?.instance.action == 3)
    }
  }

  @Test func `an error in judging an invariant ends a check at the state`() throws {
    for goal in [CheckGoal.all, .refute(.error), .refute(.property(1))] {
      let verdict = try run({ _ in goal }, ["undefined"])
      guard case .violated(.error(let error)) = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(error.kind == .none)
      #expect(verdict.trace?.steps.count == 4)
      #expect(verdict.trace?.steps.allSatisfy { $0.state != nil } == true)
    }
  }

  @Test func `a transition property is broken by a step`() throws {
    for goal in [CheckGoal.all, .refute(.property(2))] {
      let verdict = try run({ _ in goal }, ["jump"])
      guard case .violated(.property(2)) = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(verdict.trace?.steps.map(\.instance.action) == [0, 0, 2])
    }
  }

  @Test func `a transition property is judged on steps that change nothing and on steps to known states`() throws {
    let text = """
      spec Idle
      var n: 0..2
      init { n = 0 }
      action up() { require n < 2; n := n + 1 }
      action idle() { require n == 2 }
      transition Moves: n != old(n)
      scope s { }
      """
    let verdict = try run({ _ in .all }, [], text: text)
    guard case .violated(.property(0)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.trace?.steps.map(\.instance.action) == [0, 0, 1])
  }

  @Test func `a deadlock has the trace to its state, and may be allowed`() throws {
    for goal in [CheckGoal.all, .refute(.deadlock)] {
      let verdict = try run({ _ in goal }, ["stuck"], text: Self.covered)
      guard case .violated(.deadlock) = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(verdict.trace?.steps.count == 7)
    }
    let allowed = try run({ _ in .all }, ["stuck"], text: Self.covered + "\ndeadlock allowed\n")
    guard case .exhausted = allowed.outcome else {
      Issue.record("\(allowed.outcome)")
      return
    }
    #expect(allowed.states == 8)
  }

  @Test func `what is not asked is no event`() throws {
    for (goal, setting) in [
      (CheckGoal.refute(.property(0)), "wrong"), (.refute(.property(0)), "jump"), (.refute(.deadlock), "jump"),
      (.refute(.property(2)), "stuck"), (.refute(.error), "stuck"), (.refute(.error), "jump"), (.unreachable(4), "jump"),
    ] {
      let verdict = try run({ _ in goal }, [setting])
      guard case .exhausted = verdict.outcome else {
        Issue.record("\(goal) \(setting): \(verdict.outcome)")
        return
      }
    }
  }

  @Test func `a cover is reached by a shortest trace or not at all`() throws {
    for goal in [CheckGoal.cover(3), .unreachable(3)] {
      let verdict = try run({ _ in goal }, [])
      guard case .reached = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(verdict.trace?.steps.count == 6)
    }
    guard case .violated(.coverUnreached(4)) = try run({ _ in .cover(4) }, []).outcome else {
      Issue.record("a cover that is not there")
      return
    }
    guard case .exhausted = try run({ _ in .unreachable(4) }, []).outcome else {
      Issue.record("a cover that is not there")
      return
    }
  }

  @Test func `an initial state may be the event`() throws {
    let text =
      "spec I\nvar n: 0..3\ninit { n = any x: 0..3 where x > 1 }\naction a() { n := 0 }\ninvariant Low: n < 3\nscope s { }"
    let verdict = try run({ _ in .all }, [], text: text)
    guard case .violated(.property(0)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.trace?.steps.count == 0)
    #expect(verdict.trace?.initial == State(variables: [.int(3)]))
    #expect(verdict.states == 2 && verdict.transitions == 0)
  }

  @Test func `an error in init is one without a trace`() throws {
    let text = """
      spec E
      const k: 0..3
      axiom One: k > 0
      var n: 0..3
      init { n = k + 1 }
      action stay() { }
      scope s { }
      """
    let verdict = try run({ _ in .all }, [], text: text)
    guard case .violated(.error(let error)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(error.kind == .range)
    #expect(verdict.trace == nil && !verdict.notes.isEmpty)
  }

  @Test func `no initial state and no constants are vacuous, never exhausted`() throws {
    for text in [
      "spec V\nvar n: 0..3\ninit { n = any x: 0..3 where x > 3 }\naction a() { n := 0 }\nscope s { }",
      "spec V\nconst k: 0..3\naxiom No: k > 3\nvar n: 0..3\ninit { n = 0 }\naction a() { n := 0 }\nscope s { }",
    ] {
      guard case .undecided(let why) = try run({ _ in .all }, [], text: text).outcome else {
        Issue.record("not undecided")
        return
      }
      #expect(why.hasPrefix("vacuous"))
    }
  }

  @Test func `the shortest trace over all constants wins, and of equals the first`() throws {
    let text = """
      spec Far
      const k: 1..4
      const twice: bool
      var n: 0..9
      init { n = 0 }
      action up() { require n < 9; n := n + 1 }
      action back() { require n == 9; n := 0 }
      invariant Below: n < 6 - k
      scope s { }
      """
    let verdict = try run({ _ in .all }, [], text: text)
    #expect(verdict.trace?.steps.count == 2)
    #expect(verdict.trace?.rigid == RigidValuation(constants: [.int(4), .bool(false)]))
    #expect(verdict.rigidValuations == 8)
    // k = 1, 2, 3, 4 are explored to 5, 4, 3, 2 steps, each twice: 2 * (6 + 5 + 4 + 3) states.
    #expect(verdict.states == 36)
  }

  @Test func `engines that are not built leave a check undecided but not blind`() throws {
    let text = """
      spec N
      enum D { one, two }
      var n: D -> 0..1
      init { n = [d: D => 0] }
      action flip(d: D) by d { n[d] := 1 - n[d] }
      invariant Fine: forall d: D :: n[d] < 2
      view of d: D { n[d] }
      noninterference Apart
      scope s { }
      """
    let verdict = try run({ _ in .all }, [], text: text)
    guard case .undecided(let why) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(why.contains("noninterference"))
    #expect(verdict.states == 4)
    let broken = try run({ _ in .all }, [], text: text.replacing("n[d] < 2", with: "n[d] < 1"))
    guard case .violated(.property(0)) = broken.outcome else {
      Issue.record("\(broken.outcome)")
      return
    }
  }
}
