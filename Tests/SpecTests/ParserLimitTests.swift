import TestSupport
import Testing

@testable import Spec

/// Texts made to break a parser. Each ends with a diagnostic; that a run of the suite ends at all shows that none hangs.
@Suite("Parser: limits")
struct ParserLimitTests {
  private static let many = 5_000

  @Test(
    "thousands of anything nested are too deep, and said once",
    arguments: [
      ("axiom A: ", "("), ("axiom A: ", "!"), ("axiom A: ", "- "), ("axiom A: ", "[x: T => "), ("axiom A: ", "{x, "),
      ("axiom A: ", "f("), ("axiom A: ", "m["), ("axiom A: ", "if a then "), ("axiom A: ", "forall x: T :: "),
      ("axiom A: ", "let x = a in "), ("axiom A: ", "always "), ("axiom A: ", "old("),
      ("var v: ", "set "), ("var v: ", "T -> "), ("var v: ", "("), ("var v: T", "?"),
    ])
  func nesting(start: String, repeated: String) {
    let parsed = Parsed("spec T\n" + start + String(repeating: repeated, count: Self.many) + "\nsort S\n")
    #expect(parsed.codes == ["E0140"])
    #expect(parsed.shape.hasSuffix("(sort S))"))
  }

  @Test func `fifty thousand parentheses are no worse`() {
    let open = String(repeating: "(", count: 50_000)
    let close = String(repeating: ")", count: 50_000)
    #expect(Parsed("spec T\naxiom A: " + open).codes == ["E0140"])
    #expect(Parsed("spec T\naxiom A: " + open + "x" + close + "\nsort S").shape == "(spec T <error> (sort S))")
  }

  @Test(
    "blocks that are never closed are too deep, and the outermost is shown",
    arguments: [
      "if x {", "for x: T {", "if x {} else ",
    ])
  func blocks(repeated: String) {
    let parsed = Parsed("spec T\naction a {" + String(repeating: repeated, count: Self.many))
    #expect(parsed.codes.contains("E0140"))
    #expect(parsed.codes.count <= 2)
  }

  @Test(
    "a chain of a thousand is fine, one of 5,000 is too long",
    arguments: [
      " && x", " + x", " ==> x", " ?? x", " * x",
    ])
  func chains(link: String) {
    #expect(Parsed("spec T\naxiom A: x" + String(repeating: link, count: 1000) + "\n").reports == [])
    let long = Parsed("spec T\naxiom A: x" + String(repeating: link, count: Self.many) + "\nsort S\n")
    #expect(long.codes == ["E0141"])
    #expect(long.shape.hasSuffix("(sort S))"))
  }

  @Test(
    "postfix chains and else-if ladders count as depth",
    arguments: [
      ("x", ".f"), ("x", "[i]"), ("x", "!"), ("x", "(y)"), ("", "if a then b else "),
    ])
  func postfix(start: String, link: String) {
    #expect(Parsed("spec T\naxiom A: " + start + String(repeating: link, count: 1000) + (start.isEmpty ? "c" : "")).reports == [])
    let long = Parsed(
      "spec T\naxiom A: " + start + String(repeating: link, count: Self.many) + (start.isEmpty ? "c" : "") + "\nsort S\n")
    #expect(long.codes == ["E0141"])
  }

  /// Nesting below the limit, chains below theirs, but together deeper than a tree may be.
  @Test func `depth counts through brackets`() {
    var text = "x"
    for _ in 0..<10 { text = "(" + text + ")" + String(repeating: " && x", count: 300) }
    #expect(Parsed("spec T\naxiom A: \(text)\n").codes == ["E0141"])
  }

  @Test func `many mistakes on many lines take no longer than the lines`() {
    for line in ["x == (y z\n", "x := (y\n", "f(a b)\n", "if x { (\n", "for (\n", "x := [a: T =>\n"] {
      let parsed = Parsed("spec T\naction a {\n" + String(repeating: line, count: 2_000))
      #expect(parsed.diagnostics.count <= Parser.diagnosticLimit + 1)
      #expect(!parsed.diagnostics.isEmpty)
    }
  }

  @Test func `random bytes end with a diagnostic`() {
    var random = SeededGenerator(seed: 5)
    for size in [1, 2, 10, 100, 1000, 10_000] {
      for _ in 0..<6 {
        let parsed = Parsed(bytes: (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(!parsed.diagnostics.isEmpty)
        for diagnostic in parsed.diagnostics {
          #expect(0 <= diagnostic.span.start && diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= size)
        }
        #expect(!DiagnosticRenderer(sources: SourceSet(files: [parsed.source])).render(parsed.diagnostics).isEmpty)
      }
    }
  }

  /// What is cut off anywhere is either a spec or has a diagnostic; in both cases the tree says which.
  @Test func `every prefix of a spec parses or is reported`() {
    let bytes = Array(SyntaxCorpus.everything.utf8)
    for end in stride(from: 0, to: bytes.count, by: 37) {
      let parsed = Parsed(bytes: Array(bytes[..<end]))
      #expect(!parsed.diagnostics.isEmpty || !parsed.shape.contains("<error>"))
    }
  }
}
