/// Calls as statements: effects, and the updates of sets, queues and forests.

extension SpecChecker {
  func typeCall(_ callee: ExprTree, _ arguments: [ArgumentTree], _ span: Span) -> [Update] {
    switch callee.kind {
    case .name(let name): return inlineEffect(name, arguments, span)
    case .member(let base, let method): return typeMethod(base, method, arguments, span)
    default:
      report(
        TypeFact.notCallable(
          what: "this is not a statement", help: "a statement is an update, an effect, `if`, `for`, `let` or `require`"),
        at: callee.span)
      return []
    }
  }

  func typeMethod(_ base: ExprTree, _ method: Name, _ arguments: [ArgumentTree], _ span: Span) -> [Update] {
    guard let location = location(base) else {
      for argument in arguments { _ = infer(argument.value, hint: .error) }
      return []
    }
    written.insert(location.variable)
    switch (location.type, method.text) {
    case (.set(let element), "add"), (.set(let element), "remove"), (.queue(_, let element), "push"):
      guard let values = methodArguments(arguments, labels: [nil], method, [element], location, span) else { return [] }
      switch (location.type, method.text) {
      case (.queue, _): return [Update(.push(location, values[0]), span)]
      case (_, "add"): return [Update(.add(location, values[0]), span)]
      default: return [Update(.remove(location, values[0]), span)]
      }
    case (.queue, "pop"):
      return methodArguments(arguments, labels: [], method, [], location, span) == nil ? [] : [Update(.pop(location), span)]
    case (.forest(let node), "attach"), (.forest(let node), "replace"):
      let label = method.text == "attach" ? "under" : "by"
      guard let nodes = methodArguments(arguments, labels: [nil, label], method, [node, node], location, span) else { return [] }
      let operation: ForestOperation =
        method.text == "attach" ? .attach(nodes[0], under: nodes[1]) : .replace(nodes[0], by: nodes[1])
      return [Update(.forest(location.variable, operation), span)]
    case (.forest(let node), "detach"), (.forest(let node), "prune"), (.forest(let node), "remove"):
      guard let nodes = methodArguments(arguments, labels: [nil], method, [node], location, span) else { return [] }
      let operation: ForestOperation =
        method.text == "detach" ? .detach(nodes[0]) : method.text == "prune" ? .prune(nodes[0]) : .remove(nodes[0])
      return [Update(.forest(location.variable, operation), span)]
    default:
      for argument in arguments { _ = infer(argument.value, hint: .error) }
      noUpdateMethod(location, method.text, method.span)
      return []
    }
  }

  /// Checked arguments; nil where their number or labels are wrong.
  func methodArguments(
    _ arguments: [ArgumentTree], labels: [String?], _ method: Name, _ types: [Type], _ location: Location, _ span: Span
  ) -> [Expr]? {
    guard arguments.count == labels.count else {
      report(
        TypeFact.argumentCount(what: "`\(method.text)`", expected: labels.count, found: arguments.count), at: span,
        origin(of: location))
      for argument in arguments { _ = infer(argument.value, hint: .error) }
      return nil
    }
    var right = true
    for (argument, label) in zip(arguments, labels) where argument.label?.text != label {
      right = false
      if let label {
        report(
          TypeFact.label(
            what: "`\(method.text)`", problem: "the second argument is labelled `\(label)`",
            suggestion: "write `\(method.text)(…, \(label): …)`"),
          at: argument.label?.span ?? argument.value.span)
      } else if let written = argument.label {
        report(
          TypeFact.label(
            what: "`\(method.text)`", problem: "this argument has no label", suggestion: "remove `\(written.text):`"),
          at: written.span)
      }
    }
    let values = zip(arguments, types).map { check($0.value, $1, origin(of: location)) }
    return right ? values : nil
  }
}
