/// Scopes: a size for each sort, and pins and constraints on constants.

extension SpecChecker {
  func checkScopes() {
    for tree in work.scopes {
      var scope = Scope(name: tree.name.text, sizes: [:], pins: [:], constraints: [], frameSize: 0, span: tree.name.span)
      var seen: [String: Span] = [:]
      let checked = inFrame(Frame(rigid: "a scope")) {
        for entry in tree.entries {
          switch entry.kind {
          case .constraint(let condition): scope.constraints.append(inScope { checkBool(condition) })
          case .equal(let name, let value):
            if let first = seen[name.text] {
              report(
                ScopeFact.twice(name: name.text, place: "scope `\(tree.name.text)`"), at: name.span, related(first, "the first"))
              continue
            }
            seen[name.text] = name.span
            inScope { typeEntry(name, value, &scope) }
          }
        }
      }
      scope.frameSize = checked.frameSize
      let missing = model.sorts.enumerated().filter { id, sort in
        scope.sizes[id] == nil && symbols[sort.name] == .sort(id) && seen[sort.name] == nil
      }
      if let (_, first) = missing.first {
        let fact = ScopeFact.missingSorts(scope: scope.name, sorts: missing.map(\.element.name))
        reportMissing(fact, at: tree.name.span, related(first.span, "`\(first.name)` is declared here"))
      }
      model.scopes.append(scope)
    }
  }

  private func typeEntry(_ name: Name, _ value: ExprTree, _ scope: inout Scope) {
    switch symbols[name.text] {
    case .sort(let id)?:
      guard let size = literal(value), size >= 1, size <= 64 else {
        report(ScopeFact.size(sort: name.text), at: value.span)
        return
      }
      scope.sizes[id] = Int(size)
    case .constant(let id)?:
      let constant = model.constants[id]
      used.insert(.constant(id))
      scope.pins[id] = check(value, constant.type, related(constant.span, "`\(constant.name)` is \(describe(constant.type))"))
    case let symbol?:
      var help: String?
      if case .policy = symbol { help = "set it on a line of `verify`: `with \(name.text) = …`" }
      report(
        NameFact.wrongKind(name: name.text, found: symbol.kind, expected: "sort or constant", help: help), at: name.span,
        related(declared[name.text], "declared here"))
      _ = infer(value, hint: .error)
    case nil:
      let names = model.sorts.map(\.name) + model.constants.map(\.name)
      report(
        NameFact.unknown(kind: "sort or constant", name: name.text, suggestion: nearest(name.text, among: names)), at: name.span)
      _ = infer(value, hint: .error)
    }
  }
}
