/// What would be bad after so many steps. In: goals of an action from the last state of a run. Out: what is asked of a solver, and by the
/// evaluator's judgement what a model of it shows.
import Spec

/// Goals that share a last step.
struct Question {
  var group: GoalGroup
  /// nil: it is about the initial states.
  var step: (id: ActionID, arguments: [SymbolicValue])?

  /// Some goal is false.
  func negated(_ store: TermStore) -> Assertion {
    Assertion(name: "goal", term: store.not(store.and(group.goals.map(\.term))))
  }

  /// What is assumed, and that some goal, or this one, is false.
  func negation(_ store: TermStore, of goal: Goal? = nil) -> [Assertion] {
    let negated = goal.map { Assertion(name: "goal", term: store.not($0.term)) } ?? negated(store)
    return group.assumptions + [negated]
  }

  func isTrivial(_ store: TermStore) -> Bool { group.goals.allSatisfy { $0.term == store.yes } }

  func keeping(_ properties: [Int]) -> Question {
    var result = self
    result.group.goals.removeAll { $0.property.map { !properties.contains($0) } ?? false }
    return result
  }

  /// Guards are no assumption where definedness is asked for: not all of them need be reached. Nor is anything said of the state
  /// after there, which need not be one.
  static func all(of steps: [StepGoals], _ open: [Int]) -> [Question] {
    steps.flatMap { step in
      let after = open.flatMap { (step.judgement[$0] ?? []) + (step.preservation[$0] ?? []) }
      let goals = after + step.transitionGoals(open)
      return [
        Question(group: GoalGroup(assumptions: [], goals: step.definedness), step: (step.id, step.theory.arguments)),
        Question(group: GoalGroup(assumptions: step.theory.guards, goals: goals), step: (step.id, step.theory.arguments)),
      ]
    }
  }

  /// That each action keeps an invariant.
  static func keeping(_ property: Int, _ steps: [StepGoals]) -> [Question] {
    steps.map { step in
      let goals = (step.judgement[property] ?? []) + (step.preservation[property] ?? [])
      return Question(
        group: GoalGroup(assumptions: step.theory.guards, goals: goals), step: (step.id, step.theory.arguments))
    }
  }
}

/// A run from an initial state, and what is wrong at its end.
struct Breach {
  var trace: Trace
  var properties: [Int] = []
  var error: SpecError?
}

extension Extraction {
  /// Replays the run of a model by the evaluator, and judges its end.
  func breach(of open: [Int], _ question: Question, after history: History) throws -> Breach {
    var breach = Breach(trace: try run(history, history.last))
    let evaluator = Evaluator(instance)
    let rigid = breach.trace.rigid
    let before = breach.trace.steps.last?.state ?? breach.trace.initial
    var after = before
    var last: ActionInstance?
    if let (id, arguments) = question.step {
      let action = try action(id, arguments)
      last = action
      do {
        guard let state = try evaluator.step(action, from: before, rigid) else {
          throw ExtractionFailure(reason: "its last step is not enabled")
        }
        breach.trace.steps.append(Trace.Step(instance: action, state: state))
        after = state
      } catch let error as SpecError {
        breach.trace.steps.append(Trace.Step(instance: action, state: nil))
        breach.error = error
        return breach
      }
    }
    for id in open {
      do {
        let isFine =
          if case .invariant = instance.model.properties[id].kind {
            try evaluator.holds(id, in: after, rigid)
          } else if let last {
            try evaluator.holds(transition: id, last, from: before, to: after, rigid)
          } else {
            true
          }
        if !isFine { breach.properties.append(id) }
      } catch { breach.error = breach.error ?? error }
    }
    guard !breach.properties.isEmpty || breach.error != nil else {
      throw ExtractionFailure(reason: "nothing is wrong at its end")
    }
    return breach
  }
}
