/// Updates: assignments, choices, calls of effects and update methods.
extension Parser {
  // update := location ":=" ( expression | "any" [ binder filter ] ) | call | location ".removeAll" "(" name [ ":" type ] "where" e ")"
  mutating func update(_ block: SyntaxFact.BlockKind) throws(Stop) -> StatementTree {
    let start = index
    guard kind.startsOperand || (kind.isKeyword && (following == .assign || following == .dot || following == .leftBracket))
    else {
      throw fail(.expectedItem(block, found: found, near: nil))
    }
    guard kind.isWord, !at(.true), !at(.false), !at(.none), !at(.forall), !at(.exists) else {
      return try valueStatement()
    }
    let place = try postfix(after: try primary(), from: start)
    switch kind {
    case .assign: advance()
    case .equalSign, .leftArrow:
      report(.wrongOperator(found: text, write: ":=", purpose: .assignment), at: span)
      advance()
    case .plus, .minus, .star, .slash, .ampersand, .bar:
      guard [.equalSign, kind].contains(following), tokens[index + 1].start == token.end else { fallthrough }
      report(
        .compoundAssignment(operatorText: text + self.text(of: tokens[index + 1])), at: span.union(span(of: tokens[index + 1])))
      advance()
      advance()
      if !startsLine, kind.startsOperand { _ = try expression() }
      return StatementTree(.error, span(since: start))
    default: return try callStatement(place, from: start)
    }
    if !place.isLocation { problems.append(Diagnostic(SyntaxFact.notALocation, at: place.span)) }
    if at(.any) {
      advance()
      let (binder, filter) = try chosen()
      return StatementTree(.choose(place, binder, filter: filter), span(since: start))
    }
    return StatementTree(.assign(place, try expression()), span(since: start))
  }

  /// What begins like a value and not like a location.
  private mutating func valueStatement() throws(Stop) -> StatementTree {
    let start = index
    var value = try unary()
    if accept(.assign) {
      problems.append(Diagnostic(SyntaxFact.notALocation, at: value.span))
      _ = try expression()
      return StatementTree(.error, span(since: start))
    }
    value = try binary(0, after: value)
    report(.expressionAsStatement, at: value.span)
    reportedIndex = -1
    return StatementTree(.error, value.span)
  }

  // chosen := [ binder filter ]          after "any"
  mutating func chosen() throws(Stop) -> (BinderTree?, filter: ExprTree?) {
    if at(.where) { throw fail(.chooseFilterWithoutBinder) }
    guard kind.isWord, !startsLine else { return (nil, nil) }
    let bound = try binder()
    return (bound, try filter())
  }

  private mutating func callStatement(_ place: ExprTree, from start: Int) throws(Stop) -> StatementTree {
    if place.isRemoveAll, at(.leftParen), case .member(let queue, _) = place.kind { return try removeAll(queue, from: start) }
    if infixOperator(0) == nil {
      if case .call(let callee, let arguments) = place.kind { return StatementTree(.call(callee, arguments), place.span) }
      if case .error = place.kind { return StatementTree(.error, place.span) }
    }
    let value = try binary(0, after: place)
    report(.expressionAsStatement, at: value.span)
    reportedIndex = -1
    return StatementTree(.error, value.span)
  }

  private mutating func removeAll(_ queue: ExprTree, from start: Int) throws(Stop) -> StatementTree {
    roles[index] = .openTight
    advance()
    let content = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
      guard parser.kind.isWord, !parser.at(.where) else { throw parser.fail(.removeAllShape) }
      let name = try parser.name(.binder)
      var type: TypeTree?
      if parser.accept(.colon) { type = try parser.type() }
      guard let filter = try parser.filter() else { throw parser.fail(.removeAllShape) }
      return (BinderTree(name: name, type: type), filter)
    }
    guard let content else { return StatementTree(.error, span(since: start)) }
    return StatementTree(.removeAll(queue, content.0, filter: content.1), span(since: start))
  }
}

extension ExprTree {
  /// A variable, an entry of it, a field of it, nested.
  var isLocation: Bool {
    var tree = self
    while true {
      switch tree.kind {
      case .name, .error: return true
      case .member(let inner, _), .index(let inner, _): tree = inner
      default: return false
      }
    }
  }
}
