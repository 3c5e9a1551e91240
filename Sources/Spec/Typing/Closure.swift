/// Typing of `closure(r)(x, y)`: the four ways to write a relation become one body over two locals.

extension SpecChecker {
  func inferClosure(_ name: Name, _ relation: [ArgumentTree], _ ends: [ArgumentTree], _ span: Span) -> Expr {
    rejectLabels(relation + ends, "`closure`")
    guard relation.count == 1, let tree = relation.first?.value else {
      report(TypeFact.argumentCount(what: "`closure`", expected: 1, found: relation.count), at: name.span)
      for end in ends { _ = infer(end.value) }
      return Expr(.bool(false), .bool, span)
    }
    guard ends.count == 2 else {
      report(TypeFact.argumentCount(what: "`closure(r)`", expected: 2, found: ends.count), at: span)
      for end in ends { _ = infer(end.value) }
      return Expr(.bool(false), .bool, span)
    }
    return inScope {
      guard let (key, outer, body) = relationBody(tree) else {
        for end in ends { _ = self.infer(end.value) }
        return Expr(.bool(false), .bool, span)
      }
      let x = frame.fresh("x", key, at: tree.span)
      let y = frame.fresh("y", key, at: tree.span)
      let (from, to) = (check(ends[0].value, key), check(ends[1].value, key))
      let edge = body(Expr(.local(x), key, tree.span), Expr(.local(y), key, tree.span))
      let closure = Expr(.closure(x, y, body: edge, from: from, to: to), .bool, span)
      guard let (local, value) = outer else { return closure }
      return Expr(.letIn(local, value, closure), .bool, span)
    }
  }

  /// The key type, what must be bound outside (a computed relation is computed once), and the body for two ends.
  private func relationBody(_ tree: ExprTree) -> (key: Type, outer: (Local, Expr)?, body: (Expr, Expr) -> Expr)? {
    if case .name(let name) = tree.kind, frame.lookup(name.text) == nil, case .function(let index)? = symbols[name.text] {
      return definedRelation(index, name)
    }
    let value = infer(tree)
    if isBroken(value.type) { return nil }
    guard case .map(let keys, let result) = value.type, let key = keys.first, isRelation(keys, result) else {
      report(TypeFact.closure(found: describe(value.type)), at: tree.span, origin(of: value))
      return nil
    }
    var outer: (Local, Expr)?
    var base = value
    switch value.kind {
    case .variable, .constant, .local, .policy: break
    default:
      let local = frame.fresh("r", value.type, at: tree.span)
      outer = (local, value)
      base = Expr(.local(local), value.type, tree.span)
    }
    let relation = base
    return (
      key, outer,
      { x, y in
        switch result {
        case .bool: return Expr(.index(relation, [x, y]), .bool, tree.span)
        case .set: return Expr(.member(y, Expr(.index(relation, [x]), result, tree.span)), .bool, tree.span)
        default:
          return Expr(.equal(Expr(.index(relation, [x]), result, tree.span), Expr(.some(y), result, tree.span)), .bool, tree.span)
        }
      }
    )
  }

  private func isRelation(_ keys: [Type], _ result: Type) -> Bool {
    guard let key = keys.first else { return false }
    return keys.count == 2 && keys[1] == key && result == .bool
      || keys.count == 1 && (result == .set(key) || result == .option(key))
  }

  private func definedRelation(_ index: Int, _ name: Name) -> (key: Type, outer: (Local, Expr)?, body: (Expr, Expr) -> Expr)? {
    used.insert(.function(index))
    checkFunction(index, calledAt: name)
    let entry = functions[index]
    let types = entry.parameterTypes
    if types.contains(where: { isBroken($0) }) || isBroken(entry.resultType) { return nil }
    guard types.count == 2, types[0] == types[1], entry.resultType == .bool, model.isKey(types[0]) else {
      let signature = "(\(types.map { model.describe($0) }.joined(separator: ", "))) -> \(model.describe(entry.resultType))"
      report(TypeFact.closure(found: "the definition `\(signature)`"), at: name.span, related(entry.name.span, "declared here"))
      return nil
    }
    noteReads(entry.reads, named: "`\(name.text)`, which reads variables", at: name.span)
    guard entry.progress == .done else { return nil }
    return (types[0], nil, { Expr(.call(entry.id, [$0, $1]), .bool, name.span) })
  }
}
