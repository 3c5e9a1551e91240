/// The reference meaning of a spec: slow, simple, and what every other engine is compared with.
public struct Evaluator: Sendable {
  public let instance: Instance

  public init(_ instance: Instance) { self.instance = instance }

  /// All rigid valuations that the axioms and the scope allow; constants of unordered sorts up to renaming.
  public func rigidValuations() throws(SpecError) -> [RigidValuation] { [] }

  /// All initial states, each once, in order of enumeration.
  public func initialStates(_ rigid: RigidValuation) throws(SpecError) -> [State] { [] }

  /// The state after an action instance; nil if it is not enabled.
  public func step(_ action: ActionInstance, from state: State, _ rigid: RigidValuation) throws(SpecError) -> State? { nil }

  /// Every enabled action instance in order, with the state after it or the spec error it runs into.
  public func successors(of state: State, _ rigid: RigidValuation) -> [Edge] { [] }

  public struct Edge: Sendable {
    public var instance: ActionInstance
    public var result: Result<State, SpecError>
  }

  /// Whether an invariant's or cover's formula is true in a state.
  public func holds(_ property: Int, in state: State, _ rigid: RigidValuation) throws(SpecError) -> Bool { false }

  /// Whether a step satisfies a transition property (true where its trigger is another action).
  public func holds(
    transition property: Int, _ action: ActionInstance, from before: State, to after: State, _ rigid: RigidValuation
  ) throws(SpecError) -> Bool { false }

  /// The failed conjunct of a property that is false at a state (or a step, if `step` is given), with its witness.
  public func explain(
    _ property: Int, in state: State, step: (action: ActionInstance, before: State)?, _ rigid: RigidValuation
  ) -> Explanation? { nil }

  /// The value of an expression. `frame` has a place for each slot of its declaration; `before` is what `old` reads.
  public func evaluate(
    _ expr: Expr, frame: inout [Value], state: State?, before: State?, _ rigid: RigidValuation
  ) throws(SpecError) -> Value { .none }
}
