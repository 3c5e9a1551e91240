import Spec

/// The source text of a span with a caret line:
///
///     mapping.kspec:59:63
///        59 | invariant Narrowed: forall s, a: Slot :: tree.under(s, a) ==> right[s] <= right[a]
///           |                                                               ^^^^^^^^^^^^^^^^^^^^
struct SourceSnippet {
  var place: String
  var lines: [String]

  /// nil for a span that nobody wrote.
  init?(_ span: Span, in sources: SourceSet, style: Style) {
    guard span.file >= 0, Int(span.file) < sources.files.count else { return nil }
    let file = sources.files[Int(span.file)]
    let start = file.position(of: span.start)
    let end = file.position(of: max(span.end, span.start))
    place = "\(file.path):\(start.line):\(start.column)"
    let number = String(start.line)
    let margin = leftPadded(number, 5) + " | "
    let source = file.line(start.line)
    let scalars = Array(source.unicodeScalars)
    let last = end.line == start.line ? end.column : scalars.count + 1
    // A tab stays a tab under the line, so that the caret stands where the reader's editor puts it.
    let blanks = scalars.prefix(start.column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
    let carets = String(repeating: "^", count: max(1, min(last - start.column, scalars.count + 1 - start.column)))
    let continues = end.line > start.line ? " … to line \(end.line)" : ""
    lines = [
      margin + source,
      String(repeating: " ", count: 5) + " | " + blanks + style.bad(carets) + style.faint(continues),
    ]
  }
}
