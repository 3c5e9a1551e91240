import CNative
import Synchronization
import Testing
import TestSupport

@testable import Checker

/// The table against the obviously right twin: a Swift set of arrays.
@Suite struct StateStoreTests {
  struct Shape: CustomTestStringConvertible {
    var words: Int
    var options: StateStore.Options
    var testDescription: String {
      "\(options.form), \(words) words, \(options.slots) slots, constant hash \(options.constantHash), slot by slot \(options.slotBySlot), alone \(options.isAlone)"
    }
  }

  static let shapes: [Shape] = {
    var shapes: [Shape] = []
    func add(_ words: Int, _ options: StateStore.Options) { shapes.append(Shape(words: words, options: options)) }
    let forms: [(Int, StateStore.Form)] = [
      (1, .compact), (2, .compact), (3, .compact), (7, .compact), (1, .fast), (2, .fast), (3, .fast), (5, .fast),
    ]
    for (words, form) in forms {
      add(words, StateStore.Options(slots: 2, form: form))
      add(words, StateStore.Options(slots: 4, constantHash: true, form: form))
      add(words, StateStore.Options(slots: 4096, form: form))
    }
    for words in [1, 2] {
      add(words, StateStore.Options(slots: 2, constantHash: true, slotBySlot: true))
      add(words, StateStore.Options(slots: 4096, slotBySlot: true))
    }
    for form in [StateStore.Form.fast, .compact] {
      for words in [1, 2, 3] {
        add(words, StateStore.Options(slots: 2, constantHash: true, isAlone: true, form: form))
        add(words, StateStore.Options(slots: 4096, isAlone: true, form: form))
      }
    }
    return shapes
  }()

