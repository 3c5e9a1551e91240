import CNative
import SimRuntime
import Spec

/// What a search is about, and the layer that it is at.
struct Course {
  var depth: Int
  let rigid: RigidValuation
  var judging: Judging
  let totals: Totals
  let reduction: Reduction
  let maxDepth: Int
  let journal: Journal?
}

/// Layer-synchronous breadth-first search of one rigid valuation after the other.
///
/// In: a source of successors and what to judge. Out: exact counts, the covers reached, and the least event. A layer is
/// always finished before its events are looked at, so that counts and events are the same for every number of threads.
final class Search {
  /// What one rigid valuation gave.
  struct Result {
    var depth = 0
    var event: Event?
    /// Covers reached, each with the steps of a shortest trace.
    var reached: [Int: Int] = [:]
    /// The layers, if they were kept: the caller frees them.
    var log: LayerRecord?
    /// False if a limit ended it in mid-layer.
    var isComplete = true
  }

  private(set) var pool: WorkerPool
  let store: StateStore
  let memory: MemoryGauge
  let watch: Watch
  let tuning: Tuning
  private(set) var workers: [Worker]
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
  private let storage: Storage
  /// How visited states are to be stored.
  private struct Storage {
    var form: CheckOptions.StoreForm
    var hashBits: Int?
    var narrows: Bool
  }
  /// Whether the store may take its compact form when memory asks.
  private let converts: Bool
  private var mayConvert: Bool { converts && store.isConvertible }
  /// States in the store at the end of the search that had most, and what form it had.
  private(set) var mostStored = 0
  private(set) var hasConverted = false
  /// That some search omitted a state; nil if none can have.
  private(set) var omission: Double?
  /// Where searches are recorded, but those that only look for a trace.
  var journal: Journal?
  /// What is on disk, while a search goes on there, and whether any did.
  var disk: DiskSearch?
  var wentToDisk = false
  private var hasLeft = false
  /// States that the first search is likely to find.
  var likelyStates = 0
  /// Whether to leave off before a layer of so many states, for other threads to help with what is left.
  var leavesOff: ((_ states: Int) -> Bool)?
  /// Where a search stands that was left off.
  private var standing: Standing?
  var hasLeftOff: Bool { standing != nil }
  /// States stored in each layer of the search that is going on.
  private var stored = Growth()
  /// Which bits change seldom in it, as of late.
  var steady: SteadyBits?
  /// The table's bytes when pages were last given back.
  private var releasedAt = 0
  /// Names of the sources that were used, in order.
  private(set) var engines: [String]

  /// nil if memory is refused. `shape`: what a compact store begins with.
  init?(
    _ source: any SuccessorSource, _ watch: Watch, threads: Int, _ tuning: Tuning, store form: CheckOptions.StoreForm = .auto,
    hashBits: Int? = nil, narrows: Bool = false, shape: StateStore.Shape? = nil, memory: MemoryGauge = MemoryGauge()
  ) {
    var options = StateStore.Options(slots: tuning.tableSlots, constantHash: tuning.constantHash)
    // What is taken to files, and what a checkpoint holds, are whole states in chunks.
    let usesFiles = watch.options.usesFiles
    options.isAlone = threads == 1
    options.form = form == .compact && !usesFiles ? .compact : .fast
    options.bits = source.layout.usedBits(ofWord: 0)
    if source.layout.wordsPerState == 2 { options.secondBits = source.layout.usedBits(ofWord: 1) }
    if source.layout.wordsPerState > 1 { options.hashBits = hashBits }
    options.shape = shape
    if narrows { options.narrowing = source.layout.narrowing(bits: tuning.numberBits) }
    guard let store = StateStore(words: source.layout.wordsPerState, options: options) else { return nil }
    let pool = WorkerPool(count: threads)
    let workers = (0..<pool.count).compactMap { Worker($0, of: pool.count, source, store, tuning) }
    guard workers.count == pool.count else {
      pool.close()
      return nil
    }
    self.source = source
    self.store = store
    self.memory = memory
    storage = Storage(form: form, hashBits: hashBits, narrows: narrows)
    converts = form == .auto && !usesFiles
    self.pool = pool
    self.workers = workers
    self.watch = watch
    self.tuning = tuning
    engines = [source.name]
    memory.add(store.bytes)
  }

  deinit {
    pool.close()
    memory.add(-store.bytes)
  }

