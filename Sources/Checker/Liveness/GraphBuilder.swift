import SimRuntime
import Spec

/// In: a source that labels its edges, and a rigid valuation. Out: the reachable graph, unreduced.
///
/// Sequential, for the numbers of the states are the order of discovery; native code makes an edge in 15 ns, so that most of the time
/// goes into looking up successors, whose cache lines are fetched ahead a batch at a time.
struct GraphBuilder {
  enum Outcome {
    case complete
    /// The last state of the graph has an action instance that ends in a spec error: its edges are not known.
    case error
    /// `watch.reason` says why.
    case stopped
  }

  struct Result {
    let graph: StateGraph
    var outcome = Outcome.complete
    /// Enabled action instances.
    var transitions: UInt64 = 0
    var depth = 0
    /// States found before the parent that ends it, whatever the size of a batch.
    var states = 0
  }

  let search: Search
  let classes: FairClasses
  /// Counts of the valuations before, for limits and progress.
  let before: UInt64

  private var watch: Watch { search.watch }
  private var memory: MemoryGauge { search.memory }

  /// Throws a spec error in `init`.
  func build(_ rigid: RigidValuation) throws -> Result {
    let words = search.source.layout.wordsPerState
    var result = Result(graph: StateGraph(words: words, classes, memory))
    let graph = result.graph
    var initial = StateBuffer(words: words, capacity: 16)
    try search.source.initialStates(rigid, into: &initial)
    guard let index = StateIndex(words: words, memory), graph.firstEdge.reserve(1) else { return refused(result) }
    guard take(initial.batch, index, graph, into: nil) else { return refused(result) }
    graph.initial = graph.states.count / words
    result.states = graph.initial
    graph.firstEdge.append(0)

    var source = search.source
    var packed = source.pack(rigid)
    var scratch = source.makeScratch()
    var buffer = LabelledBuffer(words: words, capacity: search.tuning.successors)
    let batch = search.tuning.batch
    let marks = UnsafeMutablePointer<ParentMark>.allocate(capacity: batch)
    marks.initialize(repeating: ParentMark(), count: batch)
    defer { marks.deallocate() }
    let numbers = Storage<UInt32>(memory)
    var row: [UInt64] = []
    var rounds = 0
    var layerEnd = graph.initial
    while graph.count < graph.states.count / words {
      let known = graph.states.count / words
      if rounds & (source.name == "evaluator" ? 0 : 31) == 0 {
        if search.upgradeIfReady() {
          source = search.source
          packed = source.pack(rigid)
          scratch = source.makeScratch()
        }
        guard goesOn(result, known - graph.count) else { return stopped(result) }
      }
      rounds += 1
      if graph.count == layerEnd {
        result.depth += 1
        layerEnd = known
      }
      buffer.removeAll()
      let parents = StateBatch(base: graph.state(graph.count), count: min(batch, layerEnd - graph.count), words: words)
      let expansion = source.expandLabelled(parents, packed, judging: .error, into: &buffer, marks: marks, scratch)
      guard known + buffer.count < StateGraph.stateLimit else {
        watch.stop(.states(UInt64(StateGraph.stateLimit)))
        return stopped(result)
      }
      guard take(buffer.states.batch, index, graph, into: numbers) else { return refused(result) }
      var first = 0
      for parent in 0..<expansion.consumed {
        result.transitions += marks[parent].transitions
        if marks[parent].broken.contains(.error) {
          result.outcome = .error
          return result
        }
        row.removeAll(keepingCapacity: true)
        for edge in first..<marks[parent].end {
          row.append(
            UInt64(numbers[edge]) << 32 | UInt64(classes.count == 0 ? StateGraph.noClass : classes.label(buffer.labels[edge])))
        }
        first = marks[parent].end
        if let last = row.max() { result.states = max(result.states, Int(last >> 32) + 1) }
        guard append(&row, to: graph) else { return refused(result) }
      }
    }
    graph.states.trim()
    graph.targets.trim()
    graph.labels.trim()
    return result
  }

  /// The edges of the next state, each once, by target.
  private func append(_ row: inout [UInt64], to graph: StateGraph) -> Bool {
    if row.isEmpty { row.append(UInt64(graph.count) << 32 | UInt64(StateGraph.noClass)) }
    row.sort()
    guard graph.targets.reserve(row.count), graph.labels.reserve(classes.count == 0 ? 0 : row.count), graph.firstEdge.reserve(1)
    else { return false }
    var last: UInt64?
    for edge in row where edge != last {
      graph.targets.append(UInt32(truncatingIfNeeded: edge >> 32))
      if classes.count > 0 { graph.labels.append(UInt32(truncatingIfNeeded: edge)) }
      last = edge
    }
    graph.firstEdge.append(UInt64(graph.targets.count))
    return true
  }

  /// Looks up states, new ones included; false if memory is refused.
  private func take(_ states: StateBatch, _ index: StateIndex, _ graph: StateGraph, into numbers: Storage<UInt32>?) -> Bool {
    let known = graph.states.count / graph.words
    guard graph.states.reserve(states.count * graph.words), index.reserve(known + states.count, graph.states) else {
      return false
    }
    numbers?.removeAll()
    if let numbers, !numbers.reserve(states.count) { return false }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(states.count, 1)) { hashes in
      for position in 0..<states.count { hashes[position] = index.hash(states[position]) }
      index.prefetch(hashes, states.count, graph.states)
      for position in 0..<states.count {
        let number = index.number(states[position], hashes[position], graph.states)
        numbers?.append(number)
      }
      return true
    }
  }

  private func goesOn(_ result: Result, _ frontier: Int) -> Bool {
    watch.goesOn(
      memory, states: before + UInt64(result.graph.count), transitions: result.transitions, depth: result.depth,
      frontier: frontier, engine: search.source.name)
  }

  private func stopped(_ result: Result) -> Result {
    var result = result
    result.outcome = .stopped
    return result
  }

  private func refused(_ result: Result) -> Result {
    watch.stop(.refused)
    return stopped(result)
  }
}
