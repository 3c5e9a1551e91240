import Foundation
import TestSupport
import Testing

@testable import Spec

@Suite("Wrong specs: each gives exactly its marked diagnostics, all in one run")
struct TypingErrorSpecTests {
  @Test("the diagnostics of a wrong spec are its marks", arguments: Marks.files)
  func marks(file: String) throws {
    let (diagnostics, sources) = Marks.found(in: file)
    var expected = try Marks.expected(in: file)
    for source in sources.files where source.path != file { expected += try Marks.expected(in: source.path) }
    let found = diagnostics.map { Marks.mark($0, sources) }
    #expect(!expected.isEmpty)
    #expect(Set(found).subtracting(expected).sorted() == [], "not marked")
    #expect(Set(expected).subtracting(found).sorted() == [], "not found")
    #expect(found.count == expected.count, "something is said twice")
  }

  @Test("there are at least 60 marks, and one for every code that a text can provoke")
  func coverage() throws {
    let examples = try Marks.examples()
    #expect(examples.values.reduce(0) { $0 + $1.count } >= 60)
    let missing = Set(try Codes.inSources()).subtracting(examples.keys).subtracting(Codes.withoutMark)
    #expect(missing.sorted() == [])
  }

  @Test("every diagnostic of a wrong spec says what, where and what to do", arguments: Marks.files)
  func prose(file: String) {
    let (diagnostics, sources) = Marks.found(in: file)
    for diagnostic in diagnostics {
      #expect(!diagnostic.fact.message.isEmpty && !diagnostic.fact.label.isEmpty)
      #expect(diagnostic.fact.message.first != " " && !diagnostic.fact.message.hasSuffix("."))
      for related in diagnostic.related {
        #expect(related.span.file >= 0 && Int(related.span.file) < sources.files.count)
        #expect(!related.label.isEmpty)
      }
    }
  }

  @Test("a type error shows where both types come from")
  func origins() throws {
    let text = """
      spec Origins
      sort Client
      sort Server
      var holder: Client?
      init { holder = none }
      action take(s: Server) { holder := s }
      """
    let diagnostics = rejection(of: text)
    #expect(diagnostics.map(\.code) == ["E0301"])
    #expect(diagnostics.first?.fact.message == "`Client?` is needed here, but this is `Server`")
    #expect(diagnostics.first?.related.map(\.label) == ["`s` is `Server`", "`holder` is `Client?`"])
  }

  @Test("ten thousand mistakes give the first two hundred, and say so")
  func many() {
    let text = "spec Many\n" + (0..<10_000).map { "invariant I\($0): a\($0) == b\($0)\n" }.joined()
    let diagnostics = rejection(of: text)
    #expect(diagnostics.count == 201)
    #expect(diagnostics.filter { $0.code == "E0201" }.count == 200 && diagnostics.filter { $0.code == "E0199" }.count == 1)
  }

  @Test("an empty file is one diagnostic")
  func empty() {
    #expect(rejection(of: "").map(\.code) == ["E0110"])
  }

  @Test("a file that is not there is a diagnostic without a place")
  func missing() {
    let path = "/nowhere/at/all.kspec"
    do {
      _ = try Frontend.load(path: path) { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
      Issue.record("accepted")
    } catch {
      #expect(error.diagnostics.map(\.code) == ["E0601"])
      #expect(error.diagnostics.first?.fact.message == "cannot read `/nowhere/at/all.kspec`: there is no such file")
    }
  }

  @Test("one syntax error does not become a second error elsewhere")
  func damage() {
    // The declaration of x is unreadable, and so is a line of init: neither x nor y may be reported as missing.
    let text = """
      spec Damaged
      var x 0..3
      var y: 0..3
      init { x = 0; y == 0 }
      action up() { x := x + 1; y := 0 }
      """
    #expect(rejection(of: text).allSatisfy { $0.code.hasPrefix("E01") })
  }

  private func rejection(of text: String) -> [Diagnostic] {
    do {
      _ = try Frontend.check(text: text)
      return []
    } catch {
      return error.diagnostics
    }
  }
}

/// The codes of diagnostics.
enum Codes {
  /// A text cannot provoke these here: an empty file has no place for a mark; the other two guard against trees that the parser
  /// gives only together with an error of its own.
  static let withoutMark: Set<String> = ["E0110", "E0325", "E0506"]

  /// Every code that stands in the sources.
  static func inSources() throws -> [String] {
    let root = packageRoot.appendingPathComponent("Sources/Spec")
    let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    var codes: Set<String> = []
    for case let file as URL in walk ?? .init() where file.pathExtension == "swift" {
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: #/"([EW]0[1-9]\d\d)"/#) {
        codes.insert(String(match.1))
      }
    }
    return codes.sorted()
  }
}