  /// Another search of the same kind, of one thread, with a table of its own, a compact one of a shape; nil if memory is refused.
  func sibling(_ watch: Watch, _ shape: StateStore.Shape?) -> Search? {
    Search(
      source, watch, threads: 1, tuning, store: storage.form, hashBits: storage.hashBits, narrows: storage.narrows,
      shape: shape, memory: memory
    )
  }

  /// Adds to what is said of the store what siblings did at one time.
  func take(siblings: [Search]) {
    let stored = siblings.reduce(0) { $0 + $1.mostStored }
    mostStored = max(mostStored, stored)
    recorder?.note(stored: stored, in: siblings.map(\.store))
    for sibling in siblings {
      if sibling.hasConverted { hasConverted = true }
      if let more = sibling.omission { omission = min(1, (omission ?? 0) + more) }
    }
  }

  /// Explores one rigid valuation to the first layer with an event, or to `maxDepth` (layers after the initial one), or to
  /// the end, or until a limit is reached: then `watch.reason` is set. Throws a spec error in `init`.
  /// `keepsLog`: nil keeps it while it is small, and journals the search. `resumption`: what it goes on from.
  func explore(
    _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals = Totals(), reducing reduction: Reduction = .none,
    maxDepth: Int = .max, keepsLog: Bool? = nil, from resumption: Resumption? = nil
  ) throws -> Result {
    var result = Result()
    let journal = keepsLog == nil ? self.journal : nil
    var course = Course(
      depth: -1, rigid: rigid, judging: judging, totals: totals, reduction: reduction, maxDepth: maxDepth, journal: journal)
    if !watch.isTracing { watch.growth = Growth() }
    // The initial states are the successors of a layer without states.
    var chunks: [Chunk] = []
    if let resumption, let journal {
      try begin(reduction)
      course.depth = resumption.manifest.depth
      result.depth = max(course.depth, 0)
      guard let rest = try restore(resumption, reduction, totals, journal) else {
        result.isComplete = watch.isShort
        if watch.isShort { try resumeOnDisk(resumption, course, &result) }
        return result
      }
      chunks = rest
      result.reached = journal.reached
    } else {
      var initial = StateBuffer(words: source.layout.wordsPerState, capacity: 16)
      try source.initialStates(rigid, into: &initial)
      guard initial.count > 0 else { return result }
      try begin(reduction)
      workers[0].receive(initial)
      journal?.begin(words: initial.words, workers: workers.count)
    }
    course.judging = judging.without(result.reached.keys)
    stored = Growth()
    steady = nil
    return try goOn(
      from: Standing(
        course: course, result: result, chunks: chunks, log: keepsLog == false || journal != nil ? nil : [], keepsLog: keepsLog))
  }

  /// A search between two layers.
  private struct Standing {
    var course: Course
    var result: Result
    /// The next layer, and how many states of it the store alone holds.
    var chunks: [Chunk]
    var hidden = 0
    var statesBefore = 0
    /// The layers before it.
    var log: [[Chunk]]?
    var logBytes = 0
    let keepsLog: Bool?
  }

  /// Goes on with a search that was left off, by the threads of another search of the same kind; afterwards each has its own again.
  func goOn(with other: Search) throws -> Result {
    guard let standing else { throw EngineFault("no search was left off") }
    self.standing = nil
    let own = (pool, workers)
    (pool, workers) = (other.pool, other.workers)
    store.setAlone(pool.count == 1)
    defer {
      (pool, workers) = own
      store.setAlone(pool.count == 1)
    }
    for worker in workers where !worker.begin(standing.course.reduction) || !worker.fitFilter(to: store) {
      throw EngineFault("the system refused memory for symmetry")
    }
    return try goOn(from: standing)
  }

