/// Bytes in, tokens and comments out; what is no text of the language is reported and passed over.
///
/// One pass, linear in the bytes. The token list ends with `endOfFile`, always; the parser relies on it.
struct Lexer {
  let bytes: [UInt8]
  let file: Int32
  var position = 0
  var tokens: [Token] = []
  var comments: [Comment] = []
  var problems: [Diagnostic] = []
  /// A line break was passed since the last token.
  private var sawLineBreak = true
  /// Only blanks since the beginning of the line.
  private var atLineStart = true

  init(_ source: SourceText, file: Int32) {
    self.bytes = source.bytes
    self.file = file
    tokens.reserveCapacity(bytes.count / 4 + 1)
  }

  static func run(_ source: SourceText, file: Int32) -> Lexer {
    var lexer = Lexer(source, file: file)
    lexer.checkEncoding()
    lexer.scan()
    return lexer
  }

  /// The byte `offset` places on, or 0 past the end; a NUL in the text is reported separately, so 0 is free.
  func peek(_ offset: Int = 0) -> UInt8 {
    let place = position + offset
    return place < bytes.count ? bytes[place] : 0
  }

  func span(from start: Int, to end: Int? = nil) -> Span { Span(file: file, start: start, end: end ?? position) }

  mutating func report(_ fact: SyntaxFact, from start: Int, to end: Int? = nil) {
    problems.append(Diagnostic(fact, at: span(from: start, to: end)))
  }

  mutating func append(_ kind: TokenKind, from start: Int) {
    tokens.append(Token(kind: kind, start: start, end: position, startsLine: sawLineBreak))
    sawLineBreak = false
    atLineStart = false
  }

  private mutating func scan() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }  // a byte order mark says nothing in UTF-8
    while position < bytes.count {
      let start = position
      switch bytes[position] {
      case UInt8(ascii: "\n"):
        position += 1
        sawLineBreak = true
        atLineStart = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0C:
        position += 1
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        scanLineComment(from: start)
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        scanBlockComment(from: start)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        scanWord(from: start)
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        scanNumber(from: start)
      case UInt8(ascii: "\""):
        scanString(from: start)
      default:
        if let kind = operatorHere() {
          position += kind.rawValue.utf8.count
          append(kind, from: start)
        } else {
          scanStray(from: start)
        }
      }
    }
    append(.endOfFile, from: position)
  }

  private mutating func scanWord(from start: Int) {
    while position < bytes.count, isWordByte(bytes[position]) { position += 1 }
    if position < bytes.count, bytes[position] >= 0x80, let (scalar, _) = bytes.unicodeScalar(at: position),
      scalar.properties.isAlphabetic, Self.lookalikes[scalar] == nil
    {
      scanForeignWord(from: start)
      return
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    append(TokenKind.keywords[text] ?? .identifier, from: start)
  }

  private mutating func scanLineComment(from start: Int) {
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    var end = position
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    // `////…` is a ruler, not documentation.
    let isDocumentation =
      start + 2 < end && bytes[start + 2] == UInt8(ascii: "/")
      && !(start + 3 < end && bytes[start + 3] == UInt8(ascii: "/"))
    keepComment(isDocumentation ? .documentation : .line, from: start, to: end)
  }

  private mutating func scanBlockComment(from start: Int) {
    var depth = 0
    var hasLineBreak = false
    repeat {
      if position >= bytes.count {
        report(.unterminatedComment, from: start, to: start + 2)
        break
      }
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
      } else {
        hasLineBreak = hasLineBreak || peek() == UInt8(ascii: "\n")
        position += 1
      }
    } while depth > 0
    keepComment(.block, from: start, to: position)
    if hasLineBreak { sawLineBreak = true }
  }

  private mutating func keepComment(_ kind: Comment.Kind, from start: Int, to end: Int) {
    comments.append(Comment(kind: kind, start: start, end: end, nextToken: tokens.count, startsLine: atLineStart))
    atLineStart = false
  }

  func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "'"):
      true
    default: false
    }
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
