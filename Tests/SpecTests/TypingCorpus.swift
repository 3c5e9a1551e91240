import Foundation
import TestSupport

@testable import Spec

/// Accepted specs: every construct that is typed, those without an engine included.
enum TypingCorpus {
  static func load(_ text: SpecText) throws -> CheckedSpec {
    try Frontend.load(path: text.path) { path in
      if path == text.path { return Array(text.text.utf8) }
      guard let other = files[path] else { throw CocoaError(.fileNoSuchFile) }
      return Array(other.utf8)
    }
  }

  static let accepted = [
    SpecText(path: "isolation.kspec", text: isolation), SpecText(path: "refinement.kspec", text: refinement),
    SpecText(path: "expressions.kspec", text: expressions), SpecText(path: "updates.kspec", text: updates),
  ]

  private static let files = ["machine.kspec": machine]

  private static let isolation = """
    spec Isolation
    sort Domain
    sort Frame
    type Word = 0..1
    const channel: (Domain, Domain) -> bool
    axiom Reflexive: forall d: Domain :: channel[d, d]
    var owner: Frame -> Domain?
    var memory: Frame -> Word
    var reg: Domain -> Word
    var current: Domain
    ghost var steps: 0..3
    init { owner = any o: Frame -> Domain? where true; memory = any; reg = [d: Domain => 0]; current = any; steps = 0 }
    view of d: Domain { reg[d]; [f: Frame where owner[f] == d => memory[f]]; current }
    flow from a: Domain to b: Domain when channel[a, b]
    flow from environment to b: Domain
    noninterference Separation
    fair action step(f: Frame, w: Word) by current {
      require Mine: owner[f] == current
      memory[f] := w
      reg[current] := any x: Word where x <= w
      if steps < 3 { steps := steps + 1 }
    }
    strong fair action turn(d: Domain) by environment { current := d }
    temporal Turns: forall d: Domain :: always eventually current == d
    temporal Until: current == current until exists f: Frame :: owner[f] != none
    temporal Leads: (exists f: Frame :: owner[f] == none) leadsTo (forall f: Frame :: memory[f] == 0)
    invariant Counted: steps <= 3
    cover Some: steps == 2
    scenario run(a, b: Domain, f: Frame) {
      turn(a)
      step(f, 1) choosing reg = 0
      refuse step(f, 0) choosing reg = 1
      repeat 2 { turn(b); turn(a) }
      repeat { turn(b) }
      assert current == b || reg[a] == 0
    }
    layout unit[Domain]: reg
    layout page[Frame]: owner, memory
    cost step { trap; instructions 60; code 12 lines; switch space; copy word bytes }
    deadlock allowed
    scope two { Domain = 2; Frame = 1; where exists d, e: Domain :: !channel[d, e] }
    verify {
      check two
      prove Separation, Counted
      refute Separation in two
      refute noninterference in two
      refute Turns in two steps 3
      refute deadlock in two
      refute error in two
      cover Some in two steps 2
      unreachable Some in two
      test run in two
    }
    """

  private static let machine = """
    spec Machine
    sort Cell
    enum Mode { user, kernel }
    policy trapping: bool = true
    const zero: Cell
    var content: Cell -> 0..3
    var mode: Mode
    init { content = [c: Cell => 0]; mode = user }
    action write(c: Cell, v: 0..3) { require User: mode == user || !trapping; content[c] := v }
    action switch() { mode := any }
    action idle() { mode := mode; content[zero] := content[zero] }
    """

  private static let refinement = """
    spec Hypervisor
    sort Guest
    sort Frame
    enum Mode { user, kernel }
    policy trap: bool = true
    const zero: Frame
    var store: (Guest, Frame) -> 0..3
    var mode: Guest -> Mode
    init { store = [g: Guest, f: Frame => 0]; mode = [g: Guest => user] }
    action write(g: Guest, f: Frame, v: 0..3) { require User: mode[g] == user || !trap; store[g, f] := v }
    action switch(g: Guest) { mode[g] := any m: Mode where m != mode[g] }
    action tick() { require Off: trap; store[any1(), zero] := 0 }
    def any1(): Guest = first
    const first: Guest
    refines exactly Machine("machine.kspec") for g: Guest {
      Cell = Frame
      content = [f: Frame => store[g, f]]
      mode = mode[g]
      zero = zero
      trapping = trap
      write(f, v) <- write(g, f, v)
      switch() choosing mode = m <- switch(g, m) when m != kernel || trap
      idle() <- tick()
      else stutter
    }
    scope two { Guest = 2, Frame = 2 }
    verify { check two }
    """

