import Foundation
import TestSupport
import Testing

@Suite("--coverage, --strict, --stats, simulate --json")
struct CoverageTests {
  private let folder: TemporaryFolder
  private let path: String
  private let counterPath: String

  /// `off` is enabled where `live` is true alone; nothing else is wrong.
  private static let switchable = """
    spec Test.Switchable
    policy live: bool = true
    var n: 0..3
    init { n = 0 }
    action up() { require Room: n < 3; n := n + 1 }
    action off() { require Live: live && n == 3; n := 0 }
    invariant Low: n == 3 ==> n > 2
    deadlock allowed
    scope only { }
    verify {
      check only
      check only with live = false
    }
    """

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write("switchable.kspec", Self.switchable)
    counterPath = try folder.write("counter.kspec", counter)
  }

  // MARK: - --strict

  @Test func `a dead action is exit 1 under --strict, and exit 0 without`() throws {
    let dead = ["check", path, "--policy", "live=false"]
    #expect(try kspec(dead).code == 0)
    #expect(try kspec(dead + ["--coverage"]).code == 0)
    let strict = try kspec(dead + ["--strict"])
    #expect(strict.code == 1, "\(strict.out)\(strict.error)")
    #expect(strict.out.contains("NOT COVERED  action off is never enabled in this scope"))
    #expect(try kspec(["check", path, "--strict"]).code == 0)
  }

  @Test func `a vacuous invariant is exit 1 under --strict`() throws {
    let text = Self.switchable.replacing("n == 3 ==> n > 2", with: "n == 3 && n < 2 ==> n > 2")
    let result = try kspec(["check", try folder.write("vacuous.kspec", text), "--strict"])
    #expect(result.code == 1)
    #expect(result.out.contains("invariant Low is vacuous: the premise `n == 3 && n < 2` never holds in this scope"))
  }

  @Test func `walks that never enable an action are exit 1 under --strict, else undecided`() throws {
    let walks = ["simulate", path, "--walks", "20"]
    #expect(try kspec(walks + ["--strict"]).code == 3)
    let dead = try kspec(walks + ["--policy", "live=false", "--strict"])
    #expect(dead.code == 1)
    #expect(dead.out.contains("action off is never enabled on these walks"))
  }

  @Test func `a search that a limit ends is undecided under --strict, not failed`() throws {
    let result = try kspec(["check", specPath("l4/mapping.kspec"), "--max-states", "2", "--strict"])
    #expect(result.code == 3, "\(result.out)")
    #expect(result.out.contains("not covered so far"))
  }

  @Test func `verify --strict objects to what is dead in every check line of a file, not in one`() throws {
    #expect(try kspec(["verify", path, "--strict"]).code == 0)
    let text = Self.switchable.replacing("      check only\n", with: "").replacing("  check only\n", with: "")
    let dead = try folder.write("dead.kspec", text)
    #expect(try kspec(["verify", dead]).code == 0)
    let result = try kspec(["verify", dead, "--strict"])
    #expect(result.code == 1, "\(result.out)")
    #expect(result.out.contains("action off is never enabled"))
    let document = try Json(try kspec(["verify", dead, "--strict", "--json"]).out)
    #expect(document.number("exitCode") == 1)
    #expect((document.object["notes"] as? [String])?.contains { $0.contains("action off") } ?? false)
  }

  @Test func `the library has nothing dead or vacuous in its first scopes`() throws {
    let result = try kspec(["check", specPath("l4/mapping.kspec"), "--strict", "--max-time", "60s"])
    #expect(result.code == 0, "\(result.out)")
    for line in result.out.split(separator: "\n") where line.contains("guard ") { #expect(line.count <= 100) }
  }

  // MARK: - JSON

  private func object(_ name: String, _ document: Json) throws -> [String: Any] {
    try #require(document.object[name] as? [String: Any], "\(name)")
  }

  @Test func `coverage, statistics and walks have the fields that docs/Json.md describes`() throws {
    let check = try Json(try kspec(["check", path, "--coverage", "--stats", "--json"]).out)
    let coverage = try object("coverage", check)
    #expect(Set(coverage.keys) == (try documentedFields("field of `coverage`")))
    for (list, fields) in [("actions", "`actions`"), ("guards", "`guards`"), ("antecedents", "`antecedents`")] {
      let first = try #require((coverage[list] as? [[String: Any]])?.first)
      #expect(Set(first.keys) == (try documentedFields("field of \(fields)")), "\(list)")
    }
    let statistics = try object("statistics", check)
    #expect(Set(statistics.keys) == (try documentedFields("field of `statistics`")))
    #expect(statistics["layers"] as? [Int] == [1, 1, 1, 1])
    #expect(check.object["walks"] is NSNull)
    let walks = try Json(try kspec(["simulate", path, "--json", "--walks", "10", "--steps", "4"]).out)
    #expect(Set(try object("walks", walks).keys) == (try documentedFields("field of `walks`")))
    #expect(try object("walks", walks)["visits"] as? Int == 50)
    #expect(walks.object["statistics"] is NSNull && walks.object["coverage"] is NSNull)
    #expect(walks.text("command") == "simulate" && walks.text("verdict") == "undecided")
    #expect(walks.number("exitCode") == 3)
  }

  @Test func `a simulated violation in JSON has its shortened trace`() throws {
    let result = try kspec(["simulate", counterPath, "--policy", "broken=true", "--json"])
    #expect(result.code == 1)
    let document = try Json(result.out)
    #expect(document.text("verdict") == "violated")
    let trace = try object("trace", document)
    #expect((trace["steps"] as? [Any])?.count == 4)
    #expect(try object("walks", document)["metBy"] as? Int == 0)
  }

  // MARK: - Text

  @Test func `--stats says what limits the search, and verify sums it up`() throws {
    let check = try kspec(["check", path, "--stats", "--engine", "evaluator"])
    #expect(check.code == 0)
    for word in ["states/s", "looked up", "5 states, 4 new, 1 known", "table", "bytes a stored state", "time", "depth 3"] {
      #expect(check.out.contains(word), "\(word): \(check.out)")
    }
    let verify = try kspec(["verify", path, "--stats"])
    #expect(verify.out.contains("9 states, 8 new, 1 known"), "\(verify.out)")
  }

  @Test func `an interrupted simulation ends with what it knows`() throws {
    let result = try kspec(
      ["simulate", specPath("l4/mapping.kspec"), "--walks", "100000000"],
      whileRunning: { process in
        Thread.sleep(forTimeInterval: 1)
        process.interrupt()
      })
    #expect(result.exited && result.code == 3, "\(result.error)")
    #expect(result.out.contains("stopped;"))
    #expect(result.error == "")
  }
}
