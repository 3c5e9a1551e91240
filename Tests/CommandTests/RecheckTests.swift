import Foundation
import TestSupport
import Testing

/// `kspec prove --certificate`, `kspec recheck` and `kspec prove --explain` as their user runs them.
@Suite("Certificates on the command line")
struct RecheckTests {
  private let folder: TemporaryFolder
  private let certificate: String

  /// A certificate of `Locked`, which carries itself together with `Empty`: 2 × (init and 3 actions), and whether init and each
  /// action are possible: 12 obligations.
  init() throws {
    folder = try TemporaryFolder()
    certificate = folder.url.appendingPathComponent("certificate").path
    let result = try kspec(["prove", try folder.write("a.kspec", proofs), "Locked", "--certificate", certificate])
    #expect(result.code == 0, "\(result.out)\(result.error)")
  }

  /// A folder with programs for the PATH: each a shell script that says its version, then does what is given.
  private func path(_ programs: [String: String]) throws -> [String: String] {
    for (name, body) in programs {
      let file = try folder.write(
        "bin/\(name)", "#!/bin/sh\nif [ \"$1\" = --version ]; then echo \"This is \(name) version 9.9\"; exit; fi\n\(body)\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
    return ["PATH": folder.url.appendingPathComponent("bin").path + ":/bin:/usr/bin"]
  }

  private func firstScript() throws -> String {
    let files = try FileManager.default.contentsOfDirectory(atPath: certificate).filter { $0.hasSuffix(".smt2") }
    return try #require(files.sorted().first)
  }

  @Test func `a certificate is confirmed`() throws {
    let result = try kspec(["recheck", certificate])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    #expect(result.out.hasPrefix("certificate of Test.Proofs: Locked\n  written by kspec "))
    #expect(result.out.contains("CONFIRMED  12 obligations, each by at least one solver, contradicted by none"))
    #expect(result.out.contains("confirms 12 of 12 (100.0 %)"))
  }

  @Test func `without other solvers libz3 is asked, and a note says so`() throws {
    let result = try kspec(["recheck", certificate, "--threads", "2"], environment: ["PATH": "/nowhere"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    #expect(result.out.contains("libz3 ") && result.out.contains("cvc5 is not installed"))
  }

  @Test func `a solver that answers otherwise contradicts, loudly`() throws {
    let result = try kspec(["recheck", certificate], environment: try path(["cvc5": "echo sat"]))
    #expect(result.code == 1, "\(result.out)\(result.error)")
    #expect(result.out.contains("CONTRADICTED") && result.out.contains("SAT"))
    let document = try Json(try kspec(["recheck", certificate, "--json"], environment: try path(["cvc5": "echo sat"])).out)
    #expect(document.text("verdict") == "notAsStated" && document.number("exitCode") == 1)
  }

  @Test func `a solver that has no answer confirms nothing`() throws {
    let programs = ["cvc5": "echo unknown", "z3": "echo '(error \"no such thing\")'; exit 1"]
    let result = try kspec(["recheck", certificate], environment: try path(programs))
    #expect(result.code == 3, "\(result.out)\(result.error)")
    #expect(result.out.contains("UNDECIDED  12 of 12 obligations confirmed by no solver"))
    #expect(result.out.contains("confirms 0 of 12 (0.0 %), 12 open"))
  }

  @Test func `a time limit and Ctrl-C end solvers that do not end`() throws {
    let environment = try path(["cvc5": "exec sleep 61.5", "z3": "exec sleep 61.5"])
    let started = ContinuousClock.now
    let limited = try kspec(["recheck", certificate, "--timeout", "20ms"], environment: environment)
    #expect(limited.code == 3 && limited.out.contains("no answer in 0.02 s"), "\(limited.out)\(limited.error)")
    let stopped = try kspec(
      ["recheck", certificate], environment: environment,
      whileRunning: { process in
        Thread.sleep(forTimeInterval: 0.5)
        process.interrupt()
      })
    #expect(stopped.exited && stopped.code == 3, "\(stopped.out)\(stopped.error)")
    #expect(stopped.out.contains("note: interrupted"))
    #expect(started.duration(to: .now) < .seconds(20))
    // No solver outlives it.
    let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { $0.allSatisfy(\.isNumber) }
    let left = processes.filter { id in
      guard let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(id)/cmdline")) else { return false }
      return String(decoding: line, as: UTF8.self).contains("61.5")
    }
    #expect(left == [])
  }

  @Test func `what was changed is no proof`() throws {
    let script = URL(fileURLWithPath: certificate).appendingPathComponent(try firstScript())
    try Data("(assert false)\n(check-sat)\n".utf8).write(to: script)
    let result = try kspec(["recheck", certificate])
    #expect(result.code == 2, "\(result.out)")
    #expect(result.out.contains("was changed: its SHA-256 is not the manifest's") && result.out.contains("NOT A PROOF"))
    let document = try Json(try kspec(["recheck", certificate, "--json"]).out)
    #expect(document.number("exitCode") == 2 && document.text("verdict") == "rejected")
    #expect(document.text("reason").contains("was changed"))
  }

  @Test func `what is no certificate is a wrong command`() throws {
    for (place, text) in [("none", "is not a folder"), (".", "it is no certificate, or half of one")] {
      let result = try kspec(["recheck", folder.url.appendingPathComponent(place).path])
      #expect(result.code == 2 && result.error.contains(text), "\(result.error)")
    }
  }

  @Test func `a folder that holds something is not written into`() throws {
    let spec = folder.url.appendingPathComponent("a.kspec").path
    let again = try kspec(["prove", spec, "Locked", "--certificate", certificate])
    #expect(again.code == 2 && again.error.contains("holds a certificate already"), "\(again.error)")
    #expect(again.error.contains("kspec recheck"))
    let other = try kspec(["prove", spec, "Locked", "--certificate", folder.url.path])
    #expect(other.code == 2 && other.error.contains("is not empty"), "\(other.error)")
    let nowhere = try kspec(["prove", spec, "Locked", "--certificate", spec + "/certificate"])
    #expect(nowhere.code == 2 && nowhere.out.contains("no certificate was written"), "\(nowhere.out)\(nowhere.error)")
  }

  // MARK: - JSON

  /// The first column of the table in docs/Json.md that begins with the given head.
  private func documented(_ head: String) throws -> Set<String> {
    let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/Json.md"), encoding: .utf8)
    let table = try #require(
      page.components(separatedBy: "| \(head) | type | meaning |\n| --- | --- | --- |\n").dropFirst().first)
    let rows = table.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("|") }
    return Set(
      rows.flatMap { row in
        row.dropFirst(2).prefix { $0 != "|" }.split(separator: ",").map { String($0.filter { $0 != "`" && $0 != " " }) }
      })
  }

  @Test func `a recheck has the fields that docs/Json.md describes`() throws {
    let result = try kspec(["recheck", certificate, "--json"])
    #expect(result.code == 0)
    let document = try Json(result.out)
    #expect(document.text("verdict") == "confirmed" && document.text("command") == "recheck")
    let recheck = try #require(document.object["recheck"] as? [String: Any])
    #expect(Set(recheck.keys) == (try documented("field of `recheck`")))
    #expect(recheck["confirmed"] as? Int == 12 && recheck["contradicted"] as? Int == 0 && recheck["open"] as? Int == 0)
    let solver = try #require((recheck["solvers"] as? [[String: Any]])?.first)
    #expect(Set(solver.keys) == (try documented("field of `solvers`")))
    let row = try #require((recheck["obligations"] as? [[String: Any]])?.first)
    #expect(Set(row.keys) == (try documented("field of a rechecked obligation")))
    let answer = try #require((row["answers"] as? [[String: Any]])?.first)
    #expect(Set(answer.keys) == (try documented("field of `answers`")))
  }

  @Test func `--explain names the cycle and where the text closes it`() throws {
    let spec = try folder.write(
      "cycle.kspec",
      """
      spec Test.Cycle
      sort Node
      var next: Node -> Node
      init { next = [n: Node => n] }
      action link(a: Node) { next[a] := a }
      invariant Same: forall n: Node :: next[n] == n
      verify { prove Same }
      """)
    let result = try kspec(["prove", spec, "--explain"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    for text in [
      "outside the decidable fragment: a cycle of sorts, Node → Node", "Node → Node by the function next", "cycle.kspec:3:",
      "2 of 4 obligations in the decidable fragment",
    ] { #expect(result.out.contains(text), "\(text): \(result.out)") }
    let document = try Json(try kspec(["prove", spec, "--explain", "--json"]).out)
    let obligations = try #require(document.object["obligations"] as? [[String: Any]])
    #expect(obligations.count == 4)
    let closed = try #require(obligations.first { $0["decidable"] as? Bool == false })
    #expect(Set(closed.keys) == (try documented("field of `obligations`")))
    let link = try #require((closed["cycle"] as? [[String: Any]])?.first)
    #expect(Set(link.keys) == (try documented("field of a link")))
    #expect((link["declaration"] as? [String: Any])?["line"] as? Int == 3)
    #expect(try Json(try kspec(["prove", spec, "--json"]).out).object["obligations"] is NSNull)
  }
}
