import SimRuntime
import Spec

/// Layer-synchronous breadth-first search of one rigid valuation after the other.
///
/// In: a source of successors and what to judge. Out: exact counts, the covers reached, and the least event. A layer is
/// always finished before its events are looked at, so that counts and events are the same for every number of threads.
final class Search {
  /// What one rigid valuation gave.
  struct Result {
    var states: UInt64 = 0
    var transitions: UInt64 = 0
    var depth = 0
    var event: Event?
    /// Covers reached, each with the steps of a shortest trace.
    var reached: [Int: Int] = [:]
    /// The consumed layers, if they were kept: the caller frees them.
    var log: [[Chunk]]?
    /// False if a limit ended it in mid-layer.
    var isComplete = true
  }

  let pool: WorkerPool
  let store: StateStore
  let memory = MemoryGauge()
  let watch: Watch
  let tuning: Tuning
  private let workers: [Worker]
  /// What partial order reduction did since it was last asked.
  func takeReductions() -> PartialOrder.Summary {
    workers.reduce(into: PartialOrder.Summary()) { sum, worker in
      sum.add(worker.reductions)
      worker.reductions = PartialOrder.Summary()
    }
  }
  private(set) var source: any SuccessorSource
  /// Gives native code once it is compiled; nil before, and once it has been given.
  var upgrade: LateNative? { didSet { watch.sourceIsReady = upgrade.map { late in { late.isReady } } } }
  /// Takes statistics, if they are asked for.
  var recorder: Recorder? {
    didSet { for worker in workers { worker.profile = recorder?.profiles[worker.index] } }
  }
  /// Takes coverage, if it is asked for.
  var coverage: CoverageCollector? {
    didSet { for worker in workers { worker.coverage = coverage?.workers[worker.index] } }
  }
  /// Names of the sources that were used, in order.
  private(set) var engines: [String]

  /// nil if memory is refused.
  init?(_ source: any SuccessorSource, _ watch: Watch, threads: Int, _ tuning: Tuning) {
    let options = StateStore.Options(slots: tuning.tableSlots, constantHash: tuning.constantHash)
    guard let store = StateStore(words: source.layout.wordsPerState, options: options) else { return nil }
    let pool = WorkerPool(count: threads)
    let workers = (0..<pool.count).compactMap { Worker($0, source, tuning) }
    guard workers.count == pool.count else {
      pool.close()
      return nil
    }
    self.source = source
    self.store = store
    self.pool = pool
    self.workers = workers
    self.watch = watch
    self.tuning = tuning
    engines = [source.name]
    memory.add(store.bytes)
  }

  deinit { pool.close() }

  /// Explores one rigid valuation to the first layer with an event, or to `maxDepth` (layers after the initial one), or to
  /// the end, or until a limit is reached: then `watch.reason` is set. Throws a spec error in `init`.
  /// `keepsLog`: nil keeps it while it is small.
  func explore(
    _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals = Totals(), reducing reduction: Reduction = .none,
    maxDepth: Int = .max, keepsLog: Bool? = nil
  ) throws -> Result {
    var result = Result()
    let statesBefore = totals.states
    let transitionsBefore = totals.transitions
    var initial = StateBuffer(words: source.layout.wordsPerState, capacity: 16)
    try source.initialStates(rigid, into: &initial)
    guard initial.count > 0 else { return result }
    try reset()
    for worker in workers where !worker.begin(reduction) { throw EngineFault("the system refused memory for symmetry") }
    workers[0].receive(initial)
    if !watch.isTracing { watch.growth = Growth() }

    var judging = judging
    var log: [[Chunk]]? = keepsLog == false ? nil : []
    var logBytes = 0
    // The initial states are the successors of a layer without states.
    var chunks: [Chunk] = []
    var depth = -1
    repeat {
      let layer = Layer(chunks)
      let statesSoFar = totals.states
      if !watch.isTracing { watch.statesBeforeLayer = statesSoFar }
      var finished = try run(layer, depth: depth, rigid, judging, totals, reduction, keepsChunks: log != nil)
      if log != nil {
        log?.append(chunks)
        logBytes += chunks.reduce(0) { $0 + $1.bytes }
      }
      if keepsLog == nil && logBytes > tuning.logBytes, let kept = log {
        free(kept)
        log = nil
      }
      if finished, reduction.partialOrder != nil {
        finished = try complete(depth: depth, rigid, judging, totals, reduction)
      }
      noteLayer(depth + 1, states: totals.states - statesSoFar, isComplete: finished)
      chunks = workers.flatMap { $0.takeNext() }
      result.event = workers.compactMap(\.event).min()
      for worker in workers {
        for cover in worker.reached where result.reached[cover] == nil { result.reached[cover] = depth + 1 }
        worker.event = nil
        worker.reached = []
      }
      judging = judging.without(result.reached.keys)
      if !chunks.isEmpty { depth += 1 }
      if !finished {
        result.isComplete = false
        break
      }
    } while !chunks.isEmpty && result.event == nil && depth < maxDepth

    if log != nil { log?.append(chunks) } else { free([chunks]) }
    // The layer before the initial states is empty.
    result.log = log.map { Array($0.dropFirst()) }
    result.states = totals.states - statesBefore
    result.transitions = totals.transitions - transitionsBefore
    result.depth = max(depth, 0)
    return result
  }

