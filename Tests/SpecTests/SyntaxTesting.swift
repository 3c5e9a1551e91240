import Testing

@testable import Spec

/// A parsed text with its diagnostics, as the syntax tests look at them.
struct Parsed {
  var tree: FileTree
  var source: SourceText
  var diagnostics: [Diagnostic]

  init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  init(bytes: [UInt8]) {
    source = SourceText(path: "<test>", bytes: bytes)
    var all = Diagnostics()
    tree = Parser.parse(source, file: 0, diagnostics: &all)
    diagnostics = all.all
  }

  var shape: String { TreeShape.of(tree) }
  var codes: [String] { diagnostics.map(\.code) }

  /// `E0116 3:14 "=="`: code, place, and the text that the span covers.
  var reports: [String] {
    diagnostics.map { diagnostic in
      let (line, column) = source.position(of: diagnostic.span.start)
      return "\(diagnostic.code) \(line):\(column) \(source.text(in: diagnostic.span))"
    }
  }
}

/// The shape of one expression, or its diagnostics.
func shape(_ expression: String) -> String {
  let parsed = Parsed("spec T\naxiom A: \(expression)\n")
  guard parsed.diagnostics.isEmpty else { return parsed.reports.joined(separator: "\n") }
  guard parsed.tree.declarations.count == 1, case .axiom(_, let tree) = parsed.tree.declarations[0].kind else {
    return parsed.shape
  }
  return TreeShape.of(tree)
}

/// The shape of one declaration, or its diagnostics.
func declarationShape(_ text: String) -> String {
  let parsed = Parsed("spec T\n\(text)\n")
  guard parsed.diagnostics.isEmpty else { return parsed.reports.joined(separator: "\n") }
  return parsed.tree.declarations.map { TreeShape.of($0) }.joined(separator: "\n")
}
