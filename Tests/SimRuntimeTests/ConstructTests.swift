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
    Construct(
      "parameters that guards determine, that have one value, or that do not matter",
      """
      spec C
      sort N
      sort One
      enum M { a, b, c }
      const k: N -> N
      policy quiet: bool = true
      var at: N -> M?
      var to: N -> N?
      var one: One -> N?
      var mark: N -> 0..3
      def first(x, y: N): N = if mark[x] < mark[y] then x else y
      init { at = [n: N => none]; to = [n: N => none]; one = [o: One => none]; mark = [n: N => 0] }
      action set(n: N, m: M?, o: One) { require D: at[n] != m && (one[o] == none || one[o] == n); at[n] := m }
      action link(n, x: N, o: One) { require A: n != x && k[n] != k[x]; require F: to[n] != x; to[n] := x; one[o] := n }
      action follow(n, x: N, m: M, y: N, z: N) {
        require X: to[n] == x
        let seen = mark[x]
        require M: m == at[x]! || seen == 0
        require S: at[x] == m && seen <= mark[n]
        require Y: y == first(n, x)
        require Z: z == to[y]
        require W: z != n
        mark[y] := 3
        at[z] := m
      }
      action bump(n: N, m: M, x: N) { require K: mark[n] < 3; mark[n] := mark[n] + 1; if !quiet { to[x] := n } }
      action spoil(n: N, m: M, o: One) { require A: at[n] != none && (one[o] != none); mark[n] := mark[n] + 1 }
      action idle(n: N, m: M, x: N) { require Z: mark[n] == 0 && m != b && mark[x] < 2; mark[n] := mark[n] * 2 }
      action look(n, x: N, m: M) { require A: at[n] == m; require L: mark[x] < 2; if !quiet { mark[n] := 0 } }
      action whole(n: N, o: One) { mark := [x: N => if x == n then 0 else mark[x]]; one[o] := none }
      invariant Known: forall n: N :: to[n] != none ==> mark[n] < 3 || at[n] != c
      transition Seen: on look(n, x, m) :: m != c || x == n || mark[n] < 2
      transition Odd: on bump(n, m, x) :: m != b || mark[n] != 2 || mark[x] == 0
      deadlock allowed
      scope s { N = 3, One = 1 }
      """),
    Construct(
      "updates that are gathered: long branches, cells written twice, variables across words",
      """
      spec C
      sort T
      enum S { idle, busy, gone }
      record P { by: T?, s: S }
      var s: T -> S
      var of: T -> T?
      var w: T -> 0..5?
      var flag: T -> bool
      var pair: (T, T) -> bool
      var p: T -> P
      var wide: T -> 0..9999
      var seen: set T
      var turn: T?
      init {
        s = [t: T => idle]; of = [t: T => none]; w = [t: T => none]; flag = [t: T => false]; pair = [x: T, y: T => false]
        p = [t: T => P(by: none, s: idle)]; wide = [t: T => 0]; seen = empty; turn = none
      }
      effect become(t: T, to: S, x: T?, v: 0..5?, f: bool) { s[t] := to; of[t] := x; w[t] := v; flag[t] := f; wide[t] := 77 }
      effect leave(t: T) { for y: T { pair[t, y] := false; pair[y, t] := false } }
      action send(a, b: T, v: 0..5, now: bool) {
        require A: a != b && (turn == none || turn == a)
        if s[b] == busy && of[b] != b {
          become(b, idle, none, v, true)
          become(a, idle, b, none, false)
          leave(b)
          turn := a
        } else {
          let c = b
          if now { become(a, idle, none, none, true); p[a].by := none; turn := none }
          else { become(a, busy, c, v, false); p[a].s := busy; p[a].by := c; pair[c, a] := true; turn := c }
        }
        seen.add(a)
      }
      action clash(a, b: T) { s[a] := busy; s[b] := gone; seen.remove(a); seen.remove(b) }
      action same(a, b: T) { w[a] := 3; w[b] := 3; p[a] := P(by: b, s: gone); p[b].s := gone }
      action sweep(a: T) { for t: T where s[t] == busy { s[t] := gone }; for x: T, y: T where pair[x, y] { s[x] := gone; wide[y] := 5 } }
      action mixed(a: T) { for t: T where flag[t] { s[t] := idle }; for t: T where of[t] == a { s[t] := busy } }
      action count(a: T) { wide[a] := wide[a] + 1; flag[a] := !flag[a] }
      action pick(a: T) { turn := any x: T where x != a && s[x] != gone }
      transition Still: on send(a, b, v, now) :: forall x: T where x != a && x != b :: s[x] == old(s[x])
      invariant Paired: forall x, y: T :: pair[x, y] ==> s[y] == busy || x in seen
      deadlock allowed
      scope s { T = 5 }
      """),
    Construct(
      "parameters that no guard asks for, at the end and before, alone and together; a sort of one element",
      """
      spec C
      sort S
      sort One
      type W = 0..2
      enum Phase { idle, busy }
      const home: S -> One
      var v: S -> W?
      var f: S -> bool
      var phase: S -> Phase
      var at: (S, One) -> bool
      var who: S?
      init { v = [s: S => none]; f = [s: S => false]; phase = [s: S => idle]; at = [s: S, o: One => false]; who = none }
      effect become(s: S, w: W?, e: bool, p: Phase, x: S?) { v[s] := w; f[s] := e; phase[s] := p; who := x; at[s, home[s]] := e }
      action last(s: S, w: W, e: bool) { require I: phase[s] == idle; v[s] := w; f[s] := e }
      action two(s: S, e, g: bool) { require I: who != s; f[s] := e; who := if g then s else none }
      action first(e: bool, s, t: S) { require D: s != t && !f[t]; f[s] := e; f[t] := !e }
      action kin(s, t: S, e: bool) { require K: home[s] == home[t] && s != t; require Q: who == none || home[s] != home[t]; at[t, home[s]] := e }
      action own(s: S, x: S, e: bool) { require W: who == x; phase[s] := if e then busy else idle; who := x }
      action send(a, b: S, e: bool, now: bool, w: W) {
        require A: a != b && (who == none || who == a)
        if phase[b] == busy && !f[b] {
          become(a, 1, e, idle, none)
          become(b, none, now, busy, b)
        } else {
          if now { become(a, none, false, idle, none) } else { become(a, w, e, busy, b); become(b, v[b], true, busy, b) }
        }
      }
      transition Still: on send(a, b, e, now, w) :: forall x: S where x != a && x != b :: v[x] == old(v[x]) && (now || w < 3)
      invariant Home: forall s, t: S :: home[s] == home[t]
      cover All: forall s: S :: f[s] && phase[s] == busy
      deadlock allowed
      scope s { S = 3, One = 1 }
      """),
    Construct(
      "very many instances, of which few are enabled",
      """
      spec C
      type K = 0..69
      sort S
      var v: S -> K
      var w: (S, S) -> K
      init { v = [s: S => 0]; w = [s: S, t: S => 0] }
      action go(s, t: S, a, b: K) { require A: a == v[s]; require B: b > 66 && b != v[t]; v[s] := b; w[s, t] := a }
      action put(s: S, a, b: K) { require L: a < 3 && v[s] <= a; require E: b == w[s, s]; v[s] := a; if b > 3 { w[s, s] := b - 1 } }
      invariant Low: forall s: S :: v[s] < 69 || w[s, s] < 68
      deadlock allowed
      scope s { S = 2 }
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
