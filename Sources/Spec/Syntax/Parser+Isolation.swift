/// Views, flows, and refinement.
extension Parser {
  // view := "view" "of" binder "{" { expression } "}"
  mutating func view() throws(Stop) -> DeclarationTree.Kind {
    advance()
    try expectWord("of", after: "`view`")
    let domain = try binder()
    let observations = try block(
      .view, { (parser: inout Parser) throws(Stop) in try parser.expression() }, onError: { ExprTree(.error, $0) })
    return .view(domain, observations)
  }

  // flow := "flow" "from" ( "environment" | binder ) "to" binder [ "when" expression ]
  mutating func flow() throws(Stop) -> DeclarationTree.Kind {
    advance()
    try expectWord("from", after: "`flow`")
    var from: BinderTree?
    if atWord("environment"), following != .colon { advance() } else { from = try binder() }
    try expectWord("to", after: "the source of a flow")
    let to = try binder()
    var condition: ExprTree?
    if acceptWord("when") {
      condition = try expression()
    } else if at(.where) || at(.if) {
      report(.wrongOperator(found: text, write: "when", purpose: .keyword), at: span)
      advance()
      condition = try expression()
    }
    return .flow(FlowTree(from: from, to: to, condition: condition))
  }

  // refines := "refines" [ "exactly" ] name "(" string ")" [ "for" binders ] "{" { clause } "}"
  mutating func refines() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let exactly = atWord("exactly") && following == .identifier
    if exactly { advance() }
    let spec = try dottedName(.machine)
    guard at(.leftParen) else { throw fail(.expectedToken(.leftParen, after: "the name of the abstract spec", found: found)) }
    roles[index] = .openTight
    advance()
    let path = try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
      try parser.stringLiteral(after: "the name of the abstract spec")
    }
    let parameters = accept(.for) ? try binders() : []
    let saved = inRefinement
    inRefinement = true
    defer { inRefinement = saved }
    let clauses = try block(
      .refines, { (parser: inout Parser) throws(Stop) in try parser.refinementClause() }, onError: { _ in nil })
    return .refines(
      RefinesTree(
        exactly: exactly, spec: spec, path: path ?? StringLiteral(text: "", span: spec.span), parameters: parameters,
        clauses: clauses))
  }

  // clause := name "=" expression | "else" "stutter"
  //         | name [ "(" expressions ")" ] [ choosing ] "<-" name [ "(" names ")" ] [ choosing ] [ "when" expression ]
  private mutating func refinementClause() throws(Stop) -> RefinesTree.Clause {
    let start = index
    if accept(.else) {
      try expectWord("stutter", after: "`else`")
      return .init(kind: .elseStutter, span: span(since: start))
    }
    guard kind.isWord else { throw fail(.expectedItem(.refines, found: found, near: nil)) }
    let name = try dottedName(.variable)
    if at(.equalSign) || at(.assign) || at(.equal) {
      try definitionSign(after: "the name of a variable")
      return .init(kind: .value(name, try expression()), span: span(since: start))
    }
    let arguments = try callArguments()
    var choices = try choosing()
    try expect(.leftArrow, after: "the abstract action")
    let concrete = try self.name(.action)
    var parameters: [Name] = []
    if at(.leftParen) {
      roles[index] = .openTight
      advance()
      parameters =
        try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
          parser.at(.rightParen) ? [] : try parser.names(.binder)
        } ?? []
    }
    choices += try choosing()
    let condition = acceptWord("when") ? try expression() : nil
    return .init(
      kind: .action(
        abstract: name, arguments: arguments, choosing: choices, concrete: concrete, parameters: parameters, when: condition),
      span: span(since: start))
  }

  // callArguments := [ "(" [ expressions ] ")" ]
  mutating func callArguments() throws(Stop) -> [ExprTree] {
    guard at(.leftParen), !startsLine else { return [] }
    roles[index] = .openTight
    advance()
    return try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
      parser.at(.rightParen) ? [] : try parser.expressions(.rightParen)
    } ?? []
  }

  // choosing := [ "choosing" name "=" expression { "," name "=" expression } ]
  mutating func choosing() throws(Stop) -> [ChoosingTree] {
    guard acceptWord("choosing") else { return [] }
    var result: [ChoosingTree] = []
    repeat {
      let variable = try name(.choice)
      try definitionSign(after: "the chosen variable")
      result.append(ChoosingTree(variable: variable, value: try expression()))
    } while accept(.comma)
    return result
  }
}
