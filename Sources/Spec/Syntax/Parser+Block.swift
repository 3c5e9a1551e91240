/// Braces with items in them: statements, cases, fields, clauses, steps, entries, lines.
extension Parser {
  // block := "{" { item ( ";" | newline ) } "}"        (with "," too in enums, records and scopes)
  mutating func block<Item>(
    _ block: SyntaxFact.BlockKind, _ item: (inout Parser) throws(Stop) -> Item, onError: (Span) -> Item?
  ) throws(Stop) -> [Item] {
    let opener = index
    let opened = at(.leftBrace)
    if opened {
      roles[index] = .openBlock
      advance()
    } else {
      guard kind.isWord || at(.rightBrace), !atDeclarationLine else {
        throw fail(.expectedToken(.leftBrace, after: block.owner, found: found))
      }
      report(.missingOpenBrace(block, found: found), at: span)
      reportedIndex = -1
    }
    try enter()
    defer { leave() }
    let saved = (inIsOperator, arrowEndsExpression)
    defer { (inIsOperator, arrowEndsExpression) = saved }
    (inIsOperator, arrowEndsExpression) = (true, false)
    var items: [Item] = []
    while true {
      while at(.semicolon) || (at(.comma) && block.separatesByComma) {
        roles[index] = .separator
        advance()
      }
      if at(.rightBrace) {
        roles[index] = .closeBlock
        advance()
        return items
      }
      if at(.endOfFile) || (atDeclarationLine && !(block == .verify && at(.cover))) || atContextualDeclaration {
        if opened {
          let fact = SyntaxFact.unclosed(.leftBrace, by: .rightBrace, found: found)
          report(fact, at: span(of: tokens[opener]), related: [.init(span: span, label: "`}` was expected before this")])
          reportedIndex = -1
        }
        if at(.endOfFile) { reportedIndex = index }
        return items
      }
      let start = index
      beginnings[start] = .item
      do throws(Stop) {
        items.append(try item(&self))
        if index == start { advance() }
        try endOfItem(block)
      } catch {
        if index == start { advance() }
        recoverInBlock(block)
        if let gap = onError(span(since: start)) { items.append(gap) }
      }
    }
  }

  /// An item ends before `;`, `}` or a new line. What follows it on its line is reported, and read as the next item if it
  /// can be one.
  private mutating func endOfItem(_ block: SyntaxFact.BlockKind) throws(Stop) {
    if at(.semicolon) || at(.rightBrace) || at(.endOfFile) || (at(.comma) && block.separatesByComma) { return }
    let previous = tokens[max(index - 1, 0)].kind
    if previous == .rightBrace || (startsLine && kind != .comma) { return }
    let stop = fail(.missingSeparator(block, found: found))
    if kind.isWord { return }
    throw stop
  }
}
