/// Typing of the built-in functions and of forest queries.

extension SpecChecker {
  func callBuiltin(_ name: Name, _ arguments: [ArgumentTree], _ hint: Type?, _ span: Span) -> Expr? {
    guard name.text == "size" || name.text == "next" || name.text == "previous" || name.text == "closure" else { return nil }
    if name.text == "closure" {
      report(TypeFact.notCallable(what: "`closure(r)` is a relation, not a value", help: "write `closure(r)(x, y)`"), at: span)
      return broken(span)
    }
    rejectLabels(arguments, "`\(name.text)`")
    guard arguments.count == 1, let argument = arguments.first?.value else {
      report(TypeFact.argumentCount(what: "`\(name.text)`", expected: 1, found: arguments.count), at: span)
      for argument in arguments { _ = infer(argument.value) }
      return broken(span)
    }
    if name.text == "size" {
      let value = infer(argument)
      if case .set = value.type { return Expr(.size(value), Interval.count.type, span) }
      if isBroken(value.type) { return broken(span) }
      var help: String?
      if case .queue = value.type { help = "write `.length` for a queue" }
      report(TypeFact.mismatch(expected: "a set", found: describe(value.type), help: help), at: value.span, origin(of: value))
      return broken(span)
    }
    var wanted = hint
    if case .option(let payload)? = hint { wanted = payload }
    let value = infer(argument, hint: wanted)
    if isBroken(value.type) { return broken(span) }
    guard case .enumeration = value.type else {
      report(
        TypeFact.mismatch(expected: "a case of an ordered enum", found: describe(value.type), help: nil), at: value.span,
        origin(of: value))
      return broken(span)
    }
    guard requireOrder(value.type, use: name.text, at: span, origin(of: value)) else { return broken(span) }
    return Expr(name.text == "next" ? .next(value) : .previous(value), .option(value.type), span)
  }

  // MARK: - Forest queries

  func callMember(_ base: ExprTree, _ method: Name, _ arguments: [ArgumentTree], _ span: Span) -> Expr {
    let value = infer(base)
    guard case .forest(let node) = value.type else {
      for argument in arguments { _ = infer(argument.value) }
      if !isBroken(value.type) {
        report(
          TypeFact.notCallable(
            what: "\(describe(value.type)) has no function `\(method.text)`",
            help: "the functions of a value are those of forests: parent, under, within, root, lone"),
          at: method.span, origin(of: value))
      }
      return broken(span)
    }
    guard let expected = SpecChecker.forestQueries[method.text] else {
      let updates = ["attach", "detach", "prune", "remove", "replace"]
      let suggestion = nearest(method.text, among: Array(SpecChecker.forestQueries.keys))
      if updates.contains(method.text) {
        report(
          TypeFact.notCallable(what: "`\(method.text)` is an update, not a value", help: "it is a statement of its own"),
          at: method.span)
      } else {
        report(
          TypeFact.noMember(type: describe(value.type), member: method.text, suggestion: suggestion), at: method.span,
          origin(of: value))
      }
      for argument in arguments { _ = infer(argument.value) }
      return broken(span)
    }
    rejectLabels(arguments, "`\(method.text)`")
    guard arguments.count == expected else {
      report(TypeFact.argumentCount(what: "`\(method.text)`", expected: expected, found: arguments.count), at: span)
      for argument in arguments { _ = infer(argument.value) }
      return broken(span)
    }
    let nodes = arguments.map { check($0.value, node, origin(of: value)) }
    switch method.text {
    case "parent": return Expr(.parent(value, nodes[0]), .option(node), span)
    case "root": return Expr(.root(value, nodes[0]), node, span)
    case "lone": return Expr(.lone(value, nodes[0]), .bool, span)
    case "under": return Expr(.under(value, nodes[0], nodes[1]), .bool, span)
    default: return Expr(.within(value, nodes[0], nodes[1]), .bool, span)
    }
  }
}
