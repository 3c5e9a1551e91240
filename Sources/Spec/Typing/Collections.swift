/// Typing of what binds names or makes maps and sets: quantifiers, counts, builders and literals.

extension SpecChecker {
  /// Binders that range over all values of their key types, then the optional filter, in a scope of their own.
  func withBinders<Result>(
    _ binders: [BinderTree], _ filter: ExprTree?, role: String, _ body: ([Local], Expr?) -> Result
  ) -> Result {
    inScope {
      // Types first: a binder is not in scope of its neighbours' types, and there are no dependent types.
      let types = binders.map { keyBinderType($0, role: role) }
      let locals = zip(binders, types).map { bind($0.name, $1) }
      return body(locals, filter.map { checkBool($0) })
    }
  }

  func inferQuantifier(
    _ quantifier: ExprTree.Quantifier, _ binders: [BinderTree], _ filter: ExprTree?, _ body: ExprTree, _ span: Span
  ) -> Expr {
    withBinders(binders, filter, role: "a quantified variable") { locals, filter in
      let body = self.checkBool(body)
      switch quantifier {
      case .forall: return Expr(.forall(locals, filter: filter, body: body), .bool, span)
      case .exists: return Expr(.exists(locals, filter: filter, body: body), .bool, span)
      }
    }
  }

  func inferCount(_ binders: [BinderTree], _ filter: ExprTree?, _ span: Span) -> Expr {
    withBinders(binders, filter, role: "a counted variable") { locals, filter in
      Expr(.count(locals, filter: filter), Interval.count.type, span)
    }
  }

  /// `required`: the body must fit the map type that the place demands; else that type only helps.
  func typeMapLiteral(
    _ binders: [BinderTree], _ filter: ExprTree?, _ body: ExprTree, _ wanted: Type?, required: Bool, _ span: Span,
    _ origin: Diagnostic.Related? = nil
  ) -> Expr {
    let partialMaps = frame.partialMaps
    frame.partialMaps = false
    let misplaced = filter != nil && !partialMaps
    if misplaced { report(TypeFact.partialMap, at: span) }
    return withBinders(binders, filter, role: "an index of a map") { locals, filter in
      let keys = locals.map(\.type)
      var wantedValue: Type?
      if case .map(let wantedKeys, let value)? = wanted, wantedKeys.count == keys.count { wantedValue = value }
      let value: Expr
      if required, let wantedValue {
        value = self.check(body, wantedValue, origin)
      } else {
        value = self.infer(body, hint: wantedValue)
      }
      if value.type.isForest {
        self.report(TypeFact.forestMisplaced(reason: "a forest cannot be the value of a map"), at: value.span)
        return self.broken(span)
      }
      if misplaced || keys.contains(.error) || value.type == .error { return self.broken(span) }
      let type = required ? wantedValue ?? value.type : value.type
      return Expr(.mapLiteral(locals, filter: filter, body: value), .map(keys: keys, value: type), span)
    }
  }

  func inferSetBuilder(_ binder: BinderTree, _ filter: ExprTree?, _ span: Span) -> Expr {
    withBinders([binder], filter, role: "the element of a set") { locals, filter in
      guard let local = locals.first, local.type != .error else { return self.broken(span) }
      return Expr(.setBuilder(local, filter: filter), .set(local.type), span)
    }
  }

  func inferSetLiteral(_ elements: [ExprTree], _ hint: Type?, _ span: Span, _ origin: Diagnostic.Related? = nil) -> Expr {
    if case .set(let element)? = hint {
      let values = elements.map { check($0, element, origin) }
      return values.contains { $0.type == .error } ? broken(span) : Expr(.setLiteral(values), .set(element), span)
    }
    guard let first = elements.first else {
      if let hint, !isBroken(hint) {
        report(TypeFact.mismatch(expected: describe(hint), found: "an empty set", help: nil), at: span)
      } else if hint == nil {
        report(TypeFact.needsContext(what: "`{}`"), at: span)
      }
      return broken(span)
    }
    var values = [infer(first)]
    var type = values[0].type
    for element in elements.dropFirst() {
      let value = infer(element, hint: type)
      guard let joined = join(type, value.type) else {
        report(
          TypeFact.mismatch(expected: describe(type), found: describe(value.type), help: "the elements of a set have one type"),
          at: value.span, self.origin(of: value), related(values[0].span, "the first is \(describe(values[0].type))"))
        return broken(span)
      }
      type = joined
      values.append(value)
    }
    let element = requireKey(type, at: span, role: "the element of a set")
    if element == .error { return broken(span) }
    return Expr(.setLiteral(values.map { coerce($0, to: element) }), .set(element), span)
  }
}
