import SimRuntime
import Spec

/// Predecessors of one state among representatives of orbits: where a successor of a representative lies in the state's orbit,
/// each renaming that takes the successor to the state takes the representative to a predecessor.
struct OrbitMatch: @unchecked Sendable {
  private let canonicalizer: Canonicalizer
  private let target: State
  /// The representative of the target.
  private let representative: [UInt64]
  private let scratch: CanonicalScratch

  /// nil if memory is refused.
  init?(_ stored: Canonicalizer, _ target: [UInt64]) {
    // Inexact representatives do not tell whether two states are of one orbit.
    guard let canonicalizer = stored.exactly(), let scratch = canonicalizer.makeScratch() else { return nil }
    self.canonicalizer = canonicalizer
    self.scratch = scratch
    self.target = canonicalizer.layout.unpack(target)
    var words = target
    canonicalizer.canonicalize(&words, 1, scratch)
    representative = words
  }

  private init(_ other: OrbitMatch, _ scratch: CanonicalScratch) {
    canonicalizer = other.canonicalizer
    target = other.target
    representative = other.representative
    self.scratch = scratch
  }

  /// The same with room of its own.
  func forWorker() -> OrbitMatch? { canonicalizer.makeScratch().map { OrbitMatch(self, $0) } }

  /// The predecessors of the target that are renamings of a representative with the successors [first, end).
  func parents(_ parent: UnsafePointer<UInt64>, _ successors: StateBatch, _ first: Int, _ end: Int) -> [[UInt64]] {
    let layout = canonicalizer.layout
    var found: [[UInt64]] = []
    var words = [UInt64](repeating: 0, count: successors.words)
    for index in first..<end {
      for word in words.indices { words[word] = successors[index][word] }
      canonicalizer.canonicalize(&words, 1, scratch)
      guard words == representative else { continue }
      let before = layout.unpack(parent)
      for renaming in canonicalizer.renamings(from: layout.unpack(successors[index]), to: target) {
        found.append(layout.pack(layout.instance.renamed(before, by: renaming)))
      }
    }
    return found
  }
}
