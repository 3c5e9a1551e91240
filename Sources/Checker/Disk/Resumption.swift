import SimRuntime
import Spec
import Synchronization

/// A checkpoint that belongs to what is asked, its log opened and its headers verified.
struct Resumption {
  let manifest: Manifest
  let log: StateLog

  /// Throws if there is no checkpoint, if it is of something else, or if it is not as it was written.
  init(_ folder: CheckpointFolder, _ subject: Subject) throws(CheckpointUnusable) {
    guard folder.holdsCheckpoint else {
      throw CheckpointUnusable(message: "\(folder.path) holds no checkpoint", help: "--checkpoint \(folder.path) begins one")
    }
    do throws(DiskError) {
      manifest = try folder.load()
      if let difference = subject.difference(to: manifest.subject) { throw DiskError("it is \(difference)") }
      guard manifest.isConsistent else { throw DiskError("it contradicts itself") }
      log = try StateLog(
        opening: folder.logPath(manifest.log), words: subject.words, bytes: manifest.logBytes, count: manifest.logStates,
        chain: manifest.logChain)
    } catch { throw .cannotResume(folder.path, error) }
    let kept = manifest.log
    folder.removeLogs { $0 != kept }
  }
}

extension DiskError {
  static let contradiction = DiskError("a state is logged twice, or another one stands for its orbit")
}

extension CheckpointUnusable {
  static func cannotResume(_ folder: String, _ error: DiskError) -> CheckpointUnusable {
    CheckpointUnusable(
      message: "cannot resume from \(folder): \(error.message)",
      help: "remove the folder to begin anew with --checkpoint \(folder)")
  }
}

extension Manifest {
  /// Whether positions and lengths make sense: a checksum does not say that the writer was right.
  fileprivate var isConsistent: Bool {
    guard depth >= -1, layers.count == depth + 2, layers.first == 0, logStates >= 0, logBytes >= 0, log >= 0, orbit >= 0,
      let end = layers.last, end <= logStates, zip(layers, layers.dropFirst()).allSatisfy({ $0 <= $1 }),
      subject.words > 0, waiting.count % subject.words == 0, valuations >= 0, depthBefore >= 0,
      (reachedBefore + reached).allSatisfy({ $0.count == 2 }), Set(reached.map { $0[0] }).count == reached.count,
      Set(reachedBefore.map { $0[0] }).count == reachedBefore.count
    else { return false }
    let running = depth < 0 ? 0..<0 : layers[depth]..<end
    return rest.allSatisfy { $0.count == 2 && $0[1] >= 0 && $0[0] >= running.lowerBound && $0[1] <= running.upperBound - $0[0] }
      && [event, best?.event].allSatisfy { $0 == nil || $0?.asEvent?.words.count == subject.words }
      && (best?.path ?? []).allSatisfy { $0.count == subject.words }
  }
}

/// A search that goes on where a checkpoint left it: every logged state is put into the table again, and the frontier is what the
/// manifest says is not expanded.
extension Search {
  /// The chunks of the running layer; nil if the table may not be that large (then `watch.reason` is set).
  func restore(_ resumption: Resumption, _ reduction: Reduction, _ totals: Totals, _ journal: Journal) throws -> [Chunk]? {
    let manifest = resumption.manifest
    totals.add(states: manifest.states, transitions: manifest.transitions, orbits: manifest.orbits)
    guard try makeRoom(resumption.log.count) else { return nil }
    do throws(DiskError) {
      try insertAll(resumption.log, reduction)
      var rest = ChunkList()
      for stretch in manifest.rest { try read(stretch[0]..<(stretch[0] + stretch[1]), of: resumption.log, into: &rest) }
      var next = ChunkList()
      try read((manifest.layers.last ?? 0)..<resumption.log.count, of: resumption.log, into: &next)
      workers[0].resume(next, waiting: manifest.waiting, manifest.event?.asEvent, Set(manifest.reachedNow))
      journal.resume(manifest, resumption.log, workers: workers.count)
      return rest.take()
    } catch { throw CheckpointUnusable.cannotResume(journal.path, error) }
  }

  private func makeRoom(_ states: Int) throws(EngineFault) -> Bool {
    let before = store.bytes
    // Workers take credit in portions and may hold some that they do not need.
    let wanted = states + workers.count * 4096
    guard watch.allows(store.bytesAfterGrowth(by: wanted) - before, memory) else { return false }
    guard store.grow(by: wanted) else {
      watch.stop(.refused)
      return false
    }
    memory.add(store.bytes - before)
    return true
  }

  private func insertAll(_ log: StateLog, _ reduction: Reduction) throws(DiskError) {
    let reader = LayerReader(DiskLayers(log: log, starts: [0]), 0)
    let isWrong = Atomic(false)
    let workers = workers
    let store = store
    pool.run(workers: reader.portions) { index in
      var room: [UInt64] = []
      while !isWrong.load(ordering: .relaxed),
        reader.claim(
          &room,
          { if !workers[index].insertLogged($0, store, reduction) { isWrong.store(true, ordering: .relaxed) } })
      {}
    }
    store.recount()
    if let failure = reader.failure { throw failure }
    if isWrong.load(ordering: .relaxed) || store.count != log.count || store.overflowed {
      throw DiskError.contradiction
    }
  }

  func read(_ range: Range<Int>, of log: StateLog, into list: inout ChunkList) throws(DiskError) {
    guard !range.isEmpty else { return }
    var room: [UInt64] = []
    for index in log.blocks(of: range) {
      let block = log.blocks[index]
      try log.read(block, into: &room)
      let states = range.clamped(to: block.first..<(block.first + block.count))
      room.withUnsafeBufferPointer { read in
        guard let base = read.baseAddress else { return }
        list.append(
          base + StateLog.payload + (states.lowerBound - block.first) * log.words, states.count, words: log.words,
          chunkStates: chunkStates, memory)
      }
    }
  }
}
