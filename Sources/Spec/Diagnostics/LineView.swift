/// One line of a source as a terminal shows it: tabs as blanks, control characters made visible, long lines cut to a window
/// around what is marked; and where the marks below it go.
struct LineView {
  private(set) var text = ""
  /// Columns before the first mark.
  private(set) var markColumn = 0
  /// At least one, so that an empty span (something is missing here) is seen.
  private(set) var markWidth = 1

  /// Columns of text that are shown; no more bytes than this are ever looked at twice, however long the line.
  static let width = 120
  private static let before = 60
  private static let tab = 4

  /// `marked` is a range of bytes of the whole file; what lies on this line of it is marked, leading blanks excepted.
  init(_ source: SourceText, line: Int, marked: Range<Int>) {
    let range = source.range(ofLine: line)
    let bytes = source.bytes
    var from = min(max(marked.lowerBound, range.lowerBound), range.upperBound)
    let to = min(marked.upperBound, range.upperBound)
    while from < to, bytes[from] == UInt8(ascii: " ") || bytes[from] == UInt8(ascii: "\t") { from += 1 }
    // A window of bytes; a line that fits begins at its beginning.
    var start = range.lowerBound
    if from - start > Self.before, range.count > Self.width {
      start = max(start, min(from - Self.before, range.upperBound - Self.width))
    }
    while start > range.lowerBound, bytes[start] & 0xC0 == 0x80 { start -= 1 }

    var column = 0
    if start > range.lowerBound { append("… ", width: 2, &column) }
    var place = start
    var markEnd: Int?
    var markStart: Int?
    while place < range.upperBound, column < Self.width {
      if place >= from, markStart == nil { markStart = column }
      if place >= to, markEnd == nil { markEnd = column }
      guard let (scalar, length) = bytes.unicodeScalar(at: place) else {
        append("\u{FFFD}", width: 1, &column)
        place += 1
        continue
      }
      place += length
      if scalar == "\t" {
        let blanks = Self.tab - column % Self.tab
        append(String(repeating: " ", count: blanks), width: blanks, &column)
      } else if scalar.isControl {
        append("\u{FFFD}", width: 1, &column)
      } else {
        append(String(scalar), width: scalar.terminalWidth, &column)
      }
    }
    markColumn = markStart ?? column
    markWidth = max(1, (markEnd ?? column) - markColumn)
    if place < range.upperBound { text += " …" }
  }

  private mutating func append(_ piece: String, width: Int, _ column: inout Int) {
    text += piece
    column += width
  }
}
