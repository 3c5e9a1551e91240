/// Actions. In: their trees; out: `model.actions` with conjuncts, choices and inlined updates, and the rules on them kept.

extension SpecChecker {
  func checkActions() {
    for (index, work) in work.actions.enumerated() {
      (inlinedWeight, tooLarge) = (0, false)
      let types = model.actions[index].parameters.map(\.type)
      var parts = ActionParts()
      let checked = inFrame(Frame()) { () -> ([Local], Actor, [Update]) in
        let locals = zip(work.tree.parameters, types).map { bind($0.name, $1) }
        let actor = typeActor(work.tree.actor)
        let updates = typeStatements(work.tree.body, .action, &parts)
        return (locals, actor, updates)
      }
      model.actions[index].parameters = checked.result.0
      model.actions[index].actor = checked.result.1
      model.actions[index].updates = checked.result.2
      model.actions[index].conjuncts = parts.conjuncts
      model.actions[index].choices = parts.choices
      model.actions[index].frameSize = checked.frameSize
      checkUpdateRules(model.actions[index].updates)
      checkGhostRules(model.actions[index])
    }
  }

  private func typeActor(_ tree: ActorTree?) -> Actor {
    switch tree {
    case nil: return .unstated
    case .environment?: return .environment
    case .expression(let tree)?:
      let value = infer(tree)
      let type = requireKey(value.type, at: value.span, role: "an acting domain")
      return .expression(type == .error ? broken(value.span) : value)
    }
  }
}
