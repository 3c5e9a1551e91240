import Spec
import TestSupport
import Testing

@testable import SimRuntime

/// Generated code makes keys of successors from those of their parents: whatever an update writes, it must be looked up again.
@Suite struct KeyTests {
  /// Fourteen bits for each key, and a few beside; each action writes in another way.
  private static let ways = """
    spec Ways
    sort P
    type Small = 0..15
    var x: P -> 0..63
    var y: P -> Small
    var held: set P
    var tree: forest P
    var turn: P?
    init {
      x = [p: P => 0]
      y = [p: P => 0]
      held = empty
      tree = empty
      turn = none
    }
    deadlock allowed
    effect raise(q: P, v: Small) { y[q] := v }
    action one(p: P) {
      require Low: x[p] < 2
      x[p] := x[p] + 1
    }
    action alias(p: P) {
      require Low: y[p] == 0
      raise(p, 9)
    }
    action two(p: P, q: P) {
      require Low: y[p] < 2
      y[p] := 2
      if p != q { x[q] := 5 }
    }
    action named(p: P) {
      let r = tree.root(p)
      require Low: x[r] == 0
      x[r] := 7
      turn := p
    }
    action found(p: P) {
      require Some: turn != none
      x[turn!] := 3
    }
    action every(p: P) {
      require Low: x[p] == 2
      for q: P where x[q] > 0 { y[q] := 4 }
    }
    action whole(p: P) {
      require Low: x[p] == 5
      x := [q: P => 0]
    }
    action join(p: P) {
      require Apart: !(p in held)
      held.add(p)
    }
    action leave(p: P) {
      require In: p in held
      held.remove(p)
      turn := p
    }
    action attach(c: P, p: P) {
      require Free: tree.lone(c) && c != p && !tree.within(p, c)
      tree.attach(c, under: p)
    }
    action rest() { turn := none }
    transition Steady: forall p: P :: old(p in held) ==> x[p] >= 0
    scope only { P = 5 }
    """

  @Test func `keys are those of the successors, in whatever way these are written`() throws {
    let model = try model(Self.ways)
    let comparison = try Comparison(Instance(model, scope: model.scopes[0]))
    let narrowing = try #require(comparison.native.narrowing)
    #expect(narrowing.parts.count == 5 && narrowing.bits == 12)
    let seen = try comparison.explore(limit: 3000, whole: 3000)
    #expect(seen.states > 3000)
  }
}
