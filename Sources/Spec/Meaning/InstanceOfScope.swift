/// From a scope and settings, as written in a `verify` line or on the command line, to an instance.

extension Instance {
  /// The model at a scope. `sizes` and `policies` override the scope's sizes and the policies' defaults; a sort that
  /// neither names has one element.
  public init(
    _ model: Model, scope: Scope?, sizes: [SortID: Int] = [:], policies: [PolicyID: Value] = [:]
  ) throws(SpecError) {
    var values: [Value] = []
    for (id, policy) in model.policies.enumerated() {
      if let value = policies[id] { values.append(value) } else { values.append(try model.closedValue(policy.defaultValue)) }
    }
    self.init(
      model: model, sizes: model.sorts.indices.map { sizes[$0] ?? scope?.sizes[$0] ?? 1 }, policies: values, scope: scope)
  }
}

extension Model {
  /// The value of an expression over literals: a policy's default, a setting.
  public func closedValue(_ e: Expr) throws(SpecError) -> Value {
    let empty = Instance(model: self, sizes: sorts.map { _ in 1 }, policies: [], scope: nil)
    return try Evaluation(empty, constants: [], state: [], before: [], frameSize: 0).value(e)
  }
}
