import Spec
import Testing

@testable import Prover

/// Proofs and refutations that need a construct's own facts: counts, closures, queues, sets, orders.
@Suite struct ConstructTests {
  @Test func `a counter that follows a count is exact at every size`() throws {
    // The induction step needs that one changed cell changes the count by one; it goes beyond any literal.
    let model = try model(
      """
      spec Counted
      sort Page
      sort Frame
      type Count = 0..1000
      var at: Page -> Frame?
      var refs: Frame -> Count
      init { at = [p: Page => none]; refs = [f: Frame => 0] }
      action map(p: Page, f: Frame) { require Empty: at[p] == none; require Room: refs[f] < 1000; at[p] := f; refs[f] := refs[f] + 1 }
      action unmap(p: Page) { require Full: at[p] != none; let f = at[p]!; require Counted: refs[f] > 0; at[p] := none; refs[f] := refs[f] - 1 }
      action move(p: Page, f: Frame) {
        require Full: at[p] != none && at[p] != f; require Counted: refs[at[p]!] > 0; require Room: refs[f] < 1000
        at[p] := f; refs[f] := refs[f] + 1; refs[at[p]!] := refs[at[p]!] - 1
      }
      invariant Exact: forall f: Frame :: refs[f] == count(p: Page where at[p] == f)
      transition Freed: on unmap(p) :: forall f: Frame :: old(refs[f]) == 1 && old(at[p]) == f ==> !exists q: Page :: at[q] == f
      scope tiny { Page = 2, Frame = 2 }
      """)
    #expect(unproved(try prove(model)).isEmpty)
  }

  @Test func `a counter that forgets to count is refuted with a real state`() throws {
    let model = try model(
      """
      spec Miscounted
      sort Page
      var on: Page -> bool
      var n: 0..9
      init { on = [p: Page => false]; n = 0 }
      action set(p: Page) { require Room: n < 9; on[p] := true; n := n + 1 }
      invariant Exact: n == count(p: Page where on[p])
      scope tiny { Page = 2 }
      """)
    let verdict = try #require(try prove(model)["Exact"])
    let trace = try #require(verdict.induction)
    // Setting what is set: one page that is on before.
    #expect(trace.instance.sizes == [1])
    try Replay.check(steps: trace, .breaks(.property(0)))
  }

  @Test func `a closure grows by what a new edge connects`() throws {
    let model = try model(
      """
      spec Reach
      sort Node
      var link: (Node, Node) -> bool
      var colour: Node -> bool
      init { link = [x: Node, y: Node => false]; colour = [n: Node => false] }
      def linked(x: Node, y: Node): bool = link[x, y]
      action join(x: Node, y: Node) { require Same: colour[x] == colour[y]; link[x, y] := true }
      action cut(x: Node, y: Node) { link[x, y] := false }
      invariant Separate: forall x, y: Node :: closure(linked)(x, y) ==> colour[x] == colour[y]
      scope tiny { Node = 3 }
      """)
    #expect(unproved(try prove(model)).isEmpty)
  }

  @Test func `queues, sets and orders`() throws {
    let model = try model(
      """
      spec Queues
      ordered sort Rank
      sort Item
      var line: seq[3] Item
      var seen: set Item
      var limit: Rank
      init { line = empty; seen = empty; limit = any }
      action enter(i: Item) { require Room: line.length < 3; require New: !(i in seen); line.push(i); seen.add(i) }
      action leave() { require Some: line.length > 0; seen.remove(line.first!); line.pop() }
      action purge(i: Item) { line.removeAll(x where x == i); seen.remove(i) }
      action raise(r: Rank) { require Up: limit < r; limit := r }
      invariant Known: forall i: Item :: i in line <==> i in seen
      invariant Once: line.length == 3 ==> line[0] != line[1] && line[0] != line[2] && line[1] != line[2]
      invariant Once2: line.length >= 2 ==> line[0] != line[1]
      transition Fifo: on leave() :: old(line.length) == 2 ==> line.first == old(line[1])
      transition Monotonic: old(limit) <= limit
      scope tiny { Rank = 2, Item = 2 }
      """)
    #expect(unproved(try prove(model)).isEmpty)
  }

  @Test func `numbers of many values`() throws {
    let model = try model(
      """
      spec Clock
      type Time = 0..1000000000000
      var now: Time
      var due: Time
      init { now = 0; due = 10 }
      action tick(d: 1..1000000) { require Early: now + d <= due; now := now + d }
      action plan(d: 1..1000000) { require Room: due + d <= 1000000000000; due := due + d * 1 }
      action half() { due := now + (due - now) / 2 }
      invariant Ordered: now <= due
      scope one { }
      """)
    #expect(unproved(try prove(model)).isEmpty)
  }

  /// docs/Warts.md: the value written would depend on which round of the loop is meant.
  @Test func knownGap_updateInALoopThatDoesNotContainItsVariable() throws {
    let model = try model(
      """
      spec Loop
      sort Item
      var marked: set Item
      var last: Item?
      var flag: bool
      init { marked = empty; last = none; flag = true }
      action take(i: Item) { require Alone: marked == empty; marked.add(i) }
      action note() { for i: Item where i in marked { last := i } }
      invariant Flag: flag
      scope tiny { Item = 2 }
      """)
    let verdict = try #require(try prove(model)["Flag"])
    #expect(verdict.reason.contains("an update in a `for` whose location does not contain the loop's variables"))
  }

  @Test func `a spec that is too large to encode is undecided, not a hang`() throws {
    let model = try model(
      """
      spec Large
      var line: seq[5000] 0..1
      var flag: bool
      init { line = empty; flag = true }
      action flip() { flag := true }
      invariant Flag: flag
      scope one { }
      """)
    #expect(try prove(model)["Flag"]?.reason.contains("a queue of more than 64 elements") == true)
  }
}
