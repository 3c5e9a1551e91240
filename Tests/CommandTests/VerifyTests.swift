import Foundation
import Testing

@Suite("kspec verify")
struct VerifyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func verify(_ arguments: String...) throws -> CommandResult { try kspec(["verify"] + arguments) }

  private func edited(_ text: String, _ old: String, _ new: String) throws -> String {
    let result = text.replacingOccurrences(of: old, with: new)
    try #require(result != text)
    return result
  }

  @Test func `each line has its verdict, states, depth and time`() throws {
    let result = try verify(try folder.write("a.kspec", counter))
    #expect(result.code == 0, "\(result.out)\(result.error)")
    let lines = result.out.split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(lines[0].hasSuffix("a.kspec"))
    #expect(
      lines[1].wholeMatch(of: #/  ok    check only +exhausted at this scope +4 states +3 transitions  depth 3 +[0-9.]+ s/#) != nil
    )
    #expect(lines[2].contains("refuted as expected in 4 steps"))
    #expect(lines[3].contains("reached in 3 steps"))
    #expect(lines[4].hasPrefix("3 of 3 lines as stated"))
  }

  @Test func `with --traces refutations and covers are shown`() throws {
    let path = try folder.write("a.kspec", counter)
    #expect(!(try verify(path).out.contains("step 1")))
    let shown = try verify(path, "--traces").out
    #expect(shown.contains("step 4  up"))
    #expect(shown.contains("invariant Low is false here"))
  }

  @Test func `a refutation that does not happen is exit 1`() throws {
    let result = try verify(try folder.write("a.kspec", try edited(counter, "with broken = true", "")))
    #expect(result.code == 1)
    #expect(result.out.contains("NOT REFUTED: exhausted without a violation"))
    #expect(result.out.contains("2 of 3 lines as stated, 1 not"))
  }

  @Test func `a check that is violated is exit 1 and shows its trace`() throws {
    let result = try verify(try folder.write("a.kspec", try edited(counter, "bool = false", "bool = true")))
    #expect(result.code == 1)
    #expect(result.out.contains("VIOLATED: Low in 4 steps"))
    #expect(result.out.contains("step 4  up"))
  }

  @Test(arguments: ["states 5", "transitions 4", "depth 2"])
  func `a pin that differs is exit 1`(pin: String) throws {
    let result = try verify(try folder.write("a.kspec", try edited(counter, "check only", "check only \(pin)")))
    #expect(result.code == 1)
    #expect(result.out.contains("DIFFERS FROM ITS PIN"))
    #expect(result.out.contains("pinned \(pin.split(separator: " ")[1])"))
  }

  @Test func `a trace of other than the pinned length is exit 1`() throws {
    let result = try verify(try folder.write("a.kspec", try edited(counter, "broken = true", "broken = true steps 3")))
    #expect(result.code == 1)
    #expect(result.out.contains("steps 4, pinned 3"))
  }

  @Test func `a limit makes a line undecided and the run exit 3`() throws {
    let path = try folder.write("a.kspec", try edited(bits, "check three", "check huge"))
    let result = try verify(path, "--max-states", "1000")
    #expect(result.code == 3)
    #expect(result.out.contains("undecided: the limit of 1000 states was reached"))
    #expect(result.out.contains("0 of 1 line as stated, 1 undecided"))
  }

  @Test func `of several failures the worst is the exit code`() throws {
    _ = try folder.write("a-undecided.kspec", try edited(bits, "check three", "check huge"))
    #expect(try verify(folder.url.path, "--max-states", "1000").code == 3)
    _ = try folder.write("b-violated.kspec", try edited(counter, "bool = false", "bool = true"))
    #expect(try verify(folder.url.path, "--max-states", "1000").code == 1)
    _ = try folder.write("c-wrong.kspec", "spec Wrong\nvar x: Nothing\n")
    #expect(try verify(folder.url.path, "--max-states", "1000").code == 2)
  }

  @Test func `a file with errors does not keep the others from being judged`() throws {
    _ = try folder.write("a.kspec", "spec A\nvar x: Nothing\n")
    _ = try folder.write("deep/er/b.kspec", counter)
    let result = try verify(folder.url.path)
    #expect(result.code == 2)
    #expect(result.error.contains("Nothing"))
    #expect(result.out.contains("3 of 3 lines as stated"))
  }

  @Test func `a folder named errors is skipped, unless it is asked for`() throws {
    _ = try folder.write("a.kspec", counter)
    _ = try folder.write("errors/wrong.kspec", "spec A\nvar x: Nothing\n")
    #expect(try verify(folder.url.path).code == 0)
    #expect(try verify(folder.url.appendingPathComponent("errors").path).code == 2)
  }

  @Test func `a spec that states nothing is reported`() throws {
    let silent = String(counter.prefix { $0 != "v" || true }).components(separatedBy: "verify {")[0]
    let result = try verify(try folder.write("a.kspec", silent))
    #expect(result.code == 2)
    #expect(result.error.contains("has no `verify` block, so nothing was judged"))
  }

  @Test func `a missing file among others is exit 2, and the others run`() throws {
    let result = try verify(try folder.write("a.kspec", counter), "no/such.kspec")
    #expect(result.code == 2)
    #expect(result.out.contains("3 of 3 lines as stated"))
  }

  @Test func `--record writes what was found and nothing else`() throws {
    let path = try folder.write("a.kspec", counter)
    let result = try verify(path, "--record")
    #expect(result.code == 0, "\(result.out)\(result.error)")
    let recorded = try String(contentsOfFile: path, encoding: .utf8)
    let expected = counter.replacingOccurrences(of: "check only\n", with: "check only states 4 transitions 3 depth 3\n")
      .replacingOccurrences(of: "broken = true\n", with: "broken = true steps 4\n")
      .replacingOccurrences(of: "cover Three in only\n", with: "cover Three in only steps 3\n")
    #expect(recorded == expected)
    #expect(try verify(path).code == 0)
    #expect(!(try verify(path, "--record").out.contains("recorded")))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == expected)
  }

  @Test func `--record replaces pins that differ`() throws {
    let path = try folder.write("a.kspec", try edited(counter, "check only", "check only depth 9 states 7"))
    #expect(try verify(path, "--record").code == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("check only states 4 transitions 3 depth 3\n"))
  }

  @Test func `--record leaves a line that fails as it is`() throws {
    let text = try edited(try edited(counter, "with broken = true", "steps 4"), "cover Three in only", "")
    let path = try folder.write("a.kspec", text)
    #expect(try verify(path, "--record").code == 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("refute Low in only steps 4\n"))
  }

  @Test func `the JSON of a run has a result for each line`() throws {
    let document = try Json(try verify(try folder.write("a.kspec", counter), "--json").out)
    #expect(document.text("verdict") == "asStated")
    #expect(document.number("exitCode") == 0)
    #expect(document.results.count == 3)
    #expect(
      document.results.map { ($0["line"] as? [String: Any])?["standing"] as? String } == ["asStated", "asStated", "asStated"])
    #expect(document.results.map { $0["verdict"] as? String } == ["exhausted", "violated", "reached"])
    let steps = (document.results[1]["trace"] as? [String: Any])?["steps"] as? [[String: Any]]
    #expect(steps?.count == 4)
  }

  @Test func `the JSON of a rejected spec has its diagnostics`() throws {
    let document = try Json(try verify(try folder.write("a.kspec", "spec A\nvar x: Nothing\n"), "--json").out)
    #expect(document.text("verdict") == "rejected")
    #expect(document.number("exitCode") == 2)
    let diagnostics = document.object["diagnostics"] as? [[String: Any]] ?? []
    #expect(diagnostics.contains { $0["line"] as? Int == 2 && $0["severity"] as? String == "error" })
  }

  @Test func `whatever is wrong, --json prints one object`() throws {
    let wrong = try folder.write("a.kspec", "spec A\nvar x: Nothing\n")
    for command in ["check", "prove", "bench", "verify"] {
      for path in [wrong, "no/such.kspec"] {
        let result = try kspec([command, path, "--json"])
        let document = try Json(result.out)
        #expect(result.code == 2)
        #expect(document.text("command") == command)
        #expect(document.text("verdict") == "rejected")
        #expect(document.number("exitCode") == 2)
      }
    }
  }

  @Test func `a proof about a spec that no check shows to have a state is not green`() throws {
    let vacuous = """
      spec Test.Vacuous
      sort Cell
      const a: Cell
      axiom Never: a != a
      var n: 0..1
      init { n = 0 }
      action up() { n := 1 - n }
      invariant Zero: n == 0
      scope two { Cell = 2 }
      verify { prove Zero }
      """
    let alone = try verify(try folder.write("a.kspec", vacuous))
    #expect(alone.code == 3, "\(alone.out)")
    #expect(alone.out.contains("vacuous"))
    let checked = try verify(try folder.write("b.kspec", try edited(vacuous, "prove Zero", "check two; prove Zero")))
    #expect(checked.code == 3, "\(checked.out)")
    #expect(checked.out.components(separatedBy: "undecided: vacuous").count == 3)
  }

  @Test func `a proof beside a check is green`() throws {
    #expect(try verify(try folder.write("a.kspec", forest)).code == 0)
  }

  @Test func `Ctrl-C leaves the remaining lines undecided`() throws {
    let path = try folder.write("a.kspec", try edited(bits, "check three", "check huge; check three"))
    let result = try kspec(["verify", path, "--engine", "evaluator"]) { process in
      Thread.sleep(forTimeInterval: 1)
      process.interrupt()
    }
    #expect(result.exited && result.code == 3)
    #expect(result.out.components(separatedBy: "undecided: interrupted").count == 3)
  }
}
