import Foundation
import Spec
import TestSupport
import Testing

@Suite("kspec guards")
struct GuardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What is said of each guard.
  private struct Found {
    var standing: [String: String] = [:]
    var how: [String: String] = [:]
    var property: [String: String] = [:]
    var steps: [String: Int] = [:]
    /// Guards that cover for each other, and the fewest steps without them.
    var groups: [Set<String>: Int] = [:]
    var code: Int32
    var document: Json

    init(_ arguments: [String]) throws {
      let result = try kspec(["guards", "--json"] + arguments)
      code = result.code
      document = try Json(result.out)
      let guards = document.object["guards"] as? [String: Any] ?? [:]
      for entry in guards["entries"] as? [[String: Any]] ?? [] {
        let name = "\(entry["action"] as? String ?? "").\(entry["name"] as? String ?? "")"
        standing[name] = entry["standing"] as? String
        how[name] = entry["how"] as? String
        property[name] = entry["property"] as? String
        steps[name] = entry["steps"] as? Int
        let trace = entry["trace"] as? [String: Any]
        #expect((trace?["steps"] as? [Any])?.count == steps[name], "\(name) has its run")
      }
      for group in guards["groups"] as? [[String: Any]] ?? [] {
        groups[Set(group["guards"] as? [String] ?? [])] = group["steps"] as? Int
      }
    }
  }

  // MARK: - Mapping

  /// mapping.kspec with guards that nothing needs, and two that cover for each other.
  private func swollenMapping() throws -> String {
    var text = try String(contentsOfFile: specPath("l4/mapping.kspec"), encoding: .utf8)
    func insert(_ guards: String, before place: String) throws {
      try #require(text.components(separatedBy: place).count == 2, "\(place)")
      text = text.replacing(place, with: guards + place)
    }
    // What Vacant says, in the words of another variable (by Vacated); and what Derived of `flush` says, again.
    try insert("  require Unused: right[to] == nothing\n", before: "  holds[to] := holds[from]\n  right[to] := r\n")
    try insert(
      "  require Below: !(at.space == sigma0)\n", before: "  for s: Slot where s == at || loses(s, at) { clear(s) }\n")
    // Nothing hangs below a vacant slot (by Backed): it excludes nothing, and covers for nobody.
    try insert("  require Alone: tree.lone(to)\n", before: "  holds[to] := holds[from]\n  right[to] := right[from]\n")
    return try folder.write("mapping.kspec", text)
  }

  @Test func `mapping: an attack for each needed guard, and each guard that was added is found redundant`() throws {
    let found = try Found([try swollenMapping(), "--scope", "tiny"])
    #expect(found.code == 0, "\(found.standing) \(found.how)")
    for (name, standing) in found.standing {
      #expect(["needed", "redundant"].contains(standing), "\(name): \(standing) \(found.how[name] ?? "")")
    }
    for name in ["map.Unused", "flush.Below", "grant.Alone", "map.Vacant", "flush.Derived"] {
      #expect(found.standing[name] == "redundant" && found.how[name] == "implied", "\(name)")
    }
    // Each pair of which one was a copy of the other covers for it: without both somebody's page is overwritten, or sigma0 gives up its own.
    #expect(found.groups[["map.Vacant", "map.Unused"]] != nil)
    #expect(found.groups[["flush.Derived", "flush.Below"]] == 1)
    #expect(!found.groups.keys.contains { $0.contains("grant.Alone") })
    // r = nothing on the first step; more rights than the source has, on the second.
    #expect(found.property["map.Granted"] == "Vacated" && found.steps["map.Granted"] == 1)
    #expect(found.property["map.Narrow"] == "Narrowed" && found.steps["map.Narrow"] == 2)
    // A grant of sigma0's page: it is gone from sigma0.
    #expect(found.steps["grant.Derived"] == 1)
    #expect(found.standing["grant.Vacant"] == "needed")
  }

  @Test func `mapping: one guard is asked about alone, with its run`() throws {
    let result = try kspec(["guards", specPath("l4/mapping.kspec"), "--guard", "map.Narrow", "--scope", "tiny"])
    #expect(result.code == 0, "\(result.out)\(result.error)")
    #expect(result.out.contains("map.Narrow  needed  without it Narrowed is false after 2 steps"))
    #expect(result.out.contains("step 2  map("))
    #expect(result.out.contains("1 guard: 1 needed"))
  }

  // MARK: - Random specs

  /// Two small counters, guards that may imply each other, and invariants of which those that hold are kept.
  struct RandomGuards {
    var random: SeededGenerator
    static let atoms = [
      "x < 2", "y < 2", "x <= y", "y <= x", "x != y", "x + y < 3", "!(x == 2 && y == 2)", "x < 2 || y < 2", "y > 0",
    ]

    mutating func pick(_ most: Int) -> [String] {
      Array(Self.atoms.shuffled(using: &random).prefix(Int.random(in: 1...most, using: &random)))
    }

    /// With all invariants that hold; nil: none does.
    static func text(seed: UInt64) throws -> String? {
      let invariants = ["x + y < 4", "x <= y", "!(x == 2 && y == 0)", "x < 2", "y < 2"]
      func text(_ invariants: [String]) -> String {
        var generator = RandomGuards(random: SeededGenerator(seed: seed))
        return generator.text(keeping: invariants)
      }
      let bare = try Frontend.check(text: text(invariants)).model
      let broken = try ReferenceExploration(Instance(bare, scope: nil)).properties
      let kept = invariants.indices.filter { broken[$0] == nil }.map { invariants[$0] }
      return kept.isEmpty ? nil : text(kept)
    }

    private mutating func text(keeping invariants: [String]) -> String {
      let updates = ["x := if x < 2 then x + 1 else 0", "y := if y < 2 then y + 1 else 0", "x := y", "y := x", "x := 2"]
      var text = "spec Test.Random\nvar x: 0..2\nvar y: 0..2\ninit { x = 0; y = 0 }\n"
      for action in 0..<3 {
        text += "action a\(action)() {\n"
        for (place, atom) in pick(3).enumerated() { text += "  require G\(place): \(atom)\n" }
        text += "  \(updates.randomElement(using: &random) ?? updates[0])\n}\n"
      }
      for (place, atom) in invariants.enumerated() { text += "invariant I\(place): \(atom)\n" }
      return text + "deadlock allowed\nscope only { }\n"
    }
  }

  /// The fewest steps to a broken invariant; nil if there is none.
  private func attack(_ text: String) throws -> Int? {
    let model = try Frontend.check(text: text).model
    return try ReferenceExploration(Instance(model, scope: model.scopes.first)).properties.values.min()
  }

  /// The text without these guards, taken out of it line by line.
  private func without(_ names: Set<String>, _ text: String) -> String {
    var action = ""
    return text.split(separator: "\n").filter { line in
      if line.hasPrefix("action ") { action = String(line.dropFirst(7).prefix { $0 != "(" }) }
      let words = line.split(separator: " ")
      guard words.first == "require" else { return true }
      return !names.contains("\(action).\(words[1].dropLast())")
    }.joined(separator: "\n") + "\n"
  }

  @Test(arguments: 0..<24)
  func `what is said of guards and pairs is what the text without them does`(seed: UInt64) throws {
    guard let text = try RandomGuards.text(seed: seed) else { return }
    let found = try Found([try folder.write("random.kspec", text), "--engine", "evaluator"])
    let names = found.standing.keys.sorted()
    #expect(!names.isEmpty)
    var harmless: [String] = []
    for name in names {
      let steps = try attack(without([name], text))
      #expect(found.steps[name] == steps, "\(name): \(text)")
      if steps == nil {
        harmless.append(name)
        #expect(["redundant", "unknown"].contains(found.standing[name]), "\(name): \(text)")
      } else {
        #expect(found.standing[name] == "needed", "\(name): \(text)")
      }
    }
    var groups: [Set<String>: Int] = [:]
    for (place, one) in harmless.enumerated() {
      for other in harmless[(place + 1)...] {
        if let steps = try attack(without([one, other], text)) { groups[[one, other]] = steps }
      }
    }
    if groups.isEmpty, let steps = try attack(without(Set(harmless), text)), harmless.count > 2 {
      // Three or more: the least part of them that still has an attack.
      let group = try #require(found.groups.keys.first)
      #expect(group.count > 2 && group.isSubset(of: harmless) && found.groups.count == 1)
      #expect(try attack(without(group, text)) == found.groups[group] && found.groups[group, default: 0] >= steps)
      for name in group { #expect(try attack(without(group.subtracting([name]), text)) == nil) }
    } else {
      #expect(found.groups == groups, "\(text)")
    }
  }

  // MARK: - What is not a proof

  private static let odd = """
    spec Test.Odd
    var n: 0..9
    var o: (0..9)?
    init { n = 0; o = none }
    action put() { require Empty: o == none; require Low: n < 4; o := n }
    action take() { require Full: o != none; n := if o! < 3 then o! + 1 else o!; o := none }
    action never() { require One: n > 7; require Two: n > 8; n := 0 }
    invariant Small: n <= 3
    invariant Kept: o == none || o! <= 3
    deadlock allowed
    scope only { }
    """

  @Test func `a guard without which something cannot be evaluated is needed for that`() throws {
    let path = try folder.write("odd.kspec", Self.odd)
    let found = try Found([path])
    #expect(found.standing["take.Full"] == "needed for definedness")
    #expect(found.property["take.Full"] == "spec error (none)" && found.steps["take.Full"] == 1)
    let text = try kspec(["guards", path]).out
    #expect(text.contains("there is a spec error"))
  }

  @Test func `a proof about an action that never happens is none`() throws {
    let found = try Found([try folder.write("odd.kspec", Self.odd)])
    #expect(found.standing["never.One"] == "unknown")
    #expect(found.how["never.One"]?.contains("never was not seen to happen") == true, "\(found.how)")
    #expect(found.code == 3)
  }

  @Test func `a property that is not inductive proves nothing`() throws {
    // NotTwo holds and is not inductive; Idle excludes a step that breaks nothing.
    let text = """
      spec Test.Weak
      var turn: 0..3
      init { turn = 0 }
      action stay() { require Zero: turn == 0; turn := 0 }
      action jump() { require One: turn == 1; turn := 2 }
      invariant NotTwo: turn != 2
      deadlock allowed
      scope only { }
      """
    let found = try Found([try folder.write("weak.kspec", text)])
    #expect(found.standing == ["stay.Zero": "unknown", "jump.One": "needed"])
    #expect(found.how["stay.Zero"] == "nothing is proved, with it or without")
    #expect(found.code == 3)
  }

  @Test func `deadlocks and covers are no attacks`() throws {
    let text = """
      spec Test.Ends
      var n: 0..3
      init { n = 0 }
      action up() { require Room: n < 3; n := n + 1 }
      action reset() { require Top: n == 3; n := 0 }
      action stop() { require Never: n < 0; n := 3 }
      invariant Fine: n <= 3
      cover Three: n == 3
      scope only { }
      """
    let found = try Found([try folder.write("ends.kspec", text)])
    // Without Never the spec can jump, without Top it can go back early: other runs, but nothing is broken.
    #expect(found.standing["reset.Top"] == "redundant" && found.how["reset.Top"] == "harmless")
    #expect(found.standing["stop.Never"] == "redundant" && found.how["stop.Never"] == "harmless")
    #expect(found.standing["up.Room"] == "needed for definedness")
  }

  @Test func `of a spec that is broken with all its guards nothing is said of them`() throws {
    let result = try kspec(["guards", try folder.write("counter.kspec", counter), "--policy", "broken=true"])
    #expect(result.code == 1)
    #expect(result.out.contains("with all its guards, so nothing is said of them"))
    #expect(result.out.contains("Low is false after 4 steps"))
  }

  @Test func `a search that a limit ends is unknown, never redundant without a proof`() throws {
    let found = try Found([
      specPath("l4/mapping.kspec"), "--guard", "grant.Vacant", "--scope", "tiny", "--max-states", "1", "--rlimit", "1",
    ])
    #expect(found.code == 3)
    #expect(found.standing["grant.Vacant"] == "unknown")
  }

  @Test func `wrong names are exit 2 with a hint`() throws {
    let path = specPath("l4/mapping.kspec")
    let result = try kspec(["guards", path, "--guard", "map.Vacan"])
    #expect(result.code == 2 && result.error.contains("did you mean `map.Vacant`?"), "\(result.error)")
    let none = try folder.write("none.kspec", "spec S  var n: 0..1  init { n = 0 }  action a() { n := 1 }  scope only { }")
    #expect(try kspec(["guards", none]).code == 2)
  }

  @Test func `the document has the fields that docs/Json.md describes`() throws {
    let found = try Found([try folder.write("odd.kspec", Self.odd)])
    let guards = try #require(found.document.object["guards"] as? [String: Any])
    #expect(Set(guards.keys) == (try documentedFields("field of `guards`, top level")))
    let entry = try #require((guards["entries"] as? [[String: Any]])?.first)
    #expect(Set(entry.keys) == (try documentedFields("field of `entries`")))
  }
}

/// The first column of the table in docs/Json.md that begins with the given head.
func documentedFields(_ head: String) throws -> Set<String> {
  let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/Json.md"), encoding: .utf8)
  let table = try #require(page.components(separatedBy: "| \(head) | type | meaning |\n| --- | --- | --- |\n").dropFirst().first)
  let rows = table.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("|") }
  return Set(
    rows.flatMap { row in
      row.dropFirst(2).prefix { $0 != "|" }.split(separator: ",").map { String($0.filter { $0 != "`" && $0 != " " }) }
    })
}
