import SimRuntime
import Synchronization

/// The layers that a search has found, for the walk back: in memory, or in a log on disk.
enum LayerRecord {
  case memory([[Chunk]])
  case disk(DiskLayers)

  var count: Int {
    switch self {
    case .memory(let layers): layers.count
    case .disk(let layers): layers.starts.count
    }
  }

  func layer(_ index: Int) -> LayerReader {
    switch self {
    case .memory(let layers): LayerReader(layers[index])
    case .disk(let layers): LayerReader(layers, index)
    }
  }
}

/// Layers in a log: each begins where `starts` says and ends where the next one begins.
struct DiskLayers: Sendable {
  let log: StateLog
  let starts: [Int]

  func blocks(_ layer: Int) -> Range<Int> {
    let end = layer + 1 < starts.count ? starts[layer + 1] : log.count
    return log.blocks(of: starts[layer]..<end)
  }
}

/// Hands out a layer's states to several workers, portion by portion.
final class LayerReader: Sendable {
  private enum Source: @unchecked Sendable {
    case memory([Chunk])
    case disk(StateLog, Range<Int>)
  }
  private let source: Source
  private let next = Atomic(0)
  /// The first thing that could not be read.
  private let failed = Mutex<DiskError?>(nil)

  init(_ chunks: [Chunk]) { source = .memory(chunks) }
  init(_ layers: DiskLayers, _ layer: Int) { source = .disk(layers.log, layers.blocks(layer)) }
  init(_ log: StateLog, _ blocks: Range<Int>) { source = .disk(log, blocks) }

  var portions: Int {
    switch source {
    case .memory(let chunks): chunks.count
    case .disk(_, let blocks): blocks.count
    }
  }

  var failure: DiskError? { failed.withLock { $0 } }

  /// Calls `body` with the next portion; false if there is none. `room` is the worker's, to read into.
  func claim(_ room: inout [UInt64], _ body: (StateBatch) -> Void) -> Bool {
    let index = next.add(1, ordering: .relaxed).oldValue
    guard index < portions else { return false }
    switch source {
    case .memory(let chunks):
      body(StateBatch(base: chunks[index].states, count: chunks[index].count, words: chunks[index].words))
    case .disk(let log, let blocks):
      let block = log.blocks[blocks.lowerBound + index]
      do throws(DiskError) { try log.read(block, into: &room) } catch {
        failed.withLock { $0 = $0 ?? error }
        return false
      }
      room.withUnsafeBufferPointer { read in
        guard let base = read.baseAddress else { return }
        body(StateBatch(base: base + StateLog.payload, count: block.count, words: log.words))
      }
    }
    return true
  }
}
