import SimRuntime
import Spec
import Synchronization
import TestSupport
import Testing

@testable import Checker

/// States of two words are stored as one while the parts of them take few values, and as they are from then on; nobody can tell.
@Suite struct DictionaryTests {
  /// Fifteen bits for each key, of which few combinations occur: as many as `steps` + 1. `more` sort and variable fill the second word.
  private static func spec(keys: Int, steps: Int, more: String = "") -> String {
    """
    spec Narrow
    ordered sort P
    var x: P -> 0..127
    var y: P -> 0..255
    \(more)
    var turn: P?
    init {
      x = [p: P => 0]
      y = [p: P => 0]
      \(more.isEmpty ? "" : "met = [p: P, q: P => false]")
      turn = none
    }
    deadlock allowed
    action step(p: P) by p {
      require Low: x[p] < \(steps)
      x[p] := x[p] + 1
      y[p] := 255 - x[p] * x[p]
      turn := p
      \(more.isEmpty ? "" : "for q: P where x[q] > 0 { met[p, q] := true }")
    }
    action rest() by environment { turn := none }
    invariant Slow: exists p: P :: x[p] < \(steps)
    cover High: exists p: P :: x[p] == \(steps)
    scope only { P = \(keys) }
    """
  }

  /// The parts of the first stand in both words, those of the second in the first one alone.
  private static let specs = [
    spec(keys: 5, steps: 2), spec(keys: 4, steps: 2, more: "var met: (P, P) -> bool"),
  ]

