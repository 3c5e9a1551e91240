/// In: a scenario at a size. Out: whether every step could be taken, every refused step could not, every assertion held.
///
/// Through the evaluator, for the first rigid valuation and the first initial state. A `repeat` without a count is run
/// twice, so that its body is seen to follow itself.

import Spec

public struct ScenarioResult: Sendable {
  public enum Outcome: Sendable {
    case passed
    /// A step that the scenario performs is not enabled.
    case disabled
    /// A step that the scenario refuses is enabled.
    case notRefused
    case assertionFailed
    case error(SpecError)
    /// There is no state to begin in, or not enough elements for the parameters.
    case notRunnable(String)
  }
  public var scenario: Int
  public var outcome: Outcome
  /// The step at fault; the scenario itself if there is none.
  public var span: Span
  /// What the parameters stood for.
  public var parameters: [Value]
  /// The steps that were taken; nil if the scenario could not begin.
  public var trace: Trace?

  public var passed: Bool { if case .passed = outcome { true } else { false } }
}

public struct ScenarioRunner: Sendable {
  public let instance: Instance
  let evaluator: Evaluator

  public init(_ instance: Instance) {
    self.instance = instance
    self.evaluator = Evaluator(instance)
  }

  public func run(_ scenario: Int) -> ScenarioResult {
    withLargeStack {
      let declaration = instance.model.scenarios[scenario]
      var result = ScenarioResult(
        scenario: scenario, outcome: .passed, span: declaration.span, parameters: [], trace: nil)
      switch begin(scenario) {
      case .failure(let fault):
        result.outcome = fault.outcome
      case .success(var run):
        result.parameters = run.parameters
        do throws(Fault) { try self.run(declaration.steps, &run) } catch {
          result.outcome = error.outcome
          result.span = error.span
        }
        result.trace = run.trace
      }
      return result
    }
  }

  // MARK: - Running

  /// Why a run stopped.
  struct Fault: Error {
    var outcome: ScenarioResult.Outcome
    var span: Span
  }

  /// A scenario under way.
  struct Run: Sendable {
    var parameters: [Value]
    var frame: [Value]
    var state: State
    var trace: Trace
  }

  func begin(_ scenario: Int) -> Result<Run, Fault> {
    let declaration = instance.model.scenarios[scenario]
    func fault(_ reason: String) -> Result<Run, Fault> {
      .failure(Fault(outcome: .notRunnable(reason), span: declaration.span))
    }
    do throws(SpecError) {
      guard let rigid = try evaluator.rigidValuations().first else { return fault("no rigid values satisfy the axioms") }
      guard let initial = try evaluator.initialStates(rigid).first else { return fault("there is no initial state") }
      guard let parameters = parameters(declaration.parameters, rigid) else {
        return fault("the scope has too few elements for distinct parameters")
      }
      var frame = [Value](repeating: .none, count: declaration.frameSize)
      for (local, value) in zip(declaration.parameters, parameters) { frame[local.slot] = value }
      let trace = Trace(instance: instance, rigid: rigid, initial: initial, steps: [])
      return .success(Run(parameters: parameters, frame: frame, state: initial, trace: trace))
    } catch {
      return .failure(Fault(outcome: .error(error), span: error.span))
    }
  }

  /// Distinct elements, the least ones that no constant names where that is possible.
  private func parameters(_ locals: [Local], _ rigid: RigidValuation) -> [Value]? {
    var used: [Type: Set<Int>] = [:]
    var result: [Value] = []
    for local in locals {
      var named: Set<Int> = []
      for (constant, value) in zip(instance.model.constants, rigid.constants) where constant.type == local.type {
        named.insert(instance.ordinal(value, local.type))
      }
      let taken = used[local.type] ?? []
      let all = 0..<instance.cardinality(local.type)
      guard
        let ordinal = all.first(where: { !taken.contains($0) && !named.contains($0) })
          ?? all.first(where: { !taken.contains($0) })
      else { return nil }
      used[local.type, default: []].insert(ordinal)
      result.append(instance.value(ordinal, local.type))
    }
    return result
  }

  func run(_ steps: [Scenario.Step], _ run: inout Run) throws(Fault) {
    for step in steps {
      switch step {
      case .perform(let action, let arguments, let refuse, let span):
        try perform(action, arguments, refuse: refuse, span, &run)
      case .assert(let condition, let span):
        let value = try attempt(span) { () throws(SpecError) in
          try evaluator.evaluate(condition, frame: &run.frame, state: run.state, before: nil, run.trace.rigid)
        }
        if value != .bool(true) { throw Fault(outcome: .assertionFailed, span: span) }
      case .repeatBlock(let count, let body, _): for _ in 0..<(count ?? 2) { try self.run(body, &run) }
      }
    }
  }

  private func perform(
    _ action: ActionID, _ arguments: [Expr], refuse: Bool, _ span: Span, _ run: inout Run
  ) throws(Fault) {
    var ordinals: [Int] = []
    for (argument, local) in zip(arguments, instance.model.actions[action].instanceLocals) {
      let value = try attempt(span) { () throws(SpecError) in
        try evaluator.evaluate(argument, frame: &run.frame, state: run.state, before: nil, run.trace.rigid)
      }
      ordinals.append(instance.ordinal(value, local.type))
    }
    let step = ActionInstance(action: action, arguments: ordinals)
    let after = try attempt(span) { () throws(SpecError) in try evaluator.step(step, from: run.state, run.trace.rigid) }
    switch (after, refuse) {
    case (nil, true): break
    case (nil, false): throw Fault(outcome: .disabled, span: span)
    case (.some, true): throw Fault(outcome: .notRefused, span: span)
    case (.some(let after), false):
      run.state = after
      run.trace.steps.append(Trace.Step(instance: step, state: after))
    }
  }

  private func attempt<T>(_ span: Span, _ work: () throws(SpecError) -> T) throws(Fault) -> T {
    do throws(SpecError) { return try work() } catch { throw Fault(outcome: .error(error), span: span) }
  }
}
