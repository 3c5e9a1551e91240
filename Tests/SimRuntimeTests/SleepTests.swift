import Spec
import TestSupport
import Testing

@testable import SimRuntime

/// Does generated code leave out what a table says, and nothing else, and does it say of each successor where it comes from?
@Suite struct SleepTests {
  /// Half of the classes sleep in states that an instance of the first class led to.
  private static let half: NativeForm.Sleep = { classes in
    SleepTable(classes) { tried, after in after == 0 && tried &* 2_654_435_761 >> 7 & 1 == 0 }
  }

  @Test("what sleeps is left out and counted, and origins are true", arguments: LibraryCase.all.filter { $0.policies.isEmpty })
  func library(_ item: LibraryCase) throws {
    let instance = try Instance(item.model, scope: item.scope, policies: item.policies)
    let reference = try ReferenceSource(instance)
    // Nothing here asks for transition properties: this is the code that has none.
    let native = try NativeSource(reference.layout, NativeForm(judgesEdges: false, sleep: Self.half), quick: true)
    guard let sleep = native.sleep, sleep.classes.count > 0, let numbering = ActionNumbering(instance) else { return }
    for rigid in try reference.evaluator.rigidValuations().prefix(2) {
      try compare(reference, native, sleep, numbering, rigid)
    }
  }

  private func compare(
    _ reference: ReferenceSource, _ native: NativeSource, _ sleep: SleepTable, _ numbering: ActionNumbering,
    _ rigid: RigidValuation
  ) throws {
    let words = reference.layout.wordsPerState
    let ours = reference.pack(rigid)
    let theirs = native.pack(rigid)
    var states = StateBuffer(words: words, capacity: 64)
    try reference.initialStates(rigid, into: &states)
    var seen: Set<[UInt64]> = Set((0..<states.count).map { list(states[$0], words) })
    var mark = ParentMark()
    var next = 0
    while next < states.count, next < 200 {
      defer { next += 1 }
      let parent = StateBatch(base: UnsafePointer(states[next]), count: 1, words: words)
      var edges = LabelledBuffer(words: words, capacity: 64)
      let whole = reference.expandLabelled(parent, ours, judging: [], into: &edges, marks: &mark, reference.makeScratch())
      // Successors that something awake leads to, and all; self-loops are neither.
      var awake: Set<[UInt64]> = []
      var maybe: Set<[UInt64]> = []
      var origins: [[UInt64]: Set<Int>] = [:]
      for edge in 0..<edges.count {
        let state = list(edges.states[edge], words)
        if state == list(states[next], words) { continue }
        let own = sleep.classes.classes(of: numbering.instance(Int(edges.labels[edge])))
        origins[state, default: []].formUnion(own.isEmpty ? [0] : own.map { $0 + 1 })
        if !own.contains(where: { isAsleep(sleep, $0) }) { awake.insert(state) }
        if own.isEmpty || own.contains(where: { !isAsleep(sleep, $0) }) { maybe.insert(state) }
        if seen.insert(state).inserted { states.append(edges.states[edge]) }
      }
      for origin in [UInt16(0), 1] {
        var found = StateBuffer(words: words, capacity: 64)
        let expansion = withUnsafePointer(to: origin) { origin in
          native.expand(
            StateBatch(base: UnsafePointer(states[next]), count: 1, words: words, origins: origin), theirs, judging: [],
            into: &found, marks: &mark, native.makeScratch())
        }
        #expect(expansion.transitions == whole.transitions)
        #expect(origin == 1 || expansion.asleep == 0)
        let given = Set((0..<found.count).map { list(found[$0], words) })
        #expect(given.isSuperset(of: origin == 0 ? Set(origins.keys) : awake))
        #expect(given.isSubset(of: origin == 0 ? Set(origins.keys) : maybe))
        for index in 0..<found.count {
          #expect(origins[list(found[index], words)]?.contains(Int(found.origins[index])) ?? false)
        }
      }
    }
  }

  private func isAsleep(_ sleep: SleepTable, _ number: Int) -> Bool {
    let (slot, bit) = sleep.classes.place(of: number)
    return sleep.rows[sleep.classes.slots + slot] >> UInt64(bit) & 1 == 1
  }

  private func list(_ state: UnsafePointer<UInt64>, _ words: Int) -> [UInt64] {
    Array(UnsafeBufferPointer(start: state, count: words))
  }
}
