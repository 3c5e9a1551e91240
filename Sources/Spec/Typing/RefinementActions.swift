/// The action clauses of a refinement: `write(p, v) <- guestWrite(g, p, v) when P`.

extension SpecChecker {
  func mapAction(_ clause: RefinesTree.Clause, _ tree: RefinesTree, _ refinement: inout Refinement) {
    switch clause.kind {
    case .value: break
    case .elseStutter:
      if refinement.elseStutter { report(RefinementFact.twice(name: "else stutter"), at: clause.span) }
      refinement.elseStutter = true
    case .action(let abstractName, let arguments, let choosing, let concreteName, let names, let when):
      inScope {
        let concrete = actionID(concreteName)
        guard let (locals, matches) = bindConcrete(concrete, concreteName, names, refinement.parameters) else { return }
        let typed = abstractArguments(abstractName, arguments, choosing, clause.span, refinement)
        var condition = when.map { checkBool($0) }
        for match in matches.reversed() { condition = condition.map { Expr(.and(match, $0), .bool, $0.span) } ?? match }
        guard let concrete, let (abstract, values) = typed else { return }
        refinement.actions.append(
          Refinement.ActionMapping(
            concrete: concrete, parameters: locals, abstract: abstract, arguments: values, condition: condition, span: clause.span
          ))
      }
    }
  }

  /// Binds the names of a concrete action's parameters, and of its choices if they are written too. A name that is a parameter
  /// of the refinement is not bound again: the clause holds where the argument equals it.
  func bindConcrete(_ concrete: ActionID?, _ name: Name, _ names: [Name], _ parameters: [Local]) -> (
    locals: [Local], matches: [Expr]
  )? {
    var types: [Type] = names.map { _ in .error }
    if let concrete {
      let action = model.actions[concrete]
      let all = action.instanceLocals.map(\.type)
      guard names.count == action.parameters.count || names.count == all.count else {
        let expected = action.choices.isEmpty ? [all.count] : [action.parameters.count, all.count]
        report(
          RefinementFact.actionArity(action: name.text, expected: expected, found: names.count), at: name.span,
          related(action.span, "declared here"))
        return nil
      }
      types = Array(all.prefix(names.count))
    }
    var locals: [Local] = []
    var matches: [Expr] = []
    for (parameter, type) in zip(names, types) {
      guard let given = parameters.first(where: { $0.name == parameter.text }) else {
        locals.append(bind(parameter, type))
        continue
      }
      let local = frame.fresh(parameter.text, type, at: parameter.span)
      locals.append(local)
      if isBroken(type) || isBroken(given.type) { continue }
      guard given.type == type else {
        report(
          TypeFact.mismatch(
            expected: describe(type), found: describe(given.type),
            help: "a parameter of the refinement stands here for an argument of its own type"),
          at: parameter.span, related(frame.spans[given.slot], "`\(given.name)` is \(describe(given.type))"))
        continue
      }
      let equal = Expr.Kind.equal(Expr(.local(local), type, parameter.span), Expr(.local(given), type, parameter.span))
      matches.append(Expr(equal, .bool, parameter.span))
    }
    return (locals, matches)
  }

  func abstractArguments(
    _ name: Name, _ arguments: [ExprTree], _ choosing: [ChoosingTree], _ span: Span, _ refinement: Refinement
  ) -> (ActionID, [Expr])? {
    let abstract = refinement.abstractModel
    guard let id = abstract.actions.firstIndex(where: { $0.name == name.text }) else {
      let suggestion = nearest(name.text, among: abstract.actions.map(\.name))
      report(NameFact.unknown(kind: "action of `\(abstract.name)`", name: name.text, suggestion: suggestion), at: name.span)
      for argument in arguments { _ = infer(argument, hint: .error) }
      return nil
    }
    let action = abstract.actions[id]
    guard arguments.count == action.parameters.count else {
      report(
        TypeFact.argumentCount(what: "`\(name.text)`", expected: action.parameters.count, found: arguments.count), at: span,
        related(action.span, "declared here"))
      for argument in arguments { _ = infer(argument, hint: .error) }
      return nil
    }
    var values = zip(arguments, action.parameters).map { check($0, translate($1.type, refinement, at: name.span)) }
    let choices = action.choices.map {
      (name: abstract.variables[$0.variable].name, type: translate($0.local.type, refinement, at: name.span))
    }
    guard let chosen = typeChoosing(choosing, choices, at: name.span) else { return nil }
    values += chosen
    return (id, values)
  }
}
