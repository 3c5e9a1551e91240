import Foundation
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
}
