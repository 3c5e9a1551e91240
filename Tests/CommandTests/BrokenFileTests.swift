import Foundation
import Testing

/// Files that are no specs: exit 2 with a diagnostic, whatever the command; never a trap.
@Suite("Files that are no specs")
struct BrokenFileTests {
  private static let parentheses = 50_000

  private static let cases: [(name: String, bytes: [UInt8])] = [
    ("empty", []),
    ("only a comment", Array("// nothing".utf8)),
    ("invalid UTF-8", Array("spec A\nvar x".utf8) + [0xFF, 0xC0, 0x80] + Array(": bool\n".utf8)),
    ("a NUL byte", Array("spec A\0B".utf8)),
    ("an unfinished comment", Array("spec A /* ".utf8)),
    ("a name that is not there", Array("spec A\nvar x: Nothing\ninit { x = y }\n".utf8)),
    ("nested parentheses", Array(("spec A\ninvariant I: " + String(repeating: "(", count: parentheses)).utf8)),
    (
      "balanced parentheses",
      Array(
        ("spec A\ninvariant I: " + String(repeating: "(", count: parentheses) + "true"
          + String(repeating: ")", count: parentheses)).utf8)
    ),
    ("nested blocks", Array(("spec A\naction a() " + String(repeating: "{ if true ", count: parentheses)).utf8)),
    ("negations", Array(("spec A\ninvariant I: " + String(repeating: "!", count: parentheses) + "true").utf8)),
  ]

  @Test(arguments: ["verify", "check", "prove", "show", "test", "simulate", "bench"], cases.map(\.name))
  func `exit 2 with a diagnostic`(command: String, name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try #require(Self.cases.first { $0.name == name }?.bytes)
    let path = try folder.write("broken.kspec", bytes)
    let result = try kspec([command, path])
    #expect(result.exited, "ended by a signal")
    #expect(result.code == 2, "exit \(result.code): \(result.error.prefix(500))")
    #expect(result.error.contains("error"))
    #expect(result.error.utf8.count < 100_000, "a diagnostic that nobody reads")
  }

  @Test func `fmt leaves a file with errors alone`() throws {
    let folder = try TemporaryFolder()
    for (number, (_, bytes)) in Self.cases.enumerated() where !bytes.isEmpty {
      let path = try folder.write("broken\(number).kspec", bytes)
      let result = try kspec(["fmt", path])
      #expect(result.exited && (result.code == 2 || result.code == 0))
      let after = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(after == bytes || result.code == 0)
    }
  }

  @Test func `an import that is not there is shown where it stands`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.kspec", "spec A\nimport \"missing.kspec\"\n")
    let result = try kspec(["check", path])
    #expect(result.code == 2)
    #expect(result.error.contains("missing.kspec"))
    #expect(result.error.contains("a.kspec:2:"))
  }
}
