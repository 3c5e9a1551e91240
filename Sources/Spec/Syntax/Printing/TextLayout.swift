/// Pieces in, lines out: where lines begin and how far they are indented.
struct TextLayout {
  /// A piece on a line, with the blanks before it.
  struct Placed {
    var piece: Int
    var blanks: Int
  }
  struct Line {
    /// An empty line in front of it.
    var isSeparated: Bool
    var indent: Int
    /// Levels of blocks around it.
    var level: Int
    var placed: [Placed] = []
  }

  private(set) var pieces: [Piece]
  /// For each piece the first one from it on that is no comment, or the number of pieces.
  private let nextToken: [Int]
  var lines: [Line] = []
  /// Blocks that are open and printed over several lines, innermost last: the index of the opening brace.
  private var blocks: [(brace: Int, isBroken: Bool, breaksItems: Bool)] = []
  /// Indentation of the statement that a continuation line belongs to: here, and in the source.
  private var base = 0
  private var sourceBase = 0
  private var column = 0

  init(_ parser: Parser) {
    pieces = Piece.all(of: parser)
    var next = Array(repeating: pieces.count, count: pieces.count + 1)
    for index in pieces.indices.reversed() { next[index] = pieces[index].isComment ? next[index + 1] : index }
    nextToken = next
    arrange()
    wrapLongLines()
    align()
  }

  private var level: Int { blocks.count(where: \.isBroken) }

  private enum Break {
    case none
    /// A line of its own at the level of the blocks around it.
    case item(separated: Bool)
    /// The statement goes on.
    case continuation
  }

  private mutating func arrange() {
    var previous: Int?
    var droppedBreaks = 0
    for index in pieces.indices {
      pieces[index].breaksBefore += droppedBreaks
      droppedBreaks = 0
      if isSuperfluous(index, after: previous) {
        droppedBreaks = pieces[index].breaksBefore
        continue
      }
      let piece = pieces[index]
      var leavesBlock = false
      if piece.role == .closeBlock, let block = blocks.popLast() { leavesBlock = block.isBroken }
      place(index, after: previous, lineBreak(before: index, after: previous, leavesBlock: leavesBlock))
      if piece.role == .openBlock { open(index) }
      previous = index
    }
  }

  /// Decides whether a block stays on its line: it did in the source, and it fits.
  private mutating func open(_ brace: Int) {
    guard let partner = pieces[brace].partner else { return }
    let inner = (brace + 1)...max(partner, brace + 1)
    let isEmpty = partner == brace + 1
    let wasOneLine = inner.allSatisfy { pieces[$0].breaksBefore == 0 && !pieces[$0].text.contains("\n") }
    var isBroken = !isEmpty && !wasOneLine
    var breaksItems = false
    if wasOneLine, !isEmpty, !(blocks.last.map { !$0.isBroken } ?? false) {
      var width = column
      for place in inner { width += Spacing.blanks(pieces[place - 1], pieces[place]) + pieces[place].width }
      if width > Printer.width { (isBroken, breaksItems) = (true, true) }
    }
    blocks.append((brace, isBroken, breaksItems))
  }

  private func lineBreak(before index: Int, after previous: Int?, leavesBlock: Bool) -> Break {
    let piece = pieces[index]
    guard let previous else { return .item(separated: false) }
    let last = pieces[previous]
    let hadBreak = piece.breaksBefore > 0 || last.isLineComment
    // After an opening brace and before a closing one there is no empty line.
    let separated = piece.breaksBefore > 1 && last.role != .openBlock && !leavesBlock
    let inBrokenBlock = blocks.last.map { $0.isBroken } ?? true

    if piece.role == .closeBlock { return leavesBlock ? .item(separated: false) : last.isLineComment ? .continuation : .none }
    // A comment behind the brace that opens a block stays there.
    if last.role == .openBlock, inBrokenBlock, hadBreak || !piece.isComment { return .item(separated: false) }
    switch piece.begins {
    case .declaration:
      // A comment before it on its line stays there.
      return !hadBreak && last.isComment && startsLine(previous) ? .none : .item(separated: separated)
    case .item:
      if hadBreak { return .item(separated: separated) }
      return inBrokenBlock && (last.role == .closeBlock || breaksItems) ? .item(separated: false) : .none
    case .nothing: break
    }
    if piece.role == .openBlock || piece.role == .separator {
      return last.isLineComment ? .continuation : .none
    }
    guard hadBreak else { return .none }
    if piece.isToken(.else), last.role == .closeBlock { return .none }
    if piece.isComment, isBetweenItems(index) { return .item(separated: separated) }
    return .continuation
  }

