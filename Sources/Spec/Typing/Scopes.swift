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
              report(ScopeFact.twice(name: name.text, place: "scope `\(tree.name.text)`"), at: name.span, related(first, "the first"))
              continue
            }
            seen[name.text] = name.span
            inScope { typeEntry(name, value, &scope) }
          }
        }
      }
      scope.frameSize = checked.frameSize
      for (id, sort) in model.sorts.enumerated() where scope.sizes[id] == nil && symbols[sort.name] == .sort(id) && seen[sort.name] == nil {
        report(ScopeFact.missingSort(scope: scope.name, sort: sort.name), at: tree.name.span, related(sort.span, "`\(sort.name)` is declared here"))
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
      var kind = symbol.kind
      if case .policy = symbol { kind = "policy (set it on a line of `verify`: `with \(name.text) = …`)" }
      report(
        NameFact.wrongKind(name: name.text, found: kind, expected: "sort or constant"), at: name.span, related(declared[name.text], "declared here"))
      _ = infer(value, hint: .error)
    case nil:
      let names = model.sorts.map(\.name) + model.constants.map(\.name)
      report(NameFact.unknown(kind: "sort or constant", name: name.text, suggestion: nearest(name.text, among: names)), at: name.span)
      _ = infer(value, hint: .error)
    }
  }
}
