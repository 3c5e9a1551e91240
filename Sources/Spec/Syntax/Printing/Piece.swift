/// Tokens and comments in one row, as the layout places them.

struct Piece {
  enum Kind {
    case token(TokenKind)
    case lineComment
    case blockComment
  }
  var kind: Kind
  var role: TokenRole
  var begins: TokenBeginning
  var text: String
  /// Columns of `text`; of a comment over several lines, those of its last line.
  var width: Int
  /// Line breaks between the piece before and this one, in the source.
  var breaksBefore: Int
  /// Column in the source, from 0, tabs expanded; and the first column on that line that is not blank.
  var sourceColumn: Int
  var sourceIndent: Int
  /// Blanks before it if the piece before ends on the same line of the source, else 0.
  var sourceGap: Int
  /// Index of the brace that belongs to this one, for the braces of blocks.
  var partner: Int?

  var isComment: Bool { if case .token = kind { false } else { true } }
  var isLineComment: Bool { if case .lineComment = kind { true } else { false } }
  func isToken(_ token: TokenKind) -> Bool { if case .token(token) = kind { true } else { false } }
  var token: TokenKind? { if case .token(let token) = kind { token } else { nil } }
}

extension Piece {
  /// The pieces of a parsed file, `endOfFile` left out.
  static func all(of parser: Parser) -> [Piece] {
    var pieces: [Piece] = []
    pieces.reserveCapacity(parser.tokens.count + parser.comments.count)
    var cursor = SourceCursor(parser.source.bytes)
    var open: [Int] = []
    var nextComment = 0
    func comment(_ comment: Comment) -> Piece {
      let text = Printer.commentText(parser.source.bytes[comment.start..<comment.end])
      return Piece(
        kind: comment.kind == .block ? .blockComment : .lineComment, role: .plain, begins: .nothing, text: text,
        width: columns(ofLastLine: text),
        breaksBefore: 0, sourceColumn: 0, sourceIndent: 0, sourceGap: 0)
    }
    for (index, token) in parser.tokens.enumerated() {
      while nextComment < parser.comments.count, parser.comments[nextComment].nextToken <= index {
        let found = parser.comments[nextComment]
        var piece = comment(found)
        cursor.place(&piece, found.start..<found.end)
        pieces.append(piece)
        nextComment += 1
      }
      guard token.kind != .endOfFile else { break }
      let text = parser.text(of: token)
      var piece = Piece(
        kind: .token(token.kind), role: parser.roles[index], begins: parser.beginnings[index], text: text,
        width: columns(ofLastLine: text), breaksBefore: 0,
        sourceColumn: 0, sourceIndent: 0, sourceGap: 0)
      cursor.place(&piece, token.start..<token.end)
      if piece.role == .openBlock { open.append(pieces.count) }
      if piece.role == .closeBlock, let partner = open.popLast() {
        piece.partner = partner
        pieces[partner].partner = pieces.count
      }
      pieces.append(piece)
    }
    return pieces
  }

  private static func columns(ofLastLine text: String) -> Int {
    let scalars = text.unicodeScalars
    guard let last = scalars.lastIndex(of: "\n") else { return scalars.count }
    return scalars.distance(from: scalars.index(after: last), to: scalars.endIndex)
  }
}

/// Walks the source once and tells each piece where it stood.
private struct SourceCursor {
  private let bytes: [UInt8]
  private var offset = 0
  private var column = 0
  private var indent = 0
  private var isBlank = true  // only blanks so far on this line

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func place(_ piece: inout Piece, _ range: Range<Int>) {
    let end = column
    var breaks = 0
    while offset < range.lowerBound {
      if bytes[offset] == UInt8(ascii: "\n") { breaks += 1 }
      step()
    }
    if isBlank { indent = column }
    piece.breaksBefore = breaks
    piece.sourceColumn = column
    piece.sourceIndent = indent
    piece.sourceGap = breaks == 0 && column > 0 ? column - end : 0
    isBlank = false
    while offset < range.upperBound { step() }
    isBlank = false
  }

  private mutating func step() {
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "\n"):
      column = 0
      isBlank = true
    case UInt8(ascii: "\t"): column = (column / 8 + 1) * 8
    case UInt8(ascii: "\r"): break
    default: if byte & 0xC0 != 0x80 { column += 1 }
    }
  }
}
