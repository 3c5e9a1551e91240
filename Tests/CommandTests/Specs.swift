/// Small specs whose numbers follow from a glance.

/// n counts from 0 to 3: 4 states, 3 transitions, depth 3. With `broken` it counts to 5: `Low` is false after 4 steps.
let counter = """
  spec Test.Counter

  policy broken: bool = false
  ordered enum Speed { slow, fast }
  policy speed: Speed = slow

  var n: 0..5

  init { n = 0 }

  action up() {
    require Room: broken || n < 3
    require Top: n < 5 && slow <= speed
    n := n + 1
  }

  /// Three is the most.
  invariant Low: n <= 3
  cover Three: n == 3
  deadlock allowed

  scope only { }

  verify {
    check only
    refute Low in only with broken = true
    cover Three in only
  }

  """

/// Each of n cells is a bit that flips: 2^n states, n * 2^n transitions, depth n.
let bits = """
  spec Test.Bits
  sort Cell
  policy fast: bool = true
  var bit: Cell -> bool
  init { bit = [c: Cell => false] }
  action flip(c: Cell) { require Wanted: fast; bit[c] := !bit[c] }
  invariant Fine: true || exists c: Cell :: bit[c]
  scope three { Cell = 3 }
  scope huge { Cell = 40 }
  verify { check three }
  """

/// `Locked` is inductive, `Bad` is false in the initial state. `NotTwo` holds, since `turn` never is 1, but is not inductive.
let proofs = """
  spec Test.Proofs
  sort Cell
  var marked: set Cell
  var locked: bool
  var turn: 0..2
  init { marked = empty; locked = true; turn = 0 }
  action mark(c: Cell) { require Open: !locked; marked.add(c) }
  action stay() { require Zero: turn == 0; turn := 0 }
  action jump() { require One: turn == 1; turn := 2 }
  invariant Locked: locked
  invariant Empty: forall c: Cell :: !(c in marked)
  invariant NotTwo: turn != 2
  invariant Bad: !locked
  scope two { Cell = 2 }
  verify { check two }
  """

/// Needs instances of the forest's axioms, so no preprocessing decides it.
let forest = """
  spec Test.Forest
  sort Cell
  var tree: forest Cell
  var level: Cell -> 0..9
  init { tree = empty; level = [c: Cell => 0] }
  action hang(c: Cell, p: Cell) {
    require Root: tree.lone(c)
    require Apart: c != p
    level[c] := level[p]
    tree.attach(c, under: p)
  }
  invariant Flat: forall x, y: Cell :: tree.under(x, y) ==> level[x] == level[y]
  deadlock allowed
  scope two { Cell = 2 }
  verify { check two; prove Flat }
  """

let scenarios = """
  spec Test.Scenarios
  sort Thread
  var waiting: set Thread
  init { waiting = empty }
  action wait(t: Thread) { require Idle: !(t in waiting); waiting.add(t) }
  action wake(t: Thread) { require Waits: t in waiting; waiting.remove(t) }
  scenario good(a, b: Thread) {
    wait(a); wait(b); refuse wait(a); wake(a); wake(b)
    repeat { wait(a); assert a in waiting; wake(a) }
  }
  scenario bad(a: Thread) { wait(a); wait(a) }
  scope two { Thread = 2 }
  verify { test good in two }
  """

/// k counters from 0 to `top`, each by steps of its own: (top + 1)^k states, k * top * (top + 1)^(k - 1) transitions, depth k * top.
func counters(upTo top: Int, _ more: String) -> String {
  """
  spec Counters
  ordered sort Counter
  type Value = 0..\(top)
  var c: Counter -> Value
  init { c = [k: Counter => 0] }
  action step(k: Counter) {
    require Below: c[k] < \(top)
    c[k] := c[k] + 1
  }
  \(more)
  deadlock allowed
  """
}
