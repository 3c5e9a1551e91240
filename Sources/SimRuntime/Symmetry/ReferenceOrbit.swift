/// The obviously right twin of `Canonicalizer`: every renaming of the group is applied to the evaluator's own values.

import Spec

public struct ReferenceOrbit: Sendable {
  public let layout: StateLayout
  public let renamings: [Renaming]

  public init(_ layout: StateLayout, _ group: SymmetryGroup) {
    self.layout = layout
    renamings = group.renamings()
  }

  /// The least packed state of the orbit, and how many states the orbit has: the order of the group divided by the number of
  /// renamings that reach the least.
  public func canonical(_ state: State) -> (words: [UInt64], orbit: Int) {
    var least: [UInt64] = []
    var reached = 0
    for renaming in renamings {
      let image = layout.pack(layout.instance.renamed(state, by: renaming))
      if reached == 0 || image.lexicographicallyPrecedes(least) {
        least = image
        reached = 1
      } else if image == least {
        reached += 1
      }
    }
    return (least, renamings.count / reached)
  }
}

extension StateLayout {
  public func pack(_ state: State) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: wordsPerState) { buffer, count in
      if let base = buffer.baseAddress { pack(state, into: base) }
      count = wordsPerState
    }
  }
}
