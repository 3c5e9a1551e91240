import Spec
import TestSupport
import Testing

@testable import SimRuntime

/// Representatives in C against their obviously right twin, on random states of every kind of cell.
@Suite struct CanonicalizerTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    /// Of the first rigid valuation's stabiliser.
    var order: UInt64
    var testDescription: String { name }
  }

  /// Sorts without a size in the scope have one element.
  private static func spec(_ declarations: String, _ sizes: String) -> String {
    let rest = ["Node", "Color", "Step"].filter { !sizes.contains($0) }.map { ", \($0) = 1" }
    return """
      spec Shape
      sort Node
      sort Color
      ordered sort Step
      enum Kind { first, second }
      record Pair { kind: Kind, node: Node, color: Color? }
      \(declarations)
      init { }
      action stay() { }
      scope s { \(sizes)\(rest.joined()) }
      """
  }

  /// Orders by hand: n! for each unordered sort of n elements, fewer where a constant ties elements.
  static let cases = [
    Case(name: "a map of enums", text: spec("var a: Node -> Kind", "Node = 4"), order: 24),
    Case(name: "two sorts as keys", text: spec("var a: (Node, Color) -> 0..2", "Node = 3, Color = 3"), order: 36),
    Case(name: "contents", text: spec("var a: Node -> Color?\nvar b: Color -> Node", "Node = 3, Color = 3"), order: 36),
    Case(name: "records as keys and contents", text: spec("var a: Pair -> Node?\nvar b: Pair", "Node = 2, Color = 2"), order: 4),
    Case(name: "an optional record", text: spec("var a: Node -> Pair?", "Node = 3, Color = 2"), order: 12),
    Case(name: "sets", text: spec("var a: set Node\nvar b: Node -> set Color", "Node = 3, Color = 2"), order: 12),
    Case(name: "queues", text: spec("var q: Color -> seq[3] Node\nvar p: seq[2] Pair", "Node = 3, Color = 2"), order: 12),
    Case(name: "forests", text: spec("var f: forest Node\nvar g: forest Pair", "Node = 3, Color = 1"), order: 6),
    Case(
      name: "ordered sorts stay", text: spec("var a: (Node, Step) -> Step\nvar b: Step -> Node?", "Node = 3, Step = 3"), order: 6),
    Case(
      name: "a named element stays",
      text: spec("const top: Node\nvar a: Node -> Node\nvar f: forest Node", "Node = 4"), order: 6),
    Case(
      name: "a function ties two sorts",
      text: spec(
        "const home: Node -> Color\naxiom Apart: forall n, m: Node :: n != m ==> home[n] != home[m]\nvar a: (Node, Color) -> bool",
        "Node = 3, Color = 3"), order: 6),
    Case(
      name: "a function splits a sort",
      text: spec(
        "const good: Node -> bool\naxiom Two: count(n: Node where good[n]) == 2\nvar a: Node -> Node", "Node = 5"), order: 12),
    Case(
      name: "wide numbers", text: spec("type Wide = 0..99999\nvar a: Node -> Wide\nvar b: Node -> Node", "Node = 3"), order: 6),
    Case(
      name: "named elements beside sorted ones",
      text: spec(
        "const top: Node\nvar a: Color -> Node\nvar b: (Node, Color) -> 0..2\nvar q: seq[2] Node\nvar c: Node",
        "Node = 4, Color = 2"),
      order: 12),
    Case(
      name: "many words", text: spec("var a: (Node, Node) -> Pair?\nvar q: seq[9] Node", "Node = 4, Color = 3"), order: 144),
  ]

  private static func setting(_ text: String) throws -> (layout: StateLayout, group: SymmetryGroup) {
    let model = try model(text.replacing("init { }", with: initial(text)))
    let instance = try Instance(model, scope: model.scopes.first)
    let rigid = try #require(try Evaluator(instance).rigidValuations().first)
    return (try StateLayout(instance), SymmetryGroup(instance, rigid))
  }

  /// `init` gives every variable some value; the tests make their own states.
  private static func initial(_ text: String) -> String {
    let variables = text.split(separator: "\n").filter { $0.hasPrefix("var ") }
    let values = variables.map { "\($0.dropFirst(4).prefix(1)) = \($0.contains("forest") ? "empty" : "any")" }
    return "init { \(values.joined(separator: "; ")) }"
  }

  @Test("the group has the order that its sorts and constants give", arguments: cases)
  func order(_ given: Case) throws {
    let (_, group) = try Self.setting(given.text)
    #expect(group.order == given.order)
    #expect(Set(group.renamings()).count == Int(given.order))
    #expect(group.isWhole)
  }

  @Test("images give the least packed state of the orbit", arguments: cases)
  func images(_ given: Case) throws {
    let (layout, group) = try Self.setting(given.text)
    let canonicalizer = try #require(Canonicalizer(layout, group, .images, fault: []))
    #expect(canonicalizer.form == .images)
    let twin = ReferenceOrbit(layout, group)
    var random = SeededGenerator(seed: 1)
    for _ in 0..<max(10, 600 / Int(group.order)) {
      let state = layout.instance.randomState(&random)
      let (words, orbit) = try canonicalizer.representative(state)
      let expected = twin.canonical(state)
      #expect(words == expected.words)
      #expect(orbit == UInt64(expected.orbit))
    }
  }

  /// Where every sort that can be permuted freely has two elements that meet in a cell: as key and content, as a node and its parent.
  static let unsorted: Set<String> = [
    "forests", "a named element stays", "a function ties two sorts", "a function splits a sort", "wide numbers",
  ]

  @Test("the form is the one that the group's order and the cells permit", arguments: cases)
  func forms(_ given: Case) throws {
    let (layout, group) = try Self.setting(given.text)
    let sorted = try #require(Canonicalizer(layout, group, .sorted, fault: []))
    #expect(sorted.form == (Self.unsorted.contains(given.name) ? .labelling : .sorted))
    #expect(Canonicalizer(layout, group)?.form == (given.order <= 128 ? .images : .sorted))
  }

  @Test(
    "sorting, or a labelling, gives one state of the orbit, the same for all of it, and the orbit's size", arguments: cases,
    [.sorted, .labelling] as [Canonicalizer.Form])
  func labelling(_ given: Case, _ form: Canonicalizer.Form) throws {
    let (layout, group) = try Self.setting(given.text)
    let canonicalizer = try #require(Canonicalizer(layout, group, form, fault: []))
    let twin = ReferenceOrbit(layout, group)
    let renamings = group.renamings()
    var random = SeededGenerator(seed: 2)
    for _ in 0..<max(10, 600 / Int(group.order)) {
      let state = layout.instance.randomState(&random)
      let (words, orbit) = try canonicalizer.representative(state)
      let expected = twin.canonical(state)
      #expect(orbit == UInt64(expected.orbit))
      let representative = layout.unpack(words)
      #expect(twin.canonical(representative).words == expected.words)
      let other = layout.instance.renamed(state, by: try #require(renamings.randomElement(using: &random)))
      #expect(try canonicalizer.representative(other).words == words)
      expectRenaming(canonicalizer, from: state, to: other)
    }
  }

  @Test("an inexact representative is a state of the orbit", arguments: cases)
  func inexact(_ given: Case) throws {
    let (layout, group) = try Self.setting(given.text)
    let canonicalizer = try #require(Canonicalizer(layout, group, .labelling, exact: false, fault: []))
    #expect(!canonicalizer.isExact && canonicalizer.exactly()?.isExact == true)
    let twin = ReferenceOrbit(layout, group)
    let renamings = group.renamings()
    var random = SeededGenerator(seed: 3)
    for _ in 0..<max(10, 600 / Int(group.order)) {
      let state = layout.instance.randomState(&random)
      let (words, orbit) = try canonicalizer.representative(state)
      #expect(orbit == 1)
      #expect(twin.canonical(layout.unpack(words)).words == twin.canonical(state).words)
      let other = layout.instance.renamed(state, by: try #require(renamings.randomElement(using: &random)))
      expectRenaming(canonicalizer, from: state, to: other)
    }
  }

  /// One is found, and it takes the one state to the other.
  private func expectRenaming(_ canonicalizer: Canonicalizer, from state: State, to other: State) {
    let found = canonicalizer.renamings(from: state, to: other)
    #expect(found.count == 1 && found.allSatisfy { canonicalizer.layout.instance.renamed(state, by: $0) == other })
  }

  /// Of a permutation with c cycles of one length all elements are alike: whichever comes first, what is left is the same. Where lengths
  /// differ, it decides.
  @Test(
    "inexact representatives are many only where elements that tie differ",
    arguments: [([3, 3, 3], 1), ([4, 4], 1), ([5, 3], 2), ([1, 2, 3], 6)])
  func firstLeaves(_ lengths: [Int], _ different: Int) throws {
    let n = lengths.reduce(0, +)
    let (layout, group) = try Self.setting(Self.spec("var a: Node -> Node", "Node = \(n)"))
    let canonicalizer = try #require(Canonicalizer(layout, group, .labelling, exact: false, fault: []))
    var random = SeededGenerator(seed: 4)
    var found: Set<[UInt64]> = []
    for _ in 0..<200 { found.insert(try canonicalizer.representative(Self.permutation(lengths, &random)).0) }
    #expect(found.count == different)
  }

  /// Graphs without a signature: disjoint cycles look alike to every node. The orbits of a permutation of n elements under
  /// conjugation are n! / (product of c^m m! over m cycles of length c).
  @Test(
    "ties without twins are resolved", arguments: [([3, 3, 3], 2240), ([2, 2, 2, 2], 105), ([4, 4], 1260), ([5, 3], 2688)])
  func cycles(_ lengths: [Int], _ orbit: Int) throws {
    let n = lengths.reduce(0, +)
    let (layout, group) = try Self.setting(Self.spec("var a: Node -> Node", "Node = \(n)"))
    let canonicalizer = try #require(Canonicalizer(layout, group))
    var random = SeededGenerator(seed: 3)
    var seen: Set<[UInt64]> = []
    for _ in 0..<20 {
      let (words, size) = try canonicalizer.representative(Self.permutation(lengths, &random))
      #expect(size == UInt64(orbit))
      seen.insert(words)
    }
    #expect(seen.count == 1)
  }

  /// Of cycles of these lengths.
  private static func permutation(_ lengths: [Int], _ random: inout SeededGenerator) -> State {
    let n = lengths.reduce(0, +)
    let nodes = (0..<n).shuffled(using: &random)
    var next = [Value](repeating: .element(0), count: n)
    var start = 0
    for length in lengths {
      for step in 0..<length { next[nodes[start + step]] = .element(nodes[start + (step + 1) % length]) }
      start += length
    }
    return State(variables: [.map(next)])
  }

  /// Twelve interchangeable elements are one labelling, not 479,001,600.
  @Test func `interchangeable elements are not permuted`() throws {
    let (layout, group) = try Self.setting(Self.spec("var a: Node -> 0..2\nvar f: forest Node", "Node = 12"))
    let canonicalizer = try #require(Canonicalizer(layout, group))
    let same = State(variables: [.map(Array(repeating: .int(1), count: 12)), .forest(Array(repeating: -1, count: 12))])
    #expect(try canonicalizer.representative(same).orbit == 1)
    // 12! / (4! 8!): which four hold 2.
    let some = State(variables: [
      .map((0..<12).map { .int($0 % 3 == 0 ? 2 : 1) }), .forest(Array(repeating: -1, count: 12)),
    ])
    #expect(try canonicalizer.representative(some).orbit == 495)
  }

  @Test func `rigid valuations are explored up to renaming, with their numbers`() throws {
    let model = try model(
      Self.spec("const home: Node -> Color\nvar a: Node -> bool", "Node = 4, Color = 3").replacing(
        "init { }", with: "init { a = [n: Node => false] }"))
    let instance = try Instance(model, scope: model.scopes.first)
    let rigids = try Evaluator(instance).rigidValuations()
    let orbits = try RigidOrbit.orbits(of: rigids, instance)
    // Functions from 4 nodes to 3 colours up to both renamings are the partitions of 4 into at most 3 parts: 4, 31, 22, 211.
    #expect(rigids.count == 81)
    #expect(orbits.map(\.size).sorted() == [3, 18, 24, 36])
    // The orbit-stabiliser theorem: 4! 3! = 144.
    for orbit in orbits { #expect(orbit.size * orbit.group.order == 144) }
    #expect(orbits[0].representative == rigids[0])
  }
}

extension Canonicalizer {
  func representative(_ state: State) throws -> (words: [UInt64], orbit: UInt64) {
    let scratch = try #require(makeScratch())
    var words = layout.pack(state)
    canonicalize(&words, 1, scratch)
    var size: UInt64 = 0
    let again = words
    again.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress {
        orbitSizes(StateBatch(base: base, count: 1, words: words.count), into: &size, scratch)
      }
    }
    #expect(again == words)
    return (words, size)
  }
}
