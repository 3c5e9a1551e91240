import Spec
import Testing

/// The rule of green: exactly what a line asked for, found by an engine, with every pin equal.
@Suite("Judging verify lines")
struct JudgementTests {
  private static let text = """
    spec Small.Judged
    var n: 0..3
    init { n = 0 }
    action up() { require Room: n < 3; n := n + 1 }
    invariant Low: n < 3
    invariant Fine: n >= 0
    transition Up: n > old(n)
    cover Two: n == 2
    deadlock allowed
    scope only { }
    verify {
      check only states 4
      prove Fine
      refute Low in only steps 3
      refute Low
      cover Two in only
      unreachable Two in only
      refute error in only
    }
    """
  private let model: Model
  private let lines: [VerifyLine]
  /// One step, whatever it shows.
  private let trace: Trace

  init() throws {
    model = try Frontend.check(text: Self.text).model
    lines = try #require(model.verify)
    let instance = try Instance(model, scope: model.scopes[0])
    let evaluator = Evaluator(instance)
    let rigid = try evaluator.rigidValuations()[0]
    let initial = try evaluator.initialStates(rigid)[0]
    let step = ActionInstance(action: 0, arguments: [])
    let after = try evaluator.step(step, from: initial, rigid)
    trace = Trace(instance: instance, rigid: rigid, initial: initial, steps: [Trace.Step(instance: step, state: after)])
  }

  private enum Line: Int, CaseIterable { case check, prove, refute, refuteByInduction, cover, unreachable, refuteError }

  private func judge(
    _ line: Line, _ outcome: Verdict.Outcome, states: UInt64 = 4, traced: Bool = false, steps: Int = 3, induction: Bool = false,
    order: Verdict.PartialOrder? = nil
  ) -> Judgement.Standing {
    var verdict = Verdict(outcome, property: "x", scope: "only", engine: "test")
    verdict.states = states
    verdict.partialOrder = order
    if traced {
      var run = trace
      run.steps = Array(repeating: trace.steps[0], count: steps)
      verdict.trace = run
    }
    if induction { verdict.induction = trace }
    return lines[line.rawValue].judge(verdict, in: model).standing
  }

  @Test func `check is green only if exhausted, with its pins`() {
    #expect(judge(.check, .exhausted) == .asStated)
    #expect(judge(.check, .exhausted, states: 5) == .notAsStated)
    #expect(judge(.check, .exhausted, states: 0) == .undecided, "vacuous")
    #expect(judge(.check, .bounded(depth: 9)) == .undecided)
    #expect(judge(.check, .undecided("time")) == .undecided)
    #expect(judge(.check, .violated(.property(0)), traced: true) == .notAsStated)
    #expect(judge(.check, .violated(.coverUnreached(3))) == .notAsStated)
    #expect(judge(.check, .violated(.deadlock), traced: true) == .notAsStated)
    #expect(judge(.check, .proved) == .undecided)
    #expect(judge(.check, .reached, traced: true) == .undecided)
  }

  @Test func `under partial order reduction no counts are compared, and steps only of a shortest trace`() {
    var order = Verdict.PartialOrder()
    #expect(judge(.check, .exhausted, states: 3, order: order) == .asStated)
    #expect(judge(.check, .exhausted, states: 0, order: order) == .undecided, "vacuous")
    #expect(judge(.check, .exhausted, states: 3, order: Verdict.PartialOrder(obstacle: "refinement")) == .notAsStated)
    #expect(judge(.refute, .violated(.property(0)), traced: true, steps: 2, order: order) == .notAsStated)
    order.isShortest = false
    #expect(judge(.refute, .violated(.property(0)), traced: true, steps: 5, order: order) == .asStated)
  }

  @Test func `prove is green only if proved`() {
    #expect(judge(.prove, .proved) == .asStated)
    #expect(judge(.prove, .exhausted) == .undecided)
    #expect(judge(.prove, .bounded(depth: 9)) == .undecided)
    #expect(judge(.prove, .undecided("not inductive"), induction: true) == .undecided)
    #expect(judge(.prove, .reached, induction: true) == .undecided)
    #expect(judge(.prove, .violated(.property(1)), traced: true) == .notAsStated)
  }

  @Test func `a line of several proofs is as bad as the worst`() {
    let proved = Verdict(.proved, property: "A", scope: nil, engine: "z3")
    let open = Verdict(.undecided("limit"), property: "B", scope: nil, engine: "z3")
    let line = lines[Line.prove.rawValue]
    #expect(line.judge(all: [proved, proved], in: model).standing == .asStated)
    #expect(line.judge(all: [proved, open], in: model).standing == .undecided)
    #expect(
      line.judge(all: [open, Verdict(.violated(.deadlock), property: "C", scope: nil, engine: "z3")], in: model).standing
        == .notAsStated)
    #expect(line.judge(all: [], in: model).standing == .undecided)
  }

  @Test func `refute in a scope is green only if that property is violated in the pinned steps`() {
    #expect(judge(.refute, .violated(.property(0)), traced: true) == .asStated)
    #expect(judge(.refute, .violated(.property(0)), traced: true, steps: 2) == .notAsStated)
    #expect(judge(.refute, .violated(.property(0))) == .undecided, "no trace")
    #expect(judge(.refute, .violated(.property(1)), traced: true) == .notAsStated)
    #expect(judge(.refute, .violated(.deadlock), traced: true) == .notAsStated)
    #expect(judge(.refute, .exhausted) == .notAsStated)
    #expect(judge(.refute, .bounded(depth: 9)) == .undecided)
    #expect(judge(.refute, .undecided("memory")) == .undecided)
    #expect(judge(.refuteError, .violated(.error(SpecError(.range, at: .none, ""))), traced: true) == .asStated)
    #expect(judge(.refuteError, .violated(.property(0)), traced: true) == .notAsStated)
  }

  @Test func `refute without a scope needs a confirmed counterexample to induction`() {
    #expect(judge(.refuteByInduction, .reached, induction: true) == .asStated)
    #expect(judge(.refuteByInduction, .violated(.property(0)), traced: true) == .asStated)
    #expect(judge(.refuteByInduction, .reached) == .undecided)
    #expect(judge(.refuteByInduction, .undecided("an error is possible"), induction: true) == .undecided)
    #expect(judge(.refuteByInduction, .proved) == .notAsStated)
  }

  @Test func `cover and unreachable are opposites, and neither is green when cut short`() {
    #expect(judge(.cover, .reached, traced: true) == .asStated)
    #expect(judge(.cover, .reached) == .undecided)
    #expect(judge(.cover, .violated(.coverUnreached(3))) == .notAsStated)
    #expect(judge(.cover, .exhausted) == .notAsStated)
    #expect(judge(.unreachable, .reached, traced: true) == .notAsStated)
    #expect(judge(.unreachable, .violated(.coverUnreached(3))) == .asStated)
    #expect(judge(.unreachable, .exhausted, states: 0) == .undecided, "vacuous")
    for line in [Line.cover, .unreachable] {
      #expect(judge(line, .undecided("time")) == .undecided)
      #expect(judge(line, .bounded(depth: 3)) == .undecided)
    }
  }
}
