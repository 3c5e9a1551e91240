import SimRuntime
import Spec

/// A search whose memory is used up: it goes on with the visited states on disk.
///
/// The workers do what they always do, but the table only gathers successors. When it is full it is sorted and written as a run of
/// candidates; at the end of the layer those that were never visited come out in order, are logged as the next layer, counted and
/// judged. Parents come from the log, a window at a time. So counts, events and traces are those of a search in memory.
extension Search {
  private var folder: String { watch.options.disk ?? "." }

  private func sizes(_ words: Int) -> DiskSizes { DiskSizes(bytes: watch.options.maxBytes, words: words, tuning: tuning) }

  /// From the middle of a layer on. `log`: this layer and those before, if they were kept.
  func goOnOnDisk(_ layer: Layer, _ log: [[Chunk]]?, _ course: Course, _ result: inout Result) throws {
    let words = source.layout.wordsPerState
    do {
      let rest: [[Int]]
      let disk: DiskSearch
      let set = DiskSet(in: folder, words: words, sizes(words))
      if let (kept, layers, unexpanded) = course.journal?.goToDisk(layer, workers) {
        // It was written a moment ago, when the workers stopped.
        disk = DiskSearch(kept, starts: layers, firstLayer: 0, set, sizes(words))
        rest = unexpanded
      } else {
        let made = StateLog(path: folder, isUnnamed: true, words: words, blockWords: sizes(words).block)
        disk = DiskSearch(made, starts: [], firstLayer: log == nil ? max(course.depth, 0) : 0, set, sizes(words))
        do throws(DiskError) { rest = try self.log(layer, log, course.depth, disk) } catch {
          release(layer, log)
          throw error
        }
      }
      release(layer, log)
      let (states, count) = try store.drain()
      try disk.set.addVisited(states, count, pool)
      try run(disk, rest, course, &result)
    } catch let error as DiskError { fail(error, &result) }
  }

  /// Frees what is in memory, as it is on disk now.
  private func release(_ layer: Layer, _ log: [[Chunk]]?) {
    for worker in workers {
      worker.leaveChunk(layer, keepsChunks: log != nil, memory)
      free([worker.takeNext()])
    }
    if let log { free(log) } else { layer.freeUnclaimed(memory) }
  }

  private func fail(_ error: DiskError, _ result: inout Result) {
    watch.stop(.disk(error.message))
    result.isComplete = false
    disk = nil
    for worker in workers { worker.forget(memory) }
  }

  /// Logs what is in memory; the stretches of the log that are not expanded.
  private func log(_ layer: Layer, _ kept: [[Chunk]]?, _ depth: Int, _ disk: DiskSearch) throws(DiskError) -> [[Int]] {
    var rest: [[Int]] = []
    if let kept {
      var places = LayerPlaces()
      for (index, chunks) in kept.enumerated() where index > 0 {
        places = LayerPlaces()
        disk.starts.append(disk.log.count)
        for chunk in chunks {
          places.append(chunk.count, at: disk.log.count)
          try disk.log.append(chunk.states, chunk.count)
        }
        disk.log.close()
      }
      for range in layer.unexpanded(workers) { rest += places.places(of: range) }
    } else if depth >= 0 {
      disk.starts.append(0)
      let bounds = layer.bounds
      for range in layer.unexpanded(workers) {
        rest.append([disk.log.count, range.count])
        for (index, chunk) in layer.chunks.enumerated() {
          let part = range.clamped(to: bounds[index]..<bounds[index + 1])
          if part.isEmpty { continue }
          try disk.log.append(chunk.states + (part.lowerBound - bounds[index]) * disk.log.words, part.count)
        }
      }
      disk.log.close()
    }
    disk.starts.append(disk.log.count)
    for worker in workers {
      for chunk in worker.next.chunks { try disk.log.append(chunk.states, chunk.count) }
    }
    disk.log.close()
    try disk.log.flush()
    return rest
  }

  /// A checkpoint of more states than there is memory for.
  func resumeOnDisk(_ resumption: Resumption, _ course: Course, _ result: inout Result) throws {
    let manifest = resumption.manifest
    guard let journal = course.journal else { return }
    result.reached = Dictionary(uniqueKeysWithValues: manifest.reached.map { ($0[0], $0[1]) })
    var course = course
    course.judging = course.judging.without(result.reached.keys)
    do {
      let words = resumption.log.words
      let set = DiskSet(in: folder, words: words, sizes(words))
      let disk = DiskSearch(resumption.log, starts: manifest.layers, firstLayer: 0, set, sizes(words))
      let log = resumption.log
      try addVisited(log, course.reduction, disk)
      journal.resume(manifest, log, workers: workers.count)
      _ = journal.goToDisk(Layer([]), workers)
      workers[0].resume(ChunkList(), waiting: manifest.waiting, manifest.event?.asEvent, Set(manifest.reachedNow))
      try run(disk, manifest.rest, course, &result)
    } catch let error as DiskError { fail(error, &result) }
  }

