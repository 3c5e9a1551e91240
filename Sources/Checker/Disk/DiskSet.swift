import Synchronization

/// The visited states on disk, and the candidates for the next layer: duplicates are detected all at once, when a layer is done
/// (Stern and Dill, Using Magnetic Disk instead of Main Memory in the Murphi Verifier, CAV 1998).
///
/// In: portions of different states in any order. Out, at the end of a layer: those candidates that are not visited, in ascending
/// order. Both sets are sorted runs. Runs of visited states share none; a run is merged with the one before unless that is more than twice as
/// long, so that there are few and each state is written again some log n times.
final class DiskSet {
  private let folder: String
  private let words: Int
  private let sizes: DiskSizes
  private var visited: [SortedRun] = []
  private var candidates: [SortedRun] = []

  init(in folder: String, words: Int, _ sizes: DiskSizes) {
    self.folder = folder
    self.words = words
    self.sizes = sizes
  }

  var isEmpty: Bool { visited.isEmpty && candidates.isEmpty }

  /// Sorts a portion in place and writes it, each worker a part of it.
  private func write(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, _ pool: WorkerPool) throws(DiskError) -> [SortedRun] {
    let parts = max(min(pool.count, count / 4096), 1)
    let results = Results(count: parts)
    let (folder, words) = (folder, words)
    let portion = Portion(states: states)
    pool.run(workers: parts) { part in
      let start = count * part / parts
      let end = count * (part + 1) / parts
      let first = portion.states + start * words
      StateSort.sort(first, end - start, words: words)
      results.set(part) { () throws(DiskError) in try RunWriter.write(UnsafePointer(first), end - start, words: words, in: folder)
      }
    }
    return try results.all()
  }

  /// States that are none of those visited before.
  func addVisited(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, _ pool: WorkerPool) throws(DiskError) {
    guard count > 0 else { return }
    visited += try write(states, count, pool)
    try compact()
  }

  /// Successors of the running layer.
  func addCandidates(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, _ pool: WorkerPool) throws(DiskError) {
    guard count > 0 else { return }
    candidates += try write(states, count, pool)
    if candidates.count > sizes.runs { candidates = [try merge(candidates)] }
  }

  private func merge(_ runs: [SortedRun]) throws(DiskError) -> SortedRun {
    if runs.count == 1 { return runs[0] }
    var merged = try RunMerge(runs, words: words, room: sizes.merging * 3 / 4)
    var writer = try RunWriter(in: folder, words: words, room: sizes.merging / 4)
    while let state = merged.current {
      try writer.append(state)
      try merged.advance()
    }
    return try writer.finish()
  }

  private func compact() throws(DiskError) {
    var first = visited.count - 1
    var sum = visited.last?.count ?? 0
    while first > 0, visited[first - 1].count <= 2 * sum {
      first -= 1
      sum += visited[first].count
    }
    guard first < visited.count - 1 else { return }
    visited = visited[..<first] + [try merge(Array(visited[first...]))]
  }

  /// Hands each candidate that was never visited to `body`, and makes it visited; false if `goesOn` says so, which is asked
  /// now and then.
  func settle(goesOn: () -> Bool, _ body: (UnsafePointer<UInt64>) throws(DiskError) -> Void) throws(DiskError) -> Bool {
    var found = try RunMerge(candidates, words: words, room: sizes.merging / 2)
    var known = try RunMerge(visited, words: words, room: sizes.merging / 4)
    var writer = try RunWriter(in: folder, words: words, room: sizes.merging / 4)
    var calls = 0
    while let state = found.current {
      calls += 1
      if calls & 0xFFFF == 0 && !goesOn() { return false }
      while let other = known.current, StateSort.precedes(other, state, words) {
        try known.advance()
        calls += 1
        if calls & 0xFFFF == 0 && !goesOn() { return false }
      }
      let isKnown = known.current.map { StateSort.areEqual($0, state, words) } ?? false
      if !isKnown {
        try writer.append(state)
        try body(state)
      }
      try found.advance()
    }
    let new = try writer.finish()
    candidates = []
    guard new.count > 0 else { return true }
    visited.append(new)
    try compact()
    return true
  }
}

private struct Portion: @unchecked Sendable { let states: UnsafeMutablePointer<UInt64> }

/// What several workers wrote, each one run, or the first thing that went wrong.
private final class Results: Sendable {
  private let runs: Mutex<[Result<SortedRun, DiskError>?]>

  init(count: Int) { runs = Mutex(Array(repeating: nil, count: count)) }

  func set(_ index: Int, _ make: () throws(DiskError) -> SortedRun) {
    let made: Result<SortedRun, DiskError>
    do throws(DiskError) { made = .success(try make()) } catch { made = .failure(error) }
    runs.withLock { $0[index] = made }
  }

  func all() throws(DiskError) -> [SortedRun] {
    var all: [SortedRun] = []
    for made in runs.withLock({ $0 }) { if let made { all.append(try made.get()) } }
    return all
  }
}