  private func goOn(from standing: Standing) throws -> Result {
    let (rigid, totals, reduction) = (standing.course.rigid, standing.course.totals, standing.course.reduction)
    let (maxDepth, journal, keepsLog) = (standing.course.maxDepth, standing.course.journal, standing.keepsLog)
    var (depth, judging, result) = (standing.course.depth, standing.course.judging, standing.result)
    var (chunks, hidden, statesBefore) = (standing.chunks, standing.hidden, standing.statesBefore)
    var (log, logBytes) = (standing.log, standing.logBytes)
    func course() -> Course {
      var course = standing.course
      (course.depth, course.judging) = (depth, judging)
      return course
    }
    repeat {
      if depth > 0, leavesOff?(statesBefore) ?? false {
        for worker in workers { worker.freeSwept(memory) }
        self.standing = Standing(
          course: course(), result: result, chunks: chunks, hidden: hidden, statesBefore: statesBefore, log: log,
          logBytes: logBytes,
          keepsLog: keepsLog)
        return result
      }
      let statesSoFar = totals.states
      if !watch.isTracing { watch.statesBeforeLayer = statesSoFar }
      if depth == tuning.convertsAt && store.isConvertible && !convert() { throw EngineFault("the table cannot be converted") }
      // Even if an event is found, a layer that is too large for the log is not in it.
      let layerBytes = chunks.reduce(0) { $0 + $1.bytes }
      if keepsLog == nil, let kept = log, logBytes + layerBytes > logLimit {
        free(kept)
        log = nil
      }
      let layer = Layer(chunks, hidden: hidden, workers: pool.count)
      if hidden > 0 { store.beginSweep() }
      // A layer is logged whole or not at all: if it gets too large for that, the store hides the rest. Partial order reduction asks what is
      // in the layer made, so nothing is hidden there.
      let logged =
        reduction.partialOrder != nil ? Int.max : log == nil ? 0 : keepsLog == true ? Int.max : max(logLimit - logBytes, 0)
      var finished = try run(
        layer, depth: depth, rigid, judging, totals, reduction, keepsChunks: log != nil, nextBytes: logged, journal)
      if hasLeft {
        hasLeft = false
        try goOnOnDisk(layer, log.map { $0 + [chunks] }, course(), &result)
        return result
      }
      if finished { journal?.endLayer(workers) }
      if log != nil {
        log?.append(chunks)
        logBytes += layerBytes
      }
      if finished, reduction.partialOrder != nil {
        finished = try complete(depth: depth, rigid, judging, totals, reduction)
      }
      chunks = workers.flatMap { $0.takeNext() }
      hidden = workers.reduce(0) { $0 + $1.takeHidden() }
      if keepsLog == nil && (logBytes > logLimit || hidden > 0), let kept = log {
        free(kept)
        log = nil
      }
      noteLayer(depth + 1, states: totals.states - statesSoFar, isComplete: finished)
      take(depth: depth + 1, into: &result)
      journal?.reached = result.reached
      judging = judging.without(result.reached.keys)
      let isLast = chunks.isEmpty && hidden == 0
      if !isLast { depth += 1 }
      let states = hidden + chunks.reduce(0) { $0 + $1.count }
      stored.append(UInt64(states))
      if finished && isTableLarge && !isLast {
        let ratio = Double(states) / Double(max(statesBefore, 1))
        // What a journal says of a layer is about the order it was found in.
        if journal == nil { chunks = grouped(chunks, expecting: Double(states) * ratio, rigid, reduction) }
        // To know what its partitions hold, some of the table is read: only where the layer is more work than that.
        if states >= store.capacity / 32 { growAhead(ratio) }
      }
      statesBefore = states
      if !finished {
        result.isComplete = false
        break
      }
      if isLast { break }
    } while result.event == nil && depth < maxDepth

    mostStored = max(mostStored, store.count)
    if let more = store.omissionProbability(store.count) { omission = min(1, (omission ?? 0) + more) }
    for worker in workers { worker.freeSwept(memory) }

    if log != nil { log?.append(chunks) } else { free([chunks]) }
    // The layer before the initial states is empty.
    result.log = log.map { .memory(Array($0.dropFirst())) }
    if result.event != nil, let layers = journal?.layersOnDisk() { result.log = .disk(layers) }
    result.depth = max(depth, 0)
    return result
  }

  /// For statistics and estimates; a search that only looks for a trace has neither.
  func noteLayer(_ depth: Int, states: UInt64, isComplete: Bool) {
    if watch.isTracing { return }
    if isComplete { watch.growth.append(states) }
    recorder?.finished(layer: depth, states: states, store)
  }

  /// What the workers have found on the way to layer `depth`.
  func take(depth: Int, into result: inout Result) {
    result.event = workers.compactMap(\.event).min()
    for worker in workers {
      for cover in worker.reached where result.reached[cover] == nil { result.reached[cover] = depth }
      worker.event = nil
      worker.reached = []
    }
  }

  private func begin(_ reduction: Reduction) throws(EngineFault) {
    try reset(expecting: max(store.count, likelyStates))
    likelyStates = 0
    for worker in workers where !worker.begin(reduction) { throw EngineFault("the system refused memory for symmetry") }
  }

  func free(_ record: LayerRecord) { if case .memory(let layers) = record { free(layers) } }

