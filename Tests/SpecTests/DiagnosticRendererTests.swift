import Testing

@testable import Spec

@Suite("Diagnostics: rendering and suggestions")
struct DiagnosticRendererTests {
  private func render(_ text: String, color: Bool = false) -> String {
    let parsed = Parsed(text)
    return DiagnosticRenderer(sources: SourceSet(files: [parsed.source]), color: color).render(parsed.diagnostics)
  }

  @Test func `code, message, place, line, carets, label and help`() {
    #expect(
      render("spec A\naxiom B: x == y == z\n") == """
        <test>:2:17: error E0126: `==` and `==` do not chain: a comparison gives a bool
            2 | axiom B: x == y == z
              |                 ^^ needs parentheses
              = write `a == b && b == c`, or use parentheses

        """)
  }

  @Test func `related places are shown with their lines`() {
    #expect(
      render("spec A\naction a {\n  x := 1\nsort B\n") == """
        <test>:2:10: error E0122: this `{` is never closed: expected `}`, found the keyword `sort`
            2 | action a {
              |          ^ opened here
        <test>:4:1: note: `}` was expected before this
            4 | sort B
              | ----
              = write `}` where it should end

        """)
  }

  /// The tab after `B:` ends at column 12 (stops every 4); 表 and 示 are two columns wide, the combining accent none.
  @Test func `carets stand under their text behind tabs and wide characters`() {
    let lines = render("spec A\naxiom B:\tx /* 表示e\u{301} */ = y\n").split(separator: "\n")
    #expect(lines[1] == "    2 | axiom B:    x /* 表示e\u{301} */ = y")
    let before = "axiom B:    x /* 表示e */ ".unicodeScalars.reduce(0) { $0 + $1.terminalWidth }
    #expect(lines[2] == "      | " + String(repeating: " ", count: before) + "^ write `==`")
  }

  @Test func `a long line is cut to a window around the caret`() {
    let long = "axiom B: " + String(repeating: "aaaa && ", count: 200) + "= " + String(repeating: "&& b ", count: 200)
    let lines = render("spec A\n\(long)\n").split(separator: "\n")
    #expect(lines[0].hasPrefix("<test>:2:1610: error E0116"))
    #expect(lines[1].count < 140 && lines[1].hasPrefix("    2 | … ") && lines[1].hasSuffix(" …"))
    let caret = lines[2].distance(from: lines[2].startIndex, to: lines[2].firstIndex(of: "^") ?? lines[2].endIndex)
    #expect(Array(lines[1])[caret] == "=")
  }

  @Test func `a span over many lines shows its first two and its last`() {
    let text = "spec A\naction a {\n  a ==\n    b +\n    c +\n    d +\n    e\n}\n"
    #expect(
      render(text) == """
        <test>:3:3: error E0135: an expression by itself updates nothing
            3 |   a ==
              |   ^^^^
            4 |     b +
              |     ^^^
            … |
            7 |     e
              |     ^ has no effect
              = write `require` before it for a guard, or `location := value` for an update

        """)
  }

  @Test func `a message moves no cursor and paints no screen`() {
    let text = render("spec A\naxiom B: \u{1B}[31m x\n")
    #expect(!text.contains("\u{1B}"))
    #expect(render("spec A\naxiom B: =\n", color: true).contains("\u{1B}[1;31m"))
  }

  @Test func `an empty span is seen, at the end of a file and in an empty one`() {
    #expect(
      render("spec A\naxiom B:").hasSuffix(
        "    2 | axiom B:\n      |         ^ an expression belongs here\n      = is an operand missing, or an operator one too many?\n"
      ))
    #expect(render("").hasPrefix("<test>:1:1: error E0110: the file holds no spec\n"))
  }

  @Test(
    "did you mean",
    arguments: [
      ("quue", "queue"), ("Spcae", "Space"), ("holds", nil), ("hold", "holds"), ("RIGHT", "right"), ("x", nil), ("elephant", nil),
      ("pgae", "page"), ("", nil),
    ] as [(String, String?)])
  func suggestions(word: String, expected: String?) {
    let names = ["queue", "Space", "holds", "right", "page", "y"].filter { $0 != word }
    #expect(Suggestion.nearest(word, among: names) == expected)
  }

  @Test func `of equally near words the first one wins, and case decides between near ones`() {
    #expect(Suggestion.nearest("cat", among: ["bat", "hat"]) == "bat")
    #expect(Suggestion.nearest("Page", among: ["pages", "Pages"]) == "Pages")
    #expect(Suggestion.distance(Array("abcd".utf8), Array("acbd".utf8)) == 1)
    #expect(Suggestion.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
  }
}
