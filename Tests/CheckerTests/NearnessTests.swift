import CNative
import SimRuntime
import Spec
import Synchronization
import TestSupport
import Testing

@testable import Checker

/// What puts states near each other: bits taken out of a word, layers in the order of keys, compact tables whose partitions bits choose.
@Suite struct NearnessTests {
  @Test func `bits are gathered and spread as one by one, with the processor's instruction and without`() {
    var random = SeededGenerator(seed: 31)
    var masks: [UInt64] = [0, 1, 1 << 63, .max, 0xFF00, 0x5555_5555_5555_5555, 0xFFFF_FFFF_0000_0000]
    for few in 0..<60 { masks.append(few % 2 == 0 ? random.next() & random.next() & random.next() : random.next()) }
    for mask in masks {
      for _ in 0..<20 {
        let word = random.next()
        var expected: UInt64 = 0
        var place: UInt64 = 0
        for bit in 0..<UInt64(64) where mask >> bit & 1 == 1 {
          expected |= (word >> bit & 1) << place
          place += 1
        }
        for byInstruction in [false, true] {
          #expect(kspec_bits_gather(word, mask, byInstruction) == expected)
          #expect(kspec_bits_spread(expected, mask, byInstruction) == word & mask)
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3], [0, 1, 3, 9]) func `states come out in the order of their keys, those of one key as they came`(
    words: Int, chunkBits: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(10 * words + chunkBits))
    let states = (0..<700).map { _ in (0..<words).map { _ in random.next() } }
    for keyBits in [1, 2, 5, 14] {
      let bits = (0..<(words * 64)).map { UInt16($0) }.shuffled(using: &random).prefix(keyBits).map { $0 }
      func keyOf(_ state: [UInt64]) -> Int {
        bits.reduce(0) { $0 << 1 | Int(state[Int($1) / 64] >> UInt64($1 % 64) & 1) }
      }
      let expected = states.enumerated().sorted { (keyOf($0.element), $0.offset) < (keyOf($1.element), $1.offset) }.map(\.element)

      let key = try #require(kspec_key_create(bits, bits.count))
      defer { kspec_key_destroy(key) }
      let flat = states.flatMap { $0 }
      var places = [Int](repeating: 0, count: 1 << keyBits)
      // In two calls.
      kspec_key_count(key, flat, 300, words, &places)
      kspec_key_count(key, Array(flat[(300 * words)...]), 400, words, &places)
      var place = 0
      for index in places.indices {
        (places[index], place) = (place, place + places[index])
      }
      let capacity = 1 << chunkBits
      let chunks = (0...(states.count / capacity)).map { _ in UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * words) }
      defer { for chunk in chunks { chunk.deallocate() } }
      let beside = chunks.map { _ in UnsafeMutablePointer<UInt16>.allocate(capacity: capacity) }
      defer { for chunk in beside { chunk.deallocate() } }
      kspec_key_scatter(
        key, flat, 300, words, &places, chunks, UInt32(chunkBits), states.prefix(300).map { UInt16(truncatingIfNeeded: $0[0]) },
        beside)
      // Nothing stands beside these.
      kspec_key_scatter(key, Array(flat[(300 * words)...]), 400, words, &places, chunks, UInt32(chunkBits), nil, beside)
      let sorted = states.indices.map { index in
        (0..<words).map { chunks[index / capacity][index % capacity * words + $0] }
      }
      #expect(sorted == expected)
      let origins = states.indices.map { beside[$0 / capacity][$0 % capacity] }
      let from = states.enumerated().sorted { (keyOf($0.element), $0.offset) < (keyOf($1.element), $1.offset) }.map {
        $0.offset < 300 ? UInt16(truncatingIfNeeded: $0.element[0]) : 0
      }
      #expect(origins == from)
    }
  }

  private func options(bits: (Int, Int), constantHash: Bool) -> StateStore.Options {
    var options = StateStore.Options(slots: 4, constantHash: constantHash, form: .compact, bits: bits.0)
    if bits.1 > 0 { options.secondBits = bits.1 }
    return options
  }

