/// Scopes, and what must come out.
extension Parser {
  // scope := "scope" name "{" { ( name "=" expression | "where" expression ) ( "," | ";" | newline ) } "}"
  mutating func scope() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.scope)
    let entries = try block(
      .scope,
      { (parser: inout Parser) throws(Stop) in
        let start = parser.index
        if parser.accept(.where) {
          return ScopeTree.Entry(kind: .constraint(try parser.expression()), span: parser.span(since: start))
        }
        guard parser.kind.isWord else { throw parser.fail(.expectedItem(.scope, found: parser.found, near: nil)) }
        let name = try parser.name(.constant)
        if parser.at(.colon) {
          parser.report(.wrongOperator(found: ":", write: "=", purpose: .equation), at: parser.span)
          parser.advance()
        } else {
          try parser.definitionSign(after: "the name of a sort or constant")
        }
        return ScopeTree.Entry(kind: .equal(name, try parser.expression()), span: parser.span(since: start))
      }, onError: { _ in nil })
    return .scope(ScopeTree(name: name, entries: entries))
  }

  // verify := "verify" "{" { line ( ";" | newline ) } "}"
  mutating func verify() throws(Stop) -> DeclarationTree.Kind {
    advance()
    return .verify(
      try block(.verify, { (parser: inout Parser) throws(Stop) in try parser.verifyLine() }, onError: { _ in nil }))
  }

  // line := "check" name options | "prove" [ names ] options
  //       | ( "refute" | "cover" | "unreachable" | "test" ) name [ "in" name ] options
  private mutating func verifyLine() throws(Stop) -> VerifyLineTree {
    let start = index
    guard let verb = verbHere ?? misspeltVerb() else { throw fail(.verifyWord(found: found, near: nil)) }
    advance()
    var line = VerifyLineTree(verb: verb, names: [], scope: nil, settings: [], pins: [], span: span(since: start))
    switch verb {
    case .check:
      line.names = [try name(.scope)]
      line.scope = line.names.first
    case .prove:
      if kind.isWord, !atWord("with"), !(startsLine && verbHere != nil) { line.names = try names(.target) }
    case .refute, .cover, .unreachable, .test:
      line.names = [try target()]
      if accept(.in) { line.scope = try name(.scope) }
    }
    try verifyOptions(&line)
    line.span = span(since: start)
    return line
  }

  /// A property, or `noninterference` for the one there is; `deadlock` and `error` are names to the parser.
  private mutating func target() throws(Stop) -> Name {
    guard at(.noninterference) else { return try name(.target) }
    let name = Name(text, span)
    advance()
    return name
  }

  // options := { "with" name "=" expression { "," name "=" expression } | pin integer }
  // pin := "states" | "transitions" | "depth" | "steps"
  private mutating func verifyOptions(_ line: inout VerifyLineTree) throws(Stop) {
    while kind.isWord, !(startsLine && (verbHere != nil || kind.startsDeclaration)) {
      if acceptWord("with") {
        repeat {
          let policy = try name(.setting)
          try definitionSign(after: "the name of a policy")
          line.settings.append(SettingTree(policy: policy, value: try expression()))
        } while accept(.comma)
      } else if at(.identifier), following == .integer, Self.pinWords.contains(text) {
        let key = try name(.setting)
        line.pins.append(.init(key: key, value: try primary()))
      } else if startsLine, following != .integer {
        return
      } else if at(.identifier), let near = Suggestion.nearest(text, among: Self.pinWords + ["with", "in"]) {
        throw fail(.verifyWord(found: found, near: near))
      } else {
        throw fail(.verifyWord(found: found, near: Self.pinWords.contains(text) ? text + " 1000" : nil))
      }
    }
  }

  private static let pinWords = ["states", "transitions", "depth", "steps"]

  private var verbHere: VerifyVerb? {
    if at(.cover) { return .cover }
    guard at(.identifier) else { return nil }
    return VerifyVerb(rawValue: text)
  }

  private mutating func misspeltVerb() -> VerifyVerb? {
    guard at(.identifier), following.isWord else { return nil }
    let alien = ["verify": "prove", "explore": "check", "reach": "cover", "disprove": "refute", "run": "test"][text]
    guard let near = alien ?? Suggestion.nearest(text, among: VerifyVerb.allCases.map(\.rawValue)) else { return nil }
    report(.misspeltKeyword(found: text, keyword: near), at: span)
    return VerifyVerb(rawValue: near)
  }
}
