/// Decides one goal after the other. In: goals and what they may assume. Out: proved, refuted with a counterexample that the
/// evaluator confirms, or undecided with the reason.
import Spec

/// What became of a goal.
enum Finding {
  case proved
  case refuted(Counterexample)
  case undecided(String)
}

struct Decision {
  let theory: Theory
  let engine: Engine
  let finder: CounterexampleFinder

  /// The solvers that a group's goals have in common: the first without what is said of counts and closures, if anything is.
  /// Most goals do not need it, and fewer assumptions prove no less than what they prove.
  func sharedSolvers(_ group: GoalGroup) -> [Z3Solver] {
    func solver(_ group: GoalGroup) -> Z3Solver? {
      let terms = group.assumptions.map(\.term) + group.goals.map(\.term)
      return try? engine.solver(theory.vocabulary.background(of: terms) + group.assumptions)
    }
    var light = group
    light.assumptions.removeAll { theory.vocabulary.isApproximated($0.term) }
    light.goals.removeAll { theory.vocabulary.isApproximated($0.term) }
    let groups = light.assumptions.count < group.assumptions.count ? [light, group] : [group]
    return groups.compactMap(solver)
  }

  /// `explaining`: whether a counterexample is wanted, or it is enough to know that there is no proof.
  func decide(_ claim: Claim, _ group: GoalGroup, _ shared: [Z3Solver], explaining: Bool) -> Finding {
    let goal = claim.goal
    let negated = theory.store.not(goal.term)
    var reason = "no solver"
    do {
      // First in common with the group's other goals: what is provable mostly is so at once.
      var isFalse = false
      let isHeavy = shared.count > 1 && theory.vocabulary.isApproximated(goal.term)
      for (i, solver) in shared.enumerated() where !(i == 0 && isHeavy) {
        solver.push()
        defer { solver.pop() }
        try solver.assert(negated)
        switch engine.check(solver, share: 40) {
        case .unsatisfiable: return .proved
        case .satisfiable: isFalse = i == shared.count - 1
        case .unknown(let why): reason = why
        }
      }
      // Then as a false goal: with small sorts a counterexample is a finite search, and a solver that meets one with quantifiers uses
      // up all it has. Then alone, with no more background than it needs. Luck beats patience: what one seed finds in 0.1 s another
      // does not find in 30, so every seed gets a little before any gets much.
      let assertions = group.assertions(of: goal, theory.vocabulary)
      for share in (explaining ? [40, 8, 1] : [40, 8]) as [UInt32] where !isFalse {
        for seed in 0..<max(1, engine.options.seeds) where !isFalse && !engine.isStopped {
          if share == 40, seed == 0, let finding = search(claim, group, shrinking: explaining) { return finding }
          switch engine.check(try engine.solver(assertions, seed: seed), share: share) {
          case .unsatisfiable: return .proved
          case .satisfiable: isFalse = true
          case .unknown(let why): reason = why
          }
        }
      }
      if explaining || !isFalse, let finding = search(claim, group, shrinking: explaining) { return finding }
      if isFalse { reason = "its counterexample has more elements than are looked at" }
    } catch {
      reason = "\(error)"
    }
    if engine.isStopped { return .undecided("the run was stopped") }
    let cycle = Fragment.cycle(in: group.assertions(of: goal, theory.vocabulary).map(\.term), theory.vocabulary)
    return .undecided("the solver gave up (\(reason))" + (cycle.map { "; outside the decidable fragment: \($0)" } ?? ""))
  }

  /// A refutation is one that the evaluator confirms; nil where small sizes have none.
  private func search(_ claim: Claim, _ group: GoalGroup, shrinking: Bool) -> Finding? {
    do {
      let assertions = group.assertions(of: claim.goal, theory.vocabulary).map(\.term)
      return try finder.find(claim, assertions, shrinking: shrinking).map { .refuted($0) }
    } catch let failure as ExtractionFailure {
      return .undecided("the solver's counterexample does not re-evaluate: \(failure.reason)")
    } catch let error as SpecError {
      return .undecided("the solver's counterexample runs into a spec error: \(error.kind.rawValue)")
    } catch {
      return .undecided("the solver's counterexample cannot be read: \(error)")
    }
  }
}
