/// Lines that are too long are broken where the grammar lets them: before an operator, before `then` and `else`, after `::`, `=>`
/// and commas, between statements first. Blocks on one line are left whole: whether they fit is decided where they open. The loosest place wins, of equal ones the last that fits.
extension TextLayout {
  mutating func wrapLongLines() {
    var wrapped: [Line] = []
    wrapped.reserveCapacity(lines.count)
    for line in lines {
      var rest = line
      while let place = breakPlace(rest) {
        var first = rest
        first.placed = Array(rest.placed[..<place])
        wrapped.append(first)
        rest.placed = Array(rest.placed[place...])
        rest.placed[0].blanks = 0
        rest.isSeparated = false
        if pieces[rest.placed[0].piece].begins == .item {
          // A statement that had to leave the line of another: no `;` between them any more.
          rest.indent = rest.level * Printer.indent
          if let last = first.placed.last?.piece, pieces[last].isToken(.semicolon), !pieces[rest.placed[0].piece].isToken(.minus)
          {
            wrapped[wrapped.count - 1].placed.removeLast()
          }
        } else if first.indent == line.indent {
          rest.indent = line.indent + 2 * Printer.indent
        }
      }
      wrapped.append(rest)
    }
    lines = wrapped
  }

  /// The index in `placed` of the piece that goes to the next line, nil if the line fits or cannot be broken.
  private func breakPlace(_ line: Line) -> Int? {
    var column = line.indent
    var depth = 0
    var blocks = 0
    var best: (place: Int, depth: Int, rank: Int)?
    var overflows = false
    for (place, placed) in line.placed.enumerated() {
      let piece = pieces[placed.piece]
      if piece.isLineComment { break }
      if piece.text.contains("\n") { return nil }
      if let token = piece.token {
        if closes(token) { depth -= 1 }
        if piece.role == .openBlock { blocks += 1 }
        if place > 0, blocks == 0, let rank = rank(of: line.placed[place - 1].piece, before: placed.piece, on: line),
          column <= Printer.width
        {
          let isBetter = best.map { (depth, rank) <= ($0.depth, $0.rank) } ?? true
          // A break that leaves almost nothing on the first line does not help.
          if isBetter, column > line.indent + 3 * Printer.indent { best = (place, depth, rank) }
        }
        if piece.role == .closeBlock { blocks -= 1 }
        if opens(token) { depth += 1 }
      }
      column += placed.blanks + piece.width
      if column > Printer.width { overflows = true }
    }
    return overflows ? best?.place : nil
  }

  private func opens(_ token: TokenKind) -> Bool { token == .leftParen || token == .leftBracket || token == .leftBrace }
  private func closes(_ token: TokenKind) -> Bool { token == .rightParen || token == .rightBracket || token == .rightBrace }

  /// How good it is to break between two pieces: small is good, nil is not allowed.
  private func rank(of left: Int, before right: Int, on line: Line) -> Int? {
    let (left, right) = (pieces[left], pieces[right])
    if right.begins == .item { return -1 }
    if left.isToken(.doubleColon) { return 0 }
    if right.role == .infixOperator, let token = right.token { return InfixOperator.of(token).map { 1 + $0.precedence } }
    if right.isToken(.then) || (right.isToken(.else) && left.role != .closeBlock) { return 1 }
    if left.isToken(.assign) || (left.isToken(.equalSign) && pieces[line.placed[0].piece].isToken(.def)) { return 4 }
    if left.isToken(.doubleArrow) { return 3 }
    if left.isToken(.comma), left.role != .separator { return 4 }
    return nil
  }
}
