/// Judges a trace by the evaluator alone. No trace is shown that does not pass: an engine that made a wrong one is faulty.

public enum Replay {
  /// What the end of a trace is said to show.
  public enum Ending: Sendable {
    case breaks(Broken)
    case reaches(cover: Int)
    /// Any run will do.
    case nothing
  }

  /// Why a trace is not what it claims to be.
  public enum Failure: Error, Sendable, Equatable {
    case rigidValuation
    case initialState
    /// The step (from 0) is not enabled, or leads elsewhere.
    case step(Int)
    /// The run is real, but its end does not show what it is said to show.
    case ending
    /// The state after the last step is not the one that the run is said to go on from, or it repeats a state that is no deadlock.
    case loop
    /// The run without end starves a fair action.
    case unfair(ActionInstance)
  }

  /// Checks that a trace is a run from an initial state and that its end shows what it is said to show.
  public static func check(_ trace: Trace, _ ending: Ending) throws(Failure) {
    let evaluator = Evaluator(trace.instance)
    guard (try? evaluator.allows(trace.rigid)) == true else { throw .rigidValuation }
    guard (try? evaluator.isInitial(trace.initial, trace.rigid)) == true else { throw .initialState }
    try check(steps: trace, ending)
  }

  /// The same for a counterexample to induction, whose first state need not be initial.
  public static func check(steps trace: Trace, _ ending: Ending) throws(Failure) {
    let evaluator = Evaluator(trace.instance)
    var before: State?
    var state = trace.initial
    for (position, step) in trace.steps.enumerated() {
      let result = Result { () throws(SpecError) in try evaluator.step(step.instance, from: state, trace.rigid) }
      switch (result, step.state) {
      case (.success(let after?), let claimed?) where after == claimed:
        before = state
        state = after
      case (.failure(let error), nil) where position == trace.steps.count - 1:
        guard case .breaks(.error(let expected)) = ending, expected == error else { throw .step(position) }
        return
      default: throw .step(position)
      }
    }
    if trace.loop != nil { try checkLoop(trace, evaluator, state) }
    guard shows(ending, evaluator, trace, before: before, state) else { throw .ending }
  }

  private static func checkLoop(_ trace: Trace, _ evaluator: Evaluator, _ last: State) throws(Failure) {
    guard let fairness = evaluator.fairness(of: trace) else { throw .loop }
    if trace.loop == trace.steps.count && !evaluator.successors(of: last, trace.rigid).isEmpty { throw .loop }
    if let starved = fairness.first(where: { $0.how == .starved }) { throw .unfair(starved.action) }
  }

  private static func shows(_ ending: Ending, _ evaluator: Evaluator, _ trace: Trace, before: State?, _ state: State) -> Bool {
    switch ending {
    case .nothing: return true
    case .reaches(let cover): return (try? evaluator.holds(cover, in: state, trace.rigid)) == true
    case .breaks(.deadlock): return evaluator.successors(of: state, trace.rigid).isEmpty
    case .breaks(.coverUnreached): return false
    // What goes wrong is the step that the run does not take; that the run itself is real was checked step by step.
    case .breaks(.scenario): return true
    case .breaks(.property(let id)):
      guard let judged = judge(id, evaluator, trace, before: before, state) else { return false }
      return judged == .success(false)
    case .breaks(.error(let expected)):
      // An error of a formula, not of a step: some property judged at the end runs into it.
      return trace.instance.model.properties.indices.contains {
        judge($0, evaluator, trace, before: before, state) == .failure(expected)
          || evaluator.atomErrors($0, in: state, trace.rigid).contains(expected)
      }
    }
  }

  /// The truth of a property at the end of a trace; nil where it says nothing about this end.
  private static func judge(
    _ id: Int, _ evaluator: Evaluator, _ trace: Trace, before: State?, _ state: State
  ) -> Result<Bool, SpecError>? {
    switch trace.instance.model.properties[id].kind {
    case .invariant, .cover:
      return Result { () throws(SpecError) in try evaluator.holds(id, in: state, trace.rigid) }
    case .transition:
      guard let before, let last = trace.steps.last else { return nil }
      return Result { () throws(SpecError) in
        try evaluator.holds(transition: id, last.instance, from: before, to: state, trace.rigid)
      }
    case .temporal: return evaluator.holds(temporal: id, on: trace).map { .success($0) }
    }
  }
}
