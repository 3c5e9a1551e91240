/// Texts that together hold every construct of the language, and comments in every place where one can stand.
enum SyntaxCorpus {
  static let everything = #"""
    /// Every construct.
    /// In one file.
    spec Corpus.Everything

    import "other.kspec"   // a path

    sort Space                     // uninterpreted
    ordered sort Time
    enum Mode { user, kernel }
    ordered enum Right { nothing, read, write, }
    enum Long {
      first   // one a line
      second,
      /* before */ third
    }
    type Word = 0..3
    type Signed = -4..4
    type Alias = set Space
    record Slot { space: Space, page, other: Page }

    const sigma0: Space
    const boot, spare: Page -> Frame
    axiom Distinct: sigma0 != sigma0 || (forall p: Page :: boot[p] == boot[p])
    policy narrow:    bool = true   // may a mapping hold more?
    policy limit: Word = 2

    var holds: Slot -> Frame?
    var right: (Space, Page) -> Right
    ghost var tree:  forest Slot
    var queue: seq[3] Space?
    var members: set Space
    var flagged: Space -> (Page -> bool)

    init {
      holds = [s: Slot => if s.space == sigma0 then boot[s.page] else none]
      right = any
      queue = empty; members = any m: Space where m != sigma0
      tree  = empty
    }

    def twice(x: Word): 0..6 = x * 2
    def pair(a, b: Space, c: Page,): bool = a == b ==> c != c
    def nothing(): bool = true

    effect clear(s: Slot) { holds[s] := none; right[s.space, s.page] := nothing }
    effect idle {}

    /// Doc of map.
    fair action map(from: Slot, to: Slot, r: Right) by from.space {
      require Present: holds[from] != none
      require Vacant:  holds[to] == none   // trailing
      require from.space != to.space
        && r != nothing
      let x = 3;  let y = x
      holds[to] := holds[from];  right[to.space, to.page] := r
      tree.attach(to, under: from)

      // between
      if x > 3 { clear(from) } else if y == 2 {
        clear(to)
      }
      else { idle() }
      for s: Slot where if narrow then tree.under(s, to) else tree.parent(s) == to { clear(s) }
      for a, b: Space { right[a, spare[b]] := write }
      members := any m: Space where m in members
      limitless := any
      queue.removeAll(q where q == from.space)
      queue.push(from.space); queue.pop()
      members.add(from.space)
    }
    strong fair action tick by environment { holds := holds }
    action empty() {
    }

    invariant Backed: forall s, a: Slot :: tree.under(s, a) ==> holds[s] != none && holds[s]! == holds[a]!
    invariant Wide:
      forall s: Slot where holds[s] != none ::
        exists t: Slot ::
          (holds[t] == holds[s]
            && !tree.lone(t)) <==> s.space in {sigma0, s.space}
    transition Revoked: on map(from, to, r) :: old(tree.under(from, to)) ==> holds[to] ?? boot[from.page] == none
    transition Any: old(limit) <= limit
    temporal Live: forall s: Space :: always (s in members leadsTo !(s in members)) && eventually p until q
    cover Deep: exists a, b, c: Slot :: tree.under(a, b) && tree.within(b, c) && closure(next)(a, c)
    cover Sets: size({s: Space where s in members}) + count(s: Space where s in members) > -1 - 2 % 3 / 4 & 5
    cover Lets: let m = [s: Space, p: Page => 1] in (let n = {} in m[sigma0, spare[sigma0]] == 1_000 + 0x1F)
    deadlock allowed

    view of d: Space { members; [s: Slot where s.space == d => holds[s]]
      right[d, spare]; -1
      !flagged[d][spare] }
    flow from a: Space to b: Space when a == b
    flow from environment to b: Space
    noninterference Isolation

    refines exactly Machine.Ideal("machine.kspec") for g: Space, h: Page {
      memory = [p: Page => boot[p]]
      Word = Word
      write(p, v + 1) choosing w = 3 <- map(f, t, r) when r == write; idle <- tick
      else stutter
    }

    scenario pingpong(a, b: Space) {
      tick
      map(Slot(space: a, page: p), x, write) choosing members = b, limitless = 2
      refuse tick()
      repeat { tick; map(a, b, write) }
      repeat 3 { tick }
      assert a != b   /* done */
    }
    layout tcb[Space]: members, queue
    cost map { trap; instructions 60; code 12 lines; switch space
      copy payload bytes }

    scope tiny  { Space = 3, Page = 2; boot = [p: Page => 0]
      where sigma0 == sigma0 }
    scope large { Space = 4 }

    verify {
      check tiny with narrow = false, limit = 1 states 12 transitions 34 depth 5
      check large
      prove
      prove Backed, Revoked with narrow = true   // for every size
      refute Backed in tiny with narrow = false steps 2
      refute deadlock in tiny; refute noninterference in tiny
      refute Isolation
      cover Deep in tiny steps 3
      unreachable Deep in tiny
      test pingpong in tiny
    }
    // the end
    """#

  /// Comments where few would put them, lines too long, everything on one line.
  static let awkward = #"""
    /* before
       the header */ spec /* of */ Awkward // the name
    sort /* a */ A sort B
    """#

  static let crowded = #"""
    spec Crowded
    action a(x:A,y:B)by x.y{require N:x==y&&!(-x<y)||x!=y;m[x,y]:=[a:A=>if a==x then f(a)else g(a)]!;s.add(x)}
    action veryLong(firstParameter: SomeSort, secondParameter: SomeOtherSort) by firstParameter.domain { require Present: holds[firstParameter] != none; holds[secondParameter] := none; holds[firstParameter] := none }
    invariant Endless: forall firstParameter: SomeSort, secondParameter: SomeOtherSort :: related(firstParameter, secondParameter) && holds[firstParameter] != none ==> holds[secondParameter] == holds[firstParameter] || secondParameter == sigma0
    action b() { a := 1 /* one */; b := 2 /* two */ }
    action c() {
      a := // why
        1
      if x { a := 1 } // then
      else { a := 2 }
      if x { a := 1 }
      // lonely
      else
      { a := 2 }


      b := f(
        1,
        g(2,
          3)
      )
    ; c := 3; d := 4
      // last
    }
    view of d: D { a;
      -b; c; -d }
    init { /* start */ a = 1 }
    scenario s { a; /* x */ b; c }
    enum E { /* none */ a }
    enum F {
      a,
      b
      , c
    }
    """#

  static let all = [everything, awkward, crowded]
}