  @Test func `parts are what variables hold for one key`() throws {
    let split = try #require(StateLayout(try instance(Self.specs[0])).narrowing())
    #expect(split.parts.count == 5 && split.bits == 12 && split.keyBits == 63)
    #expect(split.parts.contains { $0[1] != 0 })
    let whole = try #require(StateLayout(try instance(Self.specs[1])).narrowing())
    #expect(whole.parts.count == 4 && whole.bits == 11 && whole.keyBits == 63)
    #expect(whole.parts.allSatisfy { $0[1] == 0 })
    for narrowing in [split, whole] {
      #expect(narrowing.parts.allSatisfy { $0.reduce(0) { $0 + $1.nonzeroBitCount } == 15 })
      for word in 0..<2 {
        #expect(narrowing.parts.reduce(0) { $0 & $1[word] } == 0)
        #expect(narrowing.parts.allSatisfy { $0[word] & ~narrowing.used[word] == 0 })
      }
    }
    // One word is narrow; of three, two could not be one.
    for keys in [3, 9] { #expect(try StateLayout(instance(Self.spec(keys: keys, steps: 1))).narrowing() == nil) }
  }

  @Test(arguments: specs, [nil, 1, 2]) func `verdict, counts and trace are those of states stored as they are`(
    _ text: String, numberBits: Int?
  ) throws {
    let instance = try instance(text)
    for goal in goals(instance.model) {
      var wide = CheckOptions.with { $0.tuning.numberBits = 0 }
      wide.symmetry = false
      let expected = essence(try Checker(instance: instance, options: wide).run(goal))
      // Native code makes the keys itself.
      let ways: [(threads: Int, native: CheckOptions.NativeUse)] =
        goal == .all ? [(1, .never), (2, .never), (3, .never), (1, .always), (2, .always)] : [(2, .always)]
      for (threads, native) in ways {
        let options = CheckOptions.with(threads: threads, native: native) {
          $0.symmetry = false
          $0.tuning.tableSlots = 4
          $0.tuning.chunk = 3
          $0.tuning.numberBits = numberBits
          $0.tuning.logBytes = threads == 2 ? 0 : 1 << 20
          if threads == 2 { $0.tuning.ordersSmallSearches() }
        }
        #expect(essence(try Checker(instance: instance, options: options).run(goal)) == expected)
      }
    }
  }

  @Test(arguments: specs, [1, 3]) func `threads insert each state once, before and after values outnumber numbers`(
    _ text: String, threads: Int
  ) throws {
    let layout = try StateLayout(instance(text))
    var narrowing = try #require(layout.narrowing())
    for bits in [3, 6, narrowing.bits] {
      narrowing.keyBits -= narrowing.parts.count * (narrowing.bits - bits)
      narrowing.bits = bits
      var random = SeededGenerator(seed: UInt64(bits))
      // Forty values for each key.
      let values = (0..<40).map { _ in [Int(random.next(upperBound: UInt64(128))), Int(random.next(upperBound: UInt64(256)))] }
      let states = (0..<6000).map { _ in Self.state(layout, values, &random) }
      var options = StateStore.Options(slots: 16, bits: layout.usedBits(ofWord: 0), narrowing: narrowing)
      options.isAlone = threads == 1
      let store = try #require(StateStore(words: 2, options: options))
      let pool = WorkerPool(count: threads)
      defer { pool.close() }
      let isNarrow = store.isNarrow
      for round in 0..<2 {
        let made = Atomic(0)
        let next = Atomic(0)
        var left = true
        var filters = try (0..<threads).map { _ in try #require(StateFilter(words: store.keyWords, entries: 8)) }
        let waiting = (0..<threads).map { _ in Waiting() }
        while left {
          let some = filters
          pool.run(workers: threads) { worker in
            insertAll(states, from: next, waiting[worker], store, some[worker], made)
          }
          left = next.load(ordering: .relaxed) < states.count || waiting.contains { !$0.states.isEmpty }
          if left { #expect(store.grow(by: waiting.reduce(0) { $0 + $1.states.count / 2 }, with: pool)) }
          filters = try filters.map {
            $0.wordsPerState == store.keyWords ? $0 : try #require(StateFilter(words: store.keyWords, entries: 8))
          }
        }
        store.recount()
        let twin = Set(states)
        #expect(made.load(ordering: .relaxed) == twin.count && store.count == twin.count)
        #expect(twin.allSatisfy { store.contains($0) })
        for _ in 0..<200 {
          let other = Self.state(layout, values.map { [$0[0] ^ 1, $0[1]] }, &random)
          #expect(store.contains(other) == twin.contains(other))
        }
        // Where the processor has no instruction for it, states are held as they are from the start.
        #expect(store.isNarrow == (isNarrow && bits >= 6))
        if round == 0 { #expect(store.reset() && store.count == 0 && !store.contains(states[0])) }
      }
    }
  }

  private static func state(_ layout: StateLayout, _ values: [[Int]], _ random: inout SeededGenerator) -> [UInt64] {
    var words: [UInt64] = [0, 0]
    let keys = layout.variables[0].count
    for key in 0..<keys {
      let value = values[Int(random.next(upperBound: UInt64(values.count)))]
      for variable in 0..<2 {
        let place = layout.cells[layout.variables[variable].lowerBound + key]
        words[place.word] += UInt64(value[variable]) * place.multiplier
      }
    }
    for variable in layout.variables.dropFirst(2) {
      for place in layout.cells[variable] {
        words[place.word] += random.next(upperBound: UInt64(place.cardinality)) * place.multiplier
      }
    }
    return words
  }
}

/// What a thread has taken and not inserted.
private final class Waiting: @unchecked Sendable {
  var states: [UInt64] = []
}

/// As a worker does: until there are no more states, or the table must grow.
private func insertAll(
  _ states: [[UInt64]], from next: borrowing Atomic<Int>, _ waiting: Waiting, _ store: StateStore, _ filter: StateFilter,
  _ made: borrowing Atomic<Int>
) {
  while true {
    if waiting.states.isEmpty {
      let first = next.add(50, ordering: .relaxed).oldValue
      guard first < states.count else { return }
      waiting.states = states[first..<min(first + 50, states.count)].flatMap { $0 }
    }
    let n = waiting.states.count / 2
    let credit = store.takeCredit(n)
    if credit < n { return store.settle(unused: credit) }
    var fresh = [UInt64](repeating: 0, count: waiting.states.count)
    let (new, taken) = store.insert(waiting.states, n, filter, into: &fresh)
    store.settle(unused: credit - new)
    made.add(new, ordering: .relaxed)
    waiting.states.removeFirst(2 * taken)
  }
}
