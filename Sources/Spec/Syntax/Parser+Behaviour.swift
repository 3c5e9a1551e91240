/// The declarations that make the transition system and what is claimed of it: init, actions, properties.
extension Parser {
  // init := "init" "{" { name "=" ( expression | "any" [ binder filter ] ) } "}"
  mutating func initial() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let statements = try block(
      .initial,
      { (parser: inout Parser) throws(Stop) in
        let start = parser.index
        let variable = try parser.name(.variable)
        try parser.definitionSign(after: "the name of a variable")
        guard parser.accept(.any) else {
          return InitStatementTree(
            variable: variable, value: .expression(try parser.expression()), span: parser.span(since: start))
        }
        let (binder, filter) = try parser.chosen()
        return InitStatementTree(variable: variable, value: .any(binder, filter: filter), span: parser.span(since: start))
      }, onError: { _ in nil })
    return .initial(statements)
  }

  // action := [ [ "strong" ] "fair" ] "action" name parameters [ "by" ( "environment" | expression ) ] statements
  mutating func action() throws(Stop) -> DeclarationTree.Kind {
    var fairness = Fairness.none
    if acceptWord("strong") {
      fairness = .strong
      try expect(.fair, after: "`strong`")
    } else if accept(.fair) {
      fairness = .weak
    }
    try expect(.action, after: "`fair`")
    let name = try self.name(.action)
    let parameters = try self.parameters()
    var actor: ActorTree?
    if acceptWord("by") {
      if atWord("environment"), following == .leftBrace {
        actor = .environment(span)
        advance()
      } else {
        actor = .expression(try expression())
      }
    }
    let body = try statements(.action)
    return .action(ActionTree(name: name, parameters: parameters, actor: actor, fairness: fairness, body: body))
  }

  // property := ( "invariant" | "transition" | "temporal" | "cover" ) name ":" [ trigger ] expression
  // trigger := "on" name [ "(" name { "," name } ")" ] "::"         in transitions
  mutating func property() throws(Stop) -> DeclarationTree.Kind {
    let keyword: PropertyKeyword =
      switch kind {
      case .transition: .transition
      case .temporal: .temporal
      case .cover: .cover
      default: .invariant
      }
    advance()
    let name = try propertyName(.property)
    var trigger: TriggerTree?
    if keyword == .transition, atWord("on"), following.isWord {
      advance()
      let action = try self.name(.trigger)
      var parameters: [Name] = []
      if at(.leftParen) {
        roles[index] = .openTight
        advance()
        parameters =
          try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
            parser.at(.rightParen) ? [] : try parser.names(.binder)
          } ?? []
      }
      if at(.colon) {
        report(.missingDoubleColon(quantifier: "on", found: found), at: span)
        advance()
      } else if !accept(.doubleColon) {
        throw fail(.missingDoubleColon(quantifier: "on", found: found))
      }
      trigger = TriggerTree(action: action, parameters: parameters)
    }
    return .property(PropertyTree(keyword: keyword, name: name, trigger: trigger, body: try expression()))
  }

  /// The name of what is claimed, and its colon.
  mutating func propertyName(_ role: SyntaxFact.NameRole) throws(Stop) -> Name {
    // `invariant forall x: …`: no keyword was meant as a name here, the name was forgotten.
    guard at(.identifier) || following == .colon else { throw fail(.expectedName(role, found: found)) }
    let name = try self.name(role)
    if at(.equalSign) || at(.doubleColon) || at(.assign) {
      report(.wrongOperator(found: text, write: ":", purpose: .keyword), at: span)
      advance()
    } else {
      try expect(.colon, after: role.phrase)
    }
    return name
  }
}