  func free(_ chunks: [[Chunk]]) {
    for layer in chunks { for chunk in layer { chunk.free(memory) } }
  }

  /// Forgets all states, and gives back their memory, but for what as many states as are expected will need: one valuation of the constants is
  /// likely as large as the one before.
  func reset(expecting states: Int = 0) throws(EngineFault) {
    memory.add(-store.bytes)
    guard store.reset(expecting: states) else {
      throw EngineFault("the system refused memory for an empty table")
    }
    memory.add(store.bytes)
  }

  /// What a log may take. A compact store is there because memory is short.
  private var logLimit: Int {
    let most = min(tuning.logBytes, watch.maxBytes / 8)
    return store.form == .fast ? most : min(most, max(4 << 20, store.bytes / 8))
  }

  /// Runs one layer to its end; false if a limit ended it.
  private func run(
    _ layer: Layer, depth: Int, _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals, _ reduction: Reduction,
    keepsChunks: Bool, nextBytes: Int, _ journal: Journal?, made: LayerSet? = nil
  ) throws -> Bool {
    var phase = phase(layer, depth, rigid, judging, totals, reduction, keepsChunks, journal, made)
    phase.chunkedStates = chunkedStates(nextBytes)
    watch.check(phase)
    if isTableLarge { for worker in workers { worker.widenFilter() } }
    coverage?.begin(layer: layer.count)
    repeat {
      let stop = layer.stop
      layer.clearStop()
      if stop.contains(.limit) {
        abandon(phase)
        return false
      }
      if stop.contains(.full) { return leave(phase) }
      if stop.contains(.checkpoint) { journal?.checkpoint(phase, workers, isLast: false) }
      if stop.contains(.source) {
        adoptUpgrade()
        phase = self.phase(layer, depth, rigid, judging, totals, reduction, keepsChunks, journal, made)
        phase.chunkedStates = chunkedStates(nextBytes)
      }
      if stop.contains(.conversion) && store.isConvertible && !convert() {
        abandon(phase)
        return false
      }
      if stop.contains(.growth), try !grow() {
        if watch.isShort { return leave(phase) }
        abandon(phase)
        return false
      }
      phase.chunkedStates = chunkedStates(nextBytes)
      phase.mayConvert = mayConvert
      // A layer of one chunk is not worth waking anybody for.
      let current = phase
      let workers = workers
      // Whoever is in the middle of something must come back to it, even if the rest of the layer is done.
      let midway = (workers.lastIndex(where: \.isMidway) ?? 0) + 1
      pool.run(workers: layer.isSwept ? max(layer.chunks.count, midway) : workers.count) { workers[$0].work(current) }
      store.recount()
      if store.overflowed { throw EngineFault("the table of states overflowed") }
    } while !layer.stop.isEmpty || layer.hasMore || workers.contains(where: \.isMidway)
    return true
  }

  /// The second pass over a layer under partial order reduction: see ReducedExpansion.swift.
  private func complete(
    depth: Int, _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals, _ reduction: Reduction
  ) throws -> Bool {
    if workers.contains(where: \.isContradicted) {
      throw EngineFault("an action instance is enabled that the analysis for partial order reduction says never is")
    }
    let undecided = workers.flatMap { $0.undecided.take() }
    if undecided.isEmpty { return true }
    let made = LayerSet(workers.flatMap(\.next.chunks), words: source.layout.wordsPerState)
    memory.add(made.bytes)
    defer { memory.add(-made.bytes) }
    return try run(
      Layer(undecided, workers: pool.count), depth: depth, rigid, judging, totals, reduction, keepsChunks: false,
      nextBytes: .max, nil, made: made)
  }

  private func phase(
    _ layer: Layer, _ depth: Int, _ rigid: RigidValuation, _ judging: Judging, _ totals: Totals, _ reduction: Reduction,
    _ keepsChunks: Bool, _ journal: Journal?, _ made: LayerSet?
  ) -> Phase {
    Phase(
      layer: layer, depth: depth, source: source, isReference: isReference, rigid: source.pack(rigid), reduction: reduction,
      judging: judging, store: store, memory: memory, totals: totals, keepsChunks: keepsChunks, journal: journal,
      collects: disk != nil, chunkStates: chunkStates, made: made, chunkedStates: 0, watch: watch,
      mayConvert: mayConvert,
      makesKeys: source.narrowing != nil && source.narrowing == store.options.narrowing,
      keepsOrigins: source.sleep != nil && reduction.canonicalizer == nil && reduction.partialOrder == nil && disk == nil)
  }

