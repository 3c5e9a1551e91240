/// Expressions in brackets that bind variables: `count(…)`, map literals, sets.
extension Parser {
  // count := "count" "(" binders filter ")"
  mutating func count() throws(Stop) -> ExprTree {
    let start = index
    advance()
    roles[index] = .openTight
    advance()
    let content = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
      (try parser.binders(), try parser.filter())
    }
    return try node(content.map { .count($0.0, filter: $0.1) } ?? .error, span(since: start))
  }

  // mapLiteral := "[" binders filter "=>" expression "]"
  mutating func mapLiteral() throws(Stop) -> ExprTree {
    let start = index
    advance()
    let content = try bracketed(.leftBracket, .rightBracket) { (parser: inout Parser) throws(Stop) in
      parser.arrowEndsExpression = true
      let binders = try parser.binders()
      let filter = try parser.filter()
      let filterDepth = filter == nil ? 0 : parser.depth
      parser.arrowEndsExpression = false
      switch parser.kind {
      case .doubleArrow: break
      case .arrow, .doubleColon, .equalSign, .colon, .assign:
        parser.report(.missingMapArrow(found: parser.found), at: parser.span)
      default: throw parser.fail(.missingMapArrow(found: parser.found))
      }
      parser.advance()
      let body = try parser.expression()
      parser.depth = max(parser.depth, filterDepth)
      return (binders, filter, body)
    }
    return try node(content.map { .mapLiteral($0.0, filter: $0.1, body: $0.2) } ?? .error, span(since: start))
  }

  // set := "{" [ expressions ] "}" | "{" binder filter "}"
  mutating func setExpression() throws(Stop) -> ExprTree {
    let start = index
    advance()
    let content = try bracketed(.leftBrace, .rightBrace) { (parser: inout Parser) throws(Stop) -> ExprTree.Kind in
      if parser.at(.rightBrace) { return .setLiteral([]) }
      guard parser.kind.isWord, parser.following == .colon || parser.following == .comma, parser.groupsBinders else {
        return .setLiteral(try parser.expressions(.rightBrace))
      }
      let place = parser.span
      let binders = try parser.binders()
      if binders.count > 1 {
        parser.problems.append(Diagnostic(SyntaxFact.setBuilderBinders, at: place.union(binders[1].name.span)))
      }
      return .setBuilder(binders[0], filter: try parser.filter())
    }
    return try node(content ?? .error, span(since: start))
  }

  /// `x, y:` rather than `x, y }`.
  private var groupsBinders: Bool {
    var place = index
    while tokens[place].kind.isWord, tokens[min(place + 1, tokens.count - 1)].kind == .comma {
      place = min(place + 2, tokens.count - 1)
    }
    return tokens[place].kind.isWord && tokens[min(place + 1, tokens.count - 1)].kind == .colon
  }
}
