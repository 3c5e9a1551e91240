/// Typing of calls: definitions, record values, the built-in functions, forest queries, `closure`.

extension SpecChecker {
  static let builtins = ["size", "next", "previous", "closure", "count"]

  func inferCall(_ callee: ExprTree, _ arguments: [ArgumentTree], _ hint: Type?, _ span: Span) -> Expr {
    switch callee.kind {
    case .parenthesized(let inner): return inferCall(inner, arguments, hint, span)
    case .name(let name): return callName(name, arguments, hint, span)
    case .member(let base, let method): return callMember(base, method, arguments, span)
    case .call(let inner, let relation):
      if case .name(let name) = inner.kind, name.text == "closure" { return inferClosure(name, relation, arguments, span) }
    default: break
    }
    let value = infer(callee)
    for argument in arguments { _ = infer(argument.value) }
    if !isBroken(value.type) {
      report(
        TypeFact.notCallable(what: "\(describe(value.type)) cannot be called", help: "maps are indexed with brackets: `m[k]`"),
        at: callee.span)
    }
    return broken(span)
  }

  private func callName(_ name: Name, _ arguments: [ArgumentTree], _ hint: Type?, _ span: Span) -> Expr {
    if frame.lookup(name.text) == nil, let symbol = symbols[name.text] {
      switch symbol {
      case .function(let index): return callFunction(index, name, arguments, span)
      case .record(let id): return makeRecord(id, name, arguments, span)
      case .alias:
        if case .record(let id) = resolve(name) { return makeRecord(id, name, arguments, span) }
      default: break
      }
    } else if frame.lookup(name.text) == nil, let found = callBuiltin(name, arguments, hint, span) {
      return found
    }
    for argument in arguments { _ = infer(argument.value) }
    if let symbol = symbols[name.text], frame.lookup(name.text) == nil {
      let help =
        symbol.isType ? "only records are made by calling their name" : "maps are indexed with brackets: `\(name.text)[…]`"
      used.insert(symbol)
      report(
        TypeFact.notCallable(what: "`\(name.text)` is \(withArticle(symbol.kind)), which cannot be called", help: help),
        at: name.span,
        related(declared[name.text], "declared here"))
    } else if let binding = frame.lookup(name.text) {
      report(
        TypeFact.notCallable(
          what: "`\(name.text)` is \(describe(binding.local.type)), which cannot be called",
          help: "maps are indexed with brackets: `\(name.text)[…]`"),
        at: name.span, related(binding.span, "bound here"))
    } else if calledAt[name.text] != nil {
      let kind = effectNames[name.text] != nil ? "effect" : "action"
      report(
        NameFact.wrongKind(name: name.text, found: kind, expected: "definition", help: nil), at: name.span,
        related(calledAt[name.text], "declared here"))
    } else {
      let names = symbols.compactMap { entry -> String? in
        switch entry.value {
        case .function, .record: entry.key
        default: nil
        }
      }
      report(
        NameFact.unknown(
          kind: "definition", name: name.text, suggestion: nearest(name.text, among: names + SpecChecker.builtins)), at: name.span
      )
    }
    return broken(span)
  }

  private func callFunction(_ index: Int, _ name: Name, _ arguments: [ArgumentTree], _ span: Span) -> Expr {
    used.insert(.function(index))
    checkFunction(index, calledAt: name)
    let entry = functions[index]
    rejectLabels(arguments, "`\(name.text)`")
    guard arguments.count == entry.parameters.count else {
      report(
        TypeFact.argumentCount(what: "`\(name.text)`", expected: entry.parameters.count, found: arguments.count), at: span,
        related(entry.name.span, "declared here"))
      for argument in arguments { _ = infer(argument.value) }
      return Expr(.bool(false), entry.resultType, span)
    }
    let checked = zip(arguments, zip(entry.parameters, entry.parameterTypes)).map { argument, parameter in
      check(argument.value, parameter.1, related(parameter.0.name.span, "the parameter is \(describe(parameter.1))"))
    }
    noteReads(entry.reads, named: "`\(name.text)`, which reads variables", at: name.span)
    // An unfinished definition was reported as recursive; its result type still helps.
    return entry.progress == .done
      ? Expr(.call(entry.id, checked), entry.resultType, span) : Expr(.bool(false), entry.resultType, span)
  }

  func rejectLabels(_ arguments: [ArgumentTree], _ what: String) {
    for argument in arguments {
      guard let label = argument.label else { continue }
      report(
        TypeFact.label(what: what, problem: "its arguments have no labels", suggestion: "remove `\(label.text):`"), at: label.span
      )
    }
  }

  /// `Slot(space: s, page: p)`: labels required, in any order, each field once.
  private func makeRecord(_ id: RecordID, _ name: Name, _ arguments: [ArgumentTree], _ span: Span) -> Expr {
    used.insert(.record(id))
    let declaration = model.records[id]
    var values: [Expr?] = Array(repeating: nil, count: declaration.fields.count)
    var complete = true
    for argument in arguments {
      guard let label = argument.label else {
        let next = values.firstIndex { $0 == nil }.map { declaration.fields[$0].name }
        report(
          TypeFact.label(what: "`\(name.text)`", problem: "every field is labelled", suggestion: next.map { "write `\($0): …`" }),
          at: argument.value.span, related(declaration.span, "declared here"))
        _ = infer(argument.value)
        complete = false
        continue
      }
      guard let index = declaration.fields.firstIndex(where: { $0.name == label.text }) else {
        let suggestion = nearest(label.text, among: declaration.fields.map(\.name))
        report(
          TypeFact.label(
            what: "`\(name.text)`", problem: "it has no field `\(label.text)`",
            suggestion: suggestion.map { "did you mean `\($0)`?" }),
          at: label.span, related(declaration.span, "declared here"))
        _ = infer(argument.value)
        complete = false
        continue
      }
      let value = check(
        argument.value, declaration.fields[index].type,
        related(
          records[id].fields.first { $0.name.text == label.text }?.name.span,
          "the field is \(describe(declaration.fields[index].type))"))
      if values[index] != nil {
        report(
          TypeFact.label(
            what: "`\(name.text)`", problem: "the field `\(label.text)` is given twice", suggestion: "keep one of the two"),
          at: label.span)
      }
      values[index] = value
    }
    let missing = zip(declaration.fields, values).filter { $0.1 == nil }.map { "`\($0.0.name)`" }
    if complete, !missing.isEmpty {
      report(
        TypeFact.label(
          what: "`\(name.text)`", problem: "\(listed(missing)) \(missing.count == 1 ? "is" : "are") missing",
          suggestion: "give every field a value"),
        at: span, related(declaration.span, "declared here"))
    }
    guard missing.isEmpty else { return Expr(.bool(false), .record(id), span) }
    return Expr(.record(id, values.compactMap { $0 }), .record(id), span)
  }

  // MARK: - Built-in functions

  private func callBuiltin(_ name: Name, _ arguments: [ArgumentTree], _ hint: Type?, _ span: Span) -> Expr? {
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

  private func callMember(_ base: ExprTree, _ method: Name, _ arguments: [ArgumentTree], _ span: Span) -> Expr {
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
