import Foundation
import Spec
import TestSupport
import Testing

@testable import SimRuntime

/// Small specs for what random ones meet rarely: each is compared on its reachable states and on random states.
struct Construct: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var text: String

  init(_ name: String, _ text: String) {
    testDescription = name
    self.text = text
  }

  static let all: [Construct] = [
    Construct(
      "a forest of nine nodes, chains of any length",
      """
      spec C
      sort N
      var f: forest N
      var m: N -> 0..9
      init { f = empty; m = [n: N => 0] }
      action attach(c, p: N) { require R: f.parent(c) == none && !f.within(p, c); f.attach(c, under: p) }
      action prune(a: N) { for n: N where f.under(n, a) { m[n] := count(x: N where f.within(n, x)) }; f.prune(a) }
      action remove(a: N) { f.remove(a) }
      action both(a, b: N) { f.detach(a); f.attach(a, under: b) }
      action replace(a, b: N) { f.replace(a, by: b) }
      action sweep(a: N) { for n: N where f.under(n, a) && m[n] > 0 { f.remove(n) } }
      invariant Transitive: forall a, b, c: N :: f.under(a, b) && f.under(b, c) ==> f.under(a, c)
      invariant Root: forall a: N :: f.parent(f.root(a)) == none && f.within(a, f.root(a))
      transition Kept: forall a, b: N :: old(f.under(a, b)) && f.under(a, b) ==> !f.under(b, a)
      cover Chain: exists a, b, c, d: N :: f.under(a, b) && f.under(b, c) && f.under(c, d)
      deadlock allowed
      scope s { N = 9 }
      """),
    Construct(
      "a forest too large for ancestor sets",
      """
      spec C
      type K = 0..69
      var f: forest K
      init { f = empty }
      action attach(c: K) { require R: c < 69 && f.parent(c) == none && f.lone(c); f.attach(c, under: c + 1) }
      action prune(a: K) { f.prune(a) }
      action up(a: K) { require U: f.under(a, 69); f.remove(a) }
      cover Under: exists a: K :: f.within(a, 69) && f.root(a) == 69 && a < 68
      scope s { }
      """),
    Construct(
      "queues in records in maps, with every mixture of operations",
      """
      spec C
      sort S
      type D = -2..3
      record Box { line: seq[3] D?, name: S?, marks: set D }
      var b: S -> Box
      var q: seq[2] Box2
      record Box2 { d: D, s: S }
      init { b = [s: S => Box(line: empty, name: none, marks: empty)]; q = empty }
      action push(s: S, d: D) { b[s].line.push(d) }
      action turn(s, t: S) { b[s].line.push(b[t].line[0]); b[t].line.pop() }
      action whole(s, t: S) { b[s] := b[t]; b[t].name := s }
      action mixed(s, t: S, d: D) { b[s].line.removeAll(x where x == d); b[t].line := b[s].line; b[s].name := t }
      action swap(s, t: S) { b := [x: S => if x == s then b[t] else b[x]]; if s == t { b[s].marks.add(1) } }
      action clash(s, t: S) { b[s].name := t; b[t].name := s; b[s].line.push(none) }
      action shift() { q.push(q[0]); q.pop() }
      action fill(d: D, s: S) { q.push(Box2(d: d, s: s)) }
      action drain(s: S) { q.removeAll(x where x.s == s && x.d / x.d == 1) }
      invariant In: forall s: S, d: D :: d in b[s].line ==> b[s].line.length > 0
      cover Two: exists s: S :: b[s].line.length == 2 && b[s].line[1] == three()
      def three(): D? = 3
      deadlock allowed
      scope s { S = 3 }
      """),
    Construct(
      "sets, maps and options over ranges that begin below or above zero, used across intervals",
      """
      spec C
      type A = -3..2
      type B = 1..4
      var a: set A
      var o: A?
      var p: B?
      var m: A -> B
      var x: A
      var y: B
      init { a = empty; o = none; p = none; m = [k: A => 1]; x = 0; y = 1 }
      action add(k: A) { a.add(k) }
      action move() { o := p; y := x * x + 1 }
      action back() { p := if o == none then none else o! + 2 }
      action big(k: A) { m[k] := m[x] + y - 1; x := any z: A where z in a }
      action sum() { x := count(k: A where k in a) - 3; a := {k: A where k > x} - {-1} + {x} }
      invariant Same: o == p ==> (o ?? 1) == (p ?? 1)
      invariant Outside: !(5 in a) && !(y in a && y > 2)
      invariant Division: (x / 2) * 2 + x % 2 == x && x % -2 >= 0 && (x / -2) * -2 + x % -2 == x
      cover Map: m == [k: A => if k < 0 then 1 else 2]
      deadlock allowed
      scope s { }
      """),
    Construct(
      "numbers of 62 bits, a state of many words, cells of every width",
      """
      spec C
      sort S
      type Wide = -2305843009213693952..2305843009213693951
      var w: S -> Wide
      var h: S -> 0..60000
      var i: S -> 0..4000000000
      var t: seq[4] Wide
      init { w = [s: S => 0]; h = [s: S => 0]; i = [s: S => 0]; t = empty }
      action double(s: S) { w[s] := w[s] + w[s] + 1; h[s] := h[s] * 2 + 1 }
      action big(s: S) { i[s] := i[s] + 1999999999; t.push(w[s] - 1) }
      action least(s: S) { w[s] := -2305843009213693952 + h[s]; t.pop() }
      action differ(s, u: S) { require D: w[s] < w[u]; i[s] := w[u] - w[s]; for x: S { h[x] := h[s] } }
      invariant Order: forall s, u: S :: w[s] <= w[u] || w[u] < w[s]
      deadlock allowed
      scope s { S = 4 }
      """),
    Construct(
      "relations that may have no value, closures of them, defs with collections in and out",
      """
      spec C
      sort N
      const c: N
      var next: N -> N?
      var to: N -> set N
      var hop: (N, N) -> bool
      init { next = any; to = [n: N => {m: N where next0(n, m)}]; hop = [n: N, m: N => n == c] }
      def next0(n: N, m: N): bool = n == m || n == c
      def step(n: N, m: N): bool = next[n]! == m
      def below(n: N): set N = {m: N where closure(to)(n, m)}
      def joined(a: set N, b: set N): set N = if a <= b then b else a + b
      def table(a: set N): N -> bool = [n: N => n in a && n != c]
      action go(n: N) { require Steps: closure(step)(c, n) || n == c; next[n] := none }
      action grow(n, m: N) { to[n] := joined(below(n), {m, c}) & to[n] + {m} }
      action link(n: N) { hop := [a: N, b: N => closure(hop)(a, b) || (a == n && table(below(a))[b])] }
      invariant Below: forall n: N :: n in below(n) && to[n] - below(n) == {}
      transition Grows: on grow(n, m) :: m in to[n] && old(size(to[n])) <= size(to[n]) + 1
      cover Closed: forall n, m: N :: closure(next)(n, m) || closure(hop)(m, n)
      deadlock allowed
      scope s { N = 4 }
      """),
    Construct(
      "guards whose order matters, choices with filters that have no value, lets of collections",
      """
      spec C
      sort N
      var at: N -> N?
      var done: set N
      var level: 0..3
      init { at = [n: N => none]; done = empty; level = 0 }
      action put(n, m: N) { require Free: at[n] == none; at[n] := m; level := (level + 1) % 4 }
      action order(a, b, c: N) {
        require First: a in done
        let x = at[b]!
        require Second: x != c
        let seen = {n: N where at[n] == x}
        require Third: size(seen) / level >= 1
        done := done - seen + {c}
      }
      action choose(a: N) {
        require Early: level > 0
        at[a] := any n: N where at[n]! != a
        level := any l: 0..2 where 6 / l > 2
      }
      action mark(n: N) { done.add(n); if n in done { level := level + 1 } else if level == 0 { done.remove(n) } }
      invariant Small: size(done) <= level + 3
      deadlock allowed
      scope s { N = 3 }
      """),
    Construct(
      "conditions on many values at once: two keys, parts of records, orders and intervals, few writes in branches",
      """
      spec C
      sort S
      type A = 2..5
      type B = -1..3
      ordered enum E { low, mid, high }
      record K { s: S, a: A }
      var m: (S, A) -> B
      var o: K -> A?
      var at: S -> K?
      var e: S -> E
      var u: S -> set A
      var t: set S
      var f: forest S
      init {
        m = [s: S, a: A => 0]; o = [k: K => none]; at = [s: S => none]; e = [s: S => low]; u = [s: S => {}]; t = empty; f = empty
      }
      def holds(s: S, a: A): bool = at[s] == K(s: s, a: a) || a in u[s]
      action lower(s: S, a: A) { require R: m[s, a] > -1 && a < 5; for z: S where m[z, a] == m[s, a] { m[z, a] := -1 } }
      action raise(s: S, a: A) { require R: m[s, a] < 3 && (m[s, a] <= 1 || s in t); m[s, a] := m[s, a] + 1; u[s].add(a) }
      action column(a: A) { for s: S where exists b: A :: b <= a && m[s, b] > 1 { o[K(s: s, a: a)] := a; e[s] := high } }
      action row(s: S) { for a: A where holds(s, a) || m[s, a] >= 3 { m[s, a] := 0; u[s].remove(a) } }
      action move(s, z: S, a: A) {
        require D: e[s] <= e[z] && (if s in t then e[z] != low else a > 3) && (at[z] == none <==> at[s] == none)
        if s in t { e[s] := mid; at[s] := K(s: z, a: a) } else { e[z] := high; if s == z { e[s] := low } else { t.add(z) } }
        e[z] := e[s]
        t.add(s)
      }
      action hang(c, p: S) { require H: !f.within(p, c) && (f.lone(c) || c in t); f.attach(c, under: p); at[c] := K(s: p, a: 2) }
      action cut(c: S) { require C: exists k: S :: f.under(k, c); f.prune(c); f.detach(c) }
      action take(c: S) { require P: f.parent(c) != none && c in t; f.remove(c); t.remove(c) }
      action give(c, d: S) { f.replace(c, by: d) }
      invariant Parts: forall s: S, a: A, z: S :: at[s] == K(s: z, a: a) ==> at[s] != none && (a != 2 || z == f.root(z) || a in u[s])
      invariant Orders: forall s, z: S :: e[s] < e[z] || e[z] <= e[s]
      invariant Counts: forall a: A :: count(s: S where m[s, a] > 0 && a in u[s]) <= 2
      invariant Known: forall k: K :: o[k] == none || o[k] == k.a
      transition Falls: on row(s) :: forall a: A :: old(holds(s, a)) ==> m[s, a] == 0 && !(a in u[s])
      transition Roots: forall s: S :: old(f.under(s, s)) ==> f.root(s) == s
      cover Both: exists s, z: S :: s in t && !(z in t) && f.under(s, z) && (forall a: A :: m[s, a] == m[z, a])
      cover High: exists k: K :: at[k.s] == k && e[k.s] == high
      deadlock allowed
      scope s { S = 3 }
      """),
  ]
}

@Suite struct ConstructTests {
  @Test("evaluator and native code agree on constructs that are rare elsewhere", arguments: Construct.all)
  func construct(_ construct: Construct) throws {
    let model = try model(construct.text)
    let instance = try Instance(model, scope: model.scopes[0])
    for optimization in ["-O0", "-O2"] {
      let comparison = try Comparison(instance, optimization: optimization)
      let seen = try comparison.explore(limit: 60, valuations: 1)
      #expect(seen.transitions > 0)
      try comparison.random(states: 40, seed: 1)
    }
  }
}
