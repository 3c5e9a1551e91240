import SimRuntime
import Spec
import Testing

@testable import Checker

/// Would the comparisons of `SymmetryTests` notice a mistake? Five are made on purpose, and each is noticed.
@Suite struct SymmetryFaultTests {
  private func differences(_ text: String, _ fault: SymmetryFault) throws -> [String] {
    let comparison = try #require(try SymmetryComparison(try instance(text), .all))
    #expect(comparison.differences(.reducing(form: nil)) == [])
    return comparison.differences(.reducing(form: nil, fault: fault))
  }

  /// Only the good process can step: renaming it swaps the values of `good`.
  @Test func `a renaming that swaps the values of a constant function is noticed`() throws {
    let found = try differences(
      """
      spec Good
      sort Process
      const good: Process -> bool
      axiom One: count(p: Process where good[p]) == 1
      var step: Process -> 0..2
      init { step = [p: Process => 0] }
      action go(p: Process) { require good[p] && step[p] < 2; step[p] := step[p] + 1 }
      action reset { require exists p: Process where good[p] :: step[p] == 2; step := [p: Process => 0] }
      scope s { Process = 3 }
      """, .ignoresFunctions)
    #expect(found != [])
  }

  /// A process may step only once those before it have: a state does not survive the exchange of two.
  @Test func `a group that permutes an ordered sort is noticed`() throws {
    let found = try differences(
      """
      spec Ranks
      ordered sort Process
      var done: Process -> bool
      init { done = [p: Process => false] }
      action go(p: Process) { require !done[p] && (forall q: Process :: q < p ==> done[q]); done[p] := true }
      deadlock allowed
      scope s { Process = 3 }
      """, .permutesOrderedSorts)
    #expect(found != [])
  }

  /// A leaf can leave its own item's root alone; levels keep even a wrongly renamed forest free of cycles.
  @Test func `forest parents that are not permuted are noticed`() throws {
    let found = try differences(
      """
      spec Trees
      sort Item
      enum Level { root, leaf }
      record Node { level: Level, item: Item }
      var tree: forest Node
      init { tree = empty }
      action attach(a, b: Item) {
        require tree.parent(Node(level: leaf, item: a)) == none
        tree.attach(Node(level: leaf, item: a), under: Node(level: root, item: b))
      }
      action leave(a: Item) {
        require tree.parent(Node(level: leaf, item: a)) == Node(level: root, item: a)
        tree.detach(Node(level: leaf, item: a))
      }
      deadlock allowed
      scope s { Item = 3 }
      """, .leavesForestParents)
    #expect(found != [])
  }

  @Test func `content that is not permuted is noticed`() throws {
    let found = try differences(
      """
      spec Owners
      sort Item
      var owner: Item -> Item?
      init { owner = [i: Item => none] }
      action take(i, j: Item) { require owner[i] == none; owner[i] := j }
      action give(i: Item) { require owner[i] != none && owner[i] != i; owner[i] := i }
      deadlock allowed
      scope s { Item = 3 }
      """, .leavesContent)
    #expect(found != [])
  }

  /// An exchange is a renaming, so after canonicalisation it looks as if nothing had happened.
  @Test func `an edge property that is judged after canonicalisation is noticed`() throws {
    let text = """
      spec Exchange
      sort Item
      var holds: Item -> 0..1
      init { holds = any }
      action exchange(i, j: Item) { holds[i] := holds[j]; holds[j] := holds[i] }
      transition Still: forall i: Item :: holds[i] == old(holds[i])
      scope s { Item = 3 }
      """
    let comparison = try #require(try SymmetryComparison(try instance(text), .all))
    #expect(comparison.differences(.reducing(form: nil)) == [])
    var options = CheckOptions.reducing(form: nil)
    options.source = { LateJudge(truth: try ReferenceSource($0)) }
    #expect(comparison.differences(options) != [])
    // What makes it the worst of mistakes: the property is said to hold.
    guard case .exhausted = try Checker(instance: try instance(text), options: options).run(.all).outcome else {
      Issue.record("the mistake shows in another way")
      return
    }
  }
}

/// The evaluator, but edges are judged by the representatives of their ends.
private struct LateJudge: SuccessorSource {
  let truth: ReferenceSource
  var instance: Instance { truth.instance }
  var layout: StateLayout { truth.layout }
  var name: String { "late judge" }

  func makeScratch() -> Scratch { truth.makeScratch() }
  func pack(_ rigid: RigidValuation) -> PackedRigid { truth.pack(rigid) }

  func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    try truth.initialStates(rigid, into: &states)
  }

  func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch
  ) {
    truth.judge(states, rigid, judging: judging, into: masks, scratch)
  }

  func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    var expansion = truth.expand(parents, rigid, judging: [], into: &successors, marks: marks, scratch)
    let orbit = ReferenceOrbit(layout, SymmetryGroup(instance, rigid.valuation))
    for index in 0..<expansion.consumed {
      let before = layout.unpack(parents[index])
      for edge in truth.evaluator.successors(of: before, rigid.valuation) {
        guard let after = try? edge.result.get() else { continue }
        let late = layout.unpack(orbit.canonical(after).words)
        for property in instance.model.properties.indices where judging.contains(.property(property)) {
          let holds = try? truth.evaluator.holds(transition: property, edge.instance, from: before, to: late, rigid.valuation)
          if holds != true { marks[index].broken.insert(.property(property)) }
        }
      }
      expansion.broken.formUnion(marks[index].broken)
    }
    return expansion
  }
}
