import Testing

@testable import Spec

@Suite("Lexer")
struct LexerTests {
  private func kinds(_ text: String) -> [String] {
    Lexer.run(SourceText(path: "<test>", text: text), file: 0).tokens.map(\.kind.rawValue)
  }

  @Test func `operators are read longest first`() {
    #expect(
      kinds("<==> <= <- < ==> == => = := :: : .. . ?? ? || | && & != ! -> -")
        == [
          "<==>", "<=", "<-", "<", "==>", "==", "=>", "=", ":=", "::", ":", "..", ".", "??", "?", "||", "|", "&&", "&", "!=", "!",
          "->", "-", "the end of the file",
        ])
    #expect(kinds("0..3") == ["a number", "..", "a number", "the end of the file"])
    #expect(kinds("o!.f<-1") == ["a name", "!", ".", "a name", "<-", "a number", "the end of the file"])
  }

  @Test func `reserved words are keywords, contextual ones are names`() {
    #expect(
      kinds("action in by under set states x' _a") == ["action", "in"] + Array(repeating: "a name", count: 6) + [
        "the end of the file"
      ])
  }

  @Test func `comments nest and are kept with their place`() {
    let lexer = Lexer.run(SourceText(path: "<test>", text: "a /* x /* y */ z */ b // c  \n/// d\n//// e\nf"), file: 0)
    #expect(lexer.comments.map(\.kind) == [.block, .line, .documentation, .line])
    #expect(lexer.comments.map(\.nextToken) == [1, 2, 2, 2])
    #expect(lexer.comments.map(\.startsLine) == [false, false, true, true])
    #expect(lexer.tokens.map(\.startsLine) == [true, false, true, false])
  }

  @Test func `a byte order mark and carriage returns say nothing`() {
    let parsed = Parsed("\u{FEFF}spec A\r\nsort B\r\n/// doc\r\nsort C\r\n")
    #expect(parsed.reports == [])
    #expect(parsed.shape == "(spec A (sort B) ///doc (sort C))")
  }

  /// Spans are 1-based line:column, then the text they cover.
  @Test(
    "what is no text of the language is reported where it stands",
    arguments: [
      ("var x: T @ \nvar y: T", ["E0103 2:10 @"]),
      ("axiom A: p ∧ q ≤ r", ["E0103 2:12 ∧", "E0103 2:16 ≤"]),
      ("var größe: T", ["E0103 2:5 größe"]),
      ("axiom A: p\u{A0}&& q", ["E0103 2:11 \u{A0}"]),
      ("/* a /* b */", ["E0104 2:1 /*"]),
      ("import \"a", ["E0105 2:8 \"a"]),
      ("import \"a\\q\"", ["E0108 2:10 \\q"]),
      ("axiom A: 9223372036854775808 > 0", ["E0106 2:10 9223372036854775808"]),
      ("axiom A: 99999999999999999999 > 0", ["E0106 2:10 99999999999999999999"]),
      ("axiom A: 3abc > 0", ["E0107 2:10 3abc"]),
      ("axiom A: 0x > 1_", ["E0107 2:10 0x", "E0107 2:15 1_"]),
    ])
  func strays(text: String, expected: [String]) {
    #expect(Parsed("spec T\n\(text)\n").reports == expected)
  }

  @Test func `broken UTF-8 and NUL are reported in comments too`() {
    let broken = Parsed(bytes: Array("spec A // ".utf8) + [0xFF, 0xC0, 0x80] + Array("\nsort B\n".utf8))
    #expect(broken.codes == ["E0101"])
    #expect(broken.diagnostics.map { [$0.span.start, $0.span.end] } == [[10, 13]])
    #expect(broken.shape == "(spec A (sort B))")
    // An overlong slash, a surrogate, and a sequence that ends too soon are all broken.
    for bytes in [[0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]] {
      #expect(Parsed(bytes: Array("spec A //".utf8) + bytes).codes == ["E0101"])
    }
    let nul = Parsed(bytes: Array("spec A\nsort B\n".utf8) + [0, 0, 0])
    #expect(nul.codes == ["E0102"])
  }
}
