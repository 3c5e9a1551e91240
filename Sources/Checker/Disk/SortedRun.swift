/// A file of different states in ascending order. It has no name and goes away with its owner.
final class SortedRun: Sendable {
  let file: DiskFile
  let words: Int
  let count: Int

  fileprivate init(_ file: DiskFile, words: Int, count: Int) {
    self.file = file
    self.words = words
    self.count = count
  }
}

/// Writes a run from its first state to its last.
struct RunWriter: ~Copyable {
  private let file: DiskFile
  private let words: Int
  private let buffer: UnsafeMutablePointer<UInt64>
  private let room: Int
  private var held = 0
  private var written = 0

  /// `room`: states in its buffer.
  init(in folder: String, words: Int, room: Int) throws(DiskError) {
    file = try DiskFile(unnamedIn: folder)
    self.words = words
    self.room = max(room, 1)
    buffer = .allocate(capacity: self.room * words)
  }

  deinit { buffer.deallocate() }

  mutating func append(_ state: UnsafePointer<UInt64>) throws(DiskError) {
    if held == room { try flush() }
    (buffer + held * words).update(from: state, count: words)
    held += 1
  }

  private mutating func flush() throws(DiskError) {
    try write(buffer, held)
    held = 0
  }

  private mutating func write(_ states: UnsafePointer<UInt64>, _ count: Int) throws(DiskError) {
    let size = words * MemoryLayout<UInt64>.stride
    try file.write(UnsafeRawBufferPointer(start: states, count: count * size), at: written * size)
    written += count
  }

  consuming func finish() throws(DiskError) -> SortedRun {
    try flush()
    return SortedRun(file, words: words, count: written)
  }

  /// A run of states that are in order already.
  static func write(_ states: UnsafePointer<UInt64>, _ count: Int, words: Int, in folder: String) throws(DiskError) -> SortedRun {
    var writer = try RunWriter(in: folder, words: words, room: 1)
    try writer.write(states, count)
    return SortedRun(writer.file, words: words, count: count)
  }
}

/// Several runs read side by side in one ascending order; a state that is in several comes once.
///
///     while let state = merge.current { …; try merge.advance() }
struct RunMerge: ~Copyable {
  private let words: Int
  private let runs: [SortedRun]
  /// A part of each run's states, run after run.
  private let buffer: UnsafeMutablePointer<UInt64>
  private let room: Int
  /// Of each run: where its next state stands in its part, how many are there, how many were read.
  private var at: [Int]
  private var filled: [Int]
  private var read: [Int]
  /// Runs that are not at their end, as a heap: the least next state first.
  private var heap: [Int] = []

  /// `room`: states in all buffers together.
  init(_ runs: [SortedRun], words: Int, room: Int) throws(DiskError) {
    self.runs = runs
    self.words = words
    self.room = max(room / max(runs.count, 1), 2)
    buffer = .allocate(capacity: max(self.room * runs.count, 1) * words)
    at = Array(repeating: 0, count: runs.count)
    filled = at
    read = at
    for index in runs.indices where try fill(index) {
      heap.append(index)
      rise(heap.count - 1)
    }
  }

  deinit { buffer.deallocate() }

  /// nil at the end. Valid until `advance`.
  var current: UnsafePointer<UInt64>? { heap.isEmpty ? nil : next(heap[0]) }

  private func next(_ run: Int) -> UnsafePointer<UInt64> { UnsafePointer(buffer + (run * room + at[run]) * words) }

  private mutating func fill(_ run: Int) throws(DiskError) -> Bool {
    let count = min(room, runs[run].count - read[run])
    guard count > 0 else { return false }
    let size = words * MemoryLayout<UInt64>.stride
    try runs[run].file.read(
      into: UnsafeMutableRawBufferPointer(start: buffer + run * room * words, count: count * size), at: read[run] * size)
    read[run] += count
    filled[run] = count
    at[run] = 0
    return true
  }

  /// To the next state that is another.
  mutating func advance() throws(DiskError) {
    guard let first = heap.first else { return }
    // Its own run holds it once; what other runs hold of it is skipped below.
    let held = next(first)
    while heap.count > 1 {
      let second = heap.count > 2 && precedes(heap[2], heap[1]) ? 2 : 1
      guard StateSort.areEqual(held, next(heap[second]), words) else { break }
      try step(second)
    }
    try step(0)
  }

  /// Moves the run at a place of the heap to its next state.
  private mutating func step(_ place: Int) throws(DiskError) {
    let run = heap[place]
    at[run] += 1
    if at[run] == filled[run], try !fill(run) {
      heap[place] = heap[heap.count - 1]
      heap.removeLast()
    }
    sink(place)
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool { StateSort.precedes(next(a), next(b), words) }

  private mutating func rise(_ start: Int) {
    var place = start
    while place > 0, precedes(heap[place], heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
      guard precedes(heap[child], heap[place]) else { return }
      heap.swapAt(place, child)
      place = child
    }
  }
}
