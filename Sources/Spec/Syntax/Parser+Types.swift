/// Types.
extension Parser {
  // type := operand [ "->" type ]        operand may be "(" type { "," type } ")" before the arrow
  mutating func type() throws(Stop) -> TypeTree {
    try enter()
    defer { leave() }
    let start = index
    if at(.leftParen) {
      advance()
      let keys = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
        var keys = [try parser.type()]
        while parser.accept(.comma) { keys.append(try parser.type()) }
        return keys
      }
      guard let keys else { return TypeTree(.error, span(since: start)) }
      if accept(.arrow) { return TypeTree(.map(keys, try type()), span(since: start)) }
      guard keys.count == 1 else { throw fail(.expectedToken(.arrow, after: "the indices of a map", found: found)) }
      return try arrow(after: try optional(TypeTree(keys[0].kind, span(since: start)), from: start), from: start)
    }
    return try arrow(after: try operandType(), from: start)
  }

  private mutating func arrow(after key: TypeTree, from start: Int) throws(Stop) -> TypeTree {
    if at(.doubleArrow), !arrowEndsExpression {
      report(.wrongOperator(found: "=>", write: "->", purpose: .type), at: span)
      tokens[index].kind = .arrow
    }
    // An index of a map literal is no map: there `->` was meant to be `=>`.
    guard !arrowEndsExpression, accept(.arrow) else { return key }
    return TypeTree(.map([key], try type()), span(since: start))
  }

  // operand := ( name | bounds | "set" operand | "seq" "[" expression "]" operand | "forest" operand | "(" type ")" ) { "?" }
  // `set T?` is a set of options: there are no optional sets. The three words are names outside types.
  private mutating func operandType() throws(Stop) -> TypeTree {
    try enter()
    defer { leave() }
    let start = index
    switch kind {
    case .identifier where atWord("set") || atWord("forest"):
      let isSet = atWord("set")
      advance()
      let element = try operandType()
      return TypeTree(isSet ? .set(element) : .forest(element), span(since: start))
    case .identifier where atWord("seq"):
      advance()
      guard at(.leftBracket) else { throw fail(.expectedToken(.leftBracket, after: "`seq`", found: found)) }
      roles[index] = .openTight
      advance()
      let capacity = try bracketed(.leftBracket, .rightBracket) { (parser: inout Parser) throws(Stop) in try parser.expression() }
      let element = try operandType()
      return TypeTree(.queue(capacity: capacity ?? ExprTree(.error, span(since: start)), element), span(since: start))
    case .leftParen:
      advance()
      let inner = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in try parser.type() }
      return try optional(TypeTree(inner?.kind ?? .error, span(since: start)), from: start)
    case .identifier where following != .range:
      let name = Name(text, span)
      advance()
      return try optional(TypeTree(.name(name), name.span), from: start)
    case .identifier, .integer, .minus:
      return try optional(try bounds(), from: start)
    default:
      if kind.isKeyword, !startsLine, following != .range {
        let name = try self.name(.type)
        return try optional(TypeTree(.name(name), name.span), from: start)
      }
      throw fail(.expectedType(found: found))
    }
  }

  // bounds := sum ".." sum
  private mutating func bounds() throws(Stop) -> TypeTree {
    let start = index
    let low = try binary(Precedence.sum)
    try expect(.range, after: "the lower bound of a range")
    if at(.less) || at(.dot) {  // Swift's `..<` and `...`
      let whole = span(of: tokens[index - 1]).union(span)
      report(.wrongOperator(found: at(.dot) ? "..." : "..<", write: "..", purpose: .type), at: whole)
      advance()
    }
    let high = try binary(Precedence.sum)
    return TypeTree(.range(low: low, high: high), span(since: start))
  }

  /// `T?`. A second `?` makes the option of an option, which the type checker rejects by name.
  private mutating func optional(_ base: TypeTree, from start: Int) throws(Stop) -> TypeTree {
    var type = base
    var count = 0
    while at(.question) || at(.doubleQuestion) {
      count += 1
      if count > Self.nestingLimit { throw fail(.nestingTooDeep(limit: Self.nestingLimit)) }
      let twice = at(.doubleQuestion)
      roles[index] = .postfixOperator
      advance()
      type = TypeTree(.option(type), span(since: start))
      if twice { type = TypeTree(.option(type), type.span) }
    }
    return type
  }
}