  @Test(arguments: [(13, 0), (20, 0), (37, 0), (64, 0), (64, 18), (48, 30)], [false, true])
  func `a compact table holds the same states, and knows which wait, whatever bits choose its partitions`(
    bits: (Int, Int), constantHash: Bool
  ) throws {
    let words = bits.1 > 0 ? 2 : 1
    let store = try #require(StateStore(words: words, options: options(bits: bits, constantHash: constantHash)))
    #expect(store.isKeyable && store.key == 0)
    let filter = try #require(StateFilter(words: words, entries: 4))
    var random = SeededGenerator(seed: UInt64(bits.0 * 100 + bits.1))
    let mask = UInt64.max >> UInt64(64 - bits.0)
    func some(_ n: Int) -> [[UInt64]] {
      (0..<n).map { number in
        let first = constantHash ? random.next(upperBound: UInt64(3000)) & mask : random.next() & mask
        // Half of them crowd few partitions.
        return [number % 2 == 0 ? first & 0xFFF : first] + (words == 2 ? [random.next() >> UInt64(64 - bits.1)] : [])
      }
    }
    var known: Set<[UInt64]> = []
    var waiting: Set<[UInt64]> = []
    // From the mixed word to bits, to others, to many and to few; then what is kept empty.
    for (round, keyBits) in [0, 1, 3, 12, 7].enumerated() {
      if keyBits > 0 {
        let chosen = (0..<UInt64(bits.0)).shuffled(using: &random).prefix(min(keyBits, bits.0 - 1))
        let key = chosen.reduce(UInt64(0)) { $0 | 1 << $1 }
        let pool = round % 2 == 0 ? nil : WorkerPool(count: 3)
        #expect(store.rekey(key, with: pool) && store.key == key)
        pool?.close()
      }
      let states = some(constantHash ? 300 : 6000)
      for start in stride(from: 0, to: states.count, by: 50) {
        let slice = Array(states[start..<min(start + 50, states.count)])
        let fresh = insert(slice, store, filter, layer: round % 2 == 0 ? 4 : nil)
        let new = Set(slice).subtracting(known)
        #expect(fresh.count == new.count && Set(fresh) == new)
        known.formUnion(new)
        if round % 2 == 0 { waiting.formUnion(new) }
      }
      store.recount()
      #expect(store.count == known.count && !store.overflowed)
      for state in states.prefix(500) {
        let other = [state[0] ^ 1] + state.dropFirst()
        #expect(store.contains(state) && store.contains(other) == known.contains(other))
      }
    }
    var buffer = [UInt64](repeating: 0, count: StateStore.sweepRoom * words)
    var swept: [[UInt64]] = []
    store.beginSweep()
    var place = KspecSweep()
    while case let n = store.sweep(layer: 4, at: &place, into: &buffer, room: StateStore.sweepRoom), n > 0 {
      swept += (0..<n).map { Array(buffer[($0 * words)..<(($0 + 1) * words)]) }
    }
    #expect(swept.count == waiting.count && Set(swept) == waiting)

    // Emptied: as large as it was, or as at first.
    let (bytes, key) = (store.bytes, store.key)
    #expect(store.reset(expecting: store.capacity))
    #expect(store.count == 0 && store.key == key && store.bytes == bytes && known.allSatisfy { !store.contains($0) })
    filter.reset()
    let again = Array(known.prefix(400))
    for start in stride(from: 0, to: again.count, by: 50) {
      let slice = Array(again[start..<min(start + 50, again.count)])
      #expect(insert(slice, store, filter) == slice)
    }
    #expect(store.reset(expecting: 1) && store.key == 0 && !store.contains(again[0]))
  }

