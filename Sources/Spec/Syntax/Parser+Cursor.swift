/// Looking at tokens and stepping over them.
extension Parser {
  var token: Token { tokens[index] }
  var kind: TokenKind { tokens[index].kind }
  var startsLine: Bool { tokens[index].startsLine }
  /// The kind of the token after the current one.
  var following: TokenKind { tokens[min(index + 1, tokens.count - 1)].kind }
  var span: Span { span(of: token) }
  var text: String { text(of: token) }

  func span(of token: Token) -> Span { Span(file: file, start: token.start, end: token.end) }
  func text(of token: Token) -> String { String(decoding: source.bytes[token.start..<token.end], as: UTF8.self) }

  /// From the beginning of a token to the end of the one just passed.
  func span(since start: Int) -> Span {
    let last = index > start ? index - 1 : start
    return Span(file: file, start: tokens[start].start, end: tokens[last].end)
  }

  func at(_ kind: TokenKind) -> Bool { tokens[index].kind == kind }

  /// At a word that is a keyword only here: `by`, `on`, `steps`.
  func atWord(_ word: StaticString) -> Bool { tokens[index].kind == .identifier && matches(token, word) }

  func matches(_ token: Token, _ word: StaticString) -> Bool {
    guard token.end - token.start == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { buffer in
      for offset in 0..<buffer.count where source.bytes[token.start + offset] != buffer[offset] { return false }
      return true
    }
  }

  /// Never passes the end of the file.
  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  mutating func accept(_ kind: TokenKind) -> Bool {
    guard at(kind) else { return false }
    advance()
    return true
  }

  mutating func acceptWord(_ word: StaticString) -> Bool {
    guard atWord(word) else { return false }
    advance()
    return true
  }

  /// A token that must stand here.
  mutating func expect(_ kind: TokenKind, after what: String) throws(Stop) {
    if !accept(kind) { throw fail(.expectedToken(kind, after: what, found: found)) }
  }

  mutating func expectWord(_ word: StaticString, after what: String) throws(Stop) {
    if !acceptWord(word) { throw fail(.expectedWord("\(word)", after: what, found: found)) }
  }

  /// A name that must stand here. A keyword in its place is reported and taken as the name, unless it begins a line: then the
  /// name is missing and the keyword is what follows.
  mutating func name(_ role: SyntaxFact.NameRole) throws(Stop) -> Name {
    if at(.identifier) {
      let name = Name(text, span)
      advance()
      return name
    }
    if kind.isKeyword, !startsLine {
      let name = Name(text, span)
      report(.keywordAsName(keyword: name.text, role), at: span)
      advance()
      return name
    }
    throw fail(.expectedName(role, found: found))
  }

  /// `name { "," name }`
  mutating func names(_ role: SyntaxFact.NameRole) throws(Stop) -> [Name] {
    var result = [try name(role)]
    while accept(.comma) { result.append(try name(role)) }
    return result
  }

  mutating func stringLiteral(after what: String) throws(Stop) -> StringLiteral {
    guard at(.string) else { throw fail(.expectedToken(.string, after: what, found: found)) }
    let literal = StringLiteral(text: stringValue(source.bytes[token.start..<token.end]), span: span)
    advance()
    return literal
  }

  /// The current token in the words of a diagnostic.
  var found: String { found(token) }

  func found(_ token: Token) -> String {
    switch token.kind {
    case .endOfFile, .invalid: return token.kind.rawValue
    case .identifier: return "`\(clipped(text(of: token)))`"
    case .integer: return "the number \(clipped(text(of: token)))"
    case .string: return "the string \(clipped(text(of: token)))"
    default: return token.kind.isKeyword ? "the keyword `\(token.kind.rawValue)`" : "`\(token.kind.rawValue)`"
    }
  }

  private func clipped(_ text: String) -> String {
    text.utf8.count <= 60 ? text : String(text.prefix(50)) + "…"
  }
}
