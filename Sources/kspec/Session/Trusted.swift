import Report
import Spec

/// No trace is shown that the evaluator does not follow: an engine's verdict comes in, the same verdict goes out with the failed
/// conjunct found, or a `EngineFault` is thrown.
enum Trusted {
  static func verdict(_ verdict: Verdict, cover: Int? = nil) throws(EngineFault) -> Verdict {
    var verdict = verdict
    if let trace = verdict.trace {
      do {
        try Replay.check(trace, ending(verdict, cover: cover))
      } catch {
        throw EngineFault("a trace of \(verdict.engine) for \(verdict.property) does not replay: \(error.words)")
      }
    }
    if let induction = verdict.induction {
      do {
        try Replay.check(steps: induction, ending(of: induction))
      } catch {
        throw EngineFault("a step of \(verdict.engine) for \(verdict.property) does not replay: \(error.words)")
      }
    }
    if verdict.explanation == nil { verdict.explanation = explanation(verdict) }
    return verdict
  }

  private static func ending(_ verdict: Verdict, cover: Int?) -> Replay.Ending {
    switch verdict.outcome {
    case .violated(let broken): .breaks(broken)
    case .reached: cover.map { .reaches(cover: $0) } ?? .nothing
    case .proved, .exhausted, .bounded, .undecided: .nothing
    }
  }

  /// A step without a state after it says that it is a spec error: it must be one to the evaluator.
  private static func ending(of induction: Trace) -> Replay.Ending {
    guard let last = induction.steps.last, last.state == nil else { return .nothing }
    let before = induction.steps.dropLast().last?.state ?? induction.initial
    do {
      _ = try Evaluator(induction.instance).step(last.instance, from: before, induction.rigid)
      return .nothing
    } catch {
      return .breaks(.error(error))
    }
  }

  private static func explanation(_ verdict: Verdict) -> Explanation? {
    guard case .violated(.property(let property)) = verdict.outcome, let trace = verdict.trace else { return nil }
    let states = [trace.initial] + trace.steps.compactMap(\.state)
    guard let last = states.last else { return nil }
    var step: (action: ActionInstance, before: State)?
    if let action = trace.steps.last?.instance, states.count > 1 { step = (action, states[states.count - 2]) }
    return Evaluator(trace.instance).explain(property, in: last, step: step, trace.rigid)
  }
}

extension Replay.Failure {
  var words: String {
    switch self {
    case .rigidValuation: "its constants contradict the axioms or the scope"
    case .initialState: "its first state is not initial"
    case .step(let position): "step \(position + 1) is not what the spec says"
    case .ending: "its end does not show what it is said to show"
    case .loop: "it does not go on as it is said to"
    case .unfair: "it starves a fair action"
    }
  }
}
