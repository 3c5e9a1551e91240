/// Typing of `x.field`, `q.first`, `Enum.case` and of indices.

extension SpecChecker {
  static let forestQueries = ["parent": 1, "under": 2, "within": 2, "root": 1, "lone": 1]

  func inferMember(_ base: ExprTree, _ name: Name, _ span: Span) -> Expr {
    if let qualified = qualifiedCase(base, name, span) { return qualified }
    let value = infer(base)
    switch value.type {
    case .record(let id): return field(value, id, name, span)
    case .queue(let capacity, let element):
      switch name.text {
      case "first": return Expr(.queueFirst(value), .option(element), span)
      case "length": return Expr(.queueLength(value), .int(low: 0, high: Int64(capacity)), span)
      default: noMember(value, name, among: ["first", "length"])
      }
    case .forest:
      if let count = SpecChecker.forestQueries[name.text] {
        let arguments = count == 1 ? "x" : "x, a"
        report(
          TypeFact.notCallable(what: "`\(name.text)` needs its arguments", help: "write `.\(name.text)(\(arguments))`"),
          at: name.span)
      } else {
        noMember(value, name, among: Array(SpecChecker.forestQueries.keys))
      }
    case .option(let payload) where !isBroken(payload):
      report(
        TypeFact.mismatch(
          expected: "a record or a queue", found: describe(value.type), help: "unwrap it first: `!.\(name.text)`"),
        at: value.span, origin(of: value))
    default:
      if !isBroken(value.type) { noMember(value, name, among: []) }
    }
    return broken(span)
  }

  /// `Right.read`.
  private func qualifiedCase(_ base: ExprTree, _ name: Name, _ span: Span) -> Expr? {
    guard case .name(let typeName) = base.kind, frame.lookup(typeName.text) == nil, let symbol = symbols[typeName.text] else {
      return nil
    }
    var enumeration: EnumID?
    if case .enumeration(let id) = symbol { enumeration = id }
    if case .alias = symbol, case .enumeration(let id) = resolve(typeName) { enumeration = id }
    guard let id = enumeration else { return nil }
    used.insert(symbol)
    if let index = model.enumerations[id].cases.firstIndex(of: name.text) {
      return Expr(.enumCase(id, index), .enumeration(id), span)
    }
    let suggestion = nearest(name.text, among: model.enumerations[id].cases)
    report(
      NameFact.unknown(kind: "case of `\(model.enumerations[id].name)`", name: name.text, suggestion: suggestion), at: name.span,
      related(model.enumerations[id].span, "declared here"))
    return broken(span)
  }

  func field(_ value: Expr, _ id: RecordID, _ name: Name, _ span: Span) -> Expr {
    guard let index = model.records[id].fields.firstIndex(where: { $0.name == name.text }) else {
      noMember(value, name, among: model.records[id].fields.map(\.name), declared: model.records[id].span)
      return broken(span)
    }
    return Expr(.field(value, index), model.records[id].fields[index].type, span)
  }

  private func noMember(_ value: Expr, _ name: Name, among names: [String], declared: Span? = nil) {
    report(
      TypeFact.noMember(type: describe(value.type), member: name.text, suggestion: nearest(name.text, among: names)),
      at: name.span,
      origin(of: value), related(declared, "declared here"))
  }

  // MARK: - Indices

  func inferIndex(_ base: ExprTree, _ arguments: [ExprTree], _ span: Span) -> Expr {
    let value = infer(base)
    switch value.type {
    case .map(let keys, let result):
      guard let checked = checkIndices(arguments, keys, of: value, span) else { return broken(span) }
      return Expr(.index(value, checked), result, span)
    case .queue(_, let element):
      guard arguments.count == 1, let first = arguments.first else {
        report(TypeFact.argumentCount(what: "a queue", expected: 1, found: arguments.count), at: span)
        return broken(span)
      }
      let position = infer(first)
      if !position.type.isInt, !isBroken(position.type) {
        report(
          TypeFact.mismatch(expected: "a position (a number)", found: describe(position.type), help: nil), at: position.span,
          origin(of: position))
      }
      return position.type.isInt ? Expr(.queueAt(value, position), element, span) : broken(span)
    default:
      for argument in arguments { _ = infer(argument) }
      if !isBroken(value.type) { report(TypeFact.notIndexable(type: describe(value.type)), at: value.span, origin(of: value)) }
      return broken(span)
    }
  }

  func checkIndices(_ arguments: [ExprTree], _ keys: [Type], of value: Expr, _ span: Span) -> [Expr]? {
    guard arguments.count == keys.count else {
      report(
        TypeFact.argumentCount(what: "an index of \(describe(value.type))", expected: keys.count, found: arguments.count),
        at: span, origin(of: value))
      for argument in arguments { _ = infer(argument, hint: keys.first) }
      return nil
    }
    return zip(arguments, keys).map { check($0, $1, origin(of: value)) }
  }
}
