/// Whether anything happens at all. In: the assumptions of init and of every step. Out: goals that say that they do not contradict each
/// other, and what is noted where they do.
import Spec

extension InductionRun {
  func consistency(_ step: StepGoals) -> GoalGroup {
    let isImpossible = impossible.contains(step.id)
    return consistency(group(step, []), model.actions[step.id].name, step.id, model.actions[step.id].span, isImpossible)
  }

  func consistency(_ initial: GoalGroup) -> GoalGroup {
    consistency(initial, "init", nil, model.initial.span, false)
  }

  private func consistency(
    _ group: GoalGroup, _ name: String, _ action: ActionID?, _ span: Span, _ isImpossible: Bool
  ) -> GoalGroup {
    var group = group
    group.goals = [
      Goal(
        name: "\(isImpossible ? "impossible" : "possible")/\(name)", kind: isImpossible ? .impossibility : .consistency,
        property: nil, action: action, error: nil, span: span, term: theory.store.no)
    ]
    return group
  }

  /// An action whose guard contradicts the invariants is not proved safe but impossible: worth a note.
  func judgeConsistency(_ steps: [StepGoals], initial: GoalGroup?) {
    func isImpossible(_ assumptions: [Assertion]) -> Bool {
      let all = theory.vocabulary.background(of: assumptions.map(\.term)) + assumptions
      guard let solver = try? engine.solver(all) else { return false }
      return engine.check(solver, share: 200) == .unsatisfiable
    }
    if let initial, lane.share(["init"], isStopped: engine.isStopped, { _ in isImpossible(initial.assumptions) }) == [true] {
      isVacuous = true
      return
    }
    let answers = lane.share(steps.map { model.actions[$0.id].name }, isStopped: engine.isStopped) {
      isImpossible(group(steps[$0], []).assumptions)
    }
    for (step, isImpossible) in zip(steps, answers) where isImpossible {
      impossible.insert(step.id)
      notes.append("\(model.actions[step.id].name) can never happen: its guards contradict the invariants")
    }
  }
}
