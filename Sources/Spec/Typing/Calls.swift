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
      report(
        NameFact.unknown(
          kind: "definition", name: name.text, suggestion: nearest(name.text, among: callableNames)), at: name.span
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

  private var callableNames: [String] {
    symbols.compactMap { entry -> String? in
      switch entry.value {
      case .function, .record: entry.key
      default: nil
      }
    } + SpecChecker.builtins
  }
}
