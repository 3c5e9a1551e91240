/// The left sides of updates: a path from a variable through indices and fields.

extension SpecChecker {
  /// nil where a diagnostic was reported.
  func location(_ tree: ExprTree) -> Location? {
    switch tree.kind {
    case .error: return nil
    case .parenthesized(let inner): return location(inner)
    case .name(let name): return variableLocation(name, tree.span)
    case .index(let base, let arguments):
      guard var path = location(base) else {
        for argument in arguments { _ = infer(argument) }
        return nil
      }
      switch path.type {
      case .map(let keys, let value):
        guard let indices = checkIndices(arguments, keys, of: place(path), tree.span) else { return nil }
        path.path.append(.index(indices))
        path.type = value
      case .queue:
        notLocation("a queue is updated at its ends only", "use `push`, `pop`, `removeAll`, or assign the whole queue", tree.span)
        return nil
      default:
        if !isBroken(path.type) {
          report(TypeFact.notIndexable(type: describe(path.type)), at: base.span, origin(of: place(path)))
        }
        return nil
      }
      path.span = tree.span
      return path
    case .member(let base, let name):
      guard var path = location(base) else { return nil }
      guard case .record(let id) = path.type else {
        if case .option = path.type {
          notLocation("an option is updated as a whole", "assign a new record to it", tree.span)
        } else if !isBroken(path.type) {
          report(
            TypeFact.noMember(type: describe(path.type), member: name.text, suggestion: nil), at: name.span,
            origin(of: place(path)))
        }
        return nil
      }
      let value = field(place(path), id, name, tree.span)
      guard case .field(_, let index) = value.kind else { return nil }
      path.path.append(.field(index))
      path.type = value.type
      path.span = tree.span
      return path
    default:
      // The parser has said so.
      if !damaged {
        notLocation(
          "this is a value, not a place in the state", "an update begins with a variable: `v`, `v[k]`, `v.f`", tree.span)
      }
    }
    return nil
  }

  private func variableLocation(_ name: Name, _ span: Span) -> Location? {
    if let binding = frame.lookup(name.text) {
      notLocation(
        "`\(name.text)` is bound here once and keeps its value", "only variables can be updated", span,
        related(binding.span, "bound here"))
      return nil
    }
    guard let symbol = symbols[name.text] else {
      if cases[name.text] != nil {
        notLocation(
          "`\(name.text)` is an enum case", "only variables can be updated", span, related(declared[name.text], "declared here"))
      } else {
        let names = model.variables.map(\.name)
        report(NameFact.unknown(kind: "variable", name: name.text, suggestion: nearest(name.text, among: names)), at: name.span)
      }
      return nil
    }
    guard case .variable(let id) = symbol else {
      used.insert(symbol)
      notLocation(
        "`\(name.text)` is \(withArticle(symbol.kind)), which never changes", "only variables can be updated", span,
        related(declared[name.text], "declared here"))
      return nil
    }
    return Location(variable: id, path: [], type: model.variables[id].type, span: span)
  }

  func notLocation(_ reason: String, _ help: String, _ span: Span, _ note: Diagnostic.Related? = nil) {
    report(RuleFact.notLocation(reason: reason, help: help), at: span, note)
  }

  /// A location as an expression, only to speak of its type and origin.
  private func place(_ location: Location) -> Expr {
    Expr(.variable(location.variable), location.type, location.span)
  }

  func origin(of location: Location) -> Diagnostic.Related? {
    let variable = model.variables[location.variable]
    return related(variable.span, "`\(variable.name)` is \(describe(variable.type))")
  }
}