  /// States that collide in all sorts of ways: small numbers, equal tails, zero, all ones, reserved codes.
  private static func states(_ count: Int, words: Int, seed: UInt64) -> [[UInt64]] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      var state = (0..<words).map { _ in
        [0, 1, UInt64.max, random.next(upperBound: 40), random.next() & 0xFFFF << 48].randomElement(using: &random) ?? 0
      }
      switch random.next(upperBound: UInt64(8)) {
      case 0: state[0] = state.withUnsafeBufferPointer { $0.baseAddress.map { kspec_store_tail($0, words) } ?? 0 }
      case 1: state[0] = ~(state.withUnsafeBufferPointer { $0.baseAddress.map { kspec_store_tail($0, words) } ?? 0 })
      case 2: state[0] = random.next()
      default: break
      }
      return state
    }
  }

  @Test(arguments: shapes) func `inserts report each state once and forget none, through growth and reset`(_ shape: Shape) throws
  {
    let store = try #require(StateStore(words: shape.words, options: shape.options))
    let filter = try #require(StateFilter(words: shape.words, entries: 8))
    for round in 0..<2 {
      let states = Self.states(3000, words: shape.words, seed: UInt64(round + 1))
      var twin: Set<[UInt64]> = []
      filter.reset()
      for start in stride(from: 0, to: states.count, by: 100) {
        let some = Array(states[start..<min(start + 100, states.count)])
        let fresh = insert(some, store, filter)
        var expected: [[UInt64]] = []
        for state in some where twin.insert(state).inserted { expected.append(state) }
        #expect(fresh == expected)
        store.recount()
        #expect(store.count == twin.count)
      }
      #expect(twin.allSatisfy { store.contains($0) })
      for state in Self.states(500, words: shape.words, seed: 99) { #expect(store.contains(state) == twin.contains(state)) }
      // The state 0 of one word, and reserved codes of several, were among them.
      if shape.options.form == .fast { #expect(store.stashed > 0) }
      #expect(store.form == shape.options.form)
      #expect(!store.overflowed)
      #expect(store.reset())
      #expect(store.count == 0 && !store.contains(states[0]))
    }
  }

  @Test func `growing in place keeps every state at every load and from every capacity`() throws {
    var random = SeededGenerator(seed: 5)
    for slots in 2...80 {
      for words in [1, 2] {
        let options = StateStore.Options(slots: slots, constantHash: slots % 7 == 0, load: 0.99)
        let store = try #require(StateStore(words: words, options: options))
        // States of one or two words stand in lines of eight or four.
        let capacity = store.capacity
        let line = 8 / words
        #expect(capacity == (slots + line - 1) / line * line)
        let filter = try #require(StateFilter(words: words, entries: 1))
        var twin: Set<[UInt64]> = []
        let limit = max(1, min(Int(Double(capacity) * 0.99), capacity - 1))
        while twin.count < limit { twin.insert((0..<words).map { _ in random.next() }) }
        #expect(insert(Array(twin), store, filter).count == twin.count)
        #expect(store.capacity == capacity)
        #expect(store.grow(by: 1 + capacity % 3))
        #expect(store.capacity >= 2 * capacity)
        #expect(twin.allSatisfy { store.contains($0) })
        store.recount()
        #expect(store.count == twin.count)
      }
    }
  }

  @Test func `a large table grows by half, and by less where no more is expected`() throws {
    let slots = 1 << 20
    let states = { (share: Double) in Int(Double(slots) * share * 0.8) }
    for (expected, grown) in [(nil, 1.5), (states(1.3), 1.3), (states(2.5), 1.5), (states(0.5), 1.125)] {
      let store = try #require(StateStore(words: 1, options: .init(slots: slots)))
      store.expected = expected
      #expect(store.bytesAfterGrowth(by: 1) >= Int(Double(store.bytes) * grown))
      #expect(store.grow(by: 1))
      #expect(abs(Double(store.capacity) / Double(slots) - grown) < 0.001)
      #expect(store.reset() && store.expected == nil)
    }
    // What is there needs room, whatever was expected.
    let store = try #require(StateStore(words: 1, options: .init(slots: slots)))
    store.expected = 1
    #expect(store.grow(by: states(1.4)) && store.capacity >= Int(Double(slots) * 1.4))
  }

  @Test(arguments: [1, 2, 3], [1, 2, 4])
  func `a table that several threads move keeps every state, whatever the size of its parts`(
    words: Int, threads: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(words))
    let pool = WorkerPool(count: threads)
    defer { pool.close() }
    for (partSlots, constantHash) in [(1, false), (3, false), (8, true), (64, false), (500, false), (1000, true)] {
      let options = StateStore.Options(slots: constantHash ? 40 : 700, constantHash: constantHash, partSlots: partSlots)
      let store = try #require(StateStore(words: words, options: options))
      let filter = try #require(StateFilter(words: words, entries: 1))
      var twin: Set<[UInt64]> = []
      for _ in 0..<3 {
        let limit = min(Int(Double(store.capacity) * 0.8), store.capacity - 1)
        var some: Set<[UInt64]> = []
        while twin.count + some.count < limit { some.insert((0..<words).map { _ in random.next() }) }
        #expect(insert(Array(some), store, filter).count == some.count)
        twin.formUnion(some)
        let capacity = store.capacity
        #expect(store.grow(by: 1 + Int(random.next(upperBound: UInt64(capacity))), with: pool))
        #expect(store.capacity >= 2 * capacity && store.count == twin.count && !store.overflowed)
        #expect(twin.allSatisfy { store.contains($0) })
      }
      // Each stands there once.
      let (states, count) = try store.drain()
      let drained = (0..<count).map { Array(UnsafeBufferPointer(start: states + $0 * words, count: words)) }
      #expect(count == twin.count && Set(drained) == twin)
    }
  }

  @Test func `a part of a growing table waits for those that stand where it goes`() throws {
    var random = SeededGenerator(seed: 8)
    let pool = WorkerPool(count: 2)
    defer { pool.close() }
    // Threads that do not wait lose states in one growth of four, where both have a processor.
    for _ in 0..<80 {
      nonisolated(unsafe) let store = try #require(kspec_store_create(1, 64, 4096, false, false))
      defer { kspec_store_destroy(store) }
      let filter = try #require(kspec_filter_create(1, 2))
      defer { kspec_filter_destroy(filter) }
      let states = (0..<3276).map { _ in random.next() }
      var fresh = states
      #expect(kspec_store_insert(store, filter, states, states.count, states, nil, 1, &fresh, nil) == states.count)
      #expect(kspec_store_grow_begin(store, 6144, 64))
      let ready = Atomic(0)
      pool.run(workers: 2) { _ in
        ready.add(1, ordering: .relaxed)
        while ready.load(ordering: .relaxed) < 2 {}
        kspec_store_grow_some(store)
      }
      kspec_store_grow_end(store)
      #expect(states.allSatisfy { kspec_store_contains(store, [$0]) })
    }
  }

  @Test(arguments: [1, 2]) func `threads that insert the same states count each once`(words: Int) throws {
    for constantHash in [false, true] {
      let options = StateStore.Options(slots: 1 << 13, constantHash: constantHash)
      let store = try #require(StateStore(words: words, options: options))
      let states = Self.states(constantHash ? 600 : 4000, words: words, seed: 3)
      let pool = WorkerPool(count: 4)
      defer { pool.close() }
      let fresh = Counts(4)
      pool.run(workers: 4) { worker in
        guard let filter = StateFilter(words: words, entries: 4) else { return }
        // Each starts elsewhere, so that first comers differ.
        let turned = Array(states[(worker * 100)...] + states[..<(worker * 100)])
        var made = 0
        for start in stride(from: 0, to: turned.count, by: 50) {
          made += insert(Array(turned[start..<min(start + 50, turned.count)]), store, filter, grows: false).count
        }
        fresh[worker] = made
      }
      store.recount()
      #expect(fresh.sum == Set(states).count)
      #expect(store.count == Set(states).count)
      #expect(!store.overflowed)
    }
  }

  @Test(arguments: [1, 2, 3, 5], [1, 16]) func `a filter knows what it was given and nothing else, the state of zeros included`(
    words: Int, entries: Int
  ) throws {
    let filter = try #require(kspec_filter_create(words, entries))
    defer { kspec_filter_destroy(filter) }
    var unknown = [UInt64](repeating: 0, count: words)
    let zero = [UInt64](repeating: 0, count: words)
    for round in 0..<3 {
      var given: Set<[UInt64]> = []
      #expect(kspec_filter_unknown(filter, zero, 1, &unknown) == 1)
      #expect(kspec_filter_unknown(filter, zero, 1, &unknown) == 0)
      given.insert(zero)
      for state in Self.states(600, words: words, seed: UInt64(round)) {
        let isUnknown = kspec_filter_unknown(filter, state, 1, &unknown) == 1
        #expect(isUnknown ? unknown == state : given.contains(state))
        given.insert(state)
      }
      kspec_filter_reset(filter)
    }
    // A batch leaves out only what came before: the first of each state is there.
    let states = Self.states(2000, words: words, seed: 9)
    var left = [UInt64](repeating: 0, count: states.count * words)
    let n = kspec_filter_unknown(filter, Array(states.joined()), states.count, &left)
    #expect(Set((0..<n).map { Array(left[($0 * words)..<(($0 + 1) * words)]) }) == Set(states))
  }

  @Test(arguments: [1, 2, 3]) func `what a filter knows is sifted out in place, and the rest keeps its order`(words: Int) throws {
    let filter = try #require(StateFilter(words: words, entries: 1 << 12))
    let given = Self.states(500, words: words, seed: 4)
    var states = Array((given + given.prefix(200)).joined())
    var n = filter.sift(&states, 700)
    // An entry that another state took over is unknown again.
    #expect((Set(given).count..<700).contains(n))
    #expect(Array(states[..<(n * words)]).starts(with: given.prefix(1).joined()))
    var known: Set<[UInt64]> = []
    let firsts = given.filter { known.insert($0).inserted }
    let left = (0..<n).map { Array(states[($0 * words)..<(($0 + 1) * words)]) }
    var rest = firsts[...]
    for state in left where state == rest.first { rest.removeFirst() }
    #expect(rest.isEmpty)
    filter.reset()
    states = firsts[0]
    #expect(filter.sift(&states, 1) == 1)
    states = firsts[0] + firsts[1]
    n = filter.sift(&states, 2)
    #expect(n == 1 && Array(states[..<words]) == firsts[1])
  }

  @Test func `a full table says so and does not spin`() throws {
    let store = try #require(StateStore(words: 1, options: StateStore.Options(slots: 8)))
    let filter = try #require(StateFilter(words: 1, entries: 1))
    var fresh = [UInt64](repeating: 0, count: 12)
    let made = store.insert(Array(1...11), 11, filter, into: &fresh).made
    #expect(made == 8)
    #expect(store.overflowed)
  }
}

