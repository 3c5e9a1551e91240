/// The reference meaning of a spec: slow, simple, and what every other engine is compared with.
///
///     let evaluator = Evaluator(instance)
///     for rigid in try evaluator.rigidValuations() {
///       for state in try evaluator.initialStates(rigid) {
///         for edge in evaluator.successors(of: state, rigid) { … }
///
/// Pure values in, values out; safe to use from any thread.
public struct Evaluator: Sendable {
  public let instance: Instance

  public init(_ instance: Instance) { self.instance = instance }

  /// An enabled action instance, with the state after it or the spec error it runs into.
  public struct Edge: Sendable {
    public var instance: ActionInstance
    public var result: Result<State, SpecError>

    public init(instance: ActionInstance, result: Result<State, SpecError>) {
      self.instance = instance
      self.result = result
    }
  }

  // MARK: - Steps

  /// The state after an action instance; nil if it is not enabled.
  public func step(_ action: ActionInstance, from state: State, _ rigid: RigidValuation) throws(SpecError) -> State? {
    let declaration = instance.model.actions[action.action]
    let evaluation = evaluation(rigid, state: state, frameSize: declaration.frameSize)
    for (local, ordinal) in zip(declaration.instanceLocals, action.arguments) {
      evaluation.frame[local.slot] = instance.value(ordinal, local.type)
    }
    return try evaluation.step(declaration).map { State(variables: $0) }
  }

  /// Every enabled action instance in order, with the state after it or the spec error it runs into.
  public func successors(of state: State, _ rigid: RigidValuation) -> [Edge] {
    var edges: [Edge] = []
    for action in actionInstances {
      do throws(SpecError) {
        if let after = try step(action, from: state, rigid) { edges.append(Edge(instance: action, result: .success(after))) }
      } catch {
        edges.append(Edge(instance: action, result: .failure(error)))
      }
    }
    return edges
  }

  /// Every action instance of this size, enabled or not, in order.
  public var actionInstances: some Sequence<ActionInstance> {
    instance.model.actions.indices.lazy.flatMap { id in
      let cardinalities = instance.model.actions[id].instanceLocals.map { instance.cardinality($0.type) }
      let count = cardinalities.reduce(1) { Instance.product($0, $1) }
      return (0..<count).lazy.map { ordinal in
        var rest = ordinal
        var arguments = cardinalities
        for position in cardinalities.indices.reversed() {
          arguments[position] = rest % cardinalities[position]
          rest /= cardinalities[position]
        }
        return ActionInstance(action: id, arguments: arguments)
      }
    }
  }

  // MARK: - Properties

  /// Whether an invariant's or cover's formula is true in a state.
  public func holds(_ property: Int, in state: State, _ rigid: RigidValuation) throws(SpecError) -> Bool {
    let declaration = instance.model.properties[property]
    switch declaration.kind {
    case .invariant(let body), .cover(let body):
      return try evaluation(rigid, state: state, frameSize: declaration.frameSize).bool(body)
    case .transition, .temporal: preconditionFailure("\(declaration.name) is not a property of one state")
    }
  }

  /// Whether a step satisfies a transition property (true where its trigger is another action).
  public func holds(
    transition property: Int, _ action: ActionInstance, from before: State, to after: State, _ rigid: RigidValuation
  ) throws(SpecError) -> Bool {
    let declaration = instance.model.properties[property]
    guard case .transition(let trigger, let body) = declaration.kind else {
      preconditionFailure("\(declaration.name) is not a property of steps")
    }
    if let trigger, trigger.action != action.action { return true }
    return try stepEvaluation(declaration, trigger, action, before, after, rigid).bool(body)
  }

  func stepEvaluation(
    _ property: Property, _ trigger: Property.Trigger?, _ action: ActionInstance, _ before: State, _ after: State,
    _ rigid: RigidValuation
  ) -> Evaluation {
    let evaluation = evaluation(rigid, state: after, before: before, frameSize: property.frameSize)
    // The trigger names the parameters, not the choices: zip stops after them.
    for (local, ordinal) in zip(trigger?.parameters ?? [], action.arguments) {
      evaluation.frame[local.slot] = instance.value(ordinal, local.type)
    }
    return evaluation
  }

  // MARK: - Expressions

  /// The value of an expression. `frame` has a place for each slot of its declaration; `before` is what `old` reads.
  public func evaluate(
    _ expr: Expr, frame: inout [Value], state: State?, before: State?, _ rigid: RigidValuation
  ) throws(SpecError) -> Value {
    let evaluation = evaluation(rigid, state: state, before: before, frameSize: 0)
    evaluation.frame = frame
    defer { frame = evaluation.frame }
    return try evaluation.value(expr)
  }

  func evaluation(_ rigid: RigidValuation, state: State?, before: State? = nil, frameSize: Int) -> Evaluation {
    Evaluation(
      instance, constants: rigid.constants, state: state?.variables ?? [], before: before?.variables ?? [],
      frameSize: frameSize)
  }
}