  private var breaksItems: Bool { blocks.last?.breaksItems ?? false }

  private func startsLine(_ index: Int) -> Bool { lines.last?.placed.first?.piece == index }

  /// A comment that what follows it belongs to a block and not to a statement.
  private func isBetweenItems(_ index: Int) -> Bool {
    let next = nextToken[index]
    guard next < pieces.count else { return true }
    return pieces[next].begins != .nothing || pieces[next].role == .closeBlock
  }

  /// A `;` that a line break or brace makes needless. It stays where the next line could be read as going on: before a minus.
  private func isSuperfluous(_ index: Int, after previous: Int?) -> Bool {
    guard pieces[index].isToken(.semicolon), pieces[index].role == .separator else { return false }
    guard let previous else { return true }
    if pieces[previous].role == .openBlock || pieces[previous].isToken(.semicolon) { return true }
    var next = index + 1
    var hasBreak = false
    while next < pieces.count {
      hasBreak = hasBreak || pieces[next].breaksBefore > 0
      if !pieces[next].isComment, !pieces[next].isToken(.semicolon) { break }
      next += 1
    }
    guard next < pieces.count else { return true }
    if pieces[next].role == .closeBlock { return true }
    return (hasBreak || breaksItems) && !pieces[next].isToken(.minus)
  }

  private mutating func place(_ index: Int, after previous: Int?, _ lineBreak: Break) {
    let piece = pieces[index]
    switch lineBreak {
    case .none:
      let blanks = previous.map { Spacing.blanks(pieces[$0], piece) } ?? 0
      lines[lines.count - 1].placed.append(Placed(piece: index, blanks: blanks))
      column += blanks
    case .item(let separated):
      base = level * Printer.indent
      sourceBase = piece.sourceIndent
      start(index, indent: base, separated: separated)
    case .continuation:
      let least = standsOut(index) ? 0 : Printer.indent
      let relative = min(max(piece.sourceIndent - sourceBase, least), Self.deepestContinuation)
      start(index, indent: base + relative, separated: false)
    }
    column = piece.text.contains("\n") ? piece.width : column + piece.width
  }

  /// A closing bracket, or an `else` and the comments before it, need not be further in than what they belong to.
  private func standsOut(_ index: Int) -> Bool {
    let next = nextToken[index]
    guard next < pieces.count else { return true }
    let piece = pieces[next]
    if piece.isToken(.else) { return true }
    return next == index && (piece.isToken(.rightParen) || piece.isToken(.rightBracket) || piece.isToken(.rightBrace))
  }

  private mutating func start(_ index: Int, indent: Int, separated: Bool) {
    lines.append(Line(isSeparated: separated, indent: indent, level: level, placed: [Placed(piece: index, blanks: 0)]))
    column = indent
  }

  /// A continuation keeps the indentation that the author gave it, up to this.
  static let deepestContinuation = 60

  /// The finished file.
  var text: String {
    var text = ""
    for line in lines {
      if line.isSeparated { text += "\n" }
      text += String(repeating: " ", count: line.indent)
      for placed in line.placed {
        text += String(repeating: " ", count: placed.blanks)
        text += pieces[placed.piece].text
      }
      text += "\n"
    }
    return text
  }
}
