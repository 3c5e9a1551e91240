/// Counterexamples to induction, as small as can be and true by the evaluator. In: a satisfiable negated goal. Out: a
/// trace of one step (or of none), or why the solver's model is not believed.
///
/// Z3 4.8.12 has been seen to answer `sat` with a model that breaks an assertion, and facts about counts and closures are
/// incomplete: so a model is only a proposal. The evaluator judges it.
import Spec

struct Counterexample: Sendable {
  var trace: Trace
  var explanation: Explanation?
}

/// What a counterexample must show.
struct Claim {
  var goal: Goal
  /// Invariants that hold in the state before.
  var hypotheses: [Int]
  /// The state before; for the goals of `init` the initial state.
  var before: SymbolicState
  /// nil where the goal speaks of one state.
  var action: (id: ActionID, arguments: [SymbolicValue])?
  /// The steps that lead to the state before; nil: none.
  var history: History?
}

struct CounterexampleFinder {
  let theory: Theory
  let engine: Engine
  let policies: [Value]

  /// The smallest counterexample; nil if there is none at small sizes. `shrinking`: to few elements, then to little said of them.
  func find(_ claim: Claim, _ assertions: [Term], shrinking: Bool = true) throws -> Counterexample? {
    let found = try SmallSizes.search(theory.vocabulary.sortTerms.count, shrinking: shrinking) {
      try attempt(claim, assertions, $0)
    }
    guard shrinking, let found else { return found?.counterexample }
    return emptied(found, claim) ?? found.counterexample
  }

  /// A counterexample and the solver that it is from.
  private struct Sighting {
    var counterexample: Counterexample
    var solver: Z3Solver
    var model: Z3Model
    var grounding: Grounding
  }

  private func attempt(_ claim: Claim, _ assertions: [Term], _ sizes: [Int]) throws -> Sighting? {
    let grounding = Grounding(theory.vocabulary, sizes: sizes)
    let exact = try theory.encoder.counting.exact(grounding) + theory.encoder.closures.exact(grounding)
    guard let ground = grounding.ground(assertions + exact) else { return nil }
    let solver = try engine.solver(ground.map { Assertion(name: "", term: $0) })
    guard engine.check(solver, share: 4) == .satisfiable else { return nil }
    let model = try solver.model()
    let counterexample = try judge(claim, Extraction(model, theory, policies: policies, grounding))
    return Sighting(counterexample: counterexample, solver: solver, model: model, grounding: grounding)
  }

  /// The same with as little in its first state as can be: nothing of it can be left out alone. nil if that is no counterexample to the
  /// evaluator, or cannot be told.
  private func emptied(_ sighting: Sighting, _ claim: Claim) -> Counterexample? {
    let solver = sighting.solver
    var model = sighting.model
    do {
      var contents = StateContents(
        theory, sighting.grounding, try Extraction(model, theory, policies: policies, sighting.grounding))
      try contents.add(claim.history?.states.first ?? claim.before)
      var present = contents.formulas
      while true {
        let isPresent = try present.map { try model.boolean($0) }
        for (formula, isPresent) in zip(present, isPresent) where !isPresent { try solver.assert(theory.store.not(formula)) }
        present = zip(present, isPresent).filter(\.1).map(\.0)
        if present.isEmpty { break }
        try solver.assert(theory.store.not(theory.store.and(present)))
        guard engine.check(solver, share: 40) == .satisfiable else { break }
        model = try solver.model()
      }
      return try judge(claim, Extraction(model, theory, policies: policies, sighting.grounding))
    } catch {
      return nil
    }
  }

  // MARK: - By the evaluator

  private func judge(_ claim: Claim, _ extraction: Extraction) throws -> Counterexample {
    let evaluator = Evaluator(extraction.instance)
    func refuse(_ reason: String) -> ExtractionFailure { ExtractionFailure(reason: reason) }
    var trace = try extraction.run(claim.history, claim.before)
    let rigid = trace.rigid
    let states = [trace.initial] + trace.steps.compactMap(\.state)
    let state = states[states.count - 1]
    for id in claim.hypotheses {
      for state in states where try !evaluator.holds(id, in: state, rigid) {
        throw refuse("\(theory.model.properties[id].name) is false in it before the step")
      }
    }
    guard let (id, arguments) = claim.action else {
      return try judgeState(claim, evaluator, trace)
    }
    let action = try extraction.action(id, arguments)
    let after: State?
    do {
      after = try evaluator.step(action, from: state, rigid)
    } catch {
      guard claim.goal.kind == .definedness, claim.goal.property == nil else {
        throw refuse("its step is a spec error (\(error.kind.rawValue))")
      }
      trace.steps.append(Trace.Step(instance: action, state: nil))
      return Counterexample(trace: trace, explanation: nil)
    }
    guard let after else { throw refuse("its step is not enabled") }
    trace.steps.append(Trace.Step(instance: action, state: after))
    guard let property = claim.goal.property else { throw refuse("its step is no spec error") }
    switch theory.model.properties[property].kind {
    case .invariant:
      guard try !evaluator.holds(property, in: after, rigid) else { throw refuse("the property holds after its step") }
    case .transition:
      do {
        guard try !evaluator.holds(transition: property, action, from: state, to: after, rigid) else {
          throw refuse("its step satisfies the property")
        }
      } catch let error as SpecError {
        guard claim.goal.kind == .definedness else { throw error }
        return Counterexample(trace: trace, explanation: nil)
      }
    case .temporal, .cover: throw refuse("the property is not one of steps")
    }
    return Counterexample(
      trace: trace, explanation: evaluator.explain(property, in: after, step: (action, state), rigid))
  }

  /// An initial state that breaks an invariant, or a state in which judging one is a spec error.
  private func judgeState(_ claim: Claim, _ evaluator: Evaluator, _ trace: Trace) throws -> Counterexample {
    func refuse(_ reason: String) -> ExtractionFailure { ExtractionFailure(reason: reason) }
    guard let property = claim.goal.property else { throw refuse("it shows no property") }
    if claim.goal.kind == .initial {
      guard try evaluator.isInitial(trace.initial, trace.rigid) else { throw refuse("its state is not initial") }
    }
    do {
      guard try !evaluator.holds(property, in: trace.initial, trace.rigid) else { throw refuse("the property holds in it") }
    } catch let error as SpecError {
      guard claim.goal.kind == .definedness else { throw error }
      return Counterexample(trace: trace, explanation: nil)
    }
    return Counterexample(
      trace: trace, explanation: evaluator.explain(property, in: trace.initial, step: nil, trace.rigid))
  }
}
