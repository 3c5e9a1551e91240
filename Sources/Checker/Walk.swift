import SimRuntime
import Spec
import Synchronization

/// From an event back to an initial state. No predecessor is stored with a state (it would double the store): the layers are
/// kept, or searched again, and each is expanded once more to find the least state that leads to the one after it.
///
/// Under symmetry layers hold representatives. If a renaming takes a successor of one to the state wanted, it takes the
/// representative to a predecessor of that state: the path consists of true steps, and is the one found without symmetry
/// wherever all such renamings are tried.
struct Walk {
  let search: Search
  let rigid: RigidValuation
  let reduction: Reduction

  /// The packed states of the least shortest path to the event's state, both ends included. nil if cancelled.
  /// `log`: layers 0 ..., if the search still has them.
  func path(to event: Event, _ log: LayerRecord?) throws -> [[UInt64]]? {
    if let log {
      do { return try path(to: event, in: log) } catch is DiskError {
        // The log cannot be read: search again.
      }
    }
    let again = try search.explore(
      rigid, .nothing(search.source.instance.model), reducing: reduction, maxDepth: event.layer, keepsLog: true)
    guard let log = again.log else { return nil }
    defer { search.free(log) }
    guard again.isComplete else { return nil }
    guard log.count > event.layer else { throw EngineFault("a second search ends before the first one's event") }
    return try path(to: event, in: log)
  }

  private func path(to event: Event, in log: LayerRecord) throws -> [[UInt64]]? {
    var path = [event.words]
    for layer in (0..<event.layer).reversed() {
      guard let target = path.last else { break }
      let parent = try leastParent(of: target, in: log.layer(layer))
      if search.watch.isCancelled { return nil }
      guard let parent else { throw EngineFault("a state found in layer \(event.layer) has no parent in the layer before") }
      path.append(parent)
    }
    return path.reversed()
  }

  private func leastParent(of target: [UInt64], in layer: LayerReader) throws -> [UInt64]? {
    let orbit = reduction.canonicalizer.flatMap { OrbitMatch($0, target) }
    if orbit == nil && reduction.canonicalizer != nil { throw EngineFault("the system refused memory for symmetry") }
    let source = search.source
    let packed = source.pack(rigid)
    let watch = search.watch
    let batch = search.tuning.batch
    let room = search.tuning.successors
    let best = Mutex<[UInt64]?>(nil)
    search.pool.run(workers: layer.portions) { _ in
      var scan = ParentScan(source, orbit?.forWorker(), batch: batch, room: room)
      var states: [UInt64] = []
      while !watch.isCancelled, layer.claim(&states, { scan.scan($0, target, packed) }) {}
      guard let found = scan.best else { return }
      best.withLock { if $0.map({ found.lexicographicallyPrecedes($0) }) ?? true { $0 = found } }
    }
    if let failure = layer.failure { throw failure }
    return best.withLock { $0 }
  }
}

/// One worker's search for the parents of a state.
private struct ParentScan: ~Copyable {
  private let source: any SuccessorSource
  private let scratch: Scratch
  private let batch: Int
  private var successors: StateBuffer
  private let marks: UnsafeMutablePointer<ParentMark>
  private let orbit: OrbitMatch?
  private(set) var best: [UInt64]?

  init(_ source: any SuccessorSource, _ orbit: OrbitMatch?, batch: Int, room: Int) {
    self.source = source
    self.orbit = orbit
    scratch = source.makeScratch()
    self.batch = batch
    successors = StateBuffer(words: source.layout.wordsPerState, capacity: room)
    marks = .allocate(capacity: batch)
    marks.initialize(repeating: ParentMark(), count: batch)
  }

  deinit { marks.deallocate() }

  mutating func scan(_ states: StateBatch, _ target: [UInt64], _ rigid: PackedRigid) {
    var rest = states
    while rest.count > 0 {
      successors.removeAll()
      let expansion = source.expand(rest.prefix(batch), rigid, judging: [], into: &successors, marks: marks, scratch)
      var first = 0
      for index in 0..<expansion.consumed {
        let end = marks[index].end
        if let orbit {
          for parent in orbit.parents(rest[index], successors.batch, first, end) { note(parent) }
        } else if holds(target, first, end) {
          note(Array(UnsafeBufferPointer(start: rest[index], count: states.words)))
        }
        first = end
      }
      rest = rest.dropFirst(expansion.consumed)
    }
  }

  private func holds(_ target: [UInt64], _ first: Int, _ end: Int) -> Bool {
    let words = target.count
    return target.withUnsafeBufferPointer { target in
      for index in first..<end {
        let state = successors.batch[index]
        var i = 0
        while i < words && state[i] == target[i] { i += 1 }
        if i == words { return true }
      }
      return false
    }
  }

  private mutating func note(_ candidate: [UInt64]) {
    if best.map({ candidate.lexicographicallyPrecedes($0) }) ?? true { best = candidate }
  }
}