/// Inserts with credit, growing when there is none; the states that were new, in order.
func insert(
  _ states: [[UInt64]], _ store: StateStore, _ filter: StateFilter, grows: Bool = true, layer: Int? = nil
) -> [[UInt64]] {
  var credit = store.takeCredit(states.count)
  if credit == 0 && grows {
    guard store.grow(by: states.count) else { return [] }
    credit = store.takeCredit(states.count)
  }
  guard credit >= states.count else { return [] }
  var fresh = [UInt64](repeating: 0, count: states.count * store.words)
  // Each state's origin follows from it, so that it can be told whether they stayed together.
  func origin(_ state: [UInt64]) -> UInt16 { state.reduce(7) { $0 &* 31 ^ UInt16(truncatingIfNeeded: $1 ^ $1 >> 32 ^ $1 >> 48) } }
  var origins = [UInt16](repeating: 0, count: states.count)
  let made = origins.withUnsafeMutableBufferPointer { freshOrigins in
    states.map(origin).withUnsafeBufferPointer { of in
      guard let of = of.baseAddress, let freshOrigins = freshOrigins.baseAddress else { return 0 }
      return store.insert(
        states.flatMap { $0 }, states.count, filter, into: &fresh, layer: layer, origins: (of: of, fresh: freshOrigins)
      ).made
    }
  }
  store.settle(unused: credit - made)
  let new = (0..<made).map { Array(fresh[($0 * store.words)..<(($0 + 1) * store.words)]) }
  #expect(Array(origins.prefix(made)) == new.map { store.foldsStates ? 0 : origin($0) })
  return new
}
