import Foundation
import TestSupport
import Testing

@Suite("kspec policies")
struct PolicyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ document: Json) -> [[String: Any]] {
    (document.object["lattice"] as? [String: Any])?["settings"] as? [[String: Any]] ?? []
  }

  /// The table at the head of the spec, from the two advisories: fewest steps to a writable table, nil where there are none.
  @Test func `XSA-148 and XSA-182: the lattice of the fast path, exactly`() throws {
    let path = specPath("vmm/xsa-148-182.kspec")
    let picture = folder.url.appendingPathComponent("lattice.svg").path
    let result = try kspec(["policies", path, "--property", "NoWritableTable", "--json", "--svg", picture])
    #expect(result.code == 0, "\(result.error)")
    let document = try Json(result.out)
    // slowPse, slowRw, linear.
    let expected: [[Bool]: (steps: Int?, standing: String)] = [
      [false, false, false]: (4, "unsafe"), [false, false, true]: (3, "unsafe"), [true, false, false]: (nil, "minimal"),
      [true, false, true]: (3, "unsafe"), [false, true, false]: (4, "unsafe"), [false, true, true]: (4, "unsafe"),
      [true, true, false]: (nil, "safe"), [true, true, true]: (nil, "minimal"),
    ]
    let found = settings(document)
    #expect(found.count == 8)
    for setting in found {
      let values = try #require(setting["values"] as? [String: String])
      let key = try ["slowPse", "slowRw", "linear"].map { try #require(values[$0]) == "true" }
      let wanted = try #require(expected[key])
      let cell = try #require((setting["cells"] as? [[String: Any]])?.first)
      #expect(cell["steps"] as? Int == wanted.steps, "\(values)")
      #expect(cell["verdict"] as? String == (wanted.steps == nil ? "proved" : "violated"), "\(values)")
      #expect(setting["standing"] as? String == wanted.standing, "\(values)")
    }
    // Each cell with its run.
    #expect(document.results.count == 8)
    for cell in document.results where cell["verdict"] as? String == "violated" {
      #expect((cell["trace"] as? [String: Any])?["steps"] is [Any])
    }
    try checkPicture(picture, boxes: 8, lines: 12)
  }

  /// A box a setting and a line a step, and nothing that an XML parser objects to.
  private func checkPicture(_ path: String, boxes: Int, lines: Int) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("<svg xmlns=") && text.hasSuffix("</svg>\n"))
    #expect(text.components(separatedBy: "<rect ").count - 2 == boxes)
    #expect(text.components(separatedBy: "<line ").count - 1 == lines)
    #expect(text.components(separatedBy: "stroke-width=\"3\"").count - 1 == 2)
    for tag in ["text", "title"] {
      #expect(
        text.components(separatedBy: "<\(tag)").count == text.components(separatedBy: "</\(tag)>").count, "\(tag) is closed")
    }
  }

  @Test func `the text says which settings are minimal, and which values are weaker`() throws {
    let result = try kspec(["policies", specPath("vmm/xsa-148-182.kspec"), "--property", "NoWritableTable"])
    #expect(result.out.contains(#/minimal +true +false +false +proved/#))
    #expect(result.out.contains(#/unsafe +true +false +true +3 steps/#))
    #expect(result.out.contains("slowRw: false is weaker than true"))
    #expect(result.out.contains("linear: true is weaker than false"))
    #expect(result.out.contains("8 settings: 3 safe, 2 of them minimal"))
  }

  /// Each cell says what `check` of that setting says.
  @Test func `every cell is what check says of it`() throws {
    let path = try folder.write("counter.kspec", counter)
    let document = try Json(try kspec(["policies", path, "--json"]).out)
    let lattice = try #require(document.object["lattice"] as? [String: Any])
    let properties = try #require(lattice["properties"] as? [String])
    #expect(properties == ["Low", "error"])
    let found = settings(document)
    #expect(found.count == 4)
    for setting in found {
      let values = try #require(setting["values"] as? [String: String])
      for (property, cell) in zip(properties, setting["cells"] as? [[String: Any]] ?? []) {
        let options = values.sorted { $0.key < $1.key }.flatMap { ["--policy", "\($0.key)=\($0.value)"] }
        let check = try Json(try kspec(["check", path, "--property", property, "--json"] + options).out)
        let verdict = try #require(cell["verdict"] as? String)
        #expect(verdict == check.text("verdict") || (verdict == "proved" && check.text("verdict") == "exhausted"))
        let trace = check.object["trace"] as? [String: Any]
        #expect(cell["steps"] as? Int == (trace?["steps"] as? [Any])?.count)
      }
    }
    // `speed` makes no difference.
    #expect(found.map { $0["standing"] as? String } == ["minimal", "minimal", "unsafe", "unsafe"])
  }

  @Test func `deadlocks, temporal properties and missing covers are judged each on its own`() throws {
    let text = """
      spec Test.Stuck
      policy stuck: bool = false
      policy far: bool = false
      var n: 0..3
      init { n = 0 }
      fair action up() { require Room: !stuck; n := (n + 1) % 4 }
      invariant Low: n <= 2 || !far
      temporal Round: always eventually n == 0
      temporal Gets: eventually n == 3
      cover Three: n == 3
      scope only { }
      verify { check only }
      """
    let path = try folder.write("stuck.kspec", text)
    let result = try kspec(["policies", path, "--json"])
    let document = try Json(result.out)
    #expect(result.code == 0, "\(result.out)\(result.error)")
    let lattice = try #require(document.object["lattice"] as? [String: Any])
    #expect(lattice["properties"] as? [String] == ["Low", "Round", "Gets", "error", "deadlock"])
    let cells = settings(document).map { setting in
      (setting["cells"] as? [[String: Any]] ?? []).map { "\($0["verdict"] as? String ?? "")\($0["steps"] as? Int ?? -1)" }
    }
    // stuck, far: n = 3 after three steps; stuck: the initial state is a deadlock, and repeats.
    #expect(
      cells == [
        ["proved-1", "exhausted-1", "exhausted-1", "exhausted-1", "exhausted-1"],
        ["violated3", "exhausted-1", "exhausted-1", "exhausted-1", "exhausted-1"],
        ["proved-1", "exhausted-1", "violated0", "exhausted-1", "violated0"],
        ["proved-1", "exhausted-1", "violated0", "exhausted-1", "violated0"],
      ], "\(cells)")
  }

  @Test func `policies that are fixed do not vary`() throws {
    let result = try kspec([
      "policies", specPath("vmm/xsa-148-182.kspec"), "--property", "NoWritableTable", "--policy", "linear=false",
    ])
    #expect(result.out.contains("linear = false"))
    // Without linear tables slowRw makes no difference.
    #expect(result.out.contains("slowRw: no value is weaker than another"))
    #expect(result.out.contains("4 settings: 2 safe, 2 of them minimal"))
    let all = ["linear=false", "slowPse=true", "slowRw=true"].flatMap { ["--policy", $0] }
    #expect(try kspec(["policies", specPath("vmm/xsa-148-182.kspec")] + all).code == 2)
  }

  @Test func `too many settings are refused, with the way out`() throws {
    let text = """
      spec Test.Many
      policy a: 0..99 = 0
      policy b: 0..99 = 0
      var n: 0..9
      init { n = 0 }
      action up() { require Room: n < a && n < b && n < 9; n := n + 1 }
      invariant Low: n <= a
      deadlock allowed
      scope only { }
      """
    let path = try folder.write("many.kspec", text)
    let result = try kspec(["policies", path])
    #expect(result.code == 2)
    #expect(result.error.contains("10,000 settings of the policies; at most 4,096 are looked at"))
    #expect(result.error.contains("a 100, b 100"))
    #expect(try kspec(["policies", path, "--policy", "a=3", "--max-states", "2"]).code == 3)
    let huge = try folder.write("huge.kspec", text.replacing("0..99", with: "0..9_000_000_000_000_000_000"))
    #expect(try kspec(["policies", huge]).code == 2)
  }

  @Test func `what is undecided is neither safe nor unsafe, and exit 3`() throws {
    let result = try kspec([
      "policies", specPath("vmm/xsa-148-182.kspec"), "--property", "NoWritableTable", "--policy", "linear=true",
      "--max-states", "1", "--rlimit", "1",
    ])
    #expect(result.code == 3)
    #expect(result.out.contains("4 undecided, which the order takes for unsafe"), "\(result.out)")
  }

  @Test func `a spec without policies, a cover and a file that cannot be written are exit 2`() throws {
    #expect(try kspec(["policies", try folder.write("bits.kspec", proofs)]).code == 2)
    let path = try folder.write("counter.kspec", counter)
    #expect(try kspec(["policies", path, "--property", "Three"]).code == 2)
    #expect(try kspec(["policies", path, "--property", "Low", "--svg", "/nowhere/at/all.svg"]).code == 2)
  }

  @Test func `the document has the fields that docs/Json.md describes`() throws {
    let document = try Json(try kspec(["policies", try folder.write("counter.kspec", counter), "--json"]).out)
    let lattice = try #require(document.object["lattice"] as? [String: Any])
    #expect(Set(lattice.keys) == (try documentedFields("field of `lattice`")))
    let setting = try #require(settings(document).first)
    #expect(Set(setting.keys) == (try documentedFields("field of `settings`")))
    let cell = try #require((setting["cells"] as? [[String: Any]])?.first)
    #expect(Set(cell.keys) == (try documentedFields("field of `cells`")))
  }
}
