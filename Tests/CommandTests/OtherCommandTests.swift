import Foundation
import TestSupport
import Testing

@Suite("kspec prove, test, bench, simulate, fmt, show")
struct OtherCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  // MARK: - prove

  @Test func `a proof is exit 0`() throws {
    let result = try kspec(["prove", try folder.write("a.kspec", proofs), "Locked"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    #expect(result.out.contains("proved  Locked: for every size"))
  }

  @Test func `what is false in an initial state is violated`() throws {
    let result = try kspec(["prove", try folder.write("a.kspec", proofs), "Bad"])
    #expect(result.code == 1, "\(result.out)\(result.error)")
    #expect(result.out.contains("VIOLATED"))
  }

  @Test func `what is not inductive is undecided, with the step`() throws {
    let result = try kspec(["prove", try folder.write("a.kspec", proofs), "NotTwo"])
    #expect(result.code == 3, "\(result.out)\(result.error)")
    #expect(result.out.contains("counterexample to induction"))
    #expect(result.out.contains("turn  1 → 2"))
    #expect(result.out.contains("needs a stronger invariant"))
  }

  @Test func `a counterexample to induction that some run confirms is a violation, each with its own names`() throws {
    let result = try kspec(["prove", specPath("l4/mapping.kspec"), "Revoked", "--policy", "recursive=false"])
    #expect(result.code == 1, "\(result.out)\(result.error)")
    #expect(result.out.hasPrefix("VIOLATED  Revoked"))
    #expect(result.out.contains("transition Revoked is false after 3 steps"))
    #expect(result.out.contains("counterexample to induction"))
  }

  @Test func `mistakes in names`() throws {
    let path = try folder.write("a.kspec", counter)
    let unknown = try kspec(["prove", path, "Lwo"])
    #expect(unknown.code == 2)
    #expect(unknown.error.contains("did you mean `Low`?"))
    let cover = try kspec(["prove", path, "Three"])
    #expect(cover.code == 2)
    #expect(cover.error.contains("`Three` is a cover property"))
  }

  @Test func `a limit that is too small is undecided, never proved`() throws {
    let path = try folder.write("a.kspec", forest)
    #expect(try kspec(["prove", path]).code == 0)
    let result = try kspec(["prove", path, "--rlimit", "1"])
    #expect(result.code == 3, "\(result.out)\(result.error)")
  }

  @Test func `what needs more memory than it may have is undecided, and says so`() throws {
    let result = try kspec(["prove", specPath("vmm/xen-paging.kspec"), "--max-memory", "20M"])
    #expect(result.code == 3, "\(result.out)\(result.error)")
    #expect(result.out.contains("no memory left"), "\(result.out)")
    #expect(try kspec(["prove", specPath("vmm/xen-paging.kspec"), "--threads", "0"]).code == 2)
  }

  @Test func `the JSON of a proof`() throws {
    let result = try kspec(["prove", try folder.write("a.kspec", proofs), "Locked", "Empty", "--json"])
    let document = try Json(result.out)
    #expect(document.results.count == 2)
    #expect(document.results.map { $0["property"] as? String } == ["Locked", "Empty"])
    #expect(document.number("exitCode") == Int(result.code))
  }

  @Test func `k-induction says how many states in a row it took`() throws {
    let path = try folder.write(
      "shift.kspec",
      """
      spec Shift
      var a: bool
      var b: bool
      init { a = true; b = true }
      action shift() { a := b; b := true }
      invariant First: a
      scope one { }
      verify { check one states 1 }
      """)
    #expect(try kspec(["prove", path]).code == 3)
    let result = try kspec(["prove", path, "--induction", "2"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    #expect(result.out.hasPrefix("proved  First: for every size, by 2-induction"))
    let document = try Json(try kspec(["prove", path, "--induction", "3", "--json"]).out)
    #expect(document.results.map { $0["inductionDepth"] as? Int } == [2])
    let certified = try kspec(["prove", path, "--induction", "2", "--certificate", folder.url.appendingPathComponent("c").path])
    #expect(certified.code == 2)
  }

  @Test func `a bounded search is never a proof`() throws {
    let path = specPath("l4/mapping.kspec")
    let everywhere = try kspec(["prove", path, "Backed", "--bound", "2"])
    #expect(everywhere.code == 3, "\(everywhere.out)\(everywhere.error)")
    #expect(everywhere.out.hasPrefix("bounded  Backed: no violation to depth 2 at any size, nothing beyond"))
    let tiny = try kspec(["prove", path, "Backed", "--bound", "2", "--scope", "tiny", "--json"])
    #expect(tiny.code == 3)
    let document = try Json(tiny.out)
    #expect(document.results.map { $0["verdict"] as? String } == ["bounded"])
    #expect(document.results.map { $0["depth"] as? Int } == [2])
    #expect(document.results.map { $0["scope"] as? String } == ["tiny"])
    let broken = try kspec(["prove", path, "Narrowed", "--bound", "5", "--policy", "narrow=false"])
    #expect(broken.code == 1, "\(broken.out)\(broken.error)")
    #expect(broken.out.contains("invariant Narrowed is false after 2 steps"))
    #expect(try kspec(["prove", path, "--scope", "tiny"]).code == 2)
    #expect(try kspec(["prove", path, "--bound", "2", "--induction", "2"]).code == 2)
    #expect(try kspec(["prove", path, "--bound", "2", "--scope", "tony"]).code == 2)
  }

  // MARK: - test, bench, simulate

  @Test func `a scenario that passes`() throws {
    let result = try kspec(["test", try folder.write("a.kspec", scenarios), "good"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    #expect(result.out.hasPrefix("passed  good at two"))
  }

  @Test func `a step that is not enabled names the guard`() throws {
    let result = try kspec(["test", try folder.write("a.kspec", scenarios)])
    #expect(result.code == 1)
    #expect(result.out.contains("guard Idle is false"))
    #expect(result.out.contains("the scenario fails here"))
    #expect(result.out.contains("wait(t: thread0)"))
  }

  @Test func `a mistyped scenario`() throws {
    let result = try kspec(["test", try folder.write("a.kspec", scenarios), "god"])
    #expect(result.code == 2)
    #expect(result.error.contains("did you mean `good`?"))
  }

  @Test func `a measured scenario has a time and a pipe beside it`() throws {
    let result = try kspec(["bench", try folder.write("a.kspec", scenarios), "good", "--json"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    let document = try Json(result.out)
    #expect(document.text("verdict") == "measured")
    let measurement = try #require(document.results.first?["measurement"] as? [String: Any])
    #expect(measurement["operations"] as? Int == 2)
    let round = try #require(measurement["nanosecondsPerRound"] as? [String: Double])
    #expect(round["median"] ?? 0 > 0)
    #expect(measurement["pipeRoundTripNanoseconds"] is [String: Any])
  }

  @Test func `a scenario that fails is not measured`() throws {
    let result = try kspec(["bench", try folder.write("a.kspec", scenarios), "bad"])
    #expect(result.code != 0)
    #expect(!result.out.contains("ns"))
  }

  @Test func `walks find a violation or decide nothing, and the same seed walks the same`() throws {
    let path = try folder.write("a.kspec", counter)
    let broken = ["simulate", path, "--policy", "broken=true", "--seed", "7"]
    #expect(try kspec(broken).code == 1)
    let runs = try (0..<2).map { _ in try kspec(broken).out.components(separatedBy: "initial state").last }
    #expect(runs[0] == runs[1])
    #expect(try kspec(["simulate", path, "--walks", "5"]).code == 3)
  }

  // MARK: - fmt, show

  @Test func `fmt --check changes nothing, fmt writes, fmt again does nothing`() throws {
    let path = try folder.write("a.kspec", counter.replacingOccurrences(of: "  require", with: "        require"))
    let before = try String(contentsOfFile: path, encoding: .utf8)
    #expect(try kspec(["fmt", "--check", path]).code == 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    let printed = try kspec(["fmt", "--stdout", path])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    #expect(try kspec(["fmt", path]).code == 0)
    let formatted = try String(contentsOfFile: path, encoding: .utf8)
    #expect(formatted == printed.out)
    #expect(formatted != before)
    #expect(try kspec(["fmt", "--check", path]).code == 0)
  }

  @Test func `show prints the model, the C and the obligations`() throws {
    let path = try folder.write("a.kspec", bits)
    let model = try kspec(["show", path])
    #expect(model.code == 0)
    #expect(model.out.contains("guards: Wanted"))
    #expect(model.out.contains("bit  Cell -> bool"))
    let c = try kspec(["show", path, "--c"])
    #expect(c.code == 0, "\(c.error)")
    #expect(c.out.contains("uint64_t"))
    let smt = try kspec(["show", path, "--smt"])
    #expect(smt.code == 0, "\(smt.error)")
    #expect(smt.out.contains("(check-sat)"))
  }

  @Test func `prove: a step into a spec error is shown, and is no fault of kspec`() throws {
    let text = """
      spec Test.Below
      var n: 0..5
      init { n = 0 }
      action up() { require Low: n < 3; n := n + 1 }
      action down() { n := n - 1 }
      invariant Small: n <= 3
      deadlock allowed
      scope only { }
      """
    let folder = try TemporaryFolder()
    let result = try kspec(["prove", try folder.write("below.kspec", text)])
    #expect(result.code == 3, "\(result.error)")
    #expect(result.out.contains("Small holds unless the spec runs into an error, but: a spec error (range) is possible in down"))
    #expect(result.out.contains("step 1  down"))
  }
}
