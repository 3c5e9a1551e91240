/// `kspec fmt`: a parsed file in, the same file in the one layout out.
///
/// The printer moves white space and nothing else: it keeps every token and comment in order (a `;` at the end of a line
/// excepted), decides what stands between each two of them, and where lines begin. Rebuilding text from the tree was the
/// alternative; then every comment needs a place in the tree, and one without a place is lost.
///
/// The author's line breaks stay where they mean something to a reader (between statements, inside long expressions), so do
/// single blank lines and columns aligned over neighbouring lines. Indentation, spacing, braces and `else` are the printer's.
public enum Printer {
  /// Lines longer than this are broken where the grammar allows it.
  static let width = 120
  static let indent = 2

  /// The formatted text of a file whose tree has no `error` nodes. Formatting twice changes nothing more.
  ///
  /// The result is parsed again and compared: text whose meaning or comments would change comes back as it was, and so does
  /// text with errors.
  public static func format(_ tree: FileTree, source: SourceText) -> String {
    withLargeStack {
      let original = String(decoding: source.bytes, as: UTF8.self)
      let parser = parsed(source)
      guard parser.parser.problems.isEmpty else { return original }
      let expected = TreeShape.of(tree)
      guard TreeShape.of(parser.tree) == expected else { return original }
      let text = TextLayout(parser.parser).text
      let again = parsed(SourceText(path: source.path, text: text))
      guard again.parser.problems.isEmpty, TreeShape.of(again.tree) == expected,
        comments(of: again.parser) == comments(of: parser.parser)
      else { return original }
      return text
    }
  }

  private static func parsed(_ source: SourceText) -> (parser: Parser, tree: FileTree) {
    var parser = Parser(source, file: 0)
    let tree = parser.parseFile()
    return (parser, tree)
  }

  static func comments(of parser: Parser) -> [String] {
    parser.comments.map { commentText(parser.source.bytes[$0.start..<$0.end]) }
  }

  /// A comment as it is printed: line breaks without carriage returns.
  static func commentText(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
  }
}
