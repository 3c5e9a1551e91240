/// k-induction (Sheeran, Singh and Stålmarck, FMCAD 2000). In: a run whose invariants that carry themselves are known. Out: more of
/// them, each with the number of states in a row that it takes.
///
/// For k = 2, 3, … all invariants that are still open are tried together, on top of those that are proved. *Base*: no run of fewer than
/// k steps breaks one. *Step*: k states in a row that satisfy all, joined by steps, are followed by one that does. Those that fail are
/// dropped and the rest is judged again, as in plain induction. What is left holds in all reachable states, by induction on the length of
/// runs: up to k - 1 steps by the bases, beyond because the last k states satisfy all of it. It counts as proved from then on.
///
/// Bases and steps are formulas with quantifiers over sorts of any size, and what the solver does not refute is not proved.
import Spec

extension InductionRun {
  /// The depth of the deepest induction that a property's proof rests on.
  func depth(of property: Int) -> Int {
    if let own = depths[property] { return own }
    guard case .transition = model.properties[property].kind else { return 1 }
    return depths.values.max() ?? 1
  }

  func deepen(from initial: SymbolicState, _ starting: [Assertion]) {
    guard engine.options.depth > 1, commonFailures.isEmpty else { return }
    var open = failures.keys.filter(isWorthMore).sorted()
    var (runs, rows) = (History(from: initial, isFromInit: true), History(from: theory.before, isFromInit: false))
    do {
      var rowSteps = try steps(from: rows, open)
      for k in 2...engine.options.depth where !open.isEmpty && !lane.isStopped {
        let runSteps = try steps(from: runs, open)
        open = try judgeBase(open, runs, runSteps, starting)
        if open.isEmpty { break }
        try extend(&rows, by: rowSteps)
        rowSteps = try steps(from: rows, open)
        open = try carry(open, rows, rowSteps, k)
        if k < engine.options.depth { try extend(&runs, by: runSteps) }
      }
    } catch {
      for id in open { fail(id, Failure(error, "a run of several steps")) }
    }
  }

  /// Open are those that some step breaks or may break; what is false in an initial state or has no encoding stays so.
  private func isWorthMore(_ property: Int) -> Bool {
    guard invariants[property] != nil, let goal = failures[property]?.goal else { return false }
    return goal.kind == .preservation || goal.kind == .definedness
  }

  private func steps(from history: History, _ open: [Int]) throws -> [StepGoals] {
    try model.actions.indices.map { id in
      var failure: (any Error)?
      let goals = try builder.goals(ofStep: id, from: history.last, keeping: open, satisfying: []) { failure = $1 }
      if let failure { throw failure }
      return goals
    }
  }

  private func extend(_ history: inout History, by steps: [StepGoals]) throws {
    try history.extend(by: steps.map { ($0.id, $0.theory) }, theory)
  }

  /// Everything assumed of the states of a history.
  private func assumed(_ properties: [Int], _ history: History) throws -> [Assertion] {
    try history.states.enumerated().flatMap { moment, state in
      try properties.flatMap { id in
        try theory.invariant(id, in: state).conjuncts.map {
          Assertion(name: "\(model.properties[id].name) at \(moment)", term: $0.term, span: $0.span)
        }
      }
    }
  }

  /// Those that no run of one step more than the history breaks. Of shorter ones that is known of all that are open.
  private func judgeBase(
    _ open: [Int], _ runs: History, _ steps: [StepGoals], _ starting: [Assertion]
  ) throws -> [Int] {
    for id in open { failures[id] = nil }
    // `starting` holds the axioms.
    let known = try starting + assumed(hypotheses + open, runs) + runs.assertions
    judge(
      steps.map { step in
        let goals = open.flatMap { step.preservation[$0] ?? [] }
        return Hearing(
          GoalGroup(assumptions: known + step.theory.guards, goals: goals), of: step, from: runs.last, after: runs)
      })
    if lane.isStopped { for id in open { fail(id, Failure(reason: "the run was stopped")) } }
    return open.filter { failures[$0] == nil }
  }

  /// Those that are still open after k states in a row have been tried; the others are hypotheses now.
  private func carry(_ open: [Int], _ rows: History, _ steps: [StepGoals], _ k: Int) throws -> [Int] {
    let proved = hypotheses
    var dropped: [Int] = []
    let held = try Dictionary(uniqueKeysWithValues: (proved + open).map { ($0, try assumed([$0], rows)) })
    for id in open { assuming[id] = nil }
    hypotheses = (proved + open).sorted()
    while !lane.isStopped {
      let before = Set(failures.keys)
      let left = hypotheses.filter { !proved.contains($0) }
      let known = axioms + hypotheses.flatMap { held[$0] ?? [] } + rows.assertions
      judge(
        left.compactMap(stateDefinedness)
          + steps.map { step in
            let goals = left.flatMap { step.preservation[$0] ?? [] }
            let group = GoalGroup(assumptions: known + step.theory.guards, goals: goals)
            return Hearing(group, of: step, from: rows.last, hypotheses, after: rows)
          })
      let failed = recordDropped(dropped, before)
      if failed.isEmpty { break }
      dropped += failed
      hypotheses.removeAll { failed.contains($0) }
    }
    if lane.isStopped {
      for id in open { fail(id, Failure(reason: "the run was stopped")) }
      hypotheses = proved
    }
    for id in hypotheses where !proved.contains(id) { depths[id] = k }
    return open.filter { !hypotheses.contains($0) }
  }
}
