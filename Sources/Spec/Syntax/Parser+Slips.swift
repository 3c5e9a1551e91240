/// Operators of other languages and slips of the hand: reported, and read as what was meant.
extension Parser {
  /// The infix operator at the current token if it binds at least as tightly as `minimum`.
  mutating func infixOperator(_ minimum: Int) -> InfixOperator? {
    if let infix = InfixOperator.of(kind), !(at(.slash) && following == .backslash) {
      if at(.in), !inIsOperator { return nil }
      guard infix.precedence >= minimum else { return nil }
      mendDoubledOperator()
      return infix
    }
    guard let slip = slip(), let infix = InfixOperator.of(slip.meant), infix.precedence >= minimum else { return nil }
    report(slip.fact, at: slip.length == 1 ? span : span.union(span(of: tokens[index + 1])))
    for _ in 1..<slip.length { advance() }
    tokens[index].kind = slip.meant
    return infix
  }

  /// `===`, `!==`: a comparison with an `=` too many.
  private mutating func mendDoubledOperator() {
    guard at(.equal) || at(.notEqual), following == .equalSign, tokens[index + 1].start == token.end else { return }
    report(.wrongOperator(found: text + "=", write: text, purpose: .comparison), at: span.union(span(of: tokens[index + 1])))
    let meant = kind
    advance()
    tokens[index].kind = meant
  }

  private struct Slip {
    var fact: SyntaxFact
    var meant: TokenKind
    var length = 1
  }

  private func slip() -> Slip? {
    let next = tokens[min(index + 1, tokens.count - 1)]
    let adjacent = next.start == token.end
    func wrong(_ found: String, _ meant: TokenKind, _ purpose: SyntaxFact.OperatorPurpose, length: Int = 1) -> Slip {
      Slip(fact: .wrongOperator(found: found, write: meant.rawValue, purpose: purpose), meant: meant, length: length)
    }
    switch kind {
    case .equalSign where adjacent && next.kind == .less: return wrong("=<", .lessOrEqual, .comparison, length: 2)
    case .equalSign: return wrong("=", .equal, .comparison)
    case .assign: return wrong(":=", .equal, .comparison)
    case .doubleArrow where !arrowEndsExpression: return wrong("=>", .implies, .logic)
    case .arrow: return wrong("->", .implies, .logic)
    case .leftArrow where !inRefinement:
      return Slip(fact: .wrongOperator(found: "<-", write: "<", purpose: .refinementArrow), meant: .less)
    case .bar: return wrong("|", .or, .logic)
    case .caret: return wrong("^", .notEqual, .logic)
    case .backslash where adjacent && next.kind == .slash: return wrong("\\/", .or, .logic, length: 2)
    case .slash where adjacent && next.kind == .backslash: return wrong("/\\", .and, .logic, length: 2)
    case .identifier: return startsLine ? nil : wordSlip(next)
    default: return nil
    }
  }

  private func wordSlip(_ next: Token) -> Slip? {
    for (word, meant) in Self.operatorWords where matches(token, word) {
      return Slip(fact: .wrongOperator(found: text, write: meant.rawValue, purpose: .logic), meant: meant)
    }
    if atWord("not"), next.kind == .in { return Slip(fact: .notIn, meant: .in, length: 2) }
    return nil
  }

  /// `and` and its like, which go on an expression by mistake.
  func isOperatorWord(_ token: Token) -> Bool {
    matches(token, "not") || Self.operatorWords.contains { matches(token, $0.0) }
  }

  private static let operatorWords: [(StaticString, TokenKind)] = [
    ("and", .and), ("or", .or), ("implies", .implies), ("iff", .iff), ("mod", .percent), ("div", .slash), ("xor", .notEqual),
    ("is", .equal), ("eq", .equal), ("leadsto", .leadsTo), ("leads_to", .leadsTo), ("Until", .until), ("elem", .in),
  ]

  /// `c ? a : b`, reported and read as `if c then a else b`.
  mutating func conditional(after condition: ExprTree) throws(Stop) -> ExprTree {
    report(.conditionalOperator, at: span)
    let conditionDepth = depth
    try enter()
    defer { leave() }
    advance()
    let value = try expression()
    let valueDepth = depth
    try expect(.colon, after: "the value of `?`")
    let other = try expression()
    depth = max(depth, conditionDepth, valueDepth)
    return try node(.ifThenElse(condition, value, other), condition.span.union(other.span))
  }

  /// `=` where something is defined; `:=` and `==` are reported and read as `=`.
  mutating func definitionSign(after what: String) throws(Stop) {
    if at(.assign) || at(.equal) {
      report(.wrongOperator(found: text, write: "=", purpose: .equation), at: span)
      advance()
      return
    }
    try expect(.equalSign, after: what)
  }
}
