/// One run of induction. In: a theory and the properties asked for. Out: what became of every obligation.
///
/// All invariants are one induction hypothesis; those that fail are dropped and the rest is judged again, until the rest
/// carries itself. What is left at the end rests on nothing but itself.
import Spec

/// What became of a goal.
enum Finding {
  case proved
  case refuted(Counterexample)
  case undecided(String)
}

/// Why something is not proved.
struct Failure {
  var reason: String
  var goal: Goal?
  var counterexample: Counterexample?
}

final class InductionRun {
  let theory: Theory
  let engine: Engine
  let model: Model
  private let finder: CounterexampleFinder
  /// Counterexamples are wanted of these.
  private let asked: Set<Int>
  /// Whether invariants that nobody asked for and that count are left out: they cost most and are seldom needed.
  private let isFrugal: Bool
  /// Some invariant was left out.
  private(set) var leftSomeOut = false

  /// Invariants that carry themselves.
  private(set) var hypotheses: [Int] = []
  /// The first failure of each property that is not proved, under all hypotheses that were left then.
  private(set) var failures: [Int: Failure] = [:]
  /// Properties that failed only once others had been dropped.
  private(set) var assuming: [Int: [Int]] = [:]
  /// Obligations that no property owns: spec errors, and what could not be encoded at all.
  private(set) var commonFailures: [Failure] = []
  private(set) var notes: [String] = []
  /// The groups of the last round: what the proofs consist of.
  private(set) var groups: [GoalGroup] = []

  private var axioms: [Assertion] = []
  private var actions: [ActionTheory?] = []
  private var invariants: [Int: [Conjunct]] = [:]
  private var invariantSites: [Int: [ErrorSite]] = [:]

  init(_ model: Model, policies: [Value], asked: [Int], isFrugal: Bool, _ options: ProveOptions) throws {
    self.model = model
    self.isFrugal = isFrugal
    theory = try Theory(model, policies: policies)
    engine = try Engine(theory.store, options)
    finder = CounterexampleFinder(theory: theory, engine: engine, policies: policies)
    self.asked = Set(asked)
  }

  // MARK: - The run

  func run() {
    encodeAxioms()
    encodeInvariants()
    let initial = initialGoals()
    judge([initial.group].compactMap { $0 }, state: initial.state)
    hypotheses.removeAll { failures[$0] != nil }
    let steps = actionGoals()
    dropUntilInductive(steps)
    judgeTransitions(steps)
    judgeDefinedness(steps, initial: initial.sites)
    judgeConsistency(steps, initial: initial.group)
    groups = finalGroups(initial.group, steps)
  }

  /// The goals of one action: each keeps the term it had when the action was encoded.
  private struct StepGoals {
    var id: ActionID
    var theory: ActionTheory
    var preservation: [Int: [Goal]]
    var transitions: [Int: [Goal]]
    var transitionDefinedness: [Int: [Goal]]
    var definedness: [Goal]
    var isComplete = true
  }

  private func encodeAxioms() {
    do {
      let encoded = try theory.axioms()
      axioms = encoded.assertions
      let goals = goals(of: encoded.sites, name: "defined/axioms", property: nil, action: nil)
      if !goals.isEmpty { judge([GoalGroup(assumptions: [], goals: goals)], state: theory.before) }
    } catch {
      commonFailures.append(failure(error, "an axiom"))
    }
  }

  private func encodeInvariants() {
    for (id, property) in model.properties.enumerated() {
      guard case .invariant = property.kind else { continue }
      do {
        let encoded = try theory.invariant(id, in: theory.before)
        if isFrugal, !asked.contains(id), encoded.conjuncts.contains(where: { theory.vocabulary.isApproximated($0.term) }) {
          leftSomeOut = true
          continue
        }
        invariants[id] = encoded.conjuncts
        invariantSites[id] = encoded.sites
        hypotheses.append(id)
      } catch {
        failures[id] = failure(error, property.name)
      }
    }
  }

