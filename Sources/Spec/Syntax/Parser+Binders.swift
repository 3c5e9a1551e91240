/// Bound variables, as quantifiers, parameters, `for`, `any`, and map literals have them.
extension Parser {
  // binders := group { "," group }        group := name { "," name } ":" type
  /// Names before one `:` share the type that follows.
  mutating func binders(beforeBody: Bool = false) throws(Stop) -> [BinderTree] {
    var result: [BinderTree] = []
    repeat {
      if at(.rightParen), !result.isEmpty { break }  // a comma before the closing parenthesis
      var group = [try name(.binder)]
      while at(.comma), tokens[min(index + 1, tokens.count - 1)].kind.isWord {
        advance()
        group.append(try name(.binder))
      }
      let type = try binderType(after: group[group.count - 1])
      for (position, name) in group.enumerated() {
        result.append(BinderTree(name: name, type: type, sharesTypeWithNext: position < group.count - 1))
      }
    } while !(beforeBody && atBodyAfterComma) && accept(.comma)
    return result
  }

  /// `forall x: T, x > 3`: what follows the comma is no variable, so `::` was meant.
  private var atBodyAfterComma: Bool {
    guard at(.comma), index + 2 < tokens.count else { return false }
    let after = tokens[index + 2].kind
    return tokens[index + 1].kind == .identifier && after != .comma && after != .colon && after != .in && !after.isWord
  }

  /// One binder of its own: `x: T`.
  mutating func binder() throws(Stop) -> BinderTree {
    let name = try self.name(.binder)
    return BinderTree(name: name, type: try binderType(after: name))
  }

  private mutating func binderType(after name: Name) throws(Stop) -> TypeTree {
    if accept(.colon) { return try type() }
    if at(.in) {
      // `forall x in S`: read on to the end of S, which is no type.
      report(.membershipBinder, at: span)
      advance()
      let start = index
      let saved = inIsOperator
      inIsOperator = false
      defer { inIsOperator = saved }
      _ = try binary(Precedence.sum)
      return TypeTree(.error, span(since: start))
    }
    throw fail(.missingBinderType(name: name.text, found: found))
  }

  // filter := [ "where" expression ]
  mutating func filter() throws(Stop) -> ExprTree? {
    if at(.bar) || atWord("suchthat") || atWord("with") || atWord("if") {
      report(.wrongOperator(found: text, write: "where", purpose: .filter), at: span)
      advance()
      return try expression()
    }
    _ = mend(.where, unless: [])
    guard accept(.where) else { return nil }
    return try expression()
  }

  // parameters := [ "(" [ binders ] ")" ]
  mutating func parameters() throws(Stop) -> [BinderTree] {
    guard at(.leftParen) else { return [] }
    roles[index] = .openTight
    advance()
    return try bracketed(.leftParen, .rightParen) { (parser: inout Parser) throws(Stop) in
      parser.at(.rightParen) ? [] : try parser.binders()
    } ?? []
  }

  /// A misspelt keyword in a place where no name can stand is reported and becomes the keyword.
  mutating func mend(_ keyword: TokenKind, unless words: [String]) -> Bool {
    guard at(.identifier), !startsLine else { return false }
    let word = text
    guard !words.contains(word), Suggestion.nearest(word, among: [keyword.rawValue]) != nil else { return false }
    report(.misspeltKeyword(found: word, keyword: keyword.rawValue), at: span)
    tokens[index].kind = keyword
    return true
  }
}
