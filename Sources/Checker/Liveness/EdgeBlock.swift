import CNative
import SimRuntime

/// Some parents and their edges, on the way into a graph.
///
/// In: parents. Out: their rows. One worker expands a block and looks its successors up among the states that had a number before; the coordinator numbers
/// those that were not found, block after block, so in the order in which one thread would have met them; then one worker makes the rows.
final class EdgeBlock: @unchecked Sendable {
  private let graph: StateGraph
  private let memory: MemoryGauge
  private var parents = 0..<0
  private var buffer: LabelledBuffer
  private var bytes = 0
  private let marks: UnsafeMutablePointer<ParentMark>
  /// Of the successors, and at which places they are still missing.
  private let numbers: Storage<UInt32>
  private let unknown: Storage<UInt32>
  private let hashes: UnsafeMutablePointer<UInt64>
  private let row: Storage<UInt64>
  private let targets: Storage<UInt32>
  private let labels: Storage<UInt32>
  /// For each parent, one past its last edge in `targets`.
  private let ends: Storage<UInt32>
  private(set) var isRefused = false

  /// Successors whose cache lines are fetched ahead.
  private static let group = 64

  init(_ graph: StateGraph, size: Int, successors: Int, _ memory: MemoryGauge) {
    self.graph = graph
    self.memory = memory
    buffer = LabelledBuffer(words: graph.words, capacity: successors)
    marks = .allocate(capacity: size)
    marks.initialize(repeating: ParentMark(), count: size)
    hashes = .allocate(capacity: Self.group)
    hashes.initialize(repeating: 0, count: Self.group)
    numbers = Storage(memory)
    unknown = Storage(memory)
    row = Storage(memory)
    targets = Storage(memory)
    labels = Storage(memory)
    ends = Storage(memory)
  }

  deinit {
    marks.deallocate()
    hashes.deallocate()
    memory.add(-bytes)
  }

  /// The first pass, beside other blocks.
  func expand(
    _ parents: Range<Int>, _ source: any SuccessorSource, _ rigid: PackedRigid, _ scratch: Scratch, batch: Int,
    _ index: StateIndex
  ) {
    self.parents = parents
    buffer.removeAll()
    var done = 0
    while done < parents.count {
      let some = StateBatch(
        base: graph.state(parents.lowerBound + done), count: min(batch, parents.count - done), words: graph.words)
      done += source.expandLabelled(some, rigid, judging: .error, into: &buffer, marks: marks + done, scratch).consumed
    }
    noteBytes()
    numbers.removeAll()
    unknown.removeAll()
    guard numbers.reserve(buffer.count), unknown.reserve(buffer.count) else {
      isRefused = true
      return
    }
    let states = buffer.states.batch
    let reader = index.reader(graph.states)
    for start in stride(from: 0, to: states.count, by: Self.group) {
      let some = states.dropFirst(start).prefix(Self.group)
      reader.prefetch(some, hashes)
      for position in 0..<some.count {
        let number = reader.find(some[position], hashes[position])
        numbers.append(number ?? 0)
        if number == nil { unknown.append(UInt32(start + position)) }
      }
    }
  }

  /// Between the passes, block after block: new states get the next numbers. False if memory is refused, or else if there are too many states.
  func number(_ index: StateIndex) -> Bool {
    if isRefused { return false }
    var done = 0
    while done < unknown.count {
      let n = min(Self.group, unknown.count - done)
      let known = graph.states.count / graph.words
      guard known + n < StateGraph.stateLimit else { return false }
      guard graph.states.reserve(n * graph.words), index.reserve(known + n, graph.states) else {
        isRefused = true
        return false
      }
      let reader = index.reader(graph.states)
      for position in 0..<n { hashes[position] = reader.hash(buffer.states.batch[Int(unknown[done + position])]) }
      reader.prefetch(hashes, n)
      for position in 0..<n {
        let place = Int(unknown[done + position])
        numbers[place] = index.number(buffer.states.batch[place], hashes[position], graph.states)
      }
      done += n
    }
    return true
  }

  /// The second pass, beside other blocks: the edges of each state, each once, by target.
  func makeRows() {
    let classes = graph.classes
    targets.removeAll()
    labels.removeAll()
    ends.removeAll()
    guard targets.reserve(buffer.count + parents.count), labels.reserve(classes.count == 0 ? 0 : buffer.count + parents.count),
      ends.reserve(parents.count)
    else {
      isRefused = true
      return
    }
    var first = 0
    for (position, parent) in parents.enumerated() {
      let end = marks[position].end
      row.removeAll()
      guard row.reserve(max(end - first, 1)) else {
        isRefused = true
        return
      }
      for edge in first..<end {
        let label = classes.count == 0 ? StateGraph.noClass : classes.label(buffer.labels[edge])
        row.append(UInt64(numbers[edge]) << 32 | UInt64(label))
      }
      if first == end { row.append(UInt64(parent) << 32 | UInt64(StateGraph.noClass)) }
      first = end
      var edges = UnsafeMutableBufferPointer(start: row.base, count: row.count)
      edges.sort()
      var last: UInt64?
      for edge in edges where edge != last {
        targets.append(UInt32(truncatingIfNeeded: edge >> 32))
        if classes.count > 0 { labels.append(UInt32(truncatingIfNeeded: edge)) }
        last = edge
      }
      ends.append(UInt32(targets.count))
    }
  }

  /// After the passes, block after block: takes the rows over into the graph. `transitions`: of the parents taken over, and of one that ends in an error.
  func join(_ transitions: inout UInt64) -> GraphBuilder.Outcome {
    if isRefused { return .stopped }
    var whole = 0
    var hasError = false
    while whole < parents.count && !hasError {
      transitions += marks[whole].transitions
      hasError = marks[whole].broken.contains(.error)
      if !hasError { whole += 1 }
    }
    let edges = whole == 0 ? 0 : Int(ends[whole - 1])
    guard graph.targets.reserve(edges), graph.labels.reserve(min(edges, labels.count)), graph.firstEdge.reserve(whole) else {
      return .stopped
    }
    let before = graph.targets.count
    graph.targets.append(targets.base, edges)
    if labels.count > 0 { graph.labels.append(labels.base, edges) }
    for parent in 0..<whole { graph.firstEdge.append(UInt64(before) + UInt64(ends[parent])) }
    return hasError ? .error : .complete
  }

  private func noteBytes() {
    let now = buffer.states.capacity * (graph.words * MemoryLayout<UInt64>.stride + MemoryLayout<UInt32>.stride)
    memory.add(now - bytes)
    bytes = now
  }
}
