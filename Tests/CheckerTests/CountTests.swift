import Spec
import TestSupport
import Testing

@testable import Checker

/// Exact counts that a formula gives.
@Suite struct CountTests {
  private func check(_ text: String, states: Int, transitions: Int, depth: Int, _ options: CheckOptions = .with()) throws {
    let verdict = try Checker(instance: try instance(text), options: options).run(.all)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.states == UInt64(states))
    #expect(verdict.transitions == UInt64(transitions))
    #expect(verdict.depth == depth)
    #expect(verdict.peakBytes > 0)
  }

  @Test(arguments: [(1, 2), (1, 7), (2, 5), (3, 4), (5, 3)])
  func `independent counters have the product of their sizes`(n: Int, m: Int) throws {
    let power = (0..<n).reduce(1) { product, _ in product * m }
    // Each counter can step in all states but those where it is at its end.
    try check(counters(n, m), states: power, transitions: n * (m - 1) * power / m, depth: n * (m - 1))
  }

  @Test func `native code counts a million counters' states`() throws {
    // 10^6 states, 6 * 9 * 10^5 transitions; a layer is the sum of the counters.
    try check(counters(6, 10), states: 1_000_000, transitions: 5_400_000, depth: 54, .with(threads: 2, native: .always))
  }

  @Test(arguments: [(1, 1, 0), (2, 2, 1), (3, 6, 3), (4, 24, 6), (5, 120, 10)])
  func `transpositions reach every permutation`(n: Int, factorial: Int, pairs: Int) throws {
    let text = """
      spec Permutations
      ordered sort Place
      var p: Place -> Place
      init { p = [s: Place => s] }
      action swap(a: Place, b: Place) {
        require Apart: a < b
        p[a] := p[b]; p[b] := p[a]
      }
      deadlock allowed
      scope s { Place = \(n) }
      """
    // A permutation of n with c cycles is n - c transpositions away.
    try check(text, states: factorial, transitions: factorial * pairs, depth: n - 1)
  }

  @Test func `Dijkstra's token ring never stands still, whatever it begins with`() throws {
    let text = """
      spec Ring
      ordered enum Node { a, b, c, d }
      type Value = 0..4
      var x: Node -> Value
      init { x = any }
      action bottom() {
        require x[a] == x[d]
        x[a] := (x[a] + 1) % 5
      }
      action other(i: Node) {
        let p = previous(i)
        require p != none
        require x[i] != x[p!]
        x[i] := x[p!]
      }
      scope s { }
      """
    // All 5^4 states are initial. `bottom` is enabled in 5^3 of them, each other node in 4 * 5^3.
    try check(text, states: 625, transitions: 125 + 3 * 4 * 125, depth: 0)
  }

  @Test func `constants are taken in all their values, those of sorts up to renaming`() throws {
    let text = """
      spec Rigid
      sort S
      const s: S
      const t: S
      const n: 0..2
      axiom Some: n > 0
      var at: S?
      init { at = none }
      action go(x: S) { require x == s || x == t;  at := x }
      scope only { S = 3 }
      """
    // s == t or not (2), n in 1..2 (2). With s == t: none, s: 2 states, 2 transitions; else 3 states, 6 transitions.
    try check(text, states: 2 * 2 + 2 * 3, transitions: 2 * 2 + 2 * 6, depth: 1)
  }

  @Test func `states of several words are told apart in every word`() throws {
    // 3 counters of 2^62 values do not share a word; only the values 0, 1, 2 are reached.
    let text = """
      spec Wide
      ordered sort Counter
      type Value = 0..4611686018427387903
      var c: Counter -> Value
      init { c = [k: Counter => 0] }
      action step(k: Counter) { require c[k] < 2;  c[k] := c[k] + 1 }
      action reset(k: Counter) { c[k] := 0 }
      scope s { Counter = 3 }
      """
    for options in [CheckOptions.with(), .extreme(threads: 2), .with(threads: 2, native: .always)] {
      // 27 states; each counter steps in two thirds of them and can always be reset.
      try check(text, states: 27, transitions: 3 * 18 + 3 * 27, depth: 6, options)
    }
  }

  @Test func `a spec without variables has one state`() throws {
    let text = "spec Nothing\ninit { }\naction idle() { }\naction never() { require 1 == 2 }\nscope s { }"
    for options in [CheckOptions.with(), .extreme(threads: 2), .with(native: .always)] {
      try check(text, states: 1, transitions: 1, depth: 0, options)
    }
  }

  @Test func `the state whose word is zero is a state like any other`() throws {
    // All 8 states are initial, the one of zeros among them, and each has a step to itself.
    let text = "spec Zero\nvar n: 0..7\ninit { n = any }\naction idle() { }\nscope s { }"
    for options in [CheckOptions.with(), .extreme(threads: 2), .with(native: .always)] {
      try check(text, states: 8, transitions: 8, depth: 0, options)
    }
  }
}