  /// For statistics and estimates; a search that only looks for a trace has neither.
  private func noteLayer(_ depth: Int, states: UInt64, isComplete: Bool) {
    if watch.isTracing { return }
    if isComplete { watch.growth.append(states) }
    recorder?.finished(layer: depth, states: states, store)
  }

  func free(_ chunks: [[Chunk]]) {
    for layer in chunks { for chunk in layer { chunk.free(memory) } }
  }

  /// Forgets all states, and gives back their memory.
  func reset() throws(EngineFault) {
    memory.add(-store.bytes)
    guard store.reset() else { throw EngineFault("the system refused memory for an empty table") }
    memory.add(store.bytes)
  }

  /// Runs one layer to its end; false if a limit ended it.
  private func run(
    _ layer: Layer, depth: Int, _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals, _ reduction: Reduction,
    keepsChunks: Bool, made: LayerSet? = nil
  ) throws(EngineFault) -> Bool {
    var phase = phase(layer, depth, rigid, judging, totals, reduction, keepsChunks, made)
    watch.check(phase)
    coverage?.begin(layer: layer.count)
    repeat {
      let stop = layer.stop
      layer.clearStop()
      if stop.contains(.limit) {
        abandon(phase)
        return false
      }
      if stop.contains(.source) {
        adoptUpgrade()
        phase = self.phase(layer, depth, rigid, judging, totals, reduction, keepsChunks, made)
      }
      if stop.contains(.growth) && !grow() {
        abandon(phase)
        return false
      }
      // A layer of one chunk is not worth waking anybody for.
      let current = phase
      let workers = workers
      pool.run(workers: max(layer.chunks.count, 1)) { workers[$0].work(current) }
      store.recount()
      if store.overflowed { throw EngineFault("the table of states overflowed") }
    } while !layer.stop.isEmpty || layer.hasMore || workers.contains(where: \.isMidway)
    return true
  }

  /// The second pass over a layer under partial order reduction: see ReducedExpansion.swift.
  private func complete(
    depth: Int, _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals, _ reduction: Reduction
  ) throws(EngineFault) -> Bool {
    if workers.contains(where: \.isContradicted) {
      throw EngineFault("an action instance is enabled that the analysis for partial order reduction says never is")
    }
    let undecided = workers.flatMap { $0.undecided.take() }
    if undecided.isEmpty { return true }
    let made = LayerSet(workers.flatMap(\.next.chunks), words: source.layout.wordsPerState)
    memory.add(made.bytes)
    defer { memory.add(-made.bytes) }
    return try run(Layer(undecided), depth: depth, rigid, judging, totals, reduction, keepsChunks: false, made: made)
  }

  private func phase(
    _ layer: Layer, _ depth: Int, _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals, _ reduction: Reduction,
    _ keepsChunks: Bool, _ made: LayerSet?
  ) -> Phase {
    let isReference = source.name == "evaluator"
    return Phase(
      layer: layer, depth: depth, source: source, isReference: isReference, rigid: source.pack(rigid), reduction: reduction,
      judging: judging, store: store, memory: memory, totals: totals, keepsChunks: keepsChunks,
      chunkStates: tuning.chunk ?? (isReference ? 16 : 512), made: made, watch: watch)
  }

  /// For work outside layers: takes native code if it is there by now, and says whether it did.
  func upgradeIfReady() -> Bool {
    guard upgrade?.isReady ?? false else { return false }
    let held = engines.count
    adoptUpgrade()
    return engines.count > held
  }

  private func adoptUpgrade() {
    let better = upgrade?.take()
    upgrade = nil
    guard let better else { return }
    source = better
    engines.append(better.name)
    for worker in workers { worker.adopt(better) }
  }

  /// Room for what the workers hold; false if a limit or the system is against it.
  private func grow() -> Bool {
    let waiting = workers.reduce(0) { $0 + $1.waiting }
    let before = store.bytes
    let more = store.bytesAfterGrowth(by: waiting) - before
    guard watch.allows(more, memory) else { return false }
    guard store.grow(by: waiting) else {
      watch.stop(.refused)
      return false
    }
    memory.add(store.bytes - before)
    return true
  }

  private func abandon(_ phase: Phase) {
    for worker in workers { worker.abandon(phase) }
    if !phase.keepsChunks { phase.layer.freeUnclaimed(memory) }
  }
}