  private func initialGoals() -> (group: GoalGroup?, state: SymbolicState, sites: [Goal]) {
    do {
      let (state, assumptions, sites) = try theory.initial()
      var goals: [Goal] = []
      for id in hypotheses {
        do {
          let encoded = try theory.invariant(id, in: state)
          goals += encoded.conjuncts.enumerated().map { i, conjunct in
            Goal(
              name: name(id, "init", i, encoded.conjuncts.count), kind: .initial, property: id, action: nil, error: nil,
              span: conjunct.span, term: conjunct.term)
          }
        } catch {
          failures[id] = failure(error, "\(model.properties[id].name) in the initial states")
        }
      }
      let defined = self.goals(of: sites, name: "defined/init", property: nil, action: nil)
      return (GoalGroup(assumptions: axioms + assumptions, goals: goals), state, defined)
    } catch {
      commonFailures.append(failure(error, "init"))
      for id in hypotheses { failures[id] = failure(error, "init") }
      return (nil, theory.before, [])
    }
  }

  private func actionGoals() -> [StepGoals] {
    var result: [StepGoals] = []
    for id in model.actions.indices {
      do {
        let step = try theory.action(id)
        result.append(stepGoals(id, step))
      } catch {
        commonFailures.append(failure(error, "action \(model.actions[id].name)"))
      }
    }
    return result
  }

  private func stepGoals(_ id: ActionID, _ step: ActionTheory) -> StepGoals {
    let action = model.actions[id].name
    var goals = StepGoals(
      id: id, theory: step, preservation: [:], transitions: [:], transitionDefinedness: [:],
      definedness: self.goals(of: step.sites, name: "defined/\(action)", property: nil, action: id))
    for (property, declaration) in model.properties.enumerated() {
      do {
        switch declaration.kind {
        case .invariant where hypotheses.contains(property):
          let encoded = try theory.invariant(property, in: step.after)
          goals.preservation[property] = encoded.conjuncts.enumerated().map { i, conjunct in
            Goal(
              name: name(property, action, i, encoded.conjuncts.count), kind: .preservation, property: property, action: id,
              error: nil, span: conjunct.span, term: conjunct.term)
          }
        case .transition where asked.contains(property):
          guard let encoded = try theory.transition(property, step: id, step) else { continue }
          goals.transitions[property] = encoded.conjuncts.enumerated().map { i, conjunct in
            Goal(
              name: name(property, action, i, encoded.conjuncts.count), kind: .transition, property: property, action: id,
              error: nil, span: conjunct.span, term: conjunct.term)
          }
          goals.transitionDefinedness[property] = self.goals(
            of: encoded.sites, name: "defined/\(declaration.name)/\(action)", property: property, action: id)
        default: break
        }
      } catch {
        fail(property, failure(error, "\(declaration.name) after \(action)"))
      }
    }
    hypotheses.removeAll { failures[$0] != nil }
    return goals
  }

  private func name(_ property: Int, _ place: String, _ part: Int, _ parts: Int) -> String {
    "\(model.properties[property].name)/\(place)" + (parts > 1 ? "/\(part + 1)" : "")
  }

  /// One goal a site; sites that say the same are one.
  private func goals(of sites: [ErrorSite], name: String, property: Int?, action: ActionID?) -> [Goal] {
    var seen: Set<Term> = []
    return sites.filter { $0.isFine != theory.store.yes && seen.insert($0.isFine).inserted }.enumerated().map { i, site in
      Goal(
        name: "\(name)/\(site.kind.rawValue)/\(i + 1)", kind: .definedness, property: property, action: action,
        error: site.kind, span: site.span, term: site.isFine)
    }
  }

  // MARK: - Assumptions

  private func assumed(_ properties: [Int]) -> [Assertion] {
    properties.flatMap { id in
      (invariants[id] ?? []).enumerated().map { i, conjunct in
        Assertion(name: "\(model.properties[id].name) before" + (i > 0 ? " \(i + 1)" : ""), term: conjunct.term)
      }
    }
  }

  private func group(_ step: StepGoals, _ goals: [Goal], after: [Int] = []) -> GoalGroup {
    var assumptions = axioms + assumed(hypotheses) + step.theory.guards
    for id in after {
      for goal in step.preservation[id] ?? [] {
        assumptions.append(Assertion(name: "\(model.properties[id].name) after", term: goal.term))
      }
    }
    return GoalGroup(assumptions: assumptions, goals: goals)
  }

  // MARK: - Rounds

