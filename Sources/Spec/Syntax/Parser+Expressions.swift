/// Expressions: precedence climbing over the table in `Operators.swift`.
extension Parser {
  // expression := unary { infix unary }          by precedence
  mutating func expression() throws(Stop) -> ExprTree {
    try enter()
    defer { leave() }
    return try binary(0)
  }

  /// An expression whose operators bind at least as tightly as `minimum`.
  ///
  /// Chains are read in a loop, right-grouping ones too, so that only brackets and prefixes cost stack.
  mutating func binary(_ minimum: Int) throws(Stop) -> ExprTree {
    try binary(minimum, after: try unary())
  }

  /// The same, when the first operand has been read.
  mutating func binary(_ minimum: Int, after first: ExprTree) throws(Stop) -> ExprTree {
    var left = first
    /// The comparison (or other operator that does not group) that `left` ends with at this level.
    var previous: InfixOperator?
    while true {
      guard let infix = infixOperator(minimum) else {
        if minimum == 0, at(.question), !startsLine { left = try conditional(after: left); continue }
        return left
      }
      if let previous, previous.precedence == infix.precedence { reportChain(previous, infix) }
      previous = infix.grouping == .none ? infix : nil
      let leftDepth = depth
      roles[index] = .infixOperator
      advance()
      let operand = index
      var right = try binary(infix.precedence + 1)
      try rejectNextStatement(operand)
      if infix.grouping == .right { right = try rightChain(infix, after: right) }
      depth = max(leftDepth, depth)
      left = try node(combine(infix, left, right), left.span.union(right.span))
    }
  }

  /// The rest of `a ==> b ==> c` after b, grouped to the right.
  private mutating func rightChain(_ infix: InfixOperator, after first: ExprTree) throws(Stop) -> ExprTree {
    var operands = [(first, depth)]
    while let next = infixOperator(infix.precedence), next.precedence == infix.precedence {
      roles[index] = .infixOperator
      advance()
      operands.append((try binary(infix.precedence + 1), depth))
    }
    var (result, resultDepth) = operands.removeLast()
    while let (operand, operandDepth) = operands.popLast() {
      depth = max(resultDepth, operandDepth)
      result = try node(combine(infix, operand, result), operand.span.union(result.span))
      resultDepth = depth
    }
    depth = resultDepth
    return result
  }

  /// `a ==` at the end of a line, and the next line an update: the operand is missing, and what was read for it is the update's
  /// location.
  private mutating func rejectNextStatement(_ operand: Int) throws(Stop) {
    guard at(.assign), tokens[operand].startsLine, tokens[operand].kind == .identifier else { return }
    index = operand
    throw fail(.expectedExpression(found: found))
  }

  private func combine(_ infix: InfixOperator, _ left: ExprTree, _ right: ExprTree) -> ExprTree.Kind {
    switch infix.kind {
    case .binary(let kind): .binary(kind, left, right)
    case .temporal(let kind): .temporalBinary(kind, left, right)
    }
  }

  private mutating func reportChain(_ first: InfixOperator, _ second: InfixOperator) {
    if first.precedence == Precedence.comparison {
      report(.comparisonChain(first: first.text, second: second.text), at: span)
    } else {
      report(.nonAssociative(operatorText: first.text, second: second.text), at: span)
    }
  }

  /// A node one level above the expression parsed last (or the deepest of several, which the caller has put into `depth`).
  mutating func node(_ kind: ExprTree.Kind, _ span: Span) throws(Stop) -> ExprTree {
    depth += 1
    if depth > Self.depthLimit {
      var stop = fail(.expressionTooDeep(limit: Self.depthLimit), at: span)
      stop.mayResumeInBrackets = false
      throw stop
    }
    return ExprTree(kind, span)
  }

  func leaf(_ kind: ExprTree.Kind, _ span: Span) -> ExprTree { ExprTree(kind, span) }

  // unary := ( "!" | "-" ) unary | ( "always" | "eventually" ) comparison | quantifier | if | let | postfix
  mutating func unary() throws(Stop) -> ExprTree {
    let start = index
    switch kind {
    case .bang, .minus, .tilde:
      if at(.tilde) { report(.wrongOperator(found: "~", write: "!", purpose: .logic), at: span) }
      let operation: UnaryOperator = at(.minus) ? .negate : .not
      if operation == .negate, let least = leastInteger() { return try postfix(after: least, from: start) }
      try enter()
      defer { leave() }
      roles[index] = .prefixOperator
      advance()
      let operand = try unary()
      return try node(.unary(operation, operand), span(since: start))
    case .identifier where atWord("not") && !(following.continuesName):
      report(.wrongOperator(found: "not", write: "!", purpose: .logic), at: span)
      try enter()
      defer { leave() }
      advance()
      let operand = try unary()
      return try node(.unary(.not, operand), span(since: start))
    case .always, .eventually:
      let operation: ExprTree.TemporalOperator = at(.always) ? .always : .eventually
      try enter()
      defer { leave() }
      advance()
      let operand = try binary(Precedence.comparison)
      return try node(.temporal(operation, operand), span(since: start))
    case .forall, .exists: return try quantifier()
    case .if: return try ifThenElse()
    case .let: return try letIn()
    default: return try postfix(after: try primary(), from: start)
    }
  }

  /// -9223372036854775808, whose digits alone are no Int64.
  private mutating func leastInteger() -> ExprTree? {
    guard following == .integer else { return nil }
    let digits = tokens[index + 1]
    guard IntegerLiteral.magnitude(source.bytes[digits.start..<digits.end]) == .value(1 << 63) else { return nil }
    let start = index
    roles[index] = .prefixOperator
    advance()
    advance()
    depth = 1
    return leaf(.integer(.min), span(since: start))
  }
}

extension TokenKind {
  /// What may begin an operand of an expression.
  var startsOperand: Bool {
    switch self {
    case .identifier, .integer, .true, .false, .none, .old, .forall, .exists, .if, .let, .always, .eventually, .leftParen,
      .leftBracket, .leftBrace, .bang, .minus:
      true
    default: false
    }
  }

  /// What after a word shows that the word is a name in use, not a misspelt keyword before an operand.
  var continuesName: Bool {
    switch self {
    case .leftParen, .leftBracket, .identifier, .integer, .true, .false, .none, .old, .bang, .forall, .exists: false
    default: true
    }
  }
}
