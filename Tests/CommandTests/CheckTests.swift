import Foundation
import TestSupport
import Testing

@Suite("kspec check")
struct CheckTests {
  private let folder: TemporaryFolder
  private let counterPath: String
  private let bitsPath: String

  init() throws {
    folder = try TemporaryFolder()
    counterPath = try folder.write("counter.kspec", counter)
    bitsPath = try folder.write("bits.kspec", bits)
  }

  private func rejected(_ arguments: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    let result = try kspec(["check"] + arguments)
    #expect(result.exited && result.code == 2, "exit \(result.code): \(result.error)", sourceLocation: sourceLocation)
    for word in words { #expect(result.error.contains(word), "\(result.error)", sourceLocation: sourceLocation) }
  }

  @Test func `an exhausted scope is exit 0 and says its counts`() throws {
    let result = try kspec(["check", counterPath])
    #expect(result.code == 0, "\(result.error)")
    #expect(result.out.hasPrefix("exhausted  check at only"))
    #expect(result.out.contains("4 states, 3 transitions, depth 3"))
    #expect(result.error == "")
  }

  @Test(arguments: ["evaluator", "auto", "native"])
  func `every engine gives the same verdict`(engine: String) throws {
    let result = try kspec(["check", bitsPath, "--engine", engine, "--json"])
    #expect(result.code == 0, "\(result.error)")
    let document = try Json(result.out)
    #expect(document.number("states") == 8)  // 2^3
    #expect(document.number("transitions") == 24)  // 3 * 2^3
    #expect(document.number("depth") == 3)
  }

  @Test func `a violation is exit 1, with the shortest trace and the reason`() throws {
    let result = try kspec(["check", counterPath, "--policy", "broken=true"])
    #expect(result.code == 1)
    #expect(result.out.hasPrefix("VIOLATED  check at only: invariant Low is false after 4 steps"))
    #expect(result.out.contains("step 4  up"))
    #expect(result.out.contains("/// Three is the most."))
    #expect(result.out.contains("n <= 3"))
  }

  @Test func `one property alone`() throws {
    #expect(try kspec(["check", counterPath, "--property", "Low"]).code == 0)
    #expect(try kspec(["check", counterPath, "--property", "error", "--policy", "broken=true"]).code == 0)
    #expect(try kspec(["check", counterPath, "--property", "deadlock"]).code == 1)
    let cover = try kspec(["check", counterPath, "--property", "Three"])
    #expect(cover.code == 0)
    #expect(cover.out.contains("reached in 3 steps"))
  }

  /// Four spaces of 8 states each, of which one is watched: see the spec.
  @Test func `partial order reduction says what it did`() throws {
    let spaces = specPath("conformance/spaces.kspec")
    let text = try kspec(["check", spaces, "--por", "--no-symmetry"])
    #expect(text.code == 0, "\(text.error)")
    #expect(text.out.contains("up to the order of steps"))
    #expect(text.out.contains("partial order reduction: "))
    let document = try Json(try kspec(["check", spaces, "--por", "--no-symmetry", "--json"]).out)
    #expect(document.number("states") == 8)
    // What is pinned is what a search without it finds.
    #expect(try kspec(["verify", spaces, "--por"]).code == 0)
    let off = try kspec(["check", specPath("l4/mapping.kspec"), "--por"])
    #expect(off.out.contains("partial order reduction: off, transition properties"))
  }

  @Test func `sizes and policies from the command line are in the verdict`() throws {
    let result = try kspec(["check", bitsPath, "--set", "Cell=2", "--json"])
    let document = try Json(result.out)
    #expect(document.number("states") == 4)  // 2^2
    #expect((document.object["sizes"] as? [String: Int]) == ["Cell": 2])
    #expect((document.object["policies"] as? [String: String]) == ["fast": "true"])
  }

  @Test func `names that do not exist are answered with those that do`() throws {
    try rejected([counterPath, "--scope", "onyl"], "unknown scope `onyl`", "did you mean `only`?")
    try rejected([counterPath, "--property", "Lw"], "unknown property `Lw`", "did you mean `Low`?", "Three")
    try rejected([counterPath, "--policy", "brken=true"], "unknown policy `brken`", "did you mean `broken`?")
    try rejected([counterPath, "--policy", "broken=maybe"], "`maybe` is not a value of policy broken: bool", "true")
    try rejected([counterPath, "--policy", "speed=fst"], "did you mean `fast`?")
    try rejected([bitsPath, "--set", "Cel=2"], "unknown sort `Cel`", "did you mean `Cell`?")
    try rejected([bitsPath, "--set", "fast=2"], "`fast` is a policy", "--policy")
  }

  @Test(arguments: ["Cell", "Cell=", "=3", "Cell=0", "Cell=65", "Cell=two", "Cell=-1", "Cell=99999999999999999999"])
  func `a size that is none`(text: String) throws { try rejected([bitsPath, "--set", text], "error: ") }

  @Test func `limits end in undecided, with what was covered`() throws {
    for limit in [["--max-states", "1000"], ["--max-time", "0.2s"], ["--max-memory", "1M"]] {
      let result = try kspec(["check", bitsPath, "--scope", "huge", "--engine", "evaluator", "--json"] + limit)
      #expect(result.code == 3, "\(limit): \(result.error)")
      let document = try Json(result.out)
      #expect(document.text("verdict") == "undecided")
      #expect(document.number("states") > 0)
      #expect(document.text("reason").contains("limit"))
    }
  }

  @Test func `Ctrl-C ends a long check with its counts`() throws {
    let result = try kspec(["check", bitsPath, "--scope", "huge", "--engine", "evaluator", "--json"]) { process in
      Thread.sleep(forTimeInterval: 1)
      process.interrupt()
    }
    #expect(result.exited && result.code == 3, "exit \(result.code): \(result.error)")
    let document = try Json(result.out)
    #expect(document.text("reason") == "interrupted")
    #expect(document.number("states") > 1)
  }

  @Test func `many Ctrl-C in a row end it by the signal or with what is known, never as a fault`() throws {
    let result = try kspec(["check", bitsPath, "--scope", "huge", "--engine", "evaluator"]) { process in
      Thread.sleep(forTimeInterval: 1)
      for _ in 0..<50 where process.isRunning { process.interrupt() }
    }
    #expect(!result.exited || result.code == 3)
  }

  @Test func `without a C compiler, native code that was asked for is undecided`() throws {
    let result = try kspec(["check", bitsPath, "--engine", "native"], environment: ["PATH": "/nowhere", "CC": ""])
    #expect(result.code == 3, "\(result.error)")
    #expect(result.out.contains("no C compiler"))
  }

  @Test func `a reader that goes away does not change the exit code`() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = ["-c", "\"$0\" check \"$1\" --policy broken=true | true; exit ${PIPESTATUS[0]}", kspecPath, counterPath]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 1)
  }

  @Test func `without a C compiler the evaluator does the work and says so`() throws {
    let result = try kspec(["check", bitsPath, "--json"], environment: ["PATH": "/nowhere", "CC": ""])
    #expect(result.code == 0, "\(result.error)")
    #expect(try Json(result.out).text("engine") == "evaluator")
  }

  @Test func `no colours outside a terminal`() throws {
    #expect(!(try kspec(["check", counterPath, "--policy", "broken=true"]).out.contains("\u{1B}")))
  }
}

/// A parsed document, with defaults that no test expects.
struct Json {
  let object: [String: Any]

  init(_ text: String) throws {
    object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text.prefix(200))")
  }

  func number(_ key: String) -> Int { object[key] as? Int ?? -1 }
  func text(_ key: String) -> String { object[key] as? String ?? "" }
  var results: [[String: Any]] { object["results"] as? [[String: Any]] ?? [] }
}
