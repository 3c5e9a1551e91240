/// Reporting a mistake once, and finding the place to go on from.

/// The text makes no sense from here; already reported.
struct Stop: Error {
  /// False once no bracket around it could be closed: the statement is given up.
  var mayResumeInBrackets = true
}

extension Parser {
  mutating func report(_ fact: SyntaxFact, at span: Span, related: [Diagnostic.Related] = []) {
    guard index != reportedIndex else { return }
    reportedIndex = index
    problems.append(Diagnostic(fact, at: span, related: related))
  }

  /// Reports at the current token, for `throw fail(…)`. What the lexer has reported is not reported again.
  mutating func fail(_ fact: SyntaxFact, at place: Span? = nil, related: [Diagnostic.Related] = []) -> Stop {
    if !at(.invalid) { report(fact, at: place ?? span, related: related) }
    reportedIndex = index
    return Stop()
  }

  /// In the order of the text, and not more than a reader can use.
  func sortedProblems() -> [Diagnostic] {
    let sorted = problems.enumerated().sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }
      .map(\.element)
    guard sorted.count > Self.diagnosticLimit else { return sorted }
    let kept = sorted.prefix(Self.diagnosticLimit)
    return kept + [Diagnostic(SyntaxFact.tooManyErrors(kept: kept.count), at: sorted[kept.count].span)]
  }

  /// Counts a level of nesting; `leave` gives it back.
  mutating func enter() throws(Stop) {
    guard nesting < Self.nestingLimit else {
      var stop = fail(.nestingTooDeep(limit: Self.nestingLimit))
      stop.mayResumeInBrackets = false
      throw stop
    }
    nesting += 1
  }

  mutating func leave() { nesting -= 1 }

  /// A declaration keyword at the beginning of a line: nothing else may stand there, so a body that is open is unclosed.
  var atDeclarationLine: Bool { startsLine && kind.startsDeclaration }

  /// Skips to the next declaration.
  mutating func recoverToDeclaration() {
    while !at(.endOfFile), !atDeclarationLine, !atContextualDeclaration { advance() }
  }

  /// `strong fair …` and `deadlock allowed`, whose first words are names elsewhere.
  var atContextualDeclaration: Bool {
    guard startsLine, at(.identifier) else { return false }
    let next = tokens[min(index + 1, tokens.count - 1)]
    return (atWord("strong") && next.kind == .fair)
      || (atWord("deadlock") && next.kind == .identifier && matches(next, "allowed"))
  }

  /// Skips to the end of an item in braces: a `;`, the closing brace, or a line on which a new item seems to begin.
  mutating func recoverInBlock(_ block: SyntaxFact.BlockKind) {
    var brackets = 0
    var braces = 0
    while !at(.endOfFile) {
      if atDeclarationLine, block != .verify || kind != .cover { return }
      if braces == 0 {
        if at(.rightBrace) { return }
        if startsLine, at(.require) || at(.for) { return }
        if brackets <= 0 {
          if at(.semicolon) || (at(.comma) && block.separatesByComma) { return }
          if startsLine, beginsItem { return }
        }
      }
      switch kind {
      case .leftParen, .leftBracket: brackets += 1
      case .rightParen, .rightBracket: brackets -= 1
      case .leftBrace: braces += 1
      case .rightBrace: braces -= 1
      default: break
      }
      advance()
    }
  }

  /// A word at the beginning of a line, where the line before did not end in the middle of something.
  private var beginsItem: Bool {
    guard kind.isWord, index > 0 else { return false }
    if at(.identifier), index == reportedIndex { return true }
    let previous = tokens[index - 1].kind
    return previous.endsOperand || previous == .semicolon || previous == .leftBrace || previous == .invalid
      || (previous.isKeyword && (kind.startsStatement || kind.startsDeclaration))
  }

  /// After a mistake between brackets: steps past the bracket that closes them, if it comes before something that can only
  /// stand outside. False: nothing was skipped.
  mutating func skipPast(_ closing: TokenKind) -> Bool {
    // Each such search may look at the whole file: where more errors are found than shown, it is not worth it.
    guard problems.count <= 2 * Self.diagnosticLimit else { return false }
    var open: [TokenKind] = []
    var place = index
    while place < tokens.count {
      let token = tokens[place]
      if token.startsLine, token.kind.startsDeclaration || token.kind.startsStatement, token.kind != .if { return false }
      switch token.kind {
      case .leftParen: open.append(.rightParen)
      case .leftBracket: open.append(.rightBracket)
      case .leftBrace: open.append(.rightBrace)
      case .rightParen, .rightBracket, .rightBrace:
        if let expected = open.popLast() {
          if expected != token.kind { return false }
        } else {
          guard token.kind == closing else { return false }
          index = place
          advance()
          return true
        }
      case .semicolon where open.isEmpty: return false
      case .endOfFile: return false
      default: break
      }
      place += 1
    }
    return false
  }

  /// What stands between brackets whose opening one was just passed. A mistake in it is contained: the rest up to the closing
  /// bracket is skipped and nil returned.
  mutating func bracketed<Content>(
    _ opening: TokenKind, _ closing: TokenKind, _ content: (inout Parser) throws(Stop) -> Content
  ) throws(Stop) -> Content? {
    let opener = tokens[max(index - 1, 0)]
    let saved = (inIsOperator, arrowEndsExpression, nesting)
    defer { (inIsOperator, arrowEndsExpression, nesting) = saved }
    (inIsOperator, arrowEndsExpression) = (true, false)
    do throws(Stop) {
      try enter()
      let result = try content(&self)
      if !accept(closing) {
        let place = span
        let stop = fail(.expectedCloser(closing, found: found))
        if !skipPast(closing), !at(.invalid), problems.last?.span == place {
          // No such bracket follows: the one that opened is what the reader must see.
          problems[problems.count - 1] = Diagnostic(
            SyntaxFact.unclosed(opening, by: closing, found: found), at: span(of: opener),
            related: [.init(span: place, label: "`\(closing.rawValue)` was expected before this")])
          throw Stop(mayResumeInBrackets: false)
        }
        if tokens[index - 1].kind != closing { throw stop }
      }
      return result
    } catch {
      var stop = error
      guard stop.mayResumeInBrackets else { throw stop }
      if skipPast(closing) { return nil }
      stop.mayResumeInBrackets = false
      throw stop
    }
  }
}
