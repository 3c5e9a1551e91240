/// Declarations: which one stands here, and the small ones.
extension Parser {
  /// One declaration, or nil where there was nothing to make one of.
  mutating func parseDeclaration() -> DeclarationTree? {
    mendDeclarationKeyword()
    let start = index
    let documentation = documentation(before: start)
    beginnings[start] = .declaration
    do throws(Stop) {
      let kind = try declaration()
      return DeclarationTree(kind: kind, documentation: documentation, span: span(since: start))
    } catch {
      if index == start { advance() }
      recoverToDeclaration()
      return DeclarationTree(kind: .error, documentation: documentation, span: span(since: start))
    }
  }

  // declaration := import | sort | enum | type | record | const | axiom | policy | var | def | effect | init | action | property
  //              | deadlock | view | flow | noninterference | refines | scenario | layout | cost | scope | verify
  private mutating func declaration() throws(Stop) -> DeclarationTree.Kind {
    switch kind {
    case .import: return try importFile()
    case .sort, .ordered, .enum: return try sortOrEnumeration()
    case .type: return try typeAlias()
    case .record: return try record()
    case .const: return try constant()
    case .axiom: return try axiom()
    case .policy: return try policy()
    case .var, .ghost: return try variable()
    case .def: return try function()
    case .effect: return try effect()
    case .`init`: return try initial()
    case .action, .fair: return try action()
    case .invariant, .transition, .temporal, .cover: return try property()
    case .view: return try view()
    case .flow: return try flow()
    case .noninterference:
      advance()
      return .noninterference(try name(.noninterference))
    case .refines: return try refines()
    case .scenario: return try scenario()
    case .layout: return try layout()
    case .cost: return try cost()
    case .scope: return try scope()
    case .verify: return try verify()
    case .spec: throw fail(.repeatedHeader)
    case .identifier where atWord("strong"): return try action()
    case .identifier where atWord("deadlock"):
      advance()
      try expectWord("allowed", after: "`deadlock`")
      return .deadlockAllowed
    case .rightBrace, .rightParen, .rightBracket: throw fail(.unmatchedClosing(kind))
    default: throw fail(.expectedDeclaration(found: found, near: nil))
    }
  }

  // import := "import" string
  private mutating func importFile() throws(Stop) -> DeclarationTree.Kind {
    advance()
    return .importFile(try stringLiteral(after: "`import`"))
  }

  // sort := [ "ordered" ] "sort" name        enum := [ "ordered" ] "enum" name "{" name { "," name } "}"
  private mutating func sortOrEnumeration() throws(Stop) -> DeclarationTree.Kind {
    let ordered = accept(.ordered)
    if accept(.sort) { return .sort(try name(.sort), ordered: ordered) }
    guard accept(.enum) else { throw fail(.expectedWord("sort` or `enum", after: "`ordered`", found: found)) }
    let name = try self.name(.enumeration)
    let cases = try block(
      .enumeration, { (parser: inout Parser) throws(Stop) in try parser.name(.enumerationCase) }, onError: { _ in nil })
    return .enumeration(name, ordered: ordered, cases: cases)
  }

  // type := "type" name "=" type
  private mutating func typeAlias() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.type)
    try definitionSign(after: "the name of a type")
    return .typeAlias(name, try type())
  }

  // record := "record" name "{" names ":" type { "," names ":" type } "}"
  private mutating func record() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.record)
    let groups = try block(
      .record,
      { (parser: inout Parser) throws(Stop) -> [FieldTree] in
        let names = try parser.names(.field)
        try parser.expect(.colon, after: "the name of a field")
        let type = try parser.type()
        return names.map { FieldTree(name: $0, type: type) }
      }, onError: { _ in nil })
    return .record(name, groups.flatMap { $0 })
  }

  // const := "const" names ":" type
  private mutating func constant() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let names = try self.names(.constant)
    try expect(.colon, after: "the name of a constant")
    let type = try type()
    try rejectInitializer(constant: true)
    return .constant(names, type)
  }

  // var := [ "ghost" ] "var" names ":" type
  private mutating func variable() throws(Stop) -> DeclarationTree.Kind {
    let ghost = accept(.ghost)
    try expect(.var, after: "`ghost`")
    let names = try self.names(.variable)
    try expect(.colon, after: "the name of a variable")
    let type = try type()
    try rejectInitializer(constant: false)
    return .variable(names, type, ghost: ghost)
  }

  private mutating func rejectInitializer(constant: Bool) throws(Stop) {
    guard at(.equalSign) || at(.assign), !startsLine else { return }
    report(.initializer(constant: constant), at: span)
    advance()
    _ = try expression()
  }

  // axiom := "axiom" name ":" expression
  private mutating func axiom() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try propertyName(.axiom)
    return .axiom(name, try expression())
  }

  // policy := "policy" name ":" type "=" expression
  private mutating func policy() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.policy)
    try expect(.colon, after: "the name of a policy")
    let type = try type()
    try definitionSign(after: "the type of a policy, for its default")
    return .policy(name, type, try expression())
  }

  // def := "def" name parameters ":" type "=" expression
  private mutating func function() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.function)
    let parameters = try self.parameters()
    if at(.arrow) {
      report(.wrongOperator(found: "->", write: ":", purpose: .type), at: span)
      advance()
    } else {
      try expect(.colon, after: "the parameters of a function, for the type of its value")
    }
    let type = try type()
    try definitionSign(after: "the type of a function")
    return .function(name, parameters, type, try expression())
  }

  // effect := "effect" name parameters statements
  private mutating func effect() throws(Stop) -> DeclarationTree.Kind {
    advance()
    let name = try self.name(.effect)
    let parameters = try self.parameters()
    return .effect(name, parameters, try statements(.effect))
  }

  /// `requre`, `fn`, `struct`: a word that no declaration begins with becomes the keyword that was likely meant.
  private mutating func mendDeclarationKeyword() {
    guard at(.identifier), !atWord("strong"), !atWord("deadlock") else { return }
    guard following == .identifier || following == .leftBrace || following.isKeyword else { return }
    let word = text
    let near =
      Self.declarationWords[word]
      ?? Suggestion.nearest(word, among: TokenKind.declarationKeywords.map(\.rawValue)).flatMap { TokenKind.keywords[$0] }
    guard let near, near != .spec else { return }
    report(.misspeltKeyword(found: word, keyword: near.rawValue), at: span)
    tokens[index].kind = near
    reportedIndex = -1
  }

  private static let declarationWords: [String: TokenKind] = [
    "function": .def, "func": .def, "fn": .def, "predicate": .def, "struct": .record, "variable": .var, "state": .var,
    "constant": .const, "parameter": .const, "option": .policy, "switch": .policy, "procedure": .effect, "rule": .action,
    "property": .invariant, "safety": .invariant, "liveness": .temporal, "include": .import, "use": .import, "class": .record,
    "theorem": .invariant, "assumption": .axiom, "assume": .axiom, "typedef": .type, "initial": .`init`, "test": .scenario,
  ]
}
