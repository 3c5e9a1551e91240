/// Scenarios, layouts, costs.
extension Parser {
  // scenario := "scenario" name parameters steps
  mutating func scenario() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.scenario)
    let parameters = try self.parameters()
    return .scenario(name, parameters, try steps())
  }

  // steps := "{" { step ( ";" | newline ) } "}"
  private mutating func steps() throws(Stop) -> [ScenarioStepTree] {
    try block(
      .scenario, { (parser: inout Parser) throws(Stop) in try parser.step() }, onError: { ScenarioStepTree(.error, $0) })
  }

  // step := [ "refuse" ] name [ "(" expressions ")" ] [ choosing ] | "assert" expression | "repeat" [ expression ] steps
  private mutating func step() throws(Stop) -> ScenarioStepTree {
    let start = index
    if atWord("assert"), !following.continuesName {
      advance()
      return ScenarioStepTree(.assert(try expression()), span(since: start))
    }
    if atWord("repeat"), following == .leftBrace || following == .integer {
      advance()
      let count = at(.leftBrace) ? nil : try binary(Precedence.sum)
      return ScenarioStepTree(.repeatBlock(count: count, try steps()), span(since: start))
    }
    let refuse = atWord("refuse") && following.isWord && !tokens[index + 1].startsLine
    if refuse { advance() }
    if !refuse, at(.identifier), following.isWord, !tokens[index + 1].startsLine,
      !matches(tokens[index + 1], "choosing")
    {
      if let near = Suggestion.nearest(text, among: ["assert", "refuse", "repeat"]) {
        throw fail(.expectedItem(.scenario, found: found, near: near))
      }
    }
    guard kind.isWord else { throw fail(.expectedItem(.scenario, found: found, near: nil)) }
    let name = try self.name(.action)
    let arguments = try callArguments()
    let choices = try choosing()
    return ScenarioStepTree(
      refuse ? .refuse(name, arguments, choosing: choices) : .perform(name, arguments, choosing: choices), span(since: start))
  }

  // layout := "layout" name "[" name "]" ":" names
  mutating func layout() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.layout)
    guard at(.leftBracket) else { throw fail(.expectedToken(.leftBracket, after: "the name of a layout", found: found)) }
    roles[index] = .openTight
    advance()
    let key = try bracketed(.leftBracket, .rightBracket) { (parser: inout Parser) throws(Stop) in try parser.name(.type) }
    try expect(.colon, after: "the key of a layout")
    let variables = try names(.variable)
    return .layout(name, key ?? Name("", name.span), variables)
  }

  // cost := "cost" name "{" { { word | integer } ( ";" | newline ) } "}"
  mutating func cost() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.cost)
    let items = try block(
      .cost,
      { (parser: inout Parser) throws(Stop) in
        let start = parser.index
        var words: [CostItemTree.Word] = []
        while parser.index == start || !parser.startsLine {
          if parser.kind.isWord {
            words.append(.name(Name(parser.text, parser.span)))
          } else if parser.at(.integer),
            case .value(let magnitude) = IntegerLiteral.magnitude(parser.source.bytes[parser.token.start..<parser.token.end]),
            let value = Int64(exactly: magnitude)
          {
            words.append(.integer(value, parser.span))
          } else {
            break
          }
          parser.advance()
        }
        if words.isEmpty { throw parser.fail(.expectedItem(.cost, found: parser.found, near: nil)) }
        return CostItemTree(words: words, span: parser.span(since: start))
      }, onError: { _ in nil })
    return .cost(name, items)
  }
}
