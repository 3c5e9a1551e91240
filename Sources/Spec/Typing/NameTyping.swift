/// Typing of names and of `none`: what stands for itself.

extension SpecChecker {
  func inferNone(_ tree: ExprTree, _ hint: Type?) -> Expr {
    guard let hint else {
      report(TypeFact.needsContext(what: "`none`"), at: tree.span)
      return broken(tree.span)
    }
    if isBroken(hint) { return broken(tree.span) }
    if case .option = hint { return Expr(.none, hint, tree.span) }
    report(TypeFact.neverNone(type: describe(hint)), at: tree.span)
    return broken(tree.span)
  }

  func inferName(_ name: Name, _ hint: Type?) -> Expr {
    if let binding = frame.lookup(name.text) { return Expr(.local(binding.local), binding.local.type, name.span) }
    // `empty` is no keyword: the collection where one is expected, else what the spec declares.
    if name.text == "empty" {
      switch hint {
      case .set?, .queue?, .forest?: return Expr(.empty, hint ?? .error, name.span)
      default: break
      }
    }
    if let found = inferCase(name, hint) { return found }
    guard let symbol = symbols[name.text] else { return unknownValue(name, hint) }
    used.insert(symbol)
    switch symbol {
    case .constant(let id): return Expr(.constant(id), model.constants[id].type, name.span)
    case .policy(let id): return Expr(.policy(id), model.policies[id].type, name.span)
    case .variable(let id):
      noteReads([id], named: "the variable `\(name.text)`", at: name.span)
      return Expr(.variable(id), model.variables[id].type, name.span)
    case .function(let index):
      report(
        TypeFact.notCallable(
          what: "`\(name.text)` is a definition: it needs its arguments",
          help: "write `\(name.text)(\(functions[index].parameters.map(\.name.text).joined(separator: ", ")))`"),
        at: name.span, related(declared[name.text], "declared here"))
    case .sort, .enumeration, .record, .alias:
      report(
        NameFact.wrongKind(name: name.text, found: symbol.kind, expected: "value", help: nil), at: name.span,
        related(declared[name.text], "declared here"))
    }
    return broken(name.span)
  }

  func unknownValue(_ name: Name, _ hint: Type?) -> Expr {
    if name.text == "empty" {
      if hint == nil {
        report(TypeFact.needsContext(what: "`empty`"), at: name.span)
      } else if let hint, !isBroken(hint) {
        report(TypeFact.mismatch(expected: describe(hint), found: "an empty set, queue or forest", help: nil), at: name.span)
      }
      return broken(name.span)
    }
    let suggestion = nearest(name.text, among: frame.names + valueNames + Array(cases.keys) + ["empty"])
    report(NameFact.unknown(kind: "value", name: name.text, suggestion: suggestion), at: name.span)
    return broken(name.span)
  }

  /// An enum case by its bare name: the hint decides where several enums have it.
  func inferCase(_ name: Name, _ hint: Type?) -> Expr? {
    guard let candidates = cases[name.text], let first = candidates.first else { return nil }
    var chosen = first
    if candidates.count > 1 {
      var wanted = hint
      if case .option(let payload)? = hint { wanted = payload }
      if let match = candidates.first(where: { .enumeration($0.enumeration) == wanted }) {
        chosen = match
      } else {
        let names = candidates.map { model.enumerations[$0.enumeration].name }
        report(NameFact.ambiguousCase(name: name.text, enumerations: names), at: name.span)
        return broken(name.span)
      }
    }
    used.insert(.enumeration(chosen.enumeration))
    return Expr(.enumCase(chosen.enumeration, chosen.index), .enumeration(chosen.enumeration), name.span)
  }

  /// Reading state, where it is allowed.
  func noteReads(_ variables: Set<VariableID>, named what: String, at span: Span) {
    if let reader = frame.rigid, !variables.isEmpty { report(RuleFact.readsState(what: what, reader: reader), at: span) }
    reads.formUnion(variables)
  }

  private var valueNames: [String] { symbols.filter { !$0.value.isType }.map(\.key) }
}