  /// For work outside layers: takes native code if it is there by now, and says whether it did.
  func upgradeIfReady() -> Bool {
    (upgrade?.isReady ?? false) && adoptUpgrade()
  }

  private var isReference: Bool { source.name == "evaluator" }
  var chunkStates: Int { tuning.chunk ?? (isReference ? 16 : 512) }

  /// Whether there was a better source.
  @discardableResult private func adoptUpgrade() -> Bool {
    guard let better = upgrade?.take() else { return false }
    source = better
    if engines.last != better.name { engines.append(better.name) }
    for worker in workers { worker.adopt(better) }
    return true
  }

  /// Ends a layer in the middle, with everything as it is, for the search to go on on disk.
  private func leave(_ phase: Phase) -> Bool {
    phase.journal?.checkpoint(phase, workers, isLast: true)
    hasLeft = true
    return false
  }

  /// One layer, or a part of it, on disk.
  func runLayer(_ layer: Layer, _ course: Course) throws -> Bool {
    try run(
      layer, depth: course.depth, course.rigid, course.judging, course.totals, course.reduction, keepsChunks: false,
      nextBytes: .max,
      course.journal)
  }

  func phase(_ layer: Layer, _ course: Course) -> Phase {
    phase(layer, course.depth, course.rigid, course.judging, course.totals, course.reduction, false, course.journal, nil)
  }

  /// Room for what the workers hold; false if a limit or the system is against it.
  private func grow() throws -> Bool {
    if let disk {
      try spill(disk)
      return true
    }
    let waiting = workers.reduce(0) { $0 + $1.waiting }
    if store.bytes >= 1 << 20 { store.expected = stored.expected }
    // Rather compact than undecided, or than slow; then there is room, or the compact form grows.
    if mayConvert
      && (store.bytes >= tuning.compactFrom || !watch.fits(store.bytesAfterGrowth(by: waiting) - store.bytes, memory))
    {
      return convert()
    }
    let before = store.bytes
    // Memory is short at the end, not here, but a search that grows often enough passes here shortly before.
    if before >= 1 << 20 && before >= releasedAt + releasedAt / 4 {
      kspec_release_pages()
      releasedAt = before
    }
    let more = store.bytesAfterGrowth(by: waiting) - before
    guard watch.allows(more, memory) else { return false }
    guard store.grow(by: waiting, with: pool), workers.allSatisfy({ $0.fitFilter(to: store) }) else {
      watch.stop(.refused)
      return false
    }
    memory.add(store.bytes - before)
    return true
  }

  /// For another layer, where partitions would ask for it one after the other, each time stopping all threads.
  private func growAhead(_ ratio: Double) {
    guard store.expect(min(ratio, 2)) else { return }
    let before = store.bytes
    // If a limit or the system is against it, the partitions ask for it when they are full.
    if !watch.fits(store.bytesAfterGrowth(by: 0) - before, memory) || !store.grow(by: 0, with: pool) { store.expectNothing() }
    memory.add(store.bytes - before)
  }

  /// To the compact form; false, with the reason told, if the system is against it.
  private func convert() -> Bool {
    let before = store.bytes
    guard store.convert() else {
      watch.stop(.refused)
      return false
    }
    hasConverted = true
    memory.add(store.bytes - before)
    return true
  }

  /// States of the next layer that a worker may put into chunks. They are quicker than sweeps where a layer is a small part of the
  /// store, and can be put into a better order; an eighth of it is theirs, or what a log needs.
  private func chunkedStates(_ logged: Int) -> Int {
    let bytes = max(logged, tuning.frontierBytes ?? max(1 << 20, store.bytes / 8))
    return bytes / (MemoryLayout<UInt64>.stride * store.words * pool.count)
  }

  /// For the verdict; nil if nothing was stored.
  var storeUsed: Verdict.Store? {
    guard mostStored > 0 else { return nil }
    let isHashed = omission != nil
    let form: Verdict.Store.Form = isHashed ? .hashed : hasConverted ? .converted : store.form == .compact ? .compact : .fast
    return Verdict.Store(form: form, bytesPerState: Double(memory.peak) / Double(mostStored), omission: omission)
  }

  private func abandon(_ phase: Phase) {
    phase.journal?.checkpoint(phase, workers, isLast: true)
    for worker in workers { worker.abandon(phase) }
    if !phase.keepsChunks { phase.layer.freeUnclaimed(memory) }
  }
}
