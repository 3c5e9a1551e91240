/// Expressions that begin with a keyword and reach as far right as they can: quantifiers, `if`, `let`.
extension Parser {
  // quantifier := ( "forall" | "exists" ) binders filter "::" expression
  mutating func quantifier() throws(Stop) -> ExprTree {
    let start = index
    let quantifier: ExprTree.Quantifier = at(.forall) ? .forall : .exists
    try enter()
    defer { leave() }
    advance()
    let bound = try binders(beforeBody: true)
    depth = 0
    let condition = try filter()
    let filterDepth = condition == nil ? 0 : depth
    switch kind {
    case .doubleColon: advance()
    case .colon, .dot, .bar, .doubleArrow, .comma, .arrow, .semicolon:
      report(.missingDoubleColon(quantifier: quantifier.rawValue, found: found), at: span)
      advance()
    default:
      let stop = fail(.missingDoubleColon(quantifier: quantifier.rawValue, found: found))
      guard kind.startsOperand, !atDeclarationLine else { throw stop }
    }
    let body = try expression()
    depth = max(depth, filterDepth)
    return try node(.quantifier(quantifier, bound, filter: condition, body: body), span(since: start))
  }

  // if := "if" expression "then" expression "else" expression
  /// Long `else if` ladders are read in a loop: tables of hundreds of rows are written that way.
  mutating func ifThenElse() throws(Stop) -> ExprTree {
    try enter()
    defer { leave() }
    var rows: [(start: Int, condition: ExprTree, value: ExprTree, depth: Int)] = []
    repeat {
      let start = index
      advance()
      let condition = try expression()
      let conditionDepth = depth
      if !mend(.then, unless: []), at(.leftBrace) || !at(.then) {
        throw fail(.expectedToken(.then, after: "the condition of `if`", found: found))
      }
      advance()
      let value = try expression()
      rows.append((start, condition, value, max(conditionDepth, depth)))
      if !at(.else), !mend(.else, unless: []) {
        throw fail(.missingElse(found: found))
      }
      advance()
    } while at(.if)
    var result = try expression()
    while let row = rows.popLast() {
      depth = max(depth, row.depth)
      result = try node(.ifThenElse(row.condition, row.value, result), span(since: row.start))
    }
    return result
  }

  // let := "let" name "=" expression "in" expression
  mutating func letIn() throws(Stop) -> ExprTree {
    let start = index
    try enter()
    defer { leave() }
    advance()
    let name = try self.name(.binding)
    try definitionSign(after: "the name")
    let saved = inIsOperator
    inIsOperator = false
    let value: ExprTree
    do throws(Stop) { value = try expression() } catch {
      inIsOperator = saved
      throw error
    }
    inIsOperator = saved
    let valueDepth = depth
    guard accept(.in) else { throw fail(.expectedToken(.in, after: "the value of `let`", found: found)) }
    let body = try expression()
    depth = max(depth, valueDepth)
    return try node(.letIn(name, value, body), span(since: start))
  }
}