  @Test(arguments: [(20, 0), (37, 0), (64, 18)], [UInt64(0), 1 << 3, 0b1010_1100_0011])
  func `a table of another's shape is empty, and holds as much without growing`(bits: (Int, Int), key: UInt64) throws {
    let words = bits.1 > 0 ? 2 : 1
    var options = options(bits: bits, constantHash: false)
    let first = try #require(StateStore(words: words, options: options))
    #expect(key == 0 || first.rekey(key))
    let filter = try #require(StateFilter(words: words, entries: 4))
    var random = SeededGenerator(seed: key)
    let mask = UInt64.max >> UInt64(64 - bits.0)
    // Partitions of very different sizes, if bits choose them.
    let states = (0..<40_000).map { number in
      [random.next() & mask & (number % 4 == 0 ? .max : ~key)] + (words == 2 ? [random.next() >> UInt64(64 - bits.1)] : [])
    }
    func insertAll(_ store: StateStore) -> Int {
      filter.reset()
      return stride(from: 0, to: states.count, by: 50).reduce(0) { made, start in
        if store.takeCredit(1) == 0 { #expect(store.grow(by: 1)) } else { store.settle(unused: 1) }
        return made + insert(Array(states[start..<min(start + 50, states.count)]), store, filter).count
      }
    }
    #expect(insertAll(first) == Set(states).count)
    options.shape = first.shape
    let second = try #require(StateStore(words: words, options: options))
    #expect(second.key == key && second.count == 0 && states.allSatisfy { !second.contains($0) })
    // There is nothing to clear, and the shape stays.
    #expect(second.reset(expecting: second.capacity) && second.key == key)
    let bytes = second.bytes
    #expect(insertAll(second) == Set(states).count)
    #expect(second.bytes < bytes + bytes / 8)
    // Once cleared it has the same shape; reset, that of the beginning.
    #expect(second.reset(expecting: second.capacity) && second.key == key && states.allSatisfy { !second.contains($0) })
    #expect(second.reset() && second.key == 0 && !second.contains(states[0]))
    let fast = try #require(StateStore(words: 1, options: .init()))
    #expect(fast.shape == nil)
  }

  /// Partitions begin small, and every growth must make them larger: what finds no place goes to a stash, which is searched entry by entry.
  @Test(arguments: [UInt64(0), 1 << 3]) func `a table of the shape of one with few states grows as any other does`(key: UInt64)
    throws
  {
    var options = options(bits: (37, 0), constantHash: false)
    let first = try #require(StateStore(words: 1, options: options))
    #expect(key == 0 || first.rekey(key))
    let filter = try #require(StateFilter(words: 1, entries: 4))
    #expect(insert([[1], [2]], first, filter).count == 2)
    options.shape = first.shape
    let second = try #require(StateStore(words: 1, options: options))
    filter.reset()
    fillAndExpectNoStash(second, filter)
  }

  @Test func `a fast table with few states that turns compact grows as any other does`() throws {
    let store = try #require(StateStore(words: 1, options: .init(slots: 64, bits: 37)))
    let filter = try #require(StateFilter(words: 1, entries: 4))
    #expect(insert([[1], [2]], store, filter).count == 2)
    #expect(store.convert())
    fillAndExpectNoStash(store, filter)
  }

  private func fillAndExpectNoStash(_ store: StateStore, _ filter: StateFilter) {
    var random = SeededGenerator(seed: 5)
    let states = (0..<60_000).map { _ in [random.next() >> UInt64(64 - 37)] }
    for start in stride(from: 0, to: states.count, by: 50) { _ = insert(Array(states[start..<start + 50]), store, filter) }
    // By chance a few.
    #expect(store.stashed < states.count / 100)
    #expect(states.allSatisfy { store.contains($0) })
  }

  @Test func `no bits, too many and those that states do not have choose no partition`() throws {
    let store = try #require(StateStore(words: 1, options: options(bits: (20, 0), constantHash: false)))
    for key in [0, 1 << 20, UInt64(1) << 63, (1 << 13) - 1, .max] as [UInt64] { #expect(!store.rekey(key) && store.key == 0) }
    let narrow = try #require(StateStore(words: 1, options: options(bits: (3, 0), constantHash: false)))
    #expect(!narrow.rekey(7) && narrow.rekey(5) && narrow.key == 5)
    let hashed = try #require(StateStore(words: 2, options: .init(hashBits: 40)))
    #expect(!hashed.isKeyable && !hashed.rekey(1))
    let fast = try #require(StateStore(words: 1, options: .init()))
    #expect(!fast.isKeyable && !fast.rekey(1))
  }

  @Test(arguments: [1, 3]) func `threads that insert into partitions chosen by bits lose nothing and count nothing twice`(
    crowded: Int
  ) throws {
    let store = try #require(StateStore(words: 1, options: options(bits: (40, 0), constantHash: crowded == 3)))
    #expect(store.rekey(0xF0_0000_000F))
    let filters = try (0..<4).map { _ in try #require(StateFilter(words: 1, entries: 4)) }
    var random = SeededGenerator(seed: UInt64(crowded))
    let states = (0..<(crowded == 3 ? 2000 : 40_000)).map { _ in random.next() >> UInt64(crowded == 3 ? 52 : 40) }
    let made = Atomic(0)
    let pool = WorkerPool(count: 4)
    defer { pool.close() }
    // Rounds of a slice each, and growth between them.
    for start in stride(from: 0, to: states.count, by: 400) {
      let slice = Array(states[start..<min(start + 400, states.count)])
      if store.takeCredit(1) == 0 {
        #expect(store.grow(by: 1))
      } else {
        store.settle(unused: 1)
      }
      pool.run(workers: 4) { worker in
        var fresh = [UInt64](repeating: 0, count: slice.count)
        let turn = worker * slice.count / 4
        let turned = Array(slice[turn...] + slice[..<turn])
        made.add(store.insert(turned, turned.count, filters[worker], into: &fresh).made, ordering: .relaxed)
      }
    }
    #expect(made.load(ordering: .relaxed) == Set(states).count)
    #expect(!store.overflowed && states.allSatisfy { store.contains([$0]) })
  }
}
