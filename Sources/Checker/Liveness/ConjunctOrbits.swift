import SimRuntime
import Spec

/// Which conjuncts of a temporal property need an answer: of those that a renaming takes into each other, the first.
///
/// `forall x, y: Thread :: F(x, y)` has as many conjuncts as pairs of threads, but where threads can be renamed freely only
/// two kinds: x == y, and the rest. A renaming that keeps the constants takes fair runs to fair runs, so a run that breaks
/// F(a, b) is renamed into one that breaks any other of its kind. The graph stays unreduced.
struct ConjunctOrbits {
  private let instance: Instance
  private let generators: [Renaming]

  init(_ instance: Instance, _ group: SymmetryGroup) {
    self.instance = instance
    generators =
      group.cosets.dropFirst()
      + group.blocks.flatMap { block in
        zip(block.elements, block.elements.dropFirst()).map { .transposition(block.sort, $0, $1, group.sizes) }
      }
  }

  private struct Key: Hashable {
    let place: [Int]
    let values: [Value]
  }

  func representatives(of conjuncts: [TemporalExpansion.Conjunct]) -> [TemporalExpansion.Conjunct] {
    var seen: Set<Key> = []
    var kept: Set<Key> = []
    return conjuncts.filter { conjunct in
      let key = Key(place: conjunct.place, values: conjunct.witness.map(\.value))
      if kept.contains(key) { return true }
      guard seen.insert(key).inserted else { return false }
      kept.insert(key)
      var orbit = [key.values]
      while let values = orbit.popLast() {
        for generator in generators {
          let image = zip(values, conjunct.witness).map { instance.renamed($0, $1.local.type, by: generator) }
          if seen.insert(Key(place: conjunct.place, values: image)).inserted { orbit.append(image) }
        }
      }
      return true
    }
  }
}
