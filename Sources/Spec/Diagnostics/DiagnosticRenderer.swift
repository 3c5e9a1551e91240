/// A diagnostic with its sources in, the text that a person reads out.
///
///     specs/a.kspec:3:18: error E0126: `==` and `==` do not chain: a comparison gives a bool
///        3 |   require a == b == c
///          |                  ^^ needs parentheses
///          = write `a == b && b == c`, or use parentheses
///
/// Plain text by default; with `color` the same text with ANSI colours.
public struct DiagnosticRenderer: Sendable {
  public var sources: SourceSet
  public var color: Bool

  public init(sources: SourceSet, color: Bool = false) {
    self.sources = sources
    self.color = color
  }

  /// All of them, a blank line between.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { render($0) }.joined(separator: "\n")
  }

  /// Lines that each end with a line break.
  public func render(_ diagnostic: Diagnostic) -> String {
    let isError = diagnostic.severity == .error
    let accent = isError ? Ansi.error : Ansi.warning
    var lines: [String] = []
    let head =
      paint("\(diagnostic.severity.rawValue) \(diagnostic.code):", accent) + " "
      + paint(printable(diagnostic.fact.message), Ansi.bold)
    lines.append(place(diagnostic.span).map { "\($0): \(head)" } ?? head)
    lines += snippet(diagnostic.span, label: diagnostic.fact.label, mark: "^", style: accent)
    for related in diagnostic.related {
      let note = paint("note:", Ansi.note) + " " + printable(related.label)
      lines.append(place(related.span).map { "\($0): \(note)" } ?? note)
      lines += snippet(related.span, label: "", mark: "-", style: Ansi.note)
    }
    if let help = diagnostic.fact.help, help != diagnostic.fact.label {
      lines.append(gutter(nil, separator: "=") + paint(printable(help), Ansi.help))
    }
    return lines.map { $0.trimmingSuffix(" ") + "\n" }.joined()
  }

  /// `path:line:column`, nil for what nobody wrote.
  public func place(_ span: Span) -> String? {
    guard let source = source(of: span) else { return nil }
    let (line, column) = source.position(of: span.start)
    return "\(printable(source.path)):\(line):\(column)"
  }

  private func source(of span: Span) -> SourceText? {
    guard span.file >= 0, Int(span.file) < sources.files.count else { return nil }
    return sources.files[Int(span.file)]
  }

  /// The lines of a span with marks under it. Of a long span the first two and the last line are shown.
  private func snippet(_ span: Span, label: String, mark: Character, style: String) -> [String] {
    guard let source = source(of: span), !source.bytes.isEmpty else { return [] }
    let first = source.position(of: span.start).line
    let last = max(first, source.position(of: max(span.start, span.end - 1)).line)
    var numbers = Array(first...min(last, first + 2))
    if last > first + 2 { numbers = [first, first + 1, last] }
    var lines: [String] = []
    for number in numbers {
      if number == last, last > first + 2 { lines.append(gutter("…", separator: "|")) }
      let view = LineView(source, line: number, marked: span.start..<max(span.start, span.end))
      lines.append(gutter(String(number), separator: "|") + view.text)
      let marks = String(repeating: " ", count: view.markColumn) + paint(String(repeating: mark, count: view.markWidth), style)
      let isLast = number == numbers.last
      lines.append(gutter(nil, separator: "|") + marks + (isLast && !label.isEmpty ? " " + paint(printable(label), style) : ""))
    }
    return lines
  }

  private func gutter(_ number: String?, separator: String) -> String {
    let text = number ?? ""
    let padded = String(repeating: " ", count: max(0, 5 - text.count)) + text
    return paint(padded + " " + separator, Ansi.note) + " "
  }

  private func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? "\u{FFFD}" : $0 }))
  }

  private func paint(_ text: String, _ style: String) -> String {
    color && !text.isEmpty ? style + text + Ansi.reset : text
  }

  private enum Ansi {
    static let reset = "\u{1B}[0m"
    static let bold = "\u{1B}[1m"
    static let error = "\u{1B}[1;31m"
    static let warning = "\u{1B}[1;33m"
    static let note = "\u{1B}[34m"
    static let help = "\u{1B}[32m"
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == character { end = index(before: end) }
    return String(self[..<end])
  }
}
