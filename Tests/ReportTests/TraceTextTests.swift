import Report
import Spec
import Testing

/// Slots by ordinal at Page = 2: 0 (sigma0, page0), 1 (sigma0, page1), 2 (space1, page0), …, 4 (space2, page0). Rights: 1 read, 2 write.
@Suite("Traces as text")
struct TraceTextTests {
  @Test func `a mapping tree is drawn before and after, with what each slot holds`() throws {
    let runs = try Runs(mapping, policies: [0: .bool(false)])
    let text = runs.text(try runs.trace([("map", [0, 2, 1]), ("map", [2, 4, 2])]))
    let expected = """
      constants
        boot  = all frame0
      initial state
        holds
                  page0   page1
          sigma0  frame0  frame0
          other rows: none
        right
                  page0  page1
          sigma0  write  write
          other rows: nothing
        tree = empty
      step 1  map(from: (sigma0, page0), to: (space1, page0), r: read)
        holds[space1, page0]  none → frame0
        right[space1, page0]  nothing → read
        tree
          before                                            after
          (sigma0, page0)  holds frame0  right write        (sigma0, page0)     holds frame0  right write
          (space1, page0)  holds none    right nothing      └─ (space1, page0)  holds frame0  right read
      step 2  map(from: (space1, page0), to: (space2, page0), r: write)
        holds[space2, page0]  none → frame0
        right[space2, page0]  nothing → write
        tree
          before                                               after
          (sigma0, page0)     holds frame0  right write        (sigma0, page0)        holds frame0  right write
          └─ (space1, page0)  holds frame0  right read         └─ (space1, page0)     holds frame0  right read
          (space2, page0)     holds none    right nothing         └─ (space2, page0)  holds frame0  right write
      """
    #expect(text == expected)
  }

  @Test func `on a narrow terminal the two trees stand below each other`() throws {
    let runs = try Runs(mapping)
    let text = runs.text(try runs.trace([("map", [0, 2, 1])]), width: 60)
    #expect(text.contains("before\n    (sigma0, page0)  holds frame0  right write\n"))
    #expect(text.contains("after\n    (sigma0, page0)     holds frame0  right write\n    └─ (space1, page0)"))
  }

  @Test func `siblings hang on one line, and pruned nodes stand alone`() throws {
    let runs = try Runs(mapping)
    let text = runs.text(try runs.trace([("map", [0, 2, 1]), ("map", [0, 4, 1]), ("unmap", [0])]))
    #expect(text.contains("├─ (space1, page0)  holds frame0  right read"))
    #expect(text.contains("└─ (space2, page0)  holds frame0  right read"))
    let last = try #require(text.components(separatedBy: "step 3  unmap(at: (sigma0, page0))").last)
    #expect(last.contains("(space1, page0)  holds none    right nothing"))
  }

  @Test func `queues, sets, options and choices`() throws {
    let runs = try Runs(
      """
      spec Small.Values
      sort Thread
      var queue: seq[2] Thread
      var waiting: set Thread
      var current: Thread?
      init { queue = empty; waiting = {t: Thread}; current = none }
      action send(t: Thread) { queue.push(t); waiting.remove(t) }
      action pick() { current := any t: Thread where t in waiting }
      action idle() { }
      scope two { Thread = 2 }
      """)
    let text = runs.text(try runs.trace([("send", [1]), ("pick", [0]), ("idle", [])]))
    let expected = """
      initial state
        queue = []
        waiting = {thread0, thread1}
        current = none
      step 1  send(t: thread1)
        queue    [] → [thread1]
        waiting  {thread0, thread1} → {thread0}
      step 2  pick choosing current = thread0
        current  none → thread0
      step 3  idle
        nothing changes
      """
    #expect(text == expected)
  }

  @Test func `many changed cells of one map are a table`() throws {
    let runs = try Runs(
      """
      spec Small.Table
      sort Space
      sort Page
      var bit: (Space, Page) -> 0..1
      init { bit = [s: Space, p: Page => 0] }
      action fill(s: Space) { for t: Space, p: Page where t != s { bit[t, p] := 1 } }
      scope tiny { Space = 3, Page = 3 }
      """)
    let text = runs.text(try runs.trace([("fill", [0])]))
    let expected = """
      initial state
        bit = all 0
      step 1  fill(s: space0)
        bit
                  page0  page1  page2
          space1  0→1    0→1    0→1
          space2  0→1    0→1    0→1
      """
    #expect(text == expected)
  }

  @Test func `a step into a spec error shows where and what`() throws {
    let runs = try Runs(
      """
      spec Small.Overflow
      var n: 0..1
      init { n = 1 }
      action up() { n := n + 1 }
      scope only { }
      """)
    let trace = try runs.trace([("up", [])])
    let error = SpecError(.range, at: runs.model.actions[0].span, "2 is outside 0..1")
    let lines = TraceText(trace, style: .plain).lines(ending: error).joined(separator: "\n")
    let expected = """
      initial state
        n = 1
      step 1  up
        spec error (a value outside its range): 2 is outside 0..1
        small.kspec:4:8
            4 | action up() { n := n + 1 }
              |        ^^
      """
    #expect(lines == expected)
  }

  @Test func `an element that a constant names has that name everywhere, others keep their number`() throws {
    let runs = try Runs(mapping)
    let names = ValueNames(runs.instance, runs.rigid)
    #expect((0..<3).map { names.element($0, of: 0) } == ["sigma0", "space1", "space2"])
  }

  @Test func `an invented name is never one that the spec uses`() throws {
    let runs = try Runs(
      """
      spec Small.Names
      sort Page
      enum Kind { page0, other }
      var kind: Page -> Kind
      init { kind = [p: Page => page0] }
      action set(p: Page) { kind[p] := other }
      scope two { Page = 2 }
      """)
    #expect(ValueNames(runs.instance, runs.rigid).element(0, of: 0) == "Page#0")
  }
}