  /// Sorts a log's states in portions as large as the table will be.
  private func addVisited(_ log: StateLog, _ reduction: Reduction, _ disk: DiskSearch) throws {
    let largest = log.blocks.lazy.map(\.count).max() ?? 0
    let room = max(disk.sizes.table, largest)
    let portion = UnsafeMutablePointer<UInt64>.allocate(capacity: room * log.words)
    defer { portion.deallocate() }
    var count = 0
    var read: [UInt64] = []
    for block in log.blocks {
      try log.read(block, into: &read)
      if count + block.count > room {
        try disk.set.addVisited(portion, count, pool)
        count = 0
      }
      let isWhole = read.withUnsafeBufferPointer { read in
        guard let base = read.baseAddress.map({ $0 + StateLog.payload }) else { return true }
        (portion + count * log.words).update(from: base, count: block.count * log.words)
        return workers[0].areRepresentatives(StateBatch(base: base, count: block.count, words: log.words), reduction)
      }
      guard isWhole else { throw DiskError.contradiction }
      count += block.count
    }
    try disk.set.addVisited(portion, count, pool)
  }

  private func emptyTable(_ disk: DiskSearch) throws(EngineFault) {
    memory.add(-store.bytes)
    // Room for what a worker inserts at once.
    let least = Int(Double(tuning.slice) / store.options.load) + 4
    guard store.reset(slots: max(disk.sizes.table, least)) else {
      throw EngineFault("the system refused memory for an empty table")
    }
    memory.add(store.bytes)
  }

  /// Takes what the table has gathered to disk.
  func spill(_ disk: DiskSearch) throws {
    let (states, count) = try store.drain()
    try disk.set.addCandidates(states, count, pool)
    try emptyTable(disk)
  }

  private func run(_ disk: DiskSearch, _ rest: [[Int]], _ course: Course, _ result: inout Result) throws {
    var course = course
    var rest = rest
    wentToDisk = true
    watch.isShort = false
    self.disk = disk
    defer { self.disk = nil }
    try emptyTable(disk)
    repeat {
      let statesSoFar = course.totals.states
      if !watch.isTracing { watch.statesBeforeLayer = statesSoFar }
      for window in disk.windows(rest) {
        var parents = ChunkList()
        for range in window { try read(range, of: disk.log, into: &parents) }
        guard try runLayer(Layer(parents.take(), workers: pool.count), course) else {
          result.isComplete = false
          break
        }
      }
      let isComplete = try result.isComplete && endLayer(disk, course)
      noteLayer(course.depth + 1, states: course.totals.states - statesSoFar, isComplete: isComplete)
      let found = disk.log.count - (disk.starts.last ?? 0)
      take(depth: course.depth + 1, into: &result)
      course.journal?.reached = result.reached
      course.judging = course.judging.without(result.reached.keys)
      if !isComplete {
        result.isComplete = false
        break
      }
      if found == 0 { break }
      course.depth += 1
      rest = [[disk.starts.last ?? 0, found]]
      disk.starts.append(disk.log.count)
      course.journal?.beginLayerOnDisk(course.depth, disk.starts, course.totals)
    } while result.event == nil && course.depth < course.maxDepth
    result.depth = max(course.depth, 0)
    result.log = disk.record
  }

  /// What remains of the candidates is logged, counted and judged; false if a limit is against it.
  private func endLayer(_ disk: DiskSearch, _ course: Course) throws -> Bool {
    try spill(disk)
    let phase = phase(Layer([]), course)
    let first = disk.log.blocks.count
    let finished = try disk.set.settle(
      goesOn: {
        watch.check(phase)
        return phase.layer.stop.isDisjoint(with: .limit)
      }, { state throws(DiskError) in try disk.log.append(state, 1) })
    guard finished else {
      course.journal?.checkpoint(phase, workers, isLast: true)
      return false
    }
    disk.log.close()
    try disk.log.flush()
    let reader = LayerReader(disk.log, first..<disk.log.blocks.count)
    let workers = workers
    pool.run(workers: reader.portions) { index in
      var room: [UInt64] = []
      while reader.claim(&room, { workers[index].admit($0, phase) }) {}
    }
    if let failure = reader.failure { throw failure }
    if phase.layer.stop.contains(.limit) {
      course.journal?.checkpoint(phase, workers, isLast: true)
      return false
    }
    return true
  }
}

extension Layer {
  /// Where each chunk begins among the layer's states, and where the last one ends.
  var bounds: [Int] { chunks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) } }

  /// The states that nobody has expanded, while no worker runs.
  func unexpanded(_ workers: [Worker]) -> [Range<Int>] {
    let bounds = bounds
    var ranges: [Range<Int>] = []
    for worker in workers {
      guard let chunk = worker.chunk else { continue }
      ranges.append((bounds[chunk] + worker.position)..<bounds[chunk + 1])
    }
    for range in unclaimed { ranges.append(bounds[range.lowerBound]..<bounds[range.upperBound]) }
    return ranges
  }
}
