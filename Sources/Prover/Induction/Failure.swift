/// Why something is not proved. In: a goal that failed, or an error of its encoding. Out: the reason in words, with a counterexample where
/// there is one.
import Spec

struct Failure {
  var reason: String
  var goal: Goal?
  var counterexample: Counterexample?
  /// Whether the counterexample is a run from an initial state.
  var isReal: Bool { counterexample != nil && (goal?.kind == .initial || isOnRun) }
  /// Whether the counterexample is a step that breaks the property.
  var isStep: Bool { counterexample != nil && (goal?.kind == .preservation || goal?.kind == .transition) }
  /// Whether the goal was one about runs from the initial states.
  var isOnRun = false

  init(reason: String, goal: Goal? = nil, counterexample: Counterexample? = nil) {
    self.reason = reason
    self.goal = goal
    self.counterexample = counterexample
  }

  /// Something could not be stated.
  init(_ error: any Error, _ what: String) {
    if let failure = error as? EncodingFailure {
      reason = "\(what) has no sound encoding: \(failure.reason)"
    } else {
      reason = "\(what): \(error)"
    }
  }
}
