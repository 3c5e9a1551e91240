import SimRuntime
import Spec

/// What a walk met, as the evaluator sees it: a run from an initial state, and what is wrong at its end.
struct Meeting {
  let trace: Trace
  let finding: Finding
  /// What shortening must keep.
  private let target: Target

  /// Walks the walk again by the evaluator. A step that the evaluator does not make, or an end that it sees nothing wrong with, is a
  /// fault of the source.
  init(_ end: WalkEnd, _ ground: WalkGround) throws(EngineFault) {
    let source = ground.source
    let evaluator = Evaluator(source.instance)
    let rigid = ground.rigid(end.choice)
    var state = source.layout.unpack(end.initial)
    var trace = Trace(instance: source.instance, rigid: rigid, initial: state, steps: [])
    for label in end.labels {
      let step = ground.numbering.instance(Int(label))
      guard let after = (try? evaluator.step(step, from: state, rigid)) ?? nil else {
        throw EngineFault("\(source.name) made a step that the evaluator does not make")
      }
      trace.steps.append(Trace.Step(instance: step, state: after))
      state = after
    }
    let judging = Judging(.all, source.instance.model)
    let found: Finding? =
      switch end.what {
      case .event(.state): judging.finding(at: state, evaluator, rigid)
      case .event(.deadlock):
        evaluator.successors(of: state, rigid).isEmpty ? Finding(what: .broken(.deadlock)) : nil
      case .event(.edge): judging.finding(onEdgesOf: state, evaluator, rigid)
      case .beginning: nil
      }
    guard let found, case .broken(let broken) = found.what else {
      throw EngineFault("\(source.name) reports an event that the evaluator does not see")
    }
    if let step = found.step { trace.steps.append(step) }
    self.trace = trace
    finding = found
    target = Target(broken, evaluator, rigid)
  }

  private init(_ trace: Trace, _ finding: Finding, _ target: Target) {
    self.trace = trace
    self.finding = finding
    self.target = target
  }

  /// A run with the same kind of end and no more steps.
  func shortened(budget: Int, _ cancellation: Cancellation) throws(EngineFault) -> Meeting {
    var shortening = Shortening(target, trace.initial, budget: budget, cancellation)
    let steps = shortening.shorten(trace.steps.map(\.instance))
    guard steps.count < trace.steps.count else { return self }
    // What was found at the new end: the same property, or the same error with its own details.
    var short = Trace(instance: trace.instance, rigid: trace.rigid, initial: trace.initial, steps: [])
    var state = trace.initial
    for (position, step) in steps.enumerated() {
      let isLast = position == steps.count - 1
      let edge = target.edge(step, from: state)
      if isLast, let found = target.finding(on: edge, from: state) {
        short.steps.append(found.step ?? Trace.Step(instance: step, state: nil))
        return Meeting(short, found, target)
      }
      guard case .success(let after) = edge?.result else { throw EngineFault("a shortened run does not run") }
      short.steps.append(Trace.Step(instance: step, state: after))
      state = after
    }
    guard let found = target.finding(at: state) else { throw EngineFault("a shortened run does not end as the long one did") }
    return Meeting(short, found, target)
  }
}

/// What a shortened run must still show: a property, a deadlock, or an error of the same kind at the same place.
struct Target {
  let evaluator: Evaluator
  let rigid: RigidValuation
  private let judging: Judging
  private let error: SpecError?
  private let isDeadlock: Bool
  /// Elementary evaluations of a step by action, and of looking at a state or an edge for the target.
  let stepWork: [Int]
  let lookWork: Int

  init(_ broken: Broken, _ evaluator: Evaluator, _ rigid: RigidValuation) {
    self.evaluator = evaluator
    self.rigid = rigid
    let model = evaluator.instance.model
    var error: SpecError?
    switch broken {
    case .property(let index): judging = Judging(.refute(.property(index)), model)
    case .error(let found):
      judging = Judging(.refute(.error), model)
      error = found
    case .deadlock, .coverUnreached, .scenario: judging = .nothing(model)
    }
    self.error = error
    let work = evaluator.instance.evaluationWork()
    stepWork = work.actions
    if case .deadlock = broken {
      isDeadlock = true
      // Mostly an early instance is enabled.
      lookWork =
        zip(model.actions, work.actions).reduce(0) {
          $0.saturatingSum($1.1.saturatingProduct(evaluator.instance.cardinality(of: $1.0.instanceLocals.map(\.type))))
        } / 4
    } else {
      isDeadlock = false
      lookWork = judging.evaluated.reduce(1) { $0.saturatingSum(work.properties[$1]) }
    }
  }

  /// nil if the instance is not enabled.
  func edge(_ step: ActionInstance, from state: State) -> Evaluator.Edge? {
    do throws(SpecError) {
      return try evaluator.step(step, from: state, rigid).map { Evaluator.Edge(instance: step, result: .success($0)) }
    } catch {
      return Evaluator.Edge(instance: step, result: .failure(error))
    }
  }

  func finding(on edge: Evaluator.Edge?, from state: State) -> Finding? {
    guard let edge else { return nil }
    return wanted(judging.finding(on: [edge], of: state, evaluator, rigid))
  }

  func finding(at state: State) -> Finding? {
    if isDeadlock {
      return evaluator.actionInstances.contains { edge($0, from: state) != nil } ? nil : Finding(what: .broken(.deadlock))
    }
    return wanted(judging.finding(at: state, evaluator, rigid))
  }

  private func wanted(_ finding: Finding?) -> Finding? {
    guard case .broken(let broken)? = finding?.what else { return nil }
    switch (broken, error) {
    case (.error(let found), let error?): return found.kind == error.kind && found.span == error.span ? finding : nil
    case (.property, nil): return finding
    default: return nil
    }
  }
}
