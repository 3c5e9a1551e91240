import Foundation
import Report
import Spec
import TestSupport
import Testing

@Suite("Verdicts as text and JSON")
struct VerdictTextTests {
  /// `Narrowed` broken in two steps: read is mapped on as write.
  private func violation() throws -> (Verdict, Model) {
    let runs = try Runs(mapping, policies: [0: .bool(false)])
    let trace = try runs.trace([("map", [0, 2, 1]), ("map", [2, 4, 2])])
    var verdict = Verdict(.violated(.property(0)), property: "Narrowed", scope: "tiny", engine: "evaluator")
    verdict.sizes = [("Space", 3), ("Page", 2), ("Frame", 2)]
    verdict.policies = [("narrow", "false")]
    verdict.states = 1234
    verdict.transitions = 56789
    verdict.depth = 2
    verdict.seconds = 0.25
    verdict.peakBytes = 3 << 20
    verdict.trace = trace
    verdict.explanation = try #require(
      runs.evaluator.explain(0, in: try #require(trace.steps.last?.state), step: nil, runs.rigid))
    return (verdict, runs.model)
  }

  @Test func `a violation names the property, its documentation, the failed conjunct and the witness`() throws {
    let (verdict, model) = try violation()
    let lines = VerdictText(verdict, model, style: .plain).lines()
    #expect(lines[0] == "VIOLATED  Narrowed at tiny: invariant Narrowed is false after 2 steps")
    #expect(lines[1] == "  with Space = 3, Page = 2, Frame = 2, narrow = false")
    #expect(lines[2] == "  1,234 states, 56,789 transitions, depth 2, 0.25 s, at most 3.0 MiB, evaluator")
    let end = """
        invariant Narrowed is false here
        /// No mapping holds more than its source.
        small.kspec:34:63
           34 | invariant Narrowed: forall s, a: Slot :: tree.under(s, a) ==> right[s] <= right[a]
              |                                                               ^^^^^^^^^^^^^^^^^^^^
        with s = (space2, page0), a = (space1, page0)
      """
    #expect(lines.suffix(6).joined(separator: "\n") == end)
  }

  @Test func `no outcome that is not exhaustive says so much`() throws {
    let (found, model) = try violation()
    func headline(_ outcome: Verdict.Outcome) -> String {
      var verdict = found
      verdict.outcome = outcome
      return VerdictText(verdict, model, style: .plain).lines()[0]
    }
    #expect(headline(.proved).hasPrefix("proved  "))
    #expect(headline(.exhausted) == "exhausted  Narrowed at tiny: every state of this scope, and nothing else")
    #expect(headline(.bounded(depth: 7)) == "bounded  Narrowed at tiny: no violation to depth 7, nothing beyond")
    #expect(headline(.undecided("interrupted")) == "undecided  Narrowed at tiny: interrupted")
  }

  @Test func `colour is only colour`() throws {
    let (verdict, model) = try violation()
    let coloured = VerdictText(verdict, model, style: Style(colour: true, width: 120)).lines().joined(separator: "\n")
    let plain = VerdictText(verdict, model, style: Style(colour: false, width: 120)).lines().joined(separator: "\n")
    #expect(coloured.contains("\u{1B}[1;31mVIOLATED\u{1B}[0m"))
    #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test(arguments: [
    (0.0, "0.00 s"), (0.214, "0.21 s"), (12.34, "12.3 s"), (61.2, "1 min 1 s"), (3725, "1 h 2 min"), (.infinity, "?"),
  ])
  func `times read well`(seconds: Double, text: String) { #expect(Quantities.seconds(seconds) == text) }

  @Test func `counts have separators`() {
    #expect([0, 999, 1000, 19492, 1_234_567].map { Quantities.count($0) } == ["0", "999", "1,000", "19,492", "1,234,567"])
  }

  // MARK: - JSON

  private func object(_ json: VerdictJson) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(try json.json().text().utf8)) as? [String: Any])
  }

  /// The fields in the first table of docs/Json.md, or in the table that begins with the given head.
  private func documented(_ head: String) throws -> Set<String> {
    let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/Json.md"), encoding: .utf8)
    let table = try #require(
      page.components(separatedBy: "| \(head) | type | meaning |\n| --- | --- | --- |\n").dropFirst().first)
    let rows = table.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("|") }
    return Set(rows.map { String($0.dropFirst(3).prefix { $0 != "`" }) })
  }

  @Test func `the document has exactly the fields that docs/Json.md describes`() throws {
    let (verdict, model) = try violation()
    let document = try object(VerdictJson(command: "check", verdict, model, file: "small.kspec"))
    #expect(Set(document.keys) == (try documented("field")))
    let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/Json.md"), encoding: .utf8)
    let traceTable = try #require(page.components(separatedBy: "## Traces").last)
    let trace = try #require(document["trace"] as? [String: Any])
    for key in trace.keys { #expect(traceTable.contains("| `\(key)` |")) }
    let steps = try #require(trace["steps"] as? [[String: Any]])
    #expect(Set(try #require(steps.first).keys) == (try documented("field of a step")))
  }

  @Test func `the document says what the verdict says`() throws {
    let (verdict, model) = try violation()
    let document = try object(VerdictJson(command: "check", verdict, model, file: "small.kspec"))
    #expect(document["schema"] as? String == "kspec/verdict")
    #expect(document["version"] as? Int == 1)
    #expect(document["verdict"] as? String == "violated")
    #expect(document["property"] as? String == "Narrowed")
    #expect(document["scope"] as? String == "tiny")
    #expect(document["sizes"] as? [String: Int] == ["Space": 3, "Page": 2, "Frame": 2])
    #expect(document["policies"] as? [String: String] == ["narrow": "false"])
    #expect(document["states"] as? Int == 1234)
    #expect(document["transitions"] as? Int == 56789)
    #expect(document["peakBytes"] as? Int == 3 << 20)
    let explanation = try #require(document["explanation"] as? [String: Any])
    #expect(explanation["text"] as? String == "right[s] <= right[a]")
    #expect((explanation["witness"] as? [String: [String: String]])?["s"] == ["space": "space2", "page": "page0"])
    let trace = try #require(document["trace"] as? [String: Any])
    let step = try #require((trace["steps"] as? [[String: Any]])?.first)
    #expect(step["action"] as? String == "map")
    #expect(step["text"] as? String == "map(from: (sigma0, page0), to: (space1, page0), r: read)")
    let state = try #require(step["state"] as? [String: Any])
    #expect((state["tree"] as? [String: Any])?["(space1, page0)"] as? String == "(sigma0, page0)")
    #expect((state["holds"] as? [String: Any])?["space1, page1"] is NSNull)
  }

  @Test func `numbers that JSON cannot say are null`() throws {
    var json = VerdictJson(command: "bench", verdict: "measured")
    json.seconds = .infinity
    #expect(try object(json)["seconds"] is NSNull)
  }
}