  private static let expressions = """
    spec Expressions
    ordered sort Time
    sort Node
    enum Colour { red, green, none1 }
    enum Light { red, off }
    ordered enum Level { low, middle, high }
    type Count = -2..5
    record Point { x: Count, y: Count }
    record Edge { from: Node, to: Node, weight: Count? }
    policy corner: Point = Point(y: 1, x: -2)
    policy start: Level? = none
    const home: Node
    var colour: Node -> Colour
    var light: Light?
    var level: Level
    var at: Point
    var edges: set Edge
    var line: seq[3] Node
    var next1: Node -> Node?
    var many: Node -> set Node
    var linked: (Node, Node) -> bool
    var tree: forest Node
    var nested: Node -> Level -> Count
    var clock: Time
    init {
      colour = [n: Node => if n == home then red else green]
      light = off
      level = start ?? low
      at = corner
      edges = {e: Edge where e.from == e.to && e.weight == none}
      line = empty
      next1 = [n: Node => none]
      many = [n: Node => {n}]
      linked = any l: (Node, Node) -> bool where forall n: Node :: l[n, n]
      tree = empty
      nested = [n: Node => [l: Level => 0]]
      clock = any t: Time where forall u: Time :: t <= u
    }
    def joined(a, b: Node): bool = linked[a, b] || next1[a] == b
    def depth(n: Node): 0..100 = count(m: Node where tree.under(n, m))
    def origin(p: Point?): Point = p ?? Point(x: 0, y: 0)
    action move(n: Node) { level := next(level) ?? previous(level)!; at := origin(none) }
    action turn(n: Node) { colour[n] := Colour.red; light := red; clock := clock }
    action go(n: Node) { line.push(n); nested[n][high] := at.x; linked[n, home] := true; tree.detach(n) }
    action change(n: Node) { many[n].add(home); next1[n] := line.first; edges := edges - {Edge(from: n, to: n, weight: 1)} }
    invariant Options: light != none ==> light! == off || light == red
    invariant Orders: level <= high && at.x < at.y + 10 && !(clock < clock) && {home} <= many[home] + {home}
    invariant Sets: size(edges & edges) == count(e: Edge where e in edges) && home in line ==> line.length > 0
    invariant Closures: closure(joined)(home, home) && closure(next1)(home, home) && closure(many)(home, home) && closure(linked)(home, home)
    invariant Computed: closure([a, b: Node => a == b])(home, home) && closure([a: Node => {b: Node where b != a}])(home, home)
    invariant Forests: forall n: Node :: tree.within(n, n) && tree.root(n) == n <==> tree.parent(n) == none || !tree.lone(n)
    invariant Lets: let p = at in (let q = p.x * 2 - 1 in q % 3 >= 0 && -q / 2 <= 100)
    invariant Queues: line.length == 0 || line[0] == line.first && line[line.length - 1] in line
    invariant Deep: forall n: Node :: depth(n) >= 0 && origin(at) == at && (if n == home then none else next1[n]) == none
    invariant Colours: forall n: Node :: colour[n] != none1
    invariant Maps: [n: Node => 0] == [n: Node => 1] || nested == nested || many[home] == empty || {} == many[home]
    scope two { Node = 2, Time = 2; where home == home }
    verify { check two with corner = Point(x: 0, y: 0), start = high }
    """

  private static let updates = """
    spec Updates
    sort Task
    enum State { idle, busy }
    record Entry { state: State, link: Task?, level: 0..3 }
    var entry: Task -> Entry
    var table: (Task, State) -> Entry
    var queue: seq[2] Task
    var queues: Task -> seq[2] Task
    var blocked: set Task
    var owner: Task?
    var tree: forest Task
    var spare: forest Task
    init {
      entry = [t: Task => Entry(state: idle, link: none, level: 0)]
      table = [t: Task, s: State => Entry(state: s, link: t, level: 1)]
      queue = empty; queues = [t: Task => empty]
      blocked = {t: Task where true}; owner = any; tree = empty; spare = empty
    }
    effect reset(t: Task, level: 0..3) {
      entry[t].state := idle
      if level > 0 { entry[t].level := level - 1 } else if level == 0 { entry[t].level := 0 } else { owner := none }
      let u = entry[t].link
      if u != none { blocked.remove(u!) }
    }
    effect all(ts: set Task) { for t: Task where t in ts { reset(t, entry[t].level); tree.remove(t) } }
    action swap(a, b: Task) {
      require Two: a != b
      require owner != none ==> owner! in blocked
      let first = queue.first
      entry[a] := entry[b]; table[a, busy].link := b
      queues[a].pop(); queues[a].push(b); queue.removeAll(x where x == a); queue.push(b)
      owner := first
    }
    action clear(a: Task) { all({a}); all(blocked); for s, t: Task where s != t { table[s, idle].level := 0 } }
    action replace(a, b: Task) { if a != b { tree.replace(a, by: b); tree.attach(a, under: b); tree.prune(a) } else { tree.detach(a) } }
    action copy() { spare := tree }
    action drop() { tree := empty; owner := any t: Task where t in blocked }
    invariant Tables: forall t: Task :: table[t, idle].level <= 3 && queues[t].length <= 2
    transition Moved: on swap(a, b) :: old(entry[b]) == entry[a] || tree == old(tree) && old(tree.lone(a)) && spare == tree
    scope two { Task = 2 }
    verify { check two }
    """
}
