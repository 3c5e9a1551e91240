import Foundation
import TestSupport
import Testing

@testable import Spec

@Suite("Printer")
struct PrinterTests {
  /// What `format` checks of itself, asked from outside: tokens, comments and meaning stay, and a second run changes nothing.
  /// `TextLayout` is called directly so that the fallback to the original text cannot hide a mistake of the layout.
  private func check(_ text: String) {
    let parsed = Parsed(text)
    #expect(parsed.reports == [])
    let once = layout(text)
    let again = Parsed(once)
    #expect(again.reports == [])
    #expect(again.shape == parsed.shape)
    #expect(comments(once) == comments(text))
    #expect(layout(once) == once)
    #expect(Printer.format(parsed.tree, source: parsed.source) == once)
  }

  private func layout(_ text: String) -> String {
    var parser = Parser(SourceText(path: "<test>", text: text), file: 0)
    _ = parser.parseFile()
    return TextLayout(parser).text
  }

  private func comments(_ text: String) -> [String] {
    Printer.comments(of: Parser(SourceText(path: "<test>", text: text), file: 0))
  }

  private func format(_ text: String) -> String {
    let parsed = Parsed(text)
    return Printer.format(parsed.tree, source: parsed.source)
  }

  @Test("formatting keeps meaning and comments, and twice is once: corpus", arguments: SyntaxCorpus.all)
  func corpus(text: String) { check(text) }

  @Test("formatting keeps meaning and comments, and twice is once: library", arguments: Library.wellFormed)
  func library(path: String) throws { check(try String(contentsOfFile: path, encoding: .utf8)) }

  /// Pairs of a text and its one layout.
  @Test(
    "white space is the printer's",
    arguments: [
      ("spec  A . B\n\n\n\nsort S sort T\n\n", "spec A.B\n\nsort S\nsort T\n"),
      ("spec A\nvar x:T ?\nvar m :( K,L )->V", "spec A\nvar x: T?\nvar m: (K, L) -> V\n"),
      ("spec A\naxiom B:!( x==- 1)&&f (y)\n", "spec A\naxiom B: !(x == -1) && f(y)\n"),
      ("spec A\naxiom B:x<- 1\n", "spec A\naxiom B:x<- 1\n"),  // with an error: as it was
      ("spec A\naction a{x:=1;y:=2}", "spec A\naction a { x := 1; y := 2 }\n"),
      ("spec A\naction a\n{x:=1;\n\n\ny:=2}", "spec A\naction a {\n  x := 1\n\n  y := 2\n}\n"),
      ("spec A\naction a { if x {y := 1}\nelse\n{y := 2} }", "spec A\naction a {\n  if x { y := 1 } else { y := 2 }\n}\n"),
      ("spec A\neffect e {\n\n}\neffect f { }", "spec A\neffect e {}\neffect f {}\n"),
      ("spec A\naxiom B: p &&\nq\n     && r", "spec A\naxiom B: p &&\n  q\n     && r\n"),
      ("spec A // one\nsort B    // two\nsort Long // three", "spec A  // one\nsort B     // two\nsort Long  // three\n"),
      ("spec A\nvar a:     T\nvar bcd  : T\nvar e:    U\n", "spec A\nvar a:   T\nvar bcd: T\nvar e: U\n"),
      ("spec A\nvar a:       T\nvar bcd:     T\nvar e: U\n", "spec A\nvar a:   T\nvar bcd: T\nvar e: U\n"),
      ("spec A\nview of d: D { a;\n -b }", "spec A\nview of d: D {\n  a;\n  -b\n}\n"),
      ("spec A\r\n/* x\r\n y */\r\nsort B\r\n", "spec A\n/* x\n y */\nsort B\n"),
    ])
  func layouts(text: String, expected: String) {
    #expect(format(text) == expected)
  }

  @Test func `a block that does not fit on its line is opened`() {
    let body = (1...12).map { "variable\($0) := 1" }
    let text = "spec A\naction a { " + body.joined(separator: "; ") + " }\n"
    #expect(format(text) == "spec A\naction a {\n" + body.map { "  \($0)\n" }.joined() + "}\n")
    check(text)
  }

  @Test func `no line is longer than 120 columns where the grammar lets it be broken`() {
    let conjuncts = (1...30).map { "holds[firstFrame, \($0)] == none" }
    let text = "spec A\ninvariant I: forall a: T :: " + conjuncts.joined(separator: " && ") + "\n"
    let lines = format(text).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 120 })
    #expect(lines[1] == "invariant I: forall a: T ::")
    #expect(lines.dropFirst(3).allSatisfy { $0.hasPrefix("    && ") })
    check(text)
  }

  @Test func `text with errors and text that is no text come back unchanged`() {
    #expect(format("spec  A\nvar  x\n") == "spec  A\nvar  x\n")
    #expect(format("") == "")
  }

  @Test("whatever still parses after random changes is laid out without a loss", arguments: 1...8)
  func mutations(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var clean = 0
    for _ in 0..<8 {
      let text = SyntaxMutation.apply(to: SyntaxCorpus.all.randomElement(using: &random) ?? "", using: &random)
      guard Parsed(bytes: text).diagnostics.isEmpty else { continue }
      clean += 1
      check(String(decoding: text, as: UTF8.self))
    }
    #expect(clean > 0)
  }
}
