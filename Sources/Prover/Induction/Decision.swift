/// Decides one goal after the other. In: goals and what they may assume. Out: proved, refuted with a counterexample that the
/// evaluator confirms, or undecided with the reason.
import Spec

/// What became of a goal.
enum Finding: Sendable {
  case proved
  case refuted(Counterexample)
  case undecided(String)
}

/// What a first look at a goal shows.
enum FirstLook: Sendable {
  case proved
  /// There is a counterexample, by a solver that has been seen to be wrong about that.
  case looksFalse
  case open
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

  /// First in common with the group's other goals: what is provable mostly is so at once.
  func look(at goal: Goal, _ shared: [Z3Solver]) -> FirstLook { look(at: goal, shared, assuming: [], share: 40).look }

  /// The same under literals, with those that a proof used.
  func look(
    at goal: Goal, _ shared: [Z3Solver], assuming literals: [Term], share: UInt32
  ) -> (look: FirstLook, core: [Term]) {
    let isHeavy = shared.count > 1 && theory.vocabulary.isApproximated(goal.term)
    for (i, solver) in shared.enumerated() where !(i == 0 && isHeavy) {
      solver.push()
      defer { solver.pop() }
      // What cannot be asserted here is asked again, alone, and fails there with a reason.
      guard (try? solver.assert(theory.store.not(goal.term))) != nil else { return (.open, []) }
      switch engine.check(solver, assuming: literals, share: share) {
      case .unsatisfiable: return (.proved, literals.isEmpty ? [] : solver.unsatisfiableCore(of: literals))
      case .satisfiable where i == shared.count - 1: return (.looksFalse, [])
      case .satisfiable, .unknown: break
      }
    }
    return (.open, [])
  }

  /// What a first look has left open, without much patience; nil: still open. First as a false goal: with small sorts a counterexample
  /// is a finite search, and a solver that meets one with quantifiers uses up all it has. Then alone, with no more background
  /// than it needs.
  ///
  /// `explaining`: whether a counterexample is wanted, or it is enough to know that there is no proof.
  func decide(_ claim: Claim, _ group: GoalGroup, after look: FirstLook, explaining: Bool) -> Finding? {
    if look == .proved { return .proved }
    if explaining || look != .looksFalse, let finding = search(claim, group, shrinking: explaining) { return finding }
    return look == .looksFalse ? .undecided(Self.tooLarge) : solve(claim.goal, group, shares: [40]).finding
  }

  /// What is open after that, with patience. Luck beats it: what one seed finds in 0.1 s another does not find in 30, so every seed gets
  /// a little before any gets much.
  func persist(_ goal: Goal, _ group: GoalGroup, explaining: Bool) -> Finding {
    let (finding, reason) = solve(goal, group, shares: explaining ? [8, 1] : [8])
    if let finding { return finding }
    if engine.isStopped { return .undecided("the run was stopped") }
    let cycle = Fragment.cycle(in: group.assertions(of: goal, theory.vocabulary).map(\.term), theory.vocabulary)
    return .undecided("the solver gave up (\(reason))" + (cycle.map { "; outside the decidable fragment: \($0)" } ?? ""))
  }

  private static let tooLarge = "its counterexample has more elements than are looked at"

  private func solve(_ goal: Goal, _ group: GoalGroup, shares: [UInt32]) -> (finding: Finding?, reason: String) {
    var reason = "stopped"
    do {
      let assertions = group.assertions(of: goal, theory.vocabulary)
      for share in shares {
        for seed in 0..<max(1, engine.options.seeds) where !engine.isStopped {
          switch engine.check(try engine.solver(assertions, seed: seed), share: share) {
          case .unsatisfiable: return (.proved, "")
          case .satisfiable: return (.undecided(Self.tooLarge), "")
          case .unknown(let why): reason = why
          }
        }
      }
    } catch {
      reason = "\(error)"
    }
    return (nil, reason)
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
