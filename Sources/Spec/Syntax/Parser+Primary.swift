/// Operands: names, literals, everything in brackets, and what follows an operand.
extension Parser {
  // postfix := primary { "." name | "[" expressions "]" | "(" arguments ")" | "!" }
  /// `[`, `(` and `!` continue an operand only on its line: the next line may begin with one of its own.
  mutating func postfix(after first: ExprTree, from start: Int) throws(Stop) -> ExprTree {
    var result = first
    while true {
      switch kind {
      case .dot:
        advance()
        let name = try self.name(.member)
        result = try node(.member(result, name), span(since: start))
      case .leftBracket where !startsLine:
        roles[index] = .openTight
        advance()
        let resultDepth = depth
        let indices = try bracketed(.leftBracket, .rightBracket) { (parser: inout Parser) throws(Stop) in
          try parser.expressions(.rightBracket)
        }
        depth = max(depth, resultDepth)
        result = try node(indices.map { .index(result, $0) } ?? .error, span(since: start))
      case .leftParen where !startsLine && result.isRemoveAll: return result
      case .leftParen where !startsLine:
        roles[index] = .openTight
        let resultDepth = depth
        let (arguments, deepest) = try self.arguments()
        depth = max(deepest, resultDepth)
        result = try node(arguments.map { .call(result, $0) } ?? .error, span(since: start))
      case .bang where !startsLine:
        roles[index] = .postfixOperator
        advance()
        result = try node(.force(result), span(since: start))
      default: return result
      }
    }
  }

  // expressions := expression { "," expression } [ "," ]
  mutating func expressions(_ closing: TokenKind) throws(Stop) -> [ExprTree] {
    var result: [ExprTree] = []
    var deepest = 0
    repeat {
      if at(closing), !result.isEmpty { break }
      result.append(try expression())
      deepest = max(deepest, depth)
    } while accept(.comma)
    depth = deepest
    return result
  }

  // arguments := "(" [ argument { "," argument } ] ")"        argument := [ name ":" ] expression
  /// nil, if a mistake in them was skipped.
  mutating func arguments() throws(Stop) -> (arguments: [ArgumentTree]?, depth: Int) {
    advance()
    var deepest = 0
    let result = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
      var arguments: [ArgumentTree] = []
      while !parser.at(.rightParen) {
        var label: Name?
        if parser.kind.isWord, parser.following == .colon {
          label = try parser.name(.argument)
          parser.advance()
        }
        arguments.append(ArgumentTree(label: label, value: try parser.expression()))
        deepest = max(deepest, parser.depth)
        if !parser.accept(.comma) { break }
      }
      return arguments
    }
    return (result, deepest)
  }

  // primary := name | integer | "true" | "false" | "none" | "old" "(" expression ")" | count
  //          | "(" expression ")" | mapLiteral | set
  mutating func primary() throws(Stop) -> ExprTree {
    let start = index
    depth = 0
    switch kind {
    case .identifier:
      if atWord("count"), following == .leftParen { return try count() }
      let name = Name(text, span)
      advance()
      depth = 1
      return leaf(.name(name), name.span)
    case .integer: return try integer()
    case .true, .false, .none:
      let value: ExprTree.Kind = at(.none) ? .none : .bool(at(.true))
      advance()
      depth = 1
      return leaf(value, span(since: start))
    case .old:
      advance()
      guard at(.leftParen) else { throw fail(.expectedToken(.leftParen, after: "`old`", found: found)) }
      roles[index] = .openTight
      advance()
      let inner = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in try parser.expression() }
      return try node(inner.map { .old($0) } ?? .error, span(since: start))
    case .leftParen:
      advance()
      let inner = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
        let inner = try parser.expression()
        if parser.at(.comma) { throw parser.fail(.tuple) }
        return inner
      }
      return try node(inner.map { .parenthesized($0) } ?? .error, span(since: start))
    case .leftBracket: return try mapLiteral()
    case .leftBrace: return try setExpression()
    default:
      if kind.isKeyword, !startsLine, !following.startsOperand || following == .leftParen, following != .colon,
        kind.startsDeclaration || at(.any)
      {
        let name = try self.name(.location)
        depth = 1
        return leaf(.name(name), name.span)
      }
      throw fail(.expectedExpression(found: found))
    }
  }

  private mutating func integer() throws(Stop) -> ExprTree {
    let start = index
    guard case .value(let magnitude) = IntegerLiteral.magnitude(source.bytes[token.start..<token.end]),
      let value = Int64(exactly: magnitude)
    else { throw fail(.integerTooLarge) }
    advance()
    depth = 1
    return leaf(.integer(value), span(since: start))
  }
}

extension ExprTree {
  /// `q.removeAll`, whose parentheses hold no arguments but `x where P`.
  var isRemoveAll: Bool {
    if case .member(_, let name) = kind { name.text == "removeAll" } else { false }
  }
}
