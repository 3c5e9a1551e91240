import Spec
import Testing

@testable import Checker

/// Properties from the sixtieth on share a bit in the search: the evaluator tells them apart.
@Suite struct ManyPropertiesTests {
  private func text(_ last: String) -> String {
    counters(
      2, 4, more: (0..<64).map { "invariant I\($0): true" }.joined(separator: "\n") + "\n" + last + "\ndeadlock allowed")
  }

  private func run(_ last: String, _ goal: CheckGoal) throws -> Verdict {
    let instance = try instance(text(last))
    let twin = try Checker(instance: instance, options: .extreme(threads: 2)).run(goal)
    let verdict = try Checker(instance: instance, options: .with()).run(goal)
    #expect(essence(verdict) == essence(twin))
    return verdict
  }

  @Test func `a cover among them is not taken for a violation`() throws {
    let verdict = try run("cover Start: true\ncover End: forall k: Counter :: c[k] == 3\ninvariant Fine: true", .all)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.covers.map { "\($0.property) \($0.steps)" } == ["64 0", "65 6"])
    #expect(verdict.states == 16)
  }

  @Test func `an unreached cover among them is missed`() throws {
    let verdict = try run("cover Start: true\ncover Never: false\ninvariant Fine: true", .all)
    guard case .violated(.coverUnreached(65)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
  }

  @Test func `the one that is broken is named`() throws {
    let last = "cover Start: true\ninvariant Fine: true\ninvariant Low: c[0] < 2\ntransition T: on step(k) :: c[k] < 3"
      .replacing("c[0]", with: "count(k: Counter where c[k] > 0)")
    for goal in [CheckGoal.all, .refute(.property(66))] {
      let verdict = try run(last, goal)
      guard case .violated(.property(66)) = verdict.outcome else {
        Issue.record("\(verdict.outcome)")
        return
      }
      #expect(verdict.trace?.steps.count == 2)
    }
    let transition = try run(last, .refute(.property(67)))
    guard case .violated(.property(67)) = transition.outcome else {
      Issue.record("\(transition.outcome)")
      return
    }
    #expect(transition.trace?.steps.count == 3)
    guard case .exhausted = try run(last, .refute(.property(65))).outcome else {
      Issue.record("Fine is fine")
      return
    }
    guard case .reached = try run(last, .cover(64)).outcome else {
      Issue.record("Start is reached")
      return
    }
  }
}
