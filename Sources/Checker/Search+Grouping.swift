import CNative
import SimRuntime
import Spec

/// Which states are near each other, in the layer and in the table.
///
/// In: a layer's chunks. Out: the same states, parents whose successors are likely the same side by side, and a compact table with such states in the same
/// partitions. Where the table is larger than the caches, looking a successor up is what a search waits for. A worker's filter spares it
/// what was seen lately: 63 % instead of 36 % of the successors on 13.8 million states of shadow paging. The rest is looked for in few partitions, which
/// stay in the caches. A successor differs from its parent in what one action changes, so states are near which agree in the bits that
/// change least often. Counts and events do not depend on the order.
extension Search {
  /// States of one key in a layer, at least, on average.
  private static let group = 128

  var isTableLarge: Bool { store.bytes >= (store.form == .fast ? tuning.largeTable : tuning.largeCompactTable) }

  /// The chunks themselves where the layer or the table is small, or memory is short.
  /// `expecting`: how many states the next layer will have.
  func grouped(
    _ chunks: [Chunk], expecting next: Double, _ rigid: RigidValuation, _ reduction: Reduction
  ) -> [Chunk] {
    let count = chunks.reduce(0) { $0 + $1.count }
    guard count >= tuning.groupsFrom else { return chunks }
    let words = store.words
    let steady = steadyBits(chunks, count, source.pack(rigid), reduction)
    self.steady = steady
    rekey(steady, growth: 1 + min(1, next / Double(max(store.count, 1))))
    guard watch.fits(count * words * MemoryLayout<UInt64>.stride, memory) else { return chunks }
    // The table's own order first, so that a stretch of the layer is one of the table.
    let held = { (bit: Int) in bit < UInt64.bitWidth && self.store.key >> UInt64(bit) & 1 == 1 }
    let most = min(Int(KSPEC_KEY_BITS), max(1, Int.bitWidth - (count / Self.group).leadingZeroBitCount))
    let bits = (steady.bits.filter(held) + steady.bits.filter { !held($0) }).prefix(most).map { UInt16($0) }
    guard !bits.isEmpty, let key = kspec_key_create(bits, bits.count) else { return chunks }
    defer { kspec_key_destroy(key) }
    return sort(chunks, count, by: key, keys: 1 << bits.count)
  }

  /// Lets the steadiest bits choose the partitions of a compact table that is large, or has become much larger since they last did.
  private func rekey(_ steady: SteadyBits, growth: Double) {
    let before = store.bytes
    let most = min(Int(KSPEC_COMPACT_KEY_BITS), Int.bitWidth - 1 - max(before / tuning.partitionBytes, 1).leadingZeroBitCount)
    let held = store.key.nonzeroBitCount
    guard store.isKeyable, held == 0 || before >> held >= 16 * tuning.partitionBytes else { return }
    let key = steady.firstWord(most)
    guard key.nonzeroBitCount > held, watch.fits(Int(Double(before) * growth), memory),
      store.rekey(key, growth: growth, with: pool)
    else { return }
    memory.add(store.bytes)
    memory.add(-before)
  }

  struct SteadyBits {
    /// That transitions change, the least often changed first, and none that is the same in nearly all states.
    var bits: [Int]
    /// How many of so many transitions change each.
    var flips: [Int]
    var transitions: Int
    /// Layers that were sorted by them since they were found out.
    var uses = 0

    /// Of the first word as many as together are changed by less than three quarters of the transitions.
    func firstWord(_ most: Int) -> UInt64 {
      var key: UInt64 = 0
      var left = transitions / 4 * 3
      for bit in bits where bit < UInt64.bitWidth && key.nonzeroBitCount < most {
        left -= flips[bit]
        if left < 0 { break }
        key |= 1 << UInt64(bit)
      }
      return key
    }
  }

  /// Layers that follow each other are alike: what a sample of one shows does for the next ones, too.
  private static let uses = 4

  /// In a sample of the layer, or of one shortly before it.
  private func steadyBits(_ chunks: [Chunk], _ count: Int, _ rigid: PackedRigid, _ reduction: Reduction) -> SteadyBits {
    if var known = steady, known.uses < Self.uses {
      known.uses += 1
      return known
    }
    let words = store.words
    let sampled = min(tuning.sampled, count)
    var sample = StateBuffer(words: words, capacity: sampled)
    for index in 0..<sampled {
      let chunk = chunks[index * chunks.count / sampled]
      sample.append(chunk.states + index % chunk.count * words)
    }
    var ones = [Int](repeating: 0, count: words * UInt64.bitWidth)
    for index in 0..<sample.count { Worker.count(bitsOf: sample[index], differingFrom: nil, words: words, in: &ones) }
    let (flips, transitions) = workers[0].flips(from: sample.batch, source, rigid, reduction)
    let few = sample.count / 20
    let bits = flips.indices.filter { (few...(sample.count - few)).contains(ones[$0]) }
    return SteadyBits(bits: bits.sorted { (flips[$0], $0) < (flips[$1], $1) }, flips: flips, transitions: transitions)
  }

  private func sort(_ chunks: [Chunk], _ count: Int, by key: OpaquePointer, keys: Int) -> [Chunk] {
    let words = store.words
    let chunkBits = Int.bitWidth - 1 - chunkStates.leadingZeroBitCount
    let capacity = 1 << chunkBits
    var sorted: [Chunk] = []
    let haveOrigins = chunks.contains { $0.origins != nil }
    for first in stride(from: 0, to: count, by: capacity) {
      var chunk = Chunk.allocate(capacity, words: words, origins: haveOrigins, memory)
      chunk.count = min(capacity, count - first)
      sorted.append(chunk)
    }
    let share = (chunks.count - 1) / pool.count + 1
    let places = UnsafeMutablePointer<Int>.allocate(capacity: keys * pool.count)
    places.initialize(repeating: 0, count: keys * pool.count)
    defer { places.deallocate() }
    let origins = sorted.compactMap(\.origins)
    sorted.map(\.base).withUnsafeBufferPointer { bases in
      guard let bases = bases.baseAddress else { return }
      let pass = Pass(key: key, places: places, bases: bases)
      func each(_ body: @Sendable (Chunk, UnsafeMutablePointer<Int>) -> Void) {
        pool.run(workers: pool.count) { worker in
          let own = pass.places + worker * keys
          for chunk in chunks.dropFirst(worker * share).prefix(share) { body(chunk, own) }
        }
      }
      each { kspec_key_count(pass.key, $0.states, $0.count, words, $1) }
      var place = 0
      for key in 0..<keys {
        for worker in 0..<pool.count {
          let n = places[worker * keys + key]
          places[worker * keys + key] = place
          place += n
        }
      }
      origins.withUnsafeBufferPointer { origins in
        let to = Origins(bases: haveOrigins ? origins.baseAddress : nil)
        each { [memory] chunk, own in
          kspec_key_scatter(
            pass.key, chunk.states, chunk.count, words, own, pass.bases, UInt32(chunkBits), chunk.origins, to.bases)
          chunk.free(memory)
        }
      }
    }
    return sorted
  }
}

/// What the threads of a pass share: each writes its own places.
private struct Pass: @unchecked Sendable {
  let key: OpaquePointer
  let places: UnsafeMutablePointer<Int>
  let bases: UnsafePointer<UnsafeMutablePointer<UInt64>>
}

private struct Origins: @unchecked Sendable {
  let bases: UnsafePointer<UnsafeMutablePointer<UInt16>>?
}
