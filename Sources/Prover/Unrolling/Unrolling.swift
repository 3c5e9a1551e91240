/// Runs of several steps as formulas. In: a first state and, step by step, what every action does to the last. Out: a state a
/// moment, and what is assumed of the steps between them.
///
/// One step is best written by substitution, the state after as expressions over the state before. Over several that would
/// multiply: each cell asked for is one of every action's. So each moment but the first has symbols of its own, and a step says: the
/// action whose selector is true is enabled, and the next moment is its state after. That proves as well, but diverges where
/// there is something to be found: runs are looked for at fixed sizes (`RunSolver`), and only the last step is by substitution.
///
/// No background fact is about a state after: equality with it asks for no parent and no root. So nothing is assumed of an action
/// that is not chosen, whose guards may be false and whose forest after need not be one. Counts and closures of any moments are compared
/// by facts that hold of any two predicates; those that the action at hand does not bring are left out, which proves less, never
/// more.
import Spec

/// One step of a run: any of the actions.
struct UnrolledStep {
  struct Choice {
    var id: ActionID
    var selector: Term
    var arguments: [SymbolicValue]
  }
  var choices: [Choice]
  var assertions: [Assertion]
}

/// A run so far.
struct History {
  /// One more than steps.
  var states: [SymbolicState]
  var steps: [UnrolledStep] = []
  /// Whether its first state is initial; otherwise it is any state.
  var isFromInit: Bool

  init(from state: SymbolicState, isFromInit: Bool) {
    states = [state]
    self.isFromInit = isFromInit
  }

  var last: SymbolicState { states[states.count - 1] }
  var assertions: [Assertion] { steps.flatMap(\.assertions) }

  /// `actions`: all of them, from the last state.
  mutating func extend(by actions: [(id: ActionID, theory: ActionTheory)], _ theory: Theory) throws {
    let (store, vocabulary, model) = (theory.store, theory.vocabulary, theory.model)
    let number = steps.count + 1
    let next = theory.moment(number)
    var choices: [UnrolledStep.Choice] = []
    var assertions: [Assertion] = []
    for (id, action) in actions {
      let name = model.actions[id].name
      let selector = store.constant("step \(number) is \(name)", .bool)
      let after = try model.variables.indices.map {
        try vocabulary.equal(next.variables[$0], action.after.variables[$0], model.variables[$0].type)
      }
      for (i, part) in (action.guards.map(\.term) + after).enumerated() {
        assertions.append(Assertion(name: "step \(number) \(name) \(i + 1)", term: store.implies(selector, part)))
      }
      choices.append(UnrolledStep.Choice(id: id, selector: selector, arguments: action.arguments))
    }
    let some = Assertion(name: "step \(number)", term: store.or(choices.map(\.selector)))
    steps.append(UnrolledStep(choices: choices, assertions: [some] + assertions))
    states.append(next)
  }
}

extension Extraction {
  /// The run that a model shows, each state but the first as the evaluator has it. `state`: the first state where there is no history.
  func run(_ history: History?, _ state: SymbolicState) throws -> Trace {
    let evaluator = Evaluator(instance)
    let rigid = try rigid()
    var state = try self.state(history?.states.first ?? state)
    guard try evaluator.allows(rigid) else { throw ExtractionFailure(reason: "an axiom is false in it") }
    var trace = Trace(instance: instance, rigid: rigid, initial: state, steps: [])
    if history?.isFromInit == true, try !evaluator.isInitial(state, rigid) {
      throw ExtractionFailure(reason: "its first state is not initial")
    }
    for step in history?.steps ?? [] {
      guard let choice = try step.choices.first(where: { try boolean($0.selector) }) else {
        throw ExtractionFailure(reason: "one of its steps is no action")
      }
      let action = try self.action(choice.id, choice.arguments)
      guard let after = try evaluator.step(action, from: state, rigid) else {
        throw ExtractionFailure(reason: "one of its steps is not enabled")
      }
      trace.steps.append(Trace.Step(instance: action, state: after))
      state = after
    }
    return trace
  }
}