  private func dropUntilInductive(_ steps: [StepGoals]) {
    var dropped: [Int] = []
    while !engine.isStopped {
      let before = Set(failures.keys)
      for id in hypotheses { judgeStateDefinedness(of: id) }
      for step in steps {
        let goals = hypotheses.flatMap { step.preservation[$0] ?? [] }
        judge([group(step, goals)], state: theory.before, step: (step.id, step.theory.arguments), hypotheses)
      }
      let failed = hypotheses.filter { failures[$0] != nil && !before.contains($0) }
      if failed.isEmpty { return }
      if !dropped.isEmpty { for id in failed { assuming[id] = dropped } }
      dropped += failed
      hypotheses.removeAll { failed.contains($0) }
    }
    for id in hypotheses { fail(id, Failure(reason: "the run was stopped", goal: nil, counterexample: nil)) }
    hypotheses = []
  }

  /// Judging an invariant must be no error in any state that satisfies the ones before it. (A lemma about states: it holds
  /// after a step because it holds everywhere.)
  private func judgeStateDefinedness(of id: Int) {
    guard let group = stateDefinedness(of: id) else { return }
    judge([group], state: theory.before, nil, hypotheses.filter { $0 < id })
  }

  private func stateDefinedness(of id: Int) -> GoalGroup? {
    let goals = goals(
      of: invariantSites[id] ?? [], name: "defined/\(model.properties[id].name)", property: id, action: nil)
    if goals.isEmpty { return nil }
    return GoalGroup(assumptions: axioms + assumed(hypotheses.filter { $0 < id }), goals: goals)
  }

  private func judgeTransitions(_ steps: [StepGoals]) {
    for step in steps {
      let goals = step.transitions.keys.sorted().flatMap {
        (step.transitionDefinedness[$0] ?? []) + (step.transitions[$0] ?? [])
      }
      if goals.isEmpty { continue }
      // Invariants that are proved hold after the step as well.
      judge(
        [group(step, goals, after: hypotheses)], state: theory.before, step: (step.id, step.theory.arguments), hypotheses)
    }
  }

  private func judgeDefinedness(_ steps: [StepGoals], initial: [Goal]) {
    judge([GoalGroup(assumptions: axioms, goals: initial)], state: theory.before)
    for step in steps {
      judge(
        [definedness(step)], state: theory.before, step: (step.id, step.theory.arguments), hypotheses)
    }
  }

  /// Guards are part of what each site is under: not all of them are reached.
  private func definedness(_ step: StepGoals) -> GoalGroup {
    GoalGroup(assumptions: axioms + assumed(hypotheses), goals: step.definedness)
  }

  private func finalGroups(_ initial: GoalGroup?, _ steps: [StepGoals]) -> [GoalGroup] {
    var result: [GoalGroup] = []
    if var initial {
      initial.goals.removeAll { $0.property.map { !hypotheses.contains($0) } ?? false }
      result.append(initial)
    }
    result += hypotheses.compactMap(stateDefinedness)
    for step in steps {
      result.append(group(step, hypotheses.flatMap { step.preservation[$0] ?? [] }))
      let proved = step.transitions.keys.sorted().filter { failures[$0] == nil }
      result.append(
        group(
          step, proved.flatMap { (step.transitionDefinedness[$0] ?? []) + (step.transitions[$0] ?? []) },
          after: hypotheses))
      result.append(definedness(step))
      result.append(consistency(step))
    }
    return result.filter { !$0.goals.isEmpty }
  }

  // MARK: - Vacuity

  private func consistency(_ step: StepGoals) -> GoalGroup {
    var group = group(step, [])
    group.goals = [
      Goal(
        name: "possible/\(model.actions[step.id].name)", kind: .consistency, property: nil, action: step.id, error: nil,
        span: model.actions[step.id].span, term: theory.store.no)
    ]
    return group
  }

  /// An action whose guard contradicts the invariants is not proved safe but impossible: worth a note.
  private func judgeConsistency(_ steps: [StepGoals], initial: GoalGroup?) {
    func isImpossible(_ assumptions: [Assertion]) -> Bool {
      let all = theory.vocabulary.background(of: assumptions.map(\.term)) + assumptions
      guard let solver = try? engine.solver(all) else { return false }
      return engine.check(solver, share: 200) == .unsatisfiable
    }
    if let initial, isImpossible(initial.assumptions) { notes.append("there is no initial state: everything holds vacuously") }
    for step in steps where isImpossible(consistency(step).assumptions) {
      notes.append("\(model.actions[step.id].name) can never happen: its guards contradict the invariants")
    }
  }

  // MARK: - Judging

