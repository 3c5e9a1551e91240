/// Statements to updates. In: statement trees; out: updates with effects inlined, and at the top level of an action also
/// its conjuncts and choices.

/// Where a statement stands, in the words of a diagnostic.
enum Place: Equatable {
  case action
  case effect
  case loop
  case branch

  var description: String {
    switch self {
    case .action: "an action"
    case .effect: "an effect"
    case .loop: "`for`"
    case .branch: "`if`"
    }
  }
}

/// The part of an action that is not updates.
struct ActionParts {
  var conjuncts: [Action.Conjunct] = []
  var choices: [Action.Choice] = []
  var guardNames: [String: Span] = [:]
}

extension SpecChecker {
  /// The statements of one block. `parts` is nil except at the top level of an action.
  func typeStatements(_ statements: [StatementTree], _ place: Place, _ parts: inout ActionParts) -> [Update] {
    enum Item {
      case update(Update)
      case letIn(Local, Expr, Span)
    }
    var items: [Item] = []
    for statement in statements {
      switch statement.kind {
      case .error: break
      case .require(let name, let condition): typeRequire(name, condition, place, statement.span, &parts)
      case .letBinding(let name, let tree):
        let value = inferLetValue(tree)
        let local = bind(name, value.type)
        if place == .action {
          parts.conjuncts.append(.letIn(local, value))
        } else {
          items.append(.letIn(local, value, statement.span))
        }
      case .choose(let target, let binder, let filter):
        if let update = typeChoice(target, binder, filter, place, statement.span, &parts) { items.append(.update(update)) }
      default:
        for update in typeUpdate(statement, place) { items.append(.update(update)) }
      }
    }
    // A `let` holds for what follows it in its block.
    var result: [Update] = []
    for item in items.reversed() {
      switch item {
      case .update(let update): result.append(update)
      case .letIn(let local, let value, let span): result = [Update(.letIn(local, value, result.reversed()), span)]
      }
    }
    return result.reversed()
  }

  /// A nested block: no guards, no choices.
  func typeBlock(_ statements: [StatementTree], _ place: Place) -> [Update] {
    var none = ActionParts()
    return inScope { typeStatements(statements, place, &none) }
  }

  private func typeRequire(_ name: Name?, _ condition: ExprTree, _ place: Place, _ span: Span, _ parts: inout ActionParts) {
    let test = checkBool(condition)
    guard place == .action else {
      report(RuleFact.requireMisplaced(place: place.description), at: span)
      return
    }
    if let name {
      if let first = parts.guardNames[name.text] {
        report(RuleFact.guardRepeated(name: name.text), at: name.span, related(first, "the first"))
      } else {
        parts.guardNames[name.text] = name.span
      }
    }
    parts.conjuncts.append(.require(name: name?.text, test, span))
  }

  private func typeChoice(
    _ target: ExprTree, _ binder: BinderTree?, _ filter: ExprTree?, _ place: Place, _ span: Span, _ parts: inout ActionParts
  ) -> Update? {
    let location = location(target)
    guard place == .action else {
      report(RuleFact.anyMisplaced(place: place.description), at: span)
      return nil
    }
    if let location { written.insert(location.variable) }
    return inScope {
      let local: Local
      if let binder, binder.type != nil || location == nil {
        local = bind(binder.name, keyBinderType(binder, role: "a choice"))
      } else {
        guard let location else { return nil }
        let type = requireKey(location.type, at: target.span, role: "a choice")
        local = binder.map { bind($0.name, type) } ?? frame.fresh(model.variables[location.variable].name, type, at: span)
      }
      let filter = filter.map { checkBool($0) }
      guard let location else { return nil }
      parts.choices.append(Action.Choice(local: local, filter: filter, variable: location.variable, span: span))
      let value = coerce(Expr(.local(local), local.type, binder?.name.span ?? span), to: location.type, origin(of: location))
      return Update(.assign(location, value), span)
    }
  }

  private func typeUpdate(_ statement: StatementTree, _ place: Place) -> [Update] {
    let span = statement.span
    switch statement.kind {
    case .assign(let target, let value): return typeAssignment(target, value, span)
    case .call(let callee, let arguments): return typeCall(callee, arguments, span)
    case .removeAll(let target, let binder, let filter):
      guard let location = location(target) else { return [] }
      guard case .queue(_, let element) = location.type else {
        noUpdateMethod(location, "removeAll", target.span)
        return []
      }
      written.insert(location.variable)
      return inScope {
        var type = element
        if binder.type != nil {
          let stated = binderType(binder)
          if !isBroken(stated), stated != element {
            report(
              TypeFact.mismatch(
                expected: describe(element), found: describe(stated),
                help: "leave the type out: it is that of the queue's elements"),
              at: binder.type?.span ?? binder.name.span, origin(of: location))
          }
          type = isBroken(stated) ? .error : element
        }
        let local = bind(binder.name, type)
        return [Update(.removeAll(location, local, filter: checkBool(filter)), span)]
      }
    case .forEach(let binders, let filter, let body):
      return withBinders(binders, filter, role: "the variable of a `for`") { locals, filter in
        [Update(.forEach(locals, filter: filter, typeBlock(body, .loop)), span)]
      }
    case .conditional(let condition, let yes, let no):
      let test = checkBool(condition)
      let first = typeBlock(yes, .branch)
      return [Update(.conditional(test, first, no.map { typeBlock($0, .branch) } ?? []), span)]
    case .error, .require, .letBinding, .choose: return []
    }
  }

  private func typeAssignment(_ target: ExprTree, _ tree: ExprTree, _ span: Span) -> [Update] {
    guard let location = location(target) else {
      _ = infer(tree, hint: .error)
      return []
    }
    written.insert(location.variable)
    let value = check(tree, location.type, origin(of: location))
    if location.type.isForest, value.type.isForest {
      switch value.kind {
      case .empty, .variable: break
      default: report(TypeFact.forestMisplaced(reason: "a forest is assigned `empty` or another forest variable"), at: value.span)
      }
    }
    return [Update(.assign(location, value), span)]
  }

  func noUpdateMethod(_ location: Location, _ method: String, _ span: Span) {
    guard !isBroken(location.type) else { return }
    let known: [String] =
      switch location.type {
      case .set: ["add", "remove"]
      case .queue: ["push", "pop", "removeAll"]
      case .forest: ["attach", "detach", "prune", "remove", "replace"]
      default: []
      }
    let near = nearest(method, among: known).map { "did you mean `\($0)`?" }
    let help = near ?? (known.isEmpty ? "assign to it with `:=`" : "its updates are \(listed(known.map { "`\($0)`" }))")
    report(
      RuleFact.noUpdateMethod(type: describe(location.type), method: method, suggestion: help), at: span, origin(of: location))
  }
}
