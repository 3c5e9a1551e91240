import Synchronization

/// The states of a layer, in chunks that one worker fills and one worker consumes.
///
/// Chunks are the unit of work that workers claim, and of memory: a consumed chunk is freed at once, so that a search holds
/// little more than one layer's worth of frontier. Beside a compact store chunks are few: what does not fit is *hidden*, that is, found
/// again by sweeping the store.
struct Chunk: @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt64>
  let words: Int
  let capacity: Int
  /// Beside each state its origin (`StateBatch`), where somebody asks for it.
  let origins: UnsafeMutablePointer<UInt16>?
  var count = 0

  var isFull: Bool { count == capacity }
  var bytes: Int {
    capacity * (words * MemoryLayout<UInt64>.stride + (origins == nil ? 0 : MemoryLayout<UInt16>.stride))
  }
  var states: UnsafePointer<UInt64> { UnsafePointer(base) }

  static func allocate(_ capacity: Int, words: Int, origins: Bool = false, _ memory: MemoryGauge) -> Chunk {
    let chunk = Chunk(
      base: .allocate(capacity: capacity * words), words: words, capacity: capacity,
      origins: origins ? .allocate(capacity: capacity) : nil)
    memory.add(chunk.bytes)
    return chunk
  }

  func free(_ memory: MemoryGauge) {
    memory.add(-bytes)
    base.deallocate()
    origins?.deallocate()
  }
}

/// Chunks being filled by one worker.
struct ChunkList: Sendable {
  private(set) var chunks: [Chunk] = []
  private(set) var count = 0

  /// Chunks that are begun without origins have none.
  mutating func append(
    _ states: UnsafePointer<UInt64>, origins: UnsafePointer<UInt16>? = nil, _ n: Int, words: Int, chunkStates: Int,
    _ memory: MemoryGauge
  ) {
    var done = 0
    while done < n {
      if chunks.last?.isFull ?? true {
        chunks.append(.allocate(chunkStates, words: words, origins: origins != nil, memory))
      }
      let last = chunks.count - 1
      let copied = min(chunks[last].capacity - chunks[last].count, n - done)
      (chunks[last].base + chunks[last].count * words).update(from: states + done * words, count: copied * words)
      if let origins, let to = chunks[last].origins { (to + chunks[last].count).update(from: origins + done, count: copied) }
      chunks[last].count += copied
      done += copied
    }
    count += n
  }

  mutating func take() -> [Chunk] {
    defer { self = ChunkList() }
    return chunks
  }

  mutating func free(_ memory: MemoryGauge) {
    for chunk in take() { chunk.free(memory) }
  }
}

/// What the store and the frontier hold, and the most they held: our own accounting, exact to the chunk, where the process's
/// resident size would include the compiler's and the evaluator's memory.
final class MemoryGauge: Sendable {
  private let held = Atomic(0)
  private let most = Atomic(0)

  var current: Int { held.load(ordering: .relaxed) }
  var peak: Int { most.load(ordering: .relaxed) }

  func add(_ bytes: Int) {
    let now = held.add(bytes, ordering: .relaxed).newValue
    if bytes > 0 { most.max(now, ordering: .relaxed) }
  }
}

/// A layer while workers share it: chunks to claim, and the reason to stop early, if any.
final class Layer: Sendable {
  struct Stop: OptionSet, Sendable {
    let rawValue: Int
    /// The table must grow; then the layer goes on.
    static let growth = Stop(rawValue: 1)
    /// A limit was reached or the user interrupts: the search ends.
    static let limit = Stop(rawValue: 2)
    /// Another source is ready; then the layer goes on with it.
    static let source = Stop(rawValue: 4)
    /// A checkpoint is due; then the layer goes on.
    static let checkpoint = Stop(rawValue: 8)
    /// The table must take its compact form; then the layer goes on.
    static let conversion = Stop(rawValue: 16)
    /// Memory is used up; then the search goes on on disk.
    static let full = Stop(rawValue: 32)
  }

  let chunks: [Chunk]
  let count: Int
  private let stretches: [Stretch]
  private let stopped = Atomic(0)
  private let swept: Atomic<Bool>

  /// `hidden`: states of the layer that no chunk holds.
  init(_ chunks: [Chunk], hidden: Int = 0, workers: Int = 1) {
    self.chunks = chunks
    count = chunks.reduce(hidden) { $0 + $1.count }
    stretches = (0..<workers).map { Stretch((chunks.count * $0 / workers)..<(chunks.count * ($0 + 1) / workers)) }
    swept = Atomic(hidden == 0)
  }

  /// Consecutive chunks that one worker claims from the first on, and whoever has none left of its own, from the last on. Successors of states that are near
  /// each other are found in the same lines of the table, and a line that another processor wrote takes as long to come as one from memory, or longer.
  private final class Stretch: Sendable {
    /// The first and, in the upper half, the end of those that nobody has taken.
    private let ends: Atomic<UInt64>

    init(_ range: Range<Int>) { ends = Atomic(UInt64(range.upperBound) << 32 | UInt64(range.lowerBound)) }

    var left: Range<Int> { Self.range(ends.load(ordering: .relaxed)) }

    func claim(fromFirst: Bool) -> Int? {
      var held = ends.load(ordering: .relaxed)
      while true {
        let left = Self.range(held)
        if left.isEmpty { return nil }
        let (exchanged, seen) = ends.weakCompareExchange(
          expected: held, desired: fromFirst ? held + 1 : held - 1 << 32, ordering: .relaxed)
        if exchanged { return fromFirst ? left.lowerBound : left.upperBound - 1 }
        held = seen
      }
    }

    private static func range(_ ends: UInt64) -> Range<Int> { Int(ends & UInt64(UInt32.max))..<Int(ends >> 32) }
  }

  /// No hidden states are left.
  var isSwept: Bool { swept.load(ordering: .relaxed) }
  func noteSwept() { swept.store(true, ordering: .relaxed) }

  func claim(by worker: Int) -> Int? {
    for index in stretches.indices {
      let stretch = stretches[(worker + index) % stretches.count]
      if let chunk = stretch.claim(fromFirst: index == 0) { return chunk }
    }
    return nil
  }

  var hasMore: Bool { !unclaimed.isEmpty || !isSwept }
  /// Chunks that nobody has taken.
  var unclaimed: [Range<Int>] { stretches.map(\.left).filter { !$0.isEmpty } }

  /// When a search ends in mid-layer.
  func freeUnclaimed(_ memory: MemoryGauge) {
    while let index = claim(by: 0) { chunks[index].free(memory) }
  }

  var stop: Stop { Stop(rawValue: stopped.load(ordering: .relaxed)) }
  func ask(_ reason: Stop) { stopped.bitwiseOr(reason.rawValue, ordering: .relaxed) }
  /// Between phases.
  func clearStop() { stopped.store(0, ordering: .relaxed) }
}
