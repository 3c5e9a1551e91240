/// One run of induction. In: a theory and the properties asked for. Out: what became of every obligation.
///
/// All invariants are one induction hypothesis; those that fail are dropped and the rest is judged again, until the rest
/// carries itself. What is left at the end rests on nothing but itself.
import Spec

final class InductionRun {
  let theory: Theory
  let engine: Engine
  let model: Model
  let builder: GoalBuilder
  let decision: Decision
  /// Counterexamples are wanted of these.
  let asked: Set<Int>
  /// Whether invariants that nobody asked for and that count are left out: they cost most and are seldom needed.
  private let isFrugal: Bool
  private(set) var isSolving = true
  /// Who else does this run.
  let lane: Lane
  /// Only these invariants are assumed and proved; nil: all.
  private let only: Set<Int>?
  /// What is known of every run of the spec, and so assumed and not proved: invariants, which are defined as well, and transition properties.
  private let established: Set<Int>
  /// Some invariant was left out.
  private(set) var leftSomeOut = false

  /// Invariants that carry themselves.
  var hypotheses: [Int] = []
  /// Of those that need more than one step before: how many states in a row carry them.
  var depths: [Int: Int] = [:]
  /// The first failure of each property that is not proved, under all hypotheses that were left then.
  var failures: [Int: Failure] = [:]
  /// Properties that failed only once others had been dropped.
  var assuming: [Int: [Int]] = [:]
  /// Obligations that no property owns: spec errors, and what could not be encoded at all.
  var commonFailures: [Failure] = []
  var notes: [String] = []
  /// Actions whose guards contradict the invariants.
  var impossible: Set<ActionID> = []
  /// The axioms and init contradict each other: nothing is, so nothing is proved.
  var isVacuous = false
  /// The groups of the last round: what the proofs consist of.
  private(set) var groups: [GoalGroup] = []

  private(set) var axioms: [Assertion] = []
  private(set) var invariants: [Int: [Conjunct]] = [:]
  private var invariantSites: [Int: [ErrorSite]] = [:]
  private var axiomGoals: [Goal] = []

  init(
    _ model: Model, policies: [Value], asked: [Int], only: [Int]? = nil, established: [Int] = [], tracking: [Guard] = [],
    isFrugal: Bool, _ options: ProveOptions, lane: Lane = Lane()
  ) throws {
    self.model = model
    self.isFrugal = isFrugal
    self.only = only.map { Set($0) }
    self.established = Set(established)
    self.lane = lane
    theory = try Theory(model, policies: policies, tracking: tracking)
    engine = try Engine(theory.store, options)
    builder = GoalBuilder(theory)
    decision = Decision(
      theory: theory, engine: engine, finder: CounterexampleFinder(theory: theory, engine: engine, policies: policies))
    self.asked = Set(asked)
  }

  // MARK: - The run

  /// Every obligation as it stands before anything is dropped; nothing is solved. `impossible`: what is known to be.
  func state(_ impossible: Set<ActionID> = []) {
    isSolving = false
    self.impossible = impossible
    run()
  }

  func run() {
    encodeAxioms()
    encodeInvariants()
    let initial = initialGoals()
    judge([initial.group].compactMap { $0 }.map { Hearing(group: $0, state: initial.state) })
    hypotheses.removeAll { failures[$0] != nil }
    let steps = actionGoals()
    hypotheses.removeAll { failures[$0] != nil }
    if isSolving {
      if !dropUntilInductive(steps) { return }
      if let group = initial.group { deepen(from: initial.state, group.assumptions) }
    }
    judgeTransitions(steps)
    judgeDefinedness(steps, initial: initial.sites)
    if isSolving { judgeConsistency(steps, initial: initial.group) }
    groups = finalGroups(initial.group, initial.sites, steps)
  }

  private func encodeAxioms() {
    do {
      let encoded = try theory.axioms()
      axioms = encoded.assertions
      axiomGoals = builder.goals(of: encoded.sites, name: "defined/axioms", property: nil, action: nil)
      judge([Hearing(group: GoalGroup(assumptions: [], goals: axiomGoals), state: theory.before)])
    } catch {
      commonFailures.append(Failure(error, "an axiom"))
    }
  }

