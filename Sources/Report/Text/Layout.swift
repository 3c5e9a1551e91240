/// Columns, padding and wrapping. Widths count characters and skip ANSI colour codes, so styled text aligns with plain.

/// Columns that a text takes on a terminal.
func visibleWidth(_ text: String) -> Int {
  var width = 0
  var inEscape = false
  for character in text {
    if inEscape {
      inEscape = character != "m"
    } else if character == "\u{1B}" {
      inEscape = true
    } else {
      width += 1
    }
  }
  return width
}

/// The text with blanks up to `width` columns; longer text stays as it is.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - visibleWidth(text)))
}

/// As `padded`, with the blanks in front: numbers.
func leftPadded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - visibleWidth(text))) + text
}

/// Rows of cells as aligned lines. Columns stand two blanks apart; a line has no blanks at its end.
func aligned(_ rows: [[String]]) -> [String] {
  var widths: [Int] = []
  for row in rows {
    for (column, cell) in row.enumerated() {
      if column == widths.count { widths.append(0) }
      widths[column] = max(widths[column], visibleWidth(cell))
    }
  }
  return rows.map { row in
    var line = row.enumerated().map { padded($1, widths[$0]) }.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// Words broken into lines of at most `width` columns; a word that is wider stands alone on its line.
func wrapped(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  var used = 0
  for word in text.split(separator: " ", omittingEmptySubsequences: true) {
    let wordWidth = visibleWidth(String(word))
    if used > 0, used + 1 + wordWidth > width {
      lines.append(line)
      line = ""
      used = 0
    }
    if used > 0 {
      line += " "
      used += 1
    }
    line += word
    used += wordWidth
  }
  if !line.isEmpty || lines.isEmpty { lines.append(line) }
  return lines
}

/// Two blocks next to each other, or nil where they do not fit.
func sideBySide(_ left: [String], _ right: [String], gap: Int = 4, width: Int) -> [String]? {
  let leftWidth = left.map(visibleWidth).max() ?? 0
  let rightWidth = right.map(visibleWidth).max() ?? 0
  guard leftWidth + gap + rightWidth <= width else { return nil }
  return (0..<max(left.count, right.count)).map { row in
    let first = row < left.count ? left[row] : ""
    guard row < right.count, !right[row].isEmpty else { return first }
    return padded(first, leftWidth + gap) + right[row]
  }
}

func indented(_ lines: [String], by blanks: Int) -> [String] {
  lines.map { $0.isEmpty ? "" : String(repeating: " ", count: blanks) + $0 }
}
