import CNative
import Synchronization

/// The exact set of visited states, over the C table.
///
/// In: packed states, from several threads. Out: those that are new. The table never overflows and never grows under a
/// writer: a worker must hold *credit* for as many insertions as it attempts, the store hands out no more credit than its load
/// allows, and a worker that gets none stops at a safe point so that the coordinator can grow the table.
final class StateStore: @unchecked Sendable {
  struct Options: Sendable {
    /// Slots at the start of each search.
    var slots = 1 << 12
    /// Every state hashes alike (for tests).
    var constantHash = false
    /// Linear probing reads 3 slots on a hit and 13 on a miss at this load, nearly always in one or two cache lines.
    var load = 0.8
  }

  let words: Int
  let options: Options
  /// States inserted, as of the last safe point.
  private(set) var count = 0
  fileprivate let handle: OpaquePointer
  private let credit: Atomic<Int>

  /// nil if memory is refused.
  init?(words: Int, options: Options = Options()) {
    guard let handle = kspec_store_create(words, max(options.slots, 2), options.constantHash) else { return nil }
    self.words = words
    self.options = options
    self.handle = handle
    self.credit = Atomic(0)
    credit.store(limit, ordering: .relaxed)
  }

  deinit { kspec_store_destroy(handle) }

  var capacity: Int { kspec_store_capacity(handle) }
  var bytes: Int { kspec_store_bytes(handle) }
  var stashed: Int { kspec_store_stashed(handle) }
  /// True if a state was ever dropped: a fault of ours, which voids the search.
  var overflowed: Bool { kspec_store_overflowed(handle) }
  /// States that the table takes at this capacity; at least one slot stays empty, which ends every probe.
  private var limit: Int { min(Int(Double(capacity) * options.load), capacity - 1) }

  func contains(_ state: UnsafePointer<UInt64>) -> Bool { kspec_store_contains(handle, state) }

  /// The right to attempt `n` insertions, or a little more to save the next call; 0 if the table must grow first.
  func takeCredit(_ n: Int) -> Int {
    var held = credit.load(ordering: .relaxed)
    while held >= n {
      let share = max(n, min(1024, held / 16))
      let (exchanged, seen) = credit.weakCompareExchange(expected: held, desired: held - share, ordering: .relaxed)
      if exchanged { return share }
      held = seen
    }
    return 0
  }

  /// Gives back what a worker did not use, and reports how many states it added.
  func settle(unused: Int) { credit.add(unused, ordering: .relaxed) }

  /// Inserts `n` states, writes the new ones to `fresh` and returns their number. The caller holds credit for `n`.
  func insert(_ states: UnsafePointer<UInt64>, _ n: Int, _ filter: StateFilter, into fresh: UnsafeMutablePointer<UInt64>) -> Int {
    kspec_store_insert(handle, filter.handle, states, n, fresh)
  }

  // What follows is for the coordinator, while no worker runs.

  /// To be called at a safe point, with all unused credit returned.
  func recount() { count = limit - credit.load(ordering: .relaxed) }

  /// The bytes of the table once it has room for `n` more states.
  func bytesAfterGrowth(by n: Int) -> Int { slots(for: n) * words * MemoryLayout<UInt64>.stride }

  /// Small tables double; large ones grow by half, so that a state never costs more than 1.5 / load slots.
  private func slots(for n: Int) -> Int {
    let needed = Int(Double(count + n) / options.load) + 2
    return max(needed, capacity < 1 << 20 ? capacity * 2 : capacity + capacity / 2)
  }

  /// Room for `n` more states; false if memory is refused.
  func grow(by n: Int) -> Bool {
    recount()
    guard kspec_store_grow(handle, slots(for: n)) else { return false }
    credit.store(limit - count, ordering: .relaxed)
    return true
  }

  /// Forgets every state.
  func reset() -> Bool {
    guard kspec_store_reset(handle, max(options.slots, 2)) else { return false }
    count = 0
    credit.store(limit, ordering: .relaxed)
    return true
  }
}

/// A worker's small cache of states that the store is known to hold. Sound: it only ever answers "known".
final class StateFilter: @unchecked Sendable {
  fileprivate let handle: OpaquePointer

  init?(words: Int, entries: Int) {
    guard let handle = kspec_filter_create(words, entries) else { return nil }
    self.handle = handle
  }

  deinit { kspec_filter_destroy(handle) }

  /// To be called when the store is reset.
  func reset() { kspec_filter_reset(handle) }
}
