import Foundation
import TestSupport
import Testing

/// Mistakes in the command itself: exit 2, a message on standard error, nothing on standard output.
@Suite("Mistakes in a command")
struct MistakeTests {
  private func rejected(_ arguments: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    let result = try kspec(arguments)
    #expect(result.exited && result.code == 2, "exit \(result.code): \(result.error)", sourceLocation: sourceLocation)
    #expect(result.out == "", sourceLocation: sourceLocation)
    for word in words { #expect(result.error.contains(word), "\(result.error)", sourceLocation: sourceLocation) }
  }

  @Test func `no command at all`() throws { try rejected([], "no command", "verify") }

  @Test func `a mistyped command is answered with the likely one`() throws {
    try rejected(["chekc"], "chekc", "did you mean `check`?")
  }

  @Test func `a mistyped option is answered with the likely one`() throws {
    try rejected(["check", "x.kspec", "--scop", "tiny"], "--scop", "Did you mean '--scope'?")
  }

  @Test func `a command without its file`() throws { try rejected(["check"], "<file>") }

  @Test func `a file that is not there`() throws {
    for command in ["verify", "check", "prove", "test", "bench", "simulate", "fmt", "show"] {
      try rejected([command, "no/such.kspec"], "cannot read `no/such.kspec`", "No such file")
    }
  }

  @Test func `a mistyped file is answered with the likely one`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("mapping.kspec", "")
    try rejected(["check", path.replacingOccurrences(of: "mapping", with: "maping")], "did you mean", "mapping.kspec")
  }

  @Test func `a folder where a file belongs`() throws {
    let folder = try TemporaryFolder()
    try rejected(["check", folder.url.path], "is a folder")
  }

  @Test func `a folder without specs`() throws {
    let folder = try TemporaryFolder()
    try rejected(["verify", folder.url.path], "no spec in")
  }

  @Test func `a device that never ends`() throws { try rejected(["check", "/dev/zero"], "not a regular file") }

  @Test func `a file that may not be read`() throws {
    // The superuser reads everything: there the case does not exist.
    guard geteuid() != 0 else { return }
    let folder = try TemporaryFolder()
    let path = try folder.write("a.kspec", "spec A")
    chmod(path, 0)
    try rejected(["check", path], "Permission denied")
  }

  @Test(arguments: ["2Q", "G", "-1", "0", "1e999G", ""])
  func `a limit of memory that is none`(text: String) throws {
    try rejected(["check", "x", "--max-memory=\(text)"], "--max-memory")
  }

  @Test(arguments: ["60x", "s", "0", "-5s"])
  func `a limit of time that is none`(text: String) throws { try rejected(["check", "x", "--max-time=\(text)"], "--max-time") }

  @Test func `numbers out of range`() throws {
    try rejected(["check", "x", "--threads", "0"], "--threads")
    try rejected(["check", "x", "--max-states", "0"], "--max-states")
    try rejected(["simulate", "x", "--walks", "0"], "--walks")
    try rejected(["show", "x", "--c", "--smt"], "choose one")
  }

  @Test func `an engine that does not exist`() throws {
    try rejected(["check", "x", "--engine", "nativ"], "native", "evaluator")
  }

  @Test func `help and version are no mistakes`() throws {
    #expect(try kspec(["--help"]).code == 0)
    #expect(try kspec(["--version"]).out == "kspec 0.1.0\n")
  }
}
