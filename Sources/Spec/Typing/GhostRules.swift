/// Ghost variables are for properties only: nothing that shapes the behaviour of the rest may depend on them.

extension SpecChecker {
  /// A read of ghost state: the variable, and where.
  private struct GhostRead {
    var variable: VariableID
    var span: Span
  }

  func checkGhostRules(_ action: Action) {
    guard model.variables.contains(where: \.ghost) else { return }
    // Slots whose value depends on a ghost.
    var tainted: [Int: GhostRead] = [:]
    if case .expression(let actor) = action.actor { refuse(ghostRead(in: actor, tainted), "`by`") }
    for conjunct in action.conjuncts {
      switch conjunct {
      case .require(_, let test, _): refuse(ghostRead(in: test, tainted), "a guard")
      case .letIn(let local, let value): tainted[local.slot] = ghostRead(in: value, tainted)
      }
    }
    for choice in action.choices {
      if let filter = choice.filter { refuse(ghostRead(in: filter, tainted), "the filter of a choice") }
    }
    checkGhost(action.updates, under: nil, tainted)
  }

  /// A rule for expressions outside actions: `view`, `flow`.
  func refuseGhosts(_ expr: Expr, user: String) { refuse(ghostRead(in: expr, [:]), user) }

  private func refuse(_ read: GhostRead?, _ user: String) {
    guard let read else { return }
    let variable = model.variables[read.variable]
    report(
      RuleFact.ghost(variable: variable.name, user: user), at: read.span, related(variable.span, "`\(variable.name)` is a ghost"))
  }

  /// `condition`: the ghost that an enclosing `if` or `for` depends on.
  private func checkGhost(_ updates: [Update], under condition: (read: GhostRead, what: String)?, _ outer: [Int: GhostRead]) {
    var tainted = outer
    for update in updates {
      switch update.kind {
      case .assign(let location, let value), .add(let location, let value), .remove(let location, let value),
        .push(let location, let value):
        checkGhost(location.variable, location.indices + [value], condition, tainted)
      case .pop(let location): checkGhost(location.variable, location.indices, condition, tainted)
      case .removeAll(let location, _, let filter): checkGhost(location.variable, location.indices + [filter], condition, tainted)
      case .forest(let variable, let operation): checkGhost(variable, operation.operands, condition, tainted)
      case .forEach(_, let filter, let body):
        let read = filter.flatMap { ghostRead(in: $0, tainted) }
        checkGhost(
          body, under: condition ?? read.map { ($0, "a `for` around an update of a variable that is no ghost") }, tainted)
      case .conditional(let test, let yes, let no):
        let inner =
          condition ?? ghostRead(in: test, tainted).map { ($0, "an `if` around an update of a variable that is no ghost") }
        checkGhost(yes, under: inner, tainted)
        checkGhost(no, under: inner, tainted)
      case .letIn(let local, let value, let body):
        tainted[local.slot] = ghostRead(in: value, tainted)
        checkGhost(body, under: condition, tainted)
      }
    }
  }

  private func checkGhost(
    _ variable: VariableID, _ operands: [Expr], _ condition: (read: GhostRead, what: String)?, _ tainted: [Int: GhostRead]
  ) {
    if model.variables[variable].ghost { return }
    if let condition { refuse(condition.read, condition.what) }
    let user = "the update of `\(model.variables[variable].name)`, which is no ghost,"
    for operand in operands { refuse(ghostRead(in: operand, tainted), user) }
  }

  private func ghostRead(in expr: Expr, _ tainted: [Int: GhostRead]) -> GhostRead? {
    switch expr.kind {
    case .variable(let id) where model.variables[id].ghost: return GhostRead(variable: id, span: expr.span)
    case .local(let local):
      if let read = tainted[local.slot] { return GhostRead(variable: read.variable, span: expr.span) }
    case .call(let id, _):
      if functionEntries.indices.contains(id),
        let ghost = functions[functionEntries[id]].reads.sorted().first(where: { model.variables[$0].ghost })
      {
        return GhostRead(variable: ghost, span: expr.span)
      }
    default: break
    }
    for operand in expr.operands {
      if let found = ghostRead(in: operand, tainted) { return found }
    }
    return nil
  }
}