  private func judge(
    _ groups: [GoalGroup], state: SymbolicState, step: (ActionID, [SymbolicValue])? = nil, _ hypotheses: [Int] = []
  ) {
    judge(groups, state: state, step, hypotheses)
  }

  private func judge(
    _ groups: [GoalGroup], state: SymbolicState, _ step: (ActionID, [SymbolicValue])?, _ hypotheses: [Int]
  ) {
    for group in groups where !group.goals.isEmpty {
      var failedHere: Set<Int> = []
      let solvers = sharedSolvers(group)
      for goal in group.goals where goal.property.map({ !failedHere.contains($0) }) ?? true {
        if goal.term == theory.store.yes { continue }
        let claim = Claim(goal: goal, hypotheses: hypotheses, before: state, action: step.map { ($0.0, $0.1) })
        let failure: Failure
        switch decide(goal, group, solvers, claim) {
        case .proved: continue
        case .refuted(let counterexample):
          failure = Failure(reason: refusal(goal), goal: goal, counterexample: counterexample)
        case .undecided(let reason): failure = Failure(reason: "\(goal.name): \(reason)", goal: goal, counterexample: nil)
        }
        if let property = goal.property {
          failedHere.insert(property)
          fail(property, failure)
        } else {
          commonFailures.append(failure)
        }
      }
    }
  }

  private func refusal(_ goal: Goal) -> String {
    let action = goal.action.map { model.actions[$0].name }
    switch goal.kind {
    case .initial: return "false in an initial state"
    case .preservation: return "not inductive: \(action ?? "a step") can break it"
    case .transition: return "\(action ?? "a step") can break it"
    case .definedness:
      let error = goal.error?.rawValue ?? "spec"
      return "a spec error (\(error)) is possible in \(action ?? goal.property.map { model.properties[$0].name } ?? "init")"
    case .consistency: return "contradictory"
    }
  }

  private func fail(_ property: Int, _ failure: Failure) {
    if failures[property] == nil { failures[property] = failure }
  }

  /// The solvers that a group's goals have in common: the first without what is said of counts and closures, if anything is.
  /// Most goals do not need it, and fewer assumptions prove no less than what they prove.
  private func sharedSolvers(_ group: GoalGroup) -> [Z3Solver] {
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

  private func decide(_ goal: Goal, _ group: GoalGroup, _ shared: [Z3Solver], _ claim: Claim) -> Finding {
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
      // Then alone, with no more background than it needs; then as a false goal: with small sorts a counterexample is a finite
      // search. Luck beats patience: what one seed finds in 0.1 s another does not find in 30, so every seed gets a little
      // before any gets much.
      let assertions = group.assertions(of: goal, theory.vocabulary)
      for share in [40, 8, 1] as [UInt32] where !isFalse {
        for seed in 0..<max(1, engine.options.seeds) where !isFalse && !engine.isStopped {
          if share == 40, seed == 1, let finding = search(goal, group, claim) { return finding }
          switch engine.check(try engine.solver(assertions, seed: seed), share: share) {
          case .unsatisfiable: return .proved
          case .satisfiable: isFalse = true
          case .unknown(let why): reason = why
          }
        }
      }
      if let finding = search(goal, group, claim) { return finding }
      if isFalse { reason = "its counterexample has more elements than are looked at" }
    } catch {
      reason = "\(error)"
    }
    return .undecided(engine.isStopped ? "the run was stopped" : "the solver gave up (\(reason))")
  }

  /// A refutation is one that the evaluator confirms; nil where small sizes have none.
  private func search(_ goal: Goal, _ group: GoalGroup, _ claim: Claim) -> Finding? {
    do {
      return try finder.find(claim, group.assertions(of: goal, theory.vocabulary).map(\.term)).map { .refuted($0) }
    } catch let failure as ExtractionFailure {
      return .undecided("the solver's counterexample does not re-evaluate: \(failure.reason)")
    } catch let error as SpecError {
      return .undecided("the solver's counterexample runs into a spec error: \(error.kind.rawValue)")
    } catch {
      return .undecided("the solver's counterexample cannot be read: \(error)")
    }
  }

  private func failure(_ error: any Error, _ what: String) -> Failure {
    if let failure = error as? EncodingFailure {
      return Failure(reason: "\(what) has no sound encoding: \(failure.reason)", goal: nil, counterexample: nil)
    }
    return Failure(reason: "\(what): \(error)", goal: nil, counterexample: nil)
  }
}
