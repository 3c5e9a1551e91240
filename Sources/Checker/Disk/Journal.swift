import SimRuntime
import Spec

/// Keeps a search's checkpoint: the states that it finds go to a log, and from time to time a manifest says how far it is.
///
/// Used by the coordinating thread while no worker runs. Only what is new since the last time is written then; a thread of its
/// own waits for the medium and replaces the manifest meanwhile. If something cannot be written, the search goes on without:
/// `failure` says why, and the checkpoint that there is stays good.
final class Journal: @unchecked Sendable {
  private let folder: CheckpointFolder
  private let interval: Duration
  private let saver: ManifestSaver
  private var last = ContinuousClock.now
  private let begun = ContinuousClock.now

  /// The facts about the run; the search adds its own.
  var run: Manifest
  /// The log of the search that runs; nil before the first one.
  private(set) var log: StateLog?
  private(set) var layers: [Int] = []
  private var number: Int
  private(set) var failure: String?
  private(set) var wasResumed = false

  /// Covers reached in finished layers, and their steps.
  var reached: [Int: Int] = [:]
  /// The running layer in the log.
  private var layer = LayerPlaces()
  /// What each worker has found of the next one and is in the log.
  private var found: [LayerPlaces] = []
  /// The last checkpoint. `boundary`, on disk: that of the last layer's end.
  private var latest: Manifest?
  private var boundary: Manifest?

  init(_ folder: CheckpointFolder, every seconds: Double, _ run: Manifest) {
    self.folder = folder
    interval = .seconds(seconds)
    saver = ManifestSaver(folder)
    self.run = run
    number = run.log
  }

  var isDue: Bool { failure == nil && ContinuousClock.now - last >= interval && !saver.isBusy }
  /// States and seconds of the last complete checkpoint.
  var saved: (states: UInt64, seconds: Double)? { saver.saved }
  var path: String { folder.path }

  private func attempt(_ body: () throws(DiskError) -> Void) {
    guard failure == nil else { return }
    do throws(DiskError) { try body() } catch { failure = error.message }
    if let why = saver.failure { failure = failure ?? why }
  }

  /// A search begins: its initial states are about to be found.
  func begin(words: Int, workers: Int) {
    number += 1
    log = StateLog(path: folder.logPath(number), words: words)
    layers = [0]
    layer = LayerPlaces()
    found = Array(repeating: LayerPlaces(), count: workers)
    reached = [:]
    boundary = nil
  }

  /// A search goes on where `manifest` says; `rest` and what is found of the next layer are handed out in the log's order.
  func resume(_ manifest: Manifest, _ log: StateLog, workers: Int) {
    wasResumed = true
    latest = manifest
    self.log = log
    layers = manifest.layers
    layer = LayerPlaces()
    for stretch in manifest.rest { layer.append(stretch[1], at: stretch[0]) }
    found = Array(repeating: LayerPlaces(), count: workers)
    let start = layers.last ?? 0
    found[0].append(log.count - start, at: start)
    reached = Dictionary(uniqueKeysWithValues: manifest.reached.map { ($0[0], $0[1]) })
  }

  /// Logs what the workers have found since the last time.
  private func record(_ workers: [Worker]) throws(DiskError) {
    guard let log else { return }
    for (index, worker) in workers.enumerated() {
      var skipped = found[index].count
      for chunk in worker.next.chunks {
        if skipped >= chunk.count {
          skipped -= chunk.count
          continue
        }
        let place = log.count
        try log.append(chunk.states + skipped * log.words, chunk.count - skipped)
        found[index].append(chunk.count - skipped, at: place)
        skipped = 0
      }
    }
  }

  /// A layer is done and what the workers have found is the next one, worker after worker.
  func endLayer(_ workers: [Worker]) {
    attempt { () throws(DiskError) in
      try record(workers)
      log?.close()
      layers.append(log?.count ?? 0)
      layer = found.reduce(into: LayerPlaces()) { $0.append($1) }
      found = Array(repeating: LayerPlaces(), count: workers.count)
    }
  }

  /// Makes a checkpoint. `isLast`: the search ends here, so that it is waited for.
  func checkpoint(_ phase: Phase, _ workers: [Worker], isLast: Bool) {
    if isLast { saver.wait() }
    attempt { () throws(DiskError) in
      guard let log else { return }
      if let boundary { return saver.save(boundary, log.file) }
      let manifest = try manifest(phase, workers, log)
      latest = manifest
      saver.save(manifest, log.file)
    }
    last = .now
    if isLast {
      saver.wait()
      attempt {}
    }
  }

  private func manifest(_ phase: Phase, _ workers: [Worker], _ log: StateLog) throws(DiskError) -> Manifest {
    try record(workers)
    log.close()
    try log.flush()
    var manifest = manifest(phase.depth, phase.totals, log)
    manifest.rest = rest(phase.layer, workers)
    for worker in workers { manifest.waiting += worker.waitingStates }
    manifest.event = workers.compactMap(\.event).min().map(Manifest.Found.init)
    manifest.reachedNow = workers.reduce(into: Set()) { $0.formUnion($1.reached) }.sorted()
    return manifest
  }

  private func manifest(_ depth: Int, _ totals: Totals, _ log: StateLog) -> Manifest {
    var manifest = run
    manifest.seconds += (ContinuousClock.now - begun) / .seconds(1)
    manifest.states = totals.states
    manifest.transitions = totals.transitions
    manifest.orbits = totals.orbits
    manifest.depth = depth
    manifest.layers = layers
    manifest.reached = reached.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    manifest.log = number
    manifest.logBytes = log.bytes
    manifest.logStates = log.count
    manifest.logChain = log.chain
    return manifest
  }

  /// The search goes on on disk from the last checkpoint, with what it needs of it: the log, its layers, and what is not expanded.
  func goToDisk(_ layer: Layer, _ workers: [Worker]) -> (log: StateLog, layers: [Int], rest: [[Int]])? {
    guard failure == nil, let log else { return nil }
    boundary = latest
    return (log, layers, rest(layer, workers))
  }

  /// A layer begins of a search that has gone to disk. What it finds comes out only at its end, so that until then
  /// checkpoints are of this moment.
  func beginLayerOnDisk(_ depth: Int, _ layers: [Int], _ totals: Totals) {
    self.layers = layers
    guard let log, failure == nil else { return }
    var manifest = manifest(depth, totals, log)
    if let start = layers.dropLast().last, log.count > start { manifest.rest = [[start, log.count - start]] }
    boundary = manifest
  }

  /// Where the running layer's states that nobody has expanded are in the log.
  private func rest(_ layer: Layer, _ workers: [Worker]) -> [[Int]] {
    layer.unexpanded(workers).flatMap { self.layer.places(of: $0) }
  }

  /// For the walk back: the layers found, on disk; nil if they are not all there.
  func layersOnDisk() -> DiskLayers? {
    attempt { () throws(DiskError) in
      log?.close()
      try log?.flush()
    }
    guard failure == nil, let log else { return nil }
    return DiskLayers(log: log, starts: layers)
  }

  /// Waits for what is being written. `isDecided`: there is nothing to go on with, so that the checkpoint is removed.
  func finish(isDecided: Bool) {
    saver.wait()
    attempt {}
    if isDecided { folder.removeCheckpoint(isOwn: run.ownsFolder) }
  }
}

extension Manifest.Found {
  init(_ event: Event) { self.init(steps: event.steps, kind: event.kind.rawValue, words: event.words) }

  /// nil if the kind is none.
  var asEvent: Event? { Event.Kind(rawValue: kind).map { Event(steps: steps, kind: $0, words: words) } }
}
