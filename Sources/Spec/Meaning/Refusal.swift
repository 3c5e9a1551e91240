/// Why an action instance is not enabled: the first conjunct that is false.
public struct Refusal: Sendable {
  /// The guard's name; nil for an unnamed guard or the filter of a choice.
  public var name: String?
  public var span: Span
}

extension Evaluator {
  /// nil if the instance is enabled. Throws if a conjunct before that is a spec error.
  public func refusal(of instance: ActionInstance, in state: State, _ rigid: RigidValuation) throws(SpecError) -> Refusal? {
    let action = self.instance.model.actions[instance.action]
    let evaluation = evaluation(rigid, state: state, frameSize: action.frameSize)
    for (local, ordinal) in zip(action.instanceLocals, instance.arguments) {
      evaluation.frame[local.slot] = self.instance.value(ordinal, local.type)
    }
    for conjunct in action.conjuncts {
      switch conjunct {
      case .require(let name, let condition, _):
        if try !evaluation.bool(condition) { return Refusal(name: name, span: condition.span) }
      case .letIn(let local, let bound): evaluation.frame[local.slot] = try evaluation.value(bound)
      }
    }
    for choice in action.choices {
      if let filter = choice.filter, try !evaluation.bool(filter) { return Refusal(name: nil, span: filter.span) }
    }
    return nil
  }
}
