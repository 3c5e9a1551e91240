import CNative
import Synchronization
import Testing
import TestSupport

@testable import Checker

/// The quotienting table: its bijection, its crowded lines, its sweeps, and how it takes over from the fast one. Its twin is a Swift set.
@Suite struct CompactStoreTests {
  @Test func `mixing is a bijection of the numbers of every width`() {
    for bits in 1...12 as ClosedRange<UInt32> {
      let mixed = (0..<(UInt64(1) << UInt64(bits))).map { kspec_compact_mix($0, bits) }
      #expect(Set(mixed).count == 1 << Int(bits))
      #expect(mixed.max() == (1 << UInt64(bits)) - 1)
    }
    var random = SeededGenerator(seed: 11)
    for bits in 1...64 as ClosedRange<UInt32> {
      let mask = UInt64.max >> UInt64(64 - bits)
      for _ in 0..<200 {
        let state = random.next() & mask
        #expect(kspec_compact_mix(state, bits) <= mask)
        #expect(kspec_compact_unmix(kspec_compact_mix(state, bits), bits) == state)
      }
    }
  }

  /// Inserts `states` in slices and grows in between.
  private func fill(_ store: StateStore, _ filter: StateFilter, _ states: [UInt64]) -> [UInt64] {
    stride(from: 0, to: states.count, by: 50).flatMap { start in
      insert(states[start..<min(start + 50, states.count)].map { [$0] }, store, filter).map { $0[0] }
    }
  }

