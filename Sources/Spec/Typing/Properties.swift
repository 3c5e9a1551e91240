/// Invariants, transition and temporal properties, covers.

extension SpecChecker {
  func checkProperties() {
    for work in work.properties {
      let tree = work.tree
      let frame = Frame(old: tree.keyword == .transition ? .allowed : .forbidden)
      let checked = inFrame(frame) { () -> Property.Kind in
        switch tree.keyword {
        case .invariant: return .invariant(checkBool(tree.body))
        case .cover: return .cover(checkBool(tree.body))
        case .temporal: return .temporal(temporalFormula(tree.body))
        case .transition:
          let trigger = tree.trigger.flatMap { typeTrigger($0) }
          return .transition(trigger, checkBool(tree.body))
        }
      }
      if tree.keyword == .invariant || tree.keyword == .transition, isLiterallyTrue(tree.body) {
        report(RuleFact.trivial(name: tree.name.text), at: tree.body.span)
      }
      model.properties.append(
        Property(
          name: tree.name.text, kind: checked.result, frameSize: checked.frameSize, documentation: work.documentation,
          span: tree.name.span))
    }
  }

  private func isLiterallyTrue(_ tree: ExprTree) -> Bool {
    switch tree.kind {
    case .bool(true): true
    case .parenthesized(let inner): isLiterallyTrue(inner)
    default: false
    }
  }

  /// `on a(x, y)`: binds every parameter of the action.
  private func typeTrigger(_ trigger: TriggerTree) -> Property.Trigger? {
    guard let action = actionID(trigger.action) else {
      for name in trigger.parameters { _ = bind(name, .error) }
      return nil
    }
    let types = model.actions[action].parameters.map(\.type)
    if types.count != trigger.parameters.count {
      report(
        RuleFact.triggerArity(action: trigger.action.text, expected: types.count, found: trigger.parameters.count),
        at: trigger.action.span,
        related(model.actions[action].span, "declared here"))
    }
    let locals = trigger.parameters.enumerated().map { index, name in bind(name, index < types.count ? types[index] : .error) }
    return Property.Trigger(action: action, parameters: locals)
  }

  func actionID(_ name: Name) -> ActionID? {
    if let id = actionNames[name.text] { return id }
    if effectNames[name.text] != nil {
      report(
        NameFact.wrongKind(name: name.text, found: "effect", expected: "action", help: nil), at: name.span,
        related(calledAt[name.text], "declared here"))
    } else {
      report(
        NameFact.unknown(kind: "action", name: name.text, suggestion: nearest(name.text, among: actionNames.keys)), at: name.span)
    }
    return nil
  }
}
