/// `view`, `flow` and `noninterference`, and what the last demands of actions.

extension SpecChecker {
  func checkIsolation() {
    for (index, view) in work.views.enumerated() {
      if index > 0 {
        report(RuleFact.onlyOne(what: "view"), at: view.binder.name.span, related(work.views[0].binder.name.span, "the first"))
      }
      let typed = typeView(view.binder, view.observations, view.span)
      if index == 0 { model.view = typed }
    }
    let domain = model.view?.domain.type
    for flow in work.flows { model.flows.append(typeFlow(flow.tree, flow.span, domain)) }
    if let domain { checkActors(domain) }
    guard let noninterference = model.noninterference else { return }
    if model.view == nil { reportMissing(RuleFact.noView, at: noninterference.span) }
    for action in model.actions {
      if case .unstated = action.actor {
        reportMissing(
          RuleFact.noActor(action: action.name), at: action.span, related(noninterference.span, "noninterference is claimed here")
        )
      }
    }
  }

  private func typeView(_ binder: BinderTree, _ observations: [ExprTree], _ span: Span) -> View {
    let checked = inFrame(Frame()) { () -> (Local, [Expr]) in
      let local = bind(binder.name, keyBinderType(binder, role: "a domain"))
      let observed = observations.map { tree -> Expr in
        frame.partialMaps = true
        defer { frame.partialMaps = false }
        let value: Expr
        if case .mapLiteral = tree.kind {
          value = infer(tree)
        } else {
          frame.partialMaps = false
          value = infer(tree)
        }
        refuseGhosts(value, user: "a view")
        return value
      }
      return (local, observed)
    }
    return View(domain: checked.result.0, observations: checked.result.1, frameSize: checked.frameSize, span: span)
  }

  private func typeFlow(_ tree: FlowTree, _ span: Span, _ domain: Type?) -> Flow {
    let checked = inFrame(Frame()) { () -> (Local?, Local, Expr?) in
      let from = tree.from.map { bind($0.name, domainType($0, domain)) }
      let to = bind(tree.to.name, domainType(tree.to, domain))
      let condition = tree.condition.map { checkBool($0) }
      if let condition { refuseGhosts(condition, user: "a flow") }
      return (from, to, condition)
    }
    return Flow(
      from: checked.result.0, to: checked.result.1, condition: checked.result.2, frameSize: checked.frameSize, span: span)
  }

  private func domainType(_ binder: BinderTree, _ domain: Type?) -> Type {
    let type = keyBinderType(binder, role: "a domain")
    if let domain, !isBroken(domain), !isBroken(type), type != domain {
      report(
        TypeFact.mismatch(expected: describe(domain), found: describe(type), help: "flows go between the domains of the view"),
        at: binder.type?.span ?? binder.name.span,
        related(work.views.first?.binder.name.span, "the view's domain is \(describe(domain))"))
      return .error
    }
    return type
  }

  /// Who acts must be a domain of the view.
  private func checkActors(_ domain: Type) {
    for action in model.actions {
      guard case .expression(let actor) = action.actor, !isBroken(actor.type), !isBroken(domain), actor.type != domain else {
        continue
      }
      report(
        TypeFact.mismatch(
          expected: describe(domain), found: describe(actor.type), help: "the actor is a domain of the view, or `environment`"),
        at: actor.span, origin(of: actor), related(work.views.first?.binder.name.span, "the view's domain is \(describe(domain))")
      )
    }
  }
}
