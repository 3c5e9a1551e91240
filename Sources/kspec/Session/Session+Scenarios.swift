import Report
import SimRuntime
import Spec

/// Scenarios as tests: the runner's result in, a verdict with the run and the step at fault out.
extension Session {
  func test(_ scenario: Int, _ instance: Instance, scope: String) throws -> Verdict {
    let started = ContinuousClock.now
    let result = ScenarioRunner(instance).run(scenario)
    let outcome: Verdict.Outcome
    switch result.outcome {
    case .passed: outcome = .reached
    case .notRunnable(let why): outcome = .undecided(why)
    case .disabled: outcome = failed("a step is not enabled\(refusal(result, instance))", result)
    case .notRefused: outcome = failed("a refused step is enabled", result)
    case .assertionFailed: outcome = failed("an assertion is false", result)
    case .error(let error): outcome = failed("a spec error (\(error.kind.words)): \(error.detail)", result)
    }
    var verdict = Verdict(outcome, property: instance.model.scenarios[scenario].name, scope: scope, engine: "evaluator")
    verdict.sizes = instance.sizesByName
    verdict.policies = instance.policiesByName
    verdict.trace = result.trace
    verdict.seconds = started.duration(to: .now).seconds
    return try Trusted.verdict(verdict)
  }

  private func failed(_ reason: String, _ result: ScenarioResult) -> Verdict.Outcome {
    .violated(.scenario(ScenarioFailure(reason: reason, span: result.span)))
  }

  /// `: guard Vacant is false`, by evaluating the step again where the run stopped.
  private func refusal(_ result: ScenarioResult, _ instance: Instance) -> String {
    guard let trace = result.trace, let (action, arguments) = result.step(in: instance.model) else { return "" }
    let evaluator = Evaluator(instance)
    let state = trace.steps.last?.state ?? trace.initial
    var frame = [Value](repeating: .none, count: instance.model.scenarios[result.scenario].frameSize)
    for (local, value) in zip(instance.model.scenarios[result.scenario].parameters, result.parameters) {
      frame[local.slot] = value
    }
    let locals = instance.model.actions[action].instanceLocals
    var ordinals: [Int] = []
    for (argument, local) in zip(arguments, locals) {
      guard let value = try? evaluator.evaluate(argument, frame: &frame, state: state, before: nil, trace.rigid) else {
        return ""
      }
      ordinals.append(instance.ordinal(value, local.type))
    }
    let step = ActionInstance(action: action, arguments: ordinals)
    guard let refusal = try? evaluator.refusal(of: step, in: state, trace.rigid) else { return "" }
    let condition = instance.model.sources.text(refusal.span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return refusal.name.map { ": guard \($0) is false" } ?? ": `\(condition)` is false"
  }
}

extension ScenarioResult {
  /// The action and arguments of the step at fault.
  fileprivate func step(in model: Model) -> (ActionID, [Expr])? {
    func find(_ steps: [Scenario.Step]) -> (ActionID, [Expr])? {
      for step in steps {
        switch step {
        case .perform(let action, let arguments, _, let place) where place == span: return (action, arguments)
        case .repeatBlock(_, let body, _): if let found = find(body) { return found }
        case .perform, .assert: break
        }
      }
      return nil
    }
    return find(model.scenarios[scenario].steps)
  }
}

extension Instance {
  var sizesByName: [(sort: String, size: Int)] { zip(model.sorts, sizes).map { ($0.name, $1) } }

  var policiesByName: [(name: String, value: String)] {
    let names = ValueNames(self, nil)
    return zip(model.policies, policies).map { ($0.name, names.text($1, $0.type)) }
  }
}
