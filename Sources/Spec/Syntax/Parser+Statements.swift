/// Statements of actions and effects.
extension Parser {
  // statements := "{" { statement ( ";" | newline ) } "}"
  mutating func statements(_ kind: SyntaxFact.BlockKind) throws(Stop) -> [StatementTree] {
    try block(
      kind, { (parser: inout Parser) throws(Stop) in try parser.statement(kind) },
      onError: { StatementTree(.error, $0) })
  }

  // statement := require | let | if | for | update
  mutating func statement(_ block: SyntaxFact.BlockKind) throws(Stop) -> StatementTree {
    mendStatementKeyword()
    switch kind {
    case .require: return try require()
    case .let: return try letStatement()
    case .if: return try conditionalStatement()
    case .for: return try forEach()
    default: return try update(block)
    }
  }

  // require := "require" [ name ":" ] expression
  private mutating func require() throws(Stop) -> StatementTree {
    let start = index
    advance()
    var name: Name?
    if kind.isWord, following == .colon {
      name = try self.name(.property)
      advance()
    } else if at(.identifier), following == .identifier, !tokens[index + 1].startsLine, !isOperatorWord(tokens[index + 1]),
      !atWord("not")
    {
      name = try self.name(.property)
      report(.expectedToken(.colon, after: "the name of a guard", found: found), at: span)
    }
    return StatementTree(.require(name: name, try expression()), span(since: start))
  }

  // let := "let" name "=" expression
  private mutating func letStatement() throws(Stop) -> StatementTree {
    let start = index
    advance()
    let name = try self.name(.binding)
    try definitionSign(after: "the name")
    return StatementTree(.letBinding(name, try expression()), span(since: start))
  }

  // if := "if" expression statements [ "else" ( if | statements ) ]
  private mutating func conditionalStatement() throws(Stop) -> StatementTree {
    let start = index
    try enter()
    defer { leave() }
    advance()
    let condition = try expression()
    if at(.then) {
      report(.thenInStatement, at: span)
      advance()
    }
    let positive = try statements(.statements)
    if !startsLine, at(.identifier), ["elif", "elsif", "elseif"].contains(text) {
      report(.misspeltKeyword(found: text, keyword: "else if"), at: span)
      let nested = try conditionalStatement()
      return StatementTree(.conditional(condition, positive, [nested]), span(since: start))
    }
    _ = mend(.else, unless: [])
    guard accept(.else) else { return StatementTree(.conditional(condition, positive, nil), span(since: start)) }
    let negative = at(.if) ? [try conditionalStatement()] : try statements(.statements)
    return StatementTree(.conditional(condition, positive, negative), span(since: start))
  }

  // for := "for" binders filter statements
  private mutating func forEach() throws(Stop) -> StatementTree {
    let start = index
    advance()
    let bound = try binders()
    let condition = try filter()
    if at(.doubleColon) {
      report(.wrongOperator(found: "::", write: "{", purpose: .keyword), at: span)
      advance()
      reportedIndex = index  // the brace that is missing now is the same mistake
    }
    let body = try statements(.statements)
    return StatementTree(.forEach(bound, filter: condition, body), span(since: start))
  }

  // update := location ":=" ( expression | "any" [ binder filter ] ) | call | location ".removeAll" "(" name [ ":" type ] "where" e ")"
  private mutating func update(_ block: SyntaxFact.BlockKind) throws(Stop) -> StatementTree {
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

  /// `requre A: …`, `guard …`, `foreach …`: a word, then something that no update goes on with.
  private mutating func mendStatementKeyword() {
    if at(.forall), following == .identifier {
      report(.misspeltKeyword(found: "forall", keyword: "for"), at: span)
      tokens[index].kind = .for
      return
    }
    guard at(.identifier), following.startsOperand || following == .leftParen, following != .leftBracket else { return }
    guard following != .leftParen, tokens[index + 1].startsLine == false else { return }
    let word = text
    let near =
      Self.statementWords[word]
      ?? Suggestion.nearest(word, among: TokenKind.statementKeywords.map(\.rawValue)).flatMap { TokenKind.keywords[$0] }
    guard let near else { return }
    report(.misspeltKeyword(found: word, keyword: near.rawValue), at: span)
    tokens[index].kind = near
  }

  private static let statementWords: [String: TokenKind] = [
    "requires": .require, "assume": .require, "assert": .require, "guard": .require, "when": .require, "pre": .require,
    "foreach": .for, "each": .for, "val": .let, "def": .let,
  ]
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
