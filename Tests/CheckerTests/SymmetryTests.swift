import Foundation
import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Symmetry changes nothing that a user is told but the number of states stored.
@Suite struct SymmetryTests {
  /// n processes of k states each, which step up on their own.
  private static func processes(_ n: Int, _ k: Int) -> String {
    counters(n, k).replacing("ordered sort", with: "sort")
  }

  struct Closed: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var states: UInt64
    var transitions: UInt64
    var orbits: UInt64
    var order: UInt64
    var testDescription: String { name }
  }

  static let closed = [
    // k^n states, each with a step for every process that is not at its end: n (k - 1) k^(n - 1). An orbit is a multiset:
    // C(n + k - 1, k - 1).
    Closed(name: "3 processes", text: processes(3, 4), states: 64, transitions: 144, orbits: 20, order: 6),
    Closed(name: "5 processes", text: processes(5, 3), states: 243, transitions: 810, orbits: 21, order: 120),
    Closed(name: "6 processes", text: processes(6, 4), states: 4096, transitions: 18_432, orbits: 84, order: 720),
    Closed(
      name: "12 processes", text: processes(12, 3), states: 531_441, transitions: 4_251_528, orbits: 91, order: 479_001_600),
    // Functions from 6 tokens to 4 places up to renaming of both: partitions of 6 into at most 4 parts, 9. Every token may
    // move anywhere.
    Closed(
      name: "tokens on places",
      text: """
        spec Tokens
        sort Token
        sort Place
        var at: Token -> Place
        init { at = any }
        action move(t: Token, p: Place) { at[t] := p }
        scope s { Token = 6, Place = 4 }
        """, states: 4096, transitions: 98_304, orbits: 9, order: 17_280),
    // Rooted labelled forests on 5 nodes: 6^4 (Cayley); unlabelled: 20 (OEIS A000081 shifted). Every node can be detached.
    Closed(
      name: "forests",
      text: """
        spec Forests
        sort Node
        var f: forest Node
        init { f = empty }
        action attach(c, p: Node) { require f.parent(c) == none && c != p && !f.under(p, c); f.attach(c, under: p) }
        action detach(c: Node) { require f.parent(c) != none; f.detach(c) }
        scope s { Node = 5 }
        """, states: 1296, transitions: 0, orbits: 20, order: 120),
    // Relations on 3 elements: 2^9; up to renaming 104 (OEIS A000595). Each pair may be toggled.
    Closed(
      name: "relations",
      text: """
        spec Relations
        sort Node
        record Edge { from: Node, to: Node }
        var edges: set Edge
        init { edges = empty }
        action toggle(e: Edge) { if e in edges { edges.remove(e) } else { edges.add(e) } }
        scope s { Node = 3 }
        """, states: 512, transitions: 4608, orbits: 104, order: 6),
    // Permutations of 6 elements, 720, up to renaming: partitions of 6, 11. Of cycles of lengths that do not differ otherwise no refinement of colours
    // tells which element is in which. Any two elements may change places: 30 instances.
    Closed(name: "permutations", text: permutations, states: 720, transitions: 21_600, orbits: 11, order: 720),
  ]

  private static let permutations = """
    spec Permutations
    sort Node
    var next: Node -> Node
    init { next = [n: Node => n] }
    action exchange(a, b: Node) {
      require Other: a != b
      next := [n: Node => if n == a then next[b] else if n == b then next[a] else next[n]]
    }
    scope s { Node = 6 }
    """

  @Test(
    "orbits have the number that theory gives, and their sizes add up", arguments: closed,
    [nil, .sorted, .labelling] as [Canonicalizer.Form?])
  func closedForms(_ given: Closed, _ form: Canonicalizer.Form?) throws {
    let verdict = try Checker(instance: try instance(given.text), options: .reducing(form: form)).run(.all)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.states == given.states)
    if given.transitions > 0 { #expect(verdict.transitions == given.transitions) }
    let symmetry = try #require(verdict.symmetry)
    #expect(symmetry.orbits == given.orbits)
    #expect(symmetry.order == given.order)
  }

  /// The independent enumeration counts 19,492 states and 163,048 transitions. sigma0 is one of three spaces, so two spaces, two
  /// pages and two frames are renamed; the four values of `boot` are two up to renaming.
  @Test(arguments: [nil, .sorted, .labelling] as [Canonicalizer.Form?]) func `the mapping model keeps its numbers`(
    form: Canonicalizer.Form?
  ) throws {
    let verdict = try Checker(
      instance: try instance(mapping), options: .reducing(form: form, threads: 2, native: .auto)
    ).run(.all)
    #expect(verdict.states == 19_492)
    #expect(verdict.transitions == 163_048)
    #expect(verdict.depth == 5)
    #expect(verdict.rigidValuations == 4)
    let symmetry = try #require(verdict.symmetry)
    #expect(symmetry.valuations == 2)
    #expect(symmetry.order == 4)
    #expect(symmetry.orbits < 19_492 / 7)
    #expect(symmetry.remarks.contains("1 of 3 Space named by sigma0"))
  }

  @Test(arguments: IndependenceTests.cases)
  func `verdicts, counts and traces are those without symmetry`(_ given: IndependenceTests.Case) throws {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      let comparison = try #require(try SymmetryComparison(instance, goal))
      #expect(comparison.differences(.reducing(form: nil)) == [])
      #expect(comparison.differences(.reducing(form: nil, threads: 3)) == [])
      var extreme = CheckOptions.extreme(threads: 2)
      #expect(comparison.differences(extreme) == [])
      for form in [Canonicalizer.Form.sorted, .labelling] {
        #expect(comparison.differences(.reducing(form: form), samePath: false) == [])
        extreme.tuning.canonicalForm = form
        #expect(comparison.differences(extreme, samePath: false) == [])
      }
    }
  }

  @Test func `inexact representatives store some orbits several times, and say so`() throws {
    let given = try instance(Self.permutations)
    let inexact = CheckOptions.with { $0.inexactSymmetry = true }
    let verdict = try Checker(instance: given, options: inexact).run(.all)
    let symmetry = try #require(verdict.symmetry)
    #expect(!symmetry.isExact && symmetry.orbits > 11 && symmetry.orbits < 720)
    #expect(verdict.states == symmetry.orbits && verdict.transitions == 30 * symmetry.orbits)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    // A small group's exact ones are as quick, and a checkpoint is checked by exact ones.
    let small = try Checker(instance: try instance(mapping), options: inexact).run(.all)
    #expect(small.symmetry?.isExact == true && small.states == 19_492)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let kept = try Checker(
      instance: given,
      options: .with {
        $0.inexactSymmetry = true
        $0.checkpoint = Checkpointing(folder: folder.path)
      }
    ).run(.all)
    #expect(kept.symmetry?.isExact == true && kept.states == 720)
  }

  @Test(arguments: IndependenceTests.cases)
  func `with inexact representatives verdicts and lengths of traces are those without symmetry`(
    _ given: IndependenceTests.Case
  ) throws {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      let comparison = try #require(try SymmetryComparison(instance, goal))
      for threads in [1, 2] {
        var options = CheckOptions.reducing(form: .labelling, exact: false, threads: threads)
        #expect(comparison.differences(options, samePath: false, sameCounts: false) == [])
        options.tuning.logBytes = 0
        #expect(comparison.differences(options, samePath: false, sameCounts: false) == [])
      }
    }
  }

  /// The largest group that a search of the library's lines must agree with natively; lines beyond 30,000 states are left to
  /// `kspec verify specs`, which compares them with what is pinned.
  @Test(
    "each line of the spec library has the verdict, counts and trace that it has without symmetry",
    arguments: LibraryTests.specs + ConformanceTests.specs)
  func library(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    for line in try #require(model.verify) {
      guard let (instance, goal) = try scopedGoal(line, model) else { continue }
      guard let comparison = try SymmetryComparison(instance, goal, limit: 30_000, native: .always) else { continue }
      let place = model.sources.text(line.span)
      #expect(comparison.differences(.reducing(form: nil, threads: 2, native: .always)) == [], "\(place)")
      for form in [Canonicalizer.Form.sorted, .labelling] {
        #expect(comparison.differences(.reducing(form: form, native: .always), samePath: false) == [], "\(place)")
      }
      let inexact = CheckOptions.reducing(form: .labelling, exact: false, native: .always)
      #expect(comparison.differences(inexact, samePath: false, sameCounts: false) == [], "\(place)")
    }
  }

  /// 500; `KSPEC_RANDOM_SPECS` asks for another number.
  @Test("random specs have the verdict, counts and trace that they have without symmetry", arguments: 0..<4)
  func random(block: Int) throws {
    let wanted = RandomSpecs.wanted / 4
    var compared = 0
    var merged = 0
    let inexact = CheckOptions.reducing(form: .labelling, exact: false)
    for seed in UInt64(block * 1_000_000)... {
      if compared == wanted { break }
      let text = SpecGenerator.text(seed: seed)
      guard let model = try? Frontend.check(text: text).model else { continue }
      let unordered = model.sorts.indices.filter { !model.sorts[$0].ordered }
      let sizes = Dictionary(uniqueKeysWithValues: unordered.map { ($0, 3) })
      let instance = try Instance(model, scope: model.scopes.first, sizes: sizes)
      guard let comparison = try SymmetryComparison(instance, .all, limit: 200) else { continue }
      compared += 1
      let differences =
        comparison.differences(.reducing(form: nil)) + comparison.differences(.reducing(form: .sorted), samePath: false)
        + comparison.differences(.reducing(form: .labelling), samePath: false)
        + comparison.differences(inexact, samePath: false, sameCounts: false)
      #expect(differences == [], "seed \(seed)\n\(text)")
      if !differences.isEmpty { return }
      let reduced = try Checker(instance: instance, options: .reducing(form: nil)).run(.all)
      if let symmetry = reduced.symmetry, symmetry.orbits < reduced.states { merged += 1 }
    }
    // So that it is seen that there was something to reduce.
    #expect(merged >= wanted / 10)
  }
}
