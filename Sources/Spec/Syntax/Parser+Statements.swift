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
