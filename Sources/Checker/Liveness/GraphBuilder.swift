import SimRuntime
import Spec
import Synchronization

/// In: a source that labels its edges, and a rigid valuation. Out: the reachable graph, unreduced, the same whatever the threads.
///
/// The numbers of the states are the order of discovery, as one thread would discover them. So each layer is taken in *windows* of blocks of parents: workers
/// expand blocks and look the successors up; one thread numbers those that are new, in order; workers make the rows, and one thread puts them in
/// order. Of the edges, nearly all lead to states that are known before their window; what one thread does alone grows with the states.
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
    /// States found before the parent that ends it, whatever the size of a window.
    var states = 0
  }

  /// The source as the workers use it, each with a scratch of its own.
  private struct Ground: @unchecked Sendable {
    let source: any SuccessorSource
    let rigid: PackedRigid
    let scratches: [Scratch]

    init(_ search: Search, _ rigid: RigidValuation) {
      source = search.source
      self.rigid = source.pack(rigid)
      scratches = (0..<search.pool.count).map { [source] _ in source.makeScratch() }
    }

    private var isReference: Bool { source.name == "evaluator" }
    /// Parents of a block, some 100 µs of work. The evaluator needs that for one.
    func blockSize(_ tuning: Tuning) -> Int { isReference ? 2 : GraphBuilder.largestBlock(tuning) }
    /// Blocks of a window. Limits are noticed between windows, and there whoever is done waits for the others.
    var blocks: Int { isReference ? 8 : 128 }
  }

  private static func largestBlock(_ tuning: Tuning) -> Int { max(2, 4 * tuning.batch) }

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
    guard let index = StateIndex(words: words, memory), graph.firstEdge.reserve(1), graph.states.reserve(initial.count * words),
      index.reserve(initial.count, graph.states)
    else { return refused(result) }
    for position in 0..<initial.count {
      let state = UnsafePointer(initial[position])
      _ = index.number(state, index.reader(graph.states).hash(state), graph.states)
    }
    graph.initial = graph.states.count / words
    result.states = graph.initial
    graph.firstEdge.append(0)

    var ground = Ground(search, rigid)
    var blocks: [EdgeBlock] = []
    var layerEnd = graph.initial
    while graph.count < result.states {
      if search.upgradeIfReady() { ground = Ground(search, rigid) }
      guard goesOn(result, result.states - graph.count) else { return stopped(result) }
      if graph.count == layerEnd {
        result.depth += 1
        layerEnd = result.states
      }
      guard take(graph.count..<layerEnd, ground, index, &blocks, &result) else { return result }
    }
    graph.states.trim()
    graph.targets.trim()
    graph.labels.trim()
    return result
  }

  /// The first window of some parents; false, with the outcome told, if it is the last.
  private func take(
    _ parents: Range<Int>, _ ground: Ground, _ index: StateIndex, _ blocks: inout [EdgeBlock], _ result: inout Result
  )
    -> Bool
  {
    let graph = result.graph
    let size = ground.blockSize(search.tuning)
    let batch = search.tuning.batch
    let used = min((parents.count - 1) / size + 1, ground.blocks)
    while blocks.count < used {
      blocks.append(
        EdgeBlock(graph, size: Self.largestBlock(search.tuning), successors: min(search.tuning.successors, 512), memory))
    }
    inParallel(blocks, used) { block, number, worker in
      let first = parents.lowerBound + number * size
      block.expand(
        first..<min(first + size, parents.upperBound), ground.source, ground.rigid, ground.scratches[worker], batch: batch, index)
    }
    for block in blocks.prefix(used) where !block.number(index) {
      if block.isRefused { watch.stop(.refused) } else { watch.stop(.states(UInt64(StateGraph.stateLimit))) }
      result.outcome = .stopped
      return false
    }
    inParallel(blocks, used) { block, _, _ in block.makeRows() }
    let edges = graph.targets.count
    for block in blocks.prefix(used) {
      result.outcome = block.join(&result.transitions)
      switch result.outcome {
      case .complete: continue
      case .stopped: watch.stop(.refused)
      // States that later parents of the window have found do not count.
      case .error: for edge in edges..<graph.targets.count { result.states = max(result.states, Int(graph.targets[edge]) + 1) }
      }
      return false
    }
    result.states = graph.states.count / graph.words
    return true
  }

  /// Workers take one block after the other. Waking one for a few blocks is not worth it.
  private func inParallel(_ blocks: [EdgeBlock], _ n: Int, _ body: @Sendable (EdgeBlock, Int, Int) -> Void) {
    let next = Atomic(0)
    search.pool.run(workers: n < 4 ? 1 : n) { worker in
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < n else { return }
        body(blocks[number], number, worker)
      }
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
