import Spec
import Synchronization

/// What some walks met. By action: instances enabled in the states visited, and steps taken.
struct WalkTally: Sendable, Equatable {
  var walks = 0
  var visits: UInt64 = 0
  var enabled: [UInt64]
  var taken: [UInt64]
  /// Of the walks whose states are judged for it.
  var coverage: CoverageTally?

  init(actions: Int, _ sites: CoverageSites? = nil) {
    coverage = sites.map { CoverageTally($0) }
    enabled = [UInt64](repeating: 0, count: actions)
    taken = enabled
  }

  mutating func add(_ other: WalkTally) {
    walks += other.walks
    visits += other.visits
    if let judged = other.coverage { coverage?.add(judged) }
    for action in enabled.indices {
      enabled[action] += other.enabled[action]
      taken[action] += other.taken[action]
    }
  }
}

/// How a walk ended that met something: enough to walk it again.
struct WalkEnd: Sendable {
  enum What: Sendable {
    case event(Event.Kind)
    /// The initial states cannot be listed.
    case beginning(SpecError)
  }
  var walk: Int
  var what: What
  /// The choice of the constants, and the packed initial state.
  var choice: Int
  var initial: [UInt64]
  /// The action instances taken, by number.
  var labels: [UInt32]
}

/// Walks handed out in blocks, and their results put together so that they do not depend on who walked what: the least walk that
/// met something wins, all walks before it are finished, and what came after it is forgotten.
final class WalkBook: Sendable {
  private struct Entries {
    var next = 0
    var end: WalkEnd?
    /// Blocks that are done, until all before them are.
    var finished: [Int: WalkTally] = [:]
    var settled = 0
    var total: WalkTally
    /// For each cover the least walk that reached it, and after how many steps.
    var covers: [Int: (walk: Int, steps: Int)] = [:]
  }
  /// A number of walks that is worth a lock and a few arrays; the same for every number of threads.
  static let block = 16

  private let walks: Int
  private let entries: Mutex<Entries>
  private let stopped = Atomic(false)
  /// Changes when a cover is reached: then walkers look again which are left.
  private let changes = Atomic(0)
  /// The block of `end`: what is beyond need not be finished.
  private let lastBlock = Atomic(Int.max)

  /// `empty`: what a tally begins with.
  init(walks: Int, _ empty: WalkTally) {
    self.walks = walks
    entries = Mutex(Entries(total: empty))
  }

  /// Somebody interrupts, or time is up.
  func stop() { stopped.store(true, ordering: .relaxed) }
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  /// Whether a block is worth going on with.
  func needs(_ block: Int) -> Bool { !isStopped && block <= lastBlock.load(ordering: .relaxed) }

  /// The next block to walk; nil if there is none.
  func claim() -> (block: Int, walks: Range<Int>)? {
    if isStopped { return nil }
    return entries.withLock { entries in
      let block = entries.next
      let first = block * Self.block
      guard first < walks, block <= lastBlock.load(ordering: .relaxed) else { return nil }
      entries.next += 1
      return (block, first..<min(first + Self.block, walks))
    }
  }

  func finish(_ block: Int, _ tally: WalkTally, _ end: WalkEnd?) {
    entries.withLock { entries in
      if let end, end.walk < entries.end?.walk ?? .max {
        entries.end = end
        lastBlock.store(block, ordering: .relaxed)
      }
      entries.finished[block] = tally
      let last = lastBlock.load(ordering: .relaxed)
      while entries.settled <= last, let next = entries.finished.removeValue(forKey: entries.settled) {
        entries.total.add(next)
        entries.settled += 1
      }
    }
  }

  // MARK: - Covers

  var coverChanges: Int { changes.load(ordering: .relaxed) }

  func reached(_ cover: Int, walk: Int, steps: Int) {
    entries.withLock { entries in
      if let known = entries.covers[cover], known.walk <= walk { return }
      entries.covers[cover] = (walk, steps)
      changes.add(1, ordering: .relaxed)
    }
  }

  /// Covers that a walk need not look for, since an earlier one reached them.
  func covers(before walk: Int) -> [Int] { entries.withLock { $0.covers.filter { $0.value.walk < walk }.map(\.key) } }

  // MARK: - When all is done

  var walked: Int { entries.withLock { $0.total.walks } }

  var result: (tally: WalkTally, end: WalkEnd?, covers: [Int: Int]) {
    entries.withLock { entries in
      var total = entries.total
      let last = lastBlock.load(ordering: .relaxed)
      // Interrupted: what is known is told, though it hangs on the moment.
      if isStopped { for (block, tally) in entries.finished where block <= last { total.add(tally) } }
      let end = entries.end?.walk ?? .max
      return (total, entries.end, entries.covers.filter { $0.value.walk <= end }.mapValues(\.steps))
    }
  }
}
