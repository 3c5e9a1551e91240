/// Why a formula is false: its smallest false conjunct, and the values that the quantifiers on the way have there.

extension Evaluator {
  /// The failed conjunct of a property that is false at a state (or at a step, if `step` is given), with its witness.
  /// nil if it is not false there, or cannot be evaluated.
  public func explain(
    _ property: Int, in state: State, step: (action: ActionInstance, before: State)?, _ rigid: RigidValuation
  ) -> Explanation? {
    let declaration = instance.model.properties[property]
    let body: Expr
    let context: Evaluation
    switch declaration.kind {
    case .invariant(let expr), .cover(let expr):
      body = expr
      context = evaluation(rigid, state: state, frameSize: declaration.frameSize)
    case .transition(let trigger, let expr):
      guard let step else { return nil }
      body = expr
      context = stepEvaluation(declaration, trigger, step.action, step.before, state, rigid)
    case .temporal: return nil
    }
    var witness: [(local: Local, value: Value)] = []
    guard let failed = try? context.reason(body, is: false, &witness) else { return nil }
    return Explanation(conjunct: failed.span, witness: witness)
  }
}

extension Evaluation {
  /// The smallest part of `e` that makes it `truth`; nil if it is not.
  func reason(
    _ e: Expr, is truth: Bool, _ witness: inout [(local: Local, value: Value)]
  ) throws(SpecError) -> Expr? {
    if try bool(e) != truth { return nil }
    switch (e.kind, truth) {
    case (.not(let inner), _): return try reason(inner, is: !truth, &witness)
    case (.and(let a, let b), false):
      if let part = try reason(a, is: false, &witness) { return part }
      return try reason(b, is: false, &witness)
    case (.implies(let a, let b), false):
      // The premise's own witness matters (`exists x … ==> …`); its text does not.
      _ = try reason(a, is: true, &witness)
      return try reason(b, is: false, &witness)
    case (.ifThenElse(let condition, let a, let b), _):
      return try reason(try bool(condition) ? a : b, is: truth, &witness)
    case (.letIn(let local, let bound, let body), _):
      frame[local.slot] = try value(bound)
      return try reason(body, is: truth, &witness)
    case (.forall(let locals, let filter, let body), false), (.exists(let locals, let filter, let body), true):
      guard let values = try find(locals, filter, { () throws(SpecError) in try bool(body) == truth }) else { return e }
      for (local, value) in zip(locals, values) {
        frame[local.slot] = value
        witness.append((local, value))
      }
      return try reason(body, is: truth, &witness) ?? e
    default: return e
    }
  }

  /// The first tuple at which `judge` is true.
  private func find(
    _ locals: [Local], _ filter: Expr?, _ judge: () throws(SpecError) -> Bool
  ) throws(SpecError) -> [Value]? {
    var found: [Value]?
    try forEach(locals, filter) { () throws(SpecError) in
      if found == nil, try judge() { found = locals.map { frame[$0.slot] } }
    }
    return found
  }
}