  private func encodeInvariants() {
    for (id, property) in model.properties.enumerated() {
      guard case .invariant = property.kind, only?.contains(id) ?? true else { continue }
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
        failures[id] = Failure(error, property.name)
      }
    }
  }

  private func initialGoals() -> (group: GoalGroup?, state: SymbolicState, sites: [Goal]) {
    do {
      let (state, assumptions, sites) = try theory.initial()
      var goals: [Goal] = []
      for id in hypotheses where !established.contains(id) {
        do {
          goals += builder.goals(of: try theory.invariant(id, in: state).conjuncts, .initial, id, action: nil)
        } catch {
          failures[id] = Failure(error, "\(model.properties[id].name) in the initial states")
        }
      }
      let defined = builder.goals(of: sites, name: "defined/init", property: nil, action: nil)
      return (GoalGroup(assumptions: axioms + assumptions, goals: goals), state, defined)
    } catch {
      commonFailures.append(Failure(error, "init"))
      for id in hypotheses { failures[id] = Failure(error, "init") }
      return (nil, theory.before, [])
    }
  }

  private func actionGoals() -> [StepGoals] {
    model.actions.indices.compactMap { id in
      do {
        return try builder.goals(ofStep: id, keeping: hypotheses, satisfying: asked) { property, error in
          fail(property, Failure(error, "\(model.properties[property].name) after \(model.actions[id].name)"))
        }
      } catch {
        commonFailures.append(Failure(error, "action \(model.actions[id].name)"))
        return nil
      }
    }
  }

  // MARK: - Assumptions

  private func assumed(_ properties: [Int]) -> [Assertion] {
    properties.flatMap { id in
      (invariants[id] ?? []).enumerated().map { i, conjunct in
        Assertion(
          name: "\(model.properties[id].name) before" + (i > 0 ? " \(i + 1)" : ""), term: conjunct.term, span: conjunct.span)
      }
    }
  }

  func group(_ step: StepGoals, _ goals: [Goal], after: [Int] = []) -> GoalGroup {
    var assumptions = axioms + assumed(hypotheses) + step.theory.guards
    for id in after {
      for goal in step.preservation[id] ?? [] {
        assumptions.append(Assertion(name: "\(model.properties[id].name) after", term: goal.term, span: goal.span))
      }
    }
    return GoalGroup(assumptions: assumptions, goals: goals)
  }

  // MARK: - Rounds

  /// False if the run ended before: everything asked for has failed, and what becomes of the rest is nobody's question.
  private func dropUntilInductive(_ steps: [StepGoals]) -> Bool {
    var dropped: [Int] = []
    while !lane.isStopped {
      let before = Set(failures.keys)
      judgeRound(hypotheses.filter(asked.contains), steps)
      if engine.options.depth == 1, asked.allSatisfy({ failures[$0] != nil }) {
        recordDropped(dropped, before)
        return false
      }
      judgeRound(hypotheses.filter { !asked.contains($0) }, steps)
      let failed = recordDropped(dropped, before)
      if failed.isEmpty { return true }
      dropped += failed
      hypotheses.removeAll { failed.contains($0) }
    }
    for id in hypotheses { fail(id, Failure(reason: "the run was stopped")) }
    hypotheses = []
    return true
  }

  private func judgeRound(_ properties: [Int], _ steps: [StepGoals]) {
    let properties = properties.filter { !established.contains($0) }
    judge(
      properties.compactMap(stateDefinedness)
        + steps.map { step in
          Hearing(group(step, properties.flatMap { step.preservation[$0] ?? [] }), of: step, from: theory.before, hypotheses)
        })
  }

  /// The hypotheses that failed in this round; those that did not fail before others were dropped are noted as such.
  @discardableResult
  func recordDropped(_ dropped: [Int], _ before: Set<Int>) -> [Int] {
    let failed = hypotheses.filter { failures[$0] != nil && !before.contains($0) }
    if !dropped.isEmpty { for id in failed { assuming[id] = dropped } }
    return failed
  }

  /// Judging an invariant must be no error in any state that satisfies the ones before it. (A lemma about states: it holds
  /// after a step because it holds everywhere.)
  func stateDefinedness(of id: Int) -> Hearing? {
    let goals = builder.goals(
      of: invariantSites[id] ?? [], name: "defined/\(model.properties[id].name)", property: id, action: nil)
    if goals.isEmpty { return nil }
    let known = hypotheses.filter { $0 < id }
    return Hearing(
      group: GoalGroup(assumptions: axioms + assumed(known), goals: goals), state: theory.before, hypotheses: known)
  }

  private func judgeTransitions(_ steps: [StepGoals]) {
    judge(
      steps.map { step in
        // Invariants that are proved hold after the step as well.
        let open = step.transitions.keys.sorted().filter { !established.contains($0) }
        let group = group(step, step.transitionGoals(open), after: hypotheses)
        return Hearing(group, of: step, from: theory.before, hypotheses)
      })
  }

  private func judgeDefinedness(_ steps: [StepGoals], initial: [Goal]) {
    judge(
      [Hearing(group: GoalGroup(assumptions: axioms, goals: initial), state: theory.before)]
        + steps.map { Hearing(definedness($0), of: $0, from: theory.before, hypotheses) })
  }

  /// Guards are part of what each site is under: not all of them are reached.
  private func definedness(_ step: StepGoals) -> GoalGroup {
    GoalGroup(assumptions: axioms + assumed(hypotheses), goals: step.definedness)
  }

  private func finalGroups(_ initial: GoalGroup?, _ initialSites: [Goal], _ steps: [StepGoals]) -> [GoalGroup] {
    var result = [GoalGroup(assumptions: [], goals: axiomGoals), GoalGroup(assumptions: axioms, goals: initialSites)]
    if var initial {
      result.append(consistency(initial))
      initial.goals.removeAll { $0.property.map { !hypotheses.contains($0) } ?? false }
      result.append(initial)
    }
    result += hypotheses.compactMap { stateDefinedness(of: $0)?.group }
    for step in steps {
      result.append(group(step, hypotheses.flatMap { step.preservation[$0] ?? [] }))
      let proved = step.transitions.keys.sorted().filter { failures[$0] == nil }
      result.append(group(step, step.transitionGoals(proved), after: hypotheses))
      result.append(definedness(step))
      result.append(consistency(step))
    }
    return result.filter { !$0.goals.isEmpty }
  }

  func fail(_ property: Int, _ failure: Failure) {
    if failures[property] == nil { failures[property] = failure }
  }
}