  @Test(arguments: [1, 4, 9, 20, 31, 32, 40, 48, 57, 63, 64])
  func `states of every width, in tables of every size, are kept and told apart`(bits: Int) throws {
    var random = SeededGenerator(seed: UInt64(bits))
    let mask = UInt64.max >> UInt64(64 - bits)
    let store = try #require(StateStore(words: 1, options: .init(slots: 8, form: .compact, bits: bits)))
    let filter = try #require(StateFilter(words: 1, entries: 8))
    let states = (0..<60_000).map { _ in random.next() & mask }
    let twin = Set(states)
    let fresh = fill(store, filter, states)
    #expect(fresh.count == twin.count && Set(fresh) == twin)
    store.recount()
    #expect(store.count == twin.count)
    for state in states.prefix(2000) {
      let other = state ^ (1 & mask)
      #expect(store.contains([state]) && store.contains([other]) == twin.contains(other))
    }
    // Small partitions double; of 9 bits all 512 states are there.
    if twin.count > 10_000 { #expect(Double(store.bytes) / Double(twin.count) < 24) }
  }

  /// States of 19 bits are in one partition, which grows from a page to some megabytes: it outgrows the addresses behind it, eight times its size, again and again.
  @Test func `a partition that moves more than once keeps what it holds`() throws {
    let bits = 19
    let store = try #require(StateStore(words: 1, options: .init(slots: 8, form: .compact, bits: bits)))
    let filter = try #require(StateFilter(words: 1, entries: 8))
    let states = (0..<UInt64(1 << bits)).map { $0 &* 0x9E37_79B9 & (1 << UInt64(bits) - 1) }
    #expect(fill(store, filter, states).count == 1 << bits)
    #expect(store.bytes > 2 << 20)
    #expect(fill(store, filter, states.reversed()).isEmpty)
    store.recount()
    #expect(store.count == 1 << bits)
  }

  @Test(arguments: [(64, 1), (64, 7), (64, 15), (64, 18), (60, 3), (48, 30), (51, 9)], [false, true])
  func `states of two words are told apart by either, and come back from a sweep`(bits: (Int, Int), constantHash: Bool) throws {
    #expect(kspec_compact_takes(UInt32(bits.0), UInt32(bits.1)))
    var options = StateStore.Options(slots: 4, constantHash: constantHash, form: .compact, bits: bits.0)
    options.secondBits = bits.1
    let store = try #require(StateStore(words: 2, options: options))
    #expect(!store.foldsStates)
    let filter = try #require(StateFilter(words: 2, entries: 8))
    var random = SeededGenerator(seed: UInt64(bits.0 * 100 + bits.1))
    // Few values of one word with many of the other, and the other way round.
    let few = (0..<20).map { _ in random.next() >> UInt64(64 - bits.0) }
    let states = (0..<(constantHash ? 1500 : 40_000)).map { number -> [UInt64] in
      let second = random.next() >> UInt64(64 - bits.1)
      if number % 3 == 0 { return [few[number / 3 % few.count], second] }
      return [
        constantHash ? random.next(upperBound: UInt64(200)) : random.next() >> UInt64(64 - bits.0), number % 3 == 1 ? 0 : second,
      ]
    }
    let twin = Set(states)
    var fresh: [[UInt64]] = []
    for start in stride(from: 0, to: states.count, by: 50) {
      fresh += insert(Array(states[start..<min(start + 50, states.count)]), store, filter, layer: 2)
    }
    #expect(fresh.count == twin.count && Set(fresh) == twin)
    for state in states.prefix(2000) {
      for other in [[state[0] ^ 1, state[1]], [state[0], state[1] ^ 1]] { #expect(store.contains(other) == twin.contains(other)) }
    }
    if constantHash { #expect(store.stashed > 0) }
    #expect(!store.contains([0, 1 << UInt64(bits.1)]) && !store.overflowed)
    var buffer = [UInt64](repeating: 0, count: StateStore.sweepRoom * 2)
    var swept: [[UInt64]] = []
    store.beginSweep()
    var place = KspecSweep()
    while case let n = store.sweep(layer: 2, at: &place, into: &buffer, room: StateStore.sweepRoom), n > 0 {
      swept += (0..<n).map { [buffer[2 * $0], buffer[2 * $0 + 1]] }
    }
    #expect(swept.count == twin.count && Set(swept) == twin)
  }

  @Test func `states of two words that do not fit are folded`() {
    #expect(!kspec_compact_takes(64, 19) && !kspec_compact_takes(64, 64) && !kspec_compact_takes(47, 1))
  }

  @Test func `what finds no place near home goes to the stash, exactly`() throws {
    // With the identity as hash, small states have one home line; ten others are in the last partition.
    let options = StateStore.Options(slots: 4, constantHash: true, form: .compact)
    let store = try #require(StateStore(words: 1, options: options))
    let filter = try #require(StateFilter(words: 1, entries: 1))
    let states = Array(0..<700 as Range<UInt64>) + Array(0..<350) + (0..<10).map { UInt64.max - $0 }
    #expect(fill(store, filter, states).count == 710)
    // Seven lines of at most eight.
    #expect(store.stashed >= 700 - 56)
    #expect((0..<700).allSatisfy { store.contains([$0]) } && !store.contains([700]))
    #expect(sweepAll(store, layer: 0).isEmpty)
  }

  private func sweepAll(_ store: StateStore, layer: Int) -> [UInt64] {
    store.beginSweep()
    var place = KspecSweep()
    var states: [UInt64] = []
    var some = [UInt64](repeating: 0, count: StateStore.sweepRoom)
    while true {
      let n = store.sweep(layer: layer, at: &place, into: &some, room: some.count)
      if n == 0 { return states }
      states += some[..<n]
    }
  }

  @Test(arguments: [false, true]) func `a sweep hands out each state of its layer once, through growth and beside insertions`(
    constantHash: Bool
  ) throws {
    let options = StateStore.Options(slots: 4, constantHash: constantHash, form: .compact)
    let store = try #require(StateStore(words: 1, options: options))
    let filter = try #require(StateFilter(words: 1, entries: 8))
    var random = SeededGenerator(seed: 21)
    let limit = constantHash ? 900 : 30_000
    func some(_ n: Int) -> [UInt64] { (0..<n).map { _ in constantHash ? random.next(upperBound: UInt64(5000)) : random.next() } }
    var known: Set<UInt64> = []
    var layers: [Set<UInt64>] = []
    for layer in 0..<4 {
      // Even layers are tagged, the odd ones partly and in between.
      var tagged: Set<UInt64> = []
      for state in some(limit / 4) {
        var fresh: UInt64 = 0
        var credit = store.takeCredit(1)
        if credit == 0 {
          #expect(store.grow(by: 1))
          credit = store.takeCredit(1)
        }
        let hides = random.next(upperBound: UInt64(3)) > 0
        let made = store.insert([state], 1, filter, into: &fresh, layer: hides ? layer : nil).made
        store.settle(unused: credit - made)
        #expect((made == 1) == known.insert(state).inserted)
        if made == 1 && hides { tagged.insert(state) }
      }
      layers.append(tagged)
      // Half of it before the table grows again.
      store.beginSweep()
      var buffer = [UInt64](repeating: 0, count: StateStore.sweepRoom)
      var place = KspecSweep()
      let first = store.sweep(layer: layer, at: &place, into: &buffer, room: buffer.count)
      #expect(first > 0)
      let held = Array(buffer[..<first])
      _ = fill(store, filter, some(limit / 8).filter { known.insert($0).inserted })
      let rest = sweepAll(store, layer: layer)
      #expect(held.count + rest.count == tagged.count)
      #expect(Set(held + rest) == tagged)
      #expect(sweepAll(store, layer: layer).isEmpty && sweepAll(store, layer: layer + 1).isEmpty)
    }
    #expect(known.allSatisfy { store.contains([$0]) })
  }

  /// All states have one home, and a thread's claim is some of the stash's places.
  @Test(arguments: [1, 2, 4]) func `threads hand out a long stash once`(threads: Int) throws {
    let options = StateStore.Options(slots: 4, constantHash: true, form: .compact)
    let store = try #require(StateStore(words: 1, options: options))
    let filter = try #require(StateFilter(words: 1, entries: 1))
    let states = Array(0..<6000 as Range<UInt64>)
    for start in stride(from: 0, to: states.count, by: 50) {
      #expect(insert(states[start..<start + 50].map { [$0] }, store, filter, layer: 0).count == 50)
    }
    #expect(store.stashed > 5 * StateStore.sweepRoom)
    store.beginSweep()
    let taken = Mutex<[UInt64]>([])
    let pool = WorkerPool(count: threads)
    defer { pool.close() }
    pool.run(workers: threads) { worker in
      var swept = [UInt64](repeating: 0, count: StateStore.sweepRoom)
      var place = KspecSweep(first: worker << 14, passed: 0, sweep: 0)
      while case let n = store.sweep(layer: 0, at: &place, into: &swept, room: swept.count), n > 0 {
        taken.withLock { $0 += swept[..<n] }
      }
    }
    #expect(taken.withLock { $0.sorted() } == states)
  }

  @Test(arguments: [false, true]) func `threads that insert and sweep at once lose nothing and count nothing twice`(
    constantHash: Bool
  ) throws {
    let options = StateStore.Options(slots: constantHash ? 16 : 60_000, constantHash: constantHash, form: .compact)
    let store = try #require(StateStore(words: 1, options: options))
    let filter = try #require(StateFilter(words: 1, entries: 4))
    let old = (0..<UInt64(constantHash ? 500 : 20_000)).map { constantHash ? $0 : $0 &* 0x9E37_79B9_7F4A_7C15 }
    var fresh = [UInt64](repeating: 0, count: old.count)
    #expect(store.insert(old, old.count, filter, into: &fresh, layer: 0).made == old.count)
    let new = (0..<UInt64(constantHash ? 600 : 20_000)).map { constantHash ? $0 : $0 &* 0xD6E8_FEB8_6659_FD93 &+ 1 }
    store.beginSweep()
    let made = Atomic(0)
    let taken = Atomic(0)
    let sum = Atomic<UInt64>(0)
    let pool = WorkerPool(count: 4)
    defer { pool.close() }
    pool.run(workers: 4) { worker in
      guard let filter = StateFilter(words: 1, entries: 4) else { return }
      var fresh = [UInt64](repeating: 0, count: 64)
      var swept = [UInt64](repeating: 0, count: StateStore.sweepRoom)
      var place = KspecSweep(first: worker << 14, passed: 0, sweep: 0)
      for start in stride(from: 0, to: new.count, by: 64) {
        let some = Array(new[start..<min(start + 64, new.count)])
        made.add(store.insert(some, some.count, filter, into: &fresh, layer: 1).made, ordering: .relaxed)
        let n = store.sweep(layer: 0, at: &place, into: &swept, room: swept.count)
        taken.add(n, ordering: .relaxed)
        sum.wrappingAdd(swept[..<n].reduce(0, &+), ordering: .relaxed)
      }
    }
    #expect(made.load(ordering: .relaxed) == Set(new).subtracting(old).count)
    let rest = sweepAll(store, layer: 0)
    #expect(taken.load(ordering: .relaxed) + rest.count == old.count)
    #expect(sum.load(ordering: .relaxed) &+ rest.reduce(0, &+) == old.reduce(0, &+))
    #expect(Set(sweepAll(store, layer: 1)) == Set(new).subtracting(old))
    #expect((old + new).allSatisfy { store.contains([$0]) })
  }

  @Test(arguments: [0, 1, 2, 100, 5000, 70_000], [false, true])
  func `a fast table turned compact holds the same states`(count: Int, constantHash: Bool) throws {
    if constantHash && count > 100 { return }
    for bits in [20, 45, 64] {
      let options = StateStore.Options(slots: 2, constantHash: constantHash, bits: bits)
      let store = try #require(StateStore(words: 1, options: options))
      let filter = try #require(StateFilter(words: 1, entries: 8))
      var random = SeededGenerator(seed: UInt64(count + bits))
      let twin = Set((0..<count).map { $0 == 0 ? 0 : random.next() >> UInt64(64 - bits) })
      _ = fill(store, filter, Array(twin))
      #expect(store.convert() && store.form == .compact)
      store.recount()
      #expect(store.count == twin.count)
      #expect(twin.allSatisfy { store.contains([$0]) })
      let more = (0..<500).map { _ in random.next() >> UInt64(64 - bits) }
      filter.reset()
      #expect(Set(fill(store, filter, Array(twin) + more)) == Set(more).subtracting(twin))
      #expect(store.reset() && store.form == .fast && store.count == 0)
    }
  }

  @Test(arguments: [2, 3, 4, 5, 9, 16, 33, 256], [false, true])
  func `threads fold wide states to keys that are theirs alone, and get them back from a sweep`(words: Int, constantHash: Bool)
    throws
  {
    let options = StateStore.Options(slots: constantHash ? 4 : 20_000, constantHash: constantHash, form: .compact)
    let store = try #require(StateStore(words: words, options: options))
    var random = SeededGenerator(seed: UInt64(words))
    // Few values a word, so that parts are shared.
    let all = Set(
      (0..<(constantHash ? 300 : 4000)).map { _ in (0..<words).map { _ in random.next(upperBound: UInt64(9)) << 58 } })
    let states = Array(all)
    let made = Atomic(0)
    let pool = WorkerPool(count: 4)
    defer { pool.close() }
    pool.run(workers: 4) { worker in
      guard let filter = StateFilter(words: words, entries: 4) else { return }
      var fresh = [UInt64](repeating: 0, count: 50 * words)
      let turn = worker * states.count / 4
      let turned = Array(states[turn...] + states[..<turn])
      for start in stride(from: 0, to: turned.count, by: 50) {
        let some = Array(turned[start..<min(start + 50, turned.count)].joined())
        made.add(store.insert(some, some.count / words, filter, into: &fresh, layer: 1).made, ordering: .relaxed)
      }
    }
    #expect(made.load(ordering: .relaxed) == all.count)
    // Once more, alone and with growth: all are known.
    let filter = try #require(StateFilter(words: words, entries: 4))
    #expect(store.grow(by: 1))
    for state in states.prefix(500) { #expect(insert([state], store, filter).isEmpty) }
    var buffer = [UInt64](repeating: 0, count: StateStore.sweepRoom * words)
    var swept: [[UInt64]] = []
    store.beginSweep()
    var place = KspecSweep()
    while true {
      let n = store.sweep(layer: 1, at: &place, into: &buffer, room: StateStore.sweepRoom)
      if n == 0 { break }
      swept += (0..<n).map { Array(buffer[($0 * words)..<(($0 + 1) * words)]) }
    }
    #expect(swept.count == all.count && Set(swept) == all)
    #expect(!store.overflowed)
  }
}
