/// Where runs begin: the rigid valuations that axioms and scope allow, and the initial states under one of them.

extension Evaluator {
  /// The most values that are enumerated at once, here and for one variable's `any`.
  public static let enumerationLimit = 1 << 22

  /// All rigid valuations that the axioms and the scope allow, in a fixed order. Constants of unordered sorts are taken
  /// up to renaming of the sort: the first to name a new element names the least one that is still unnamed. That loses
  /// nothing, since nothing in a spec can tell two elements apart but the constants themselves.
  public func rigidValuations() throws(SpecError) -> [RigidValuation] {
    let model = instance.model
    let pins = instance.scope?.pins ?? [:]
    var partial: [(constants: [Value], named: [SortID: Int])] = [([], [:])]
    for (id, constant) in model.constants.enumerated() {
      var next: [(constants: [Value], named: [SortID: Int])] = []
      for (constants, named) in partial {
        for value in try candidates(id, constants, named, pins[id]) {
          var named = named
          if case .sort(let sort) = constant.type, !model.sorts[sort].ordered, case .element(let element) = value {
            named[sort] = max(named[sort] ?? 0, element + 1)
          }
          next.append((constants + [value], named))
          if next.count > Evaluator.enumerationLimit {
            throw SpecError(.unbounded, at: constant.span, "more than \(Evaluator.enumerationLimit) rigid valuations")
          }
        }
      }
      partial = next
    }
    var result: [RigidValuation] = []
    for (constants, _) in partial {
      let rigid = RigidValuation(constants: constants)
      if try allows(rigid) { result.append(rigid) }
    }
    return result
  }

  /// The values one constant may take after the ones before it. A pin that reads only those decides it at once.
  private func candidates(
    _ id: ConstantID, _ constants: [Value], _ named: [SortID: Int], _ pin: Expr?
  ) throws(SpecError) -> [Value] {
    let constant = instance.model.constants[id]
    if let pin, readsOnlyConstants(before: id, pin) {
      let evaluation = evaluation(
        RigidValuation(constants: constants), state: nil, frameSize: instance.scope?.frameSize ?? 0)
      return [try evaluation.value(pin)]
    }
    if case .sort(let sort) = constant.type, !instance.model.sorts[sort].ordered {
      let fresh = named[sort] ?? 0
      return (0..<min(fresh + 1, instance.sizes[sort])).map { .element($0) }
    }
    if instance.valueCount(constant.type) > Evaluator.enumerationLimit {
      throw SpecError(.unbounded, at: constant.span, "constant \(constant.name) has too many values to enumerate")
    }
    return instance.allValues(constant.type)
  }

  private func readsOnlyConstants(before id: ConstantID, _ e: Expr) -> Bool {
    var only = true
    e.forEachNode(in: instance.model) { node in if case .constant(let other) = node.kind, other >= id { only = false } }
    return only
  }

  /// Whether a rigid valuation satisfies the axioms, the scope's constraints and its pins.
  public func allows(_ rigid: RigidValuation) throws(SpecError) -> Bool {
    for axiom in instance.model.axioms {
      if try !evaluation(rigid, state: nil, frameSize: axiom.frameSize).bool(axiom.body) { return false }
    }
    guard let scope = instance.scope else { return true }
    for constraint in scope.constraints {
      if try !evaluation(rigid, state: nil, frameSize: scope.frameSize).bool(constraint) { return false }
    }
    for (id, pin) in scope.pins {
      if try evaluation(rigid, state: nil, frameSize: scope.frameSize).value(pin) != rigid.constants[id] { return false }
    }
    return true
  }

  /// All initial states, each once: the variables' values in order, the first variable most significant.
  public func initialStates(_ rigid: RigidValuation) throws(SpecError) -> [State] {
    let initial = instance.model.initial
    var states: [[Value]] = [[]]
    for assignment in initial.assignments {
      let variable = instance.model.variables[assignment.variable]
      let values: [Value]
      switch assignment.value {
      case .expression(let expr):
        values = [try evaluation(rigid, state: nil, frameSize: initial.frameSize).value(expr)]
      case .any:
        if instance.valueCount(variable.type) > Evaluator.enumerationLimit {
          throw SpecError(.unbounded, at: assignment.span, "\(variable.name) has too many values to begin with")
        }
        var allowed: [Value] = []
        for value in instance.allValues(variable.type) where try begins(assignment, value, rigid) { allowed.append(value) }
        values = allowed
      }
      if Instance.product(states.count, values.count) > Evaluator.enumerationLimit {
        throw SpecError(.unbounded, at: assignment.span, "more than \(Evaluator.enumerationLimit) initial states")
      }
      states = states.flatMap { prefix in values.map { prefix + [$0] } }
    }
    return states.map { State(variables: $0) }
  }

  /// Whether a state is initial, without enumerating the others.
  public func isInitial(_ state: State, _ rigid: RigidValuation) throws(SpecError) -> Bool {
    for assignment in instance.model.initial.assignments {
      if try !begins(assignment, state.variables[assignment.variable], rigid) { return false }
    }
    return true
  }

  private func begins(
    _ assignment: InitialStates.Assignment, _ value: Value, _ rigid: RigidValuation
  ) throws(SpecError) -> Bool {
    let evaluation = evaluation(rigid, state: nil, frameSize: instance.model.initial.frameSize)
    switch assignment.value {
    case .expression(let expr): return try evaluation.value(expr) == value
    case .any(let local, let filter):
      guard let filter else { return true }
      if let local { evaluation.frame[local.slot] = value }
      return try evaluation.bool(filter)
    }
  }
}
