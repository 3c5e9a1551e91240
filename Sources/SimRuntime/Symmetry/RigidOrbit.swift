/// In: all rigid valuations. Out: one of each orbit under the renamings that keep the sort-typed constants, with the orbit's size.
///
/// Valuations of one orbit have the same states up to renaming, so one is explored and counted for all. The representative
/// is the first in the order of the enumeration, which keeps the choice of the trace as it is without symmetry.

import Spec

public struct RigidOrbit: Sendable {
  public var representative: RigidValuation
  public var size: UInt64
  /// The symmetries of the states under the representative.
  public var group: SymmetryGroup

  /// Without symmetry: a valuation alone.
  public init(alone rigid: RigidValuation, _ instance: Instance) {
    representative = rigid
    size = 1
    group = .trivial(instance)
  }

  private init(_ rigid: RigidValuation, size: UInt64, _ group: SymmetryGroup) {
    representative = rigid
    self.size = size
    self.group = group
  }

  public static func orbits(of rigids: [RigidValuation], _ instance: Instance) throws(EngineFault) -> [RigidOrbit] {
    try orbits(of: rigids, instance, fault: [])
  }

  package static func orbits(
    of rigids: [RigidValuation], _ instance: Instance, fault: SymmetryFault
  ) throws(EngineFault) -> [RigidOrbit] {
    let all = Set(rigids)
    var seen: Set<RigidValuation> = []
    var result: [RigidOrbit] = []
    for rigid in rigids where seen.insert(rigid).inserted {
      let generators = generators(SymmetryGroup.free(instance, rigid), instance.sizes)
      var orbit = [rigid]
      var next = 0
      while next < orbit.count {
        for generator in generators {
          let image = instance.renamed(orbit[next], by: generator)
          guard all.contains(image) else { throw EngineFault("a renaming leads out of the rigid valuations") }
          if seen.insert(image).inserted { orbit.append(image) }
        }
        next += 1
      }
      result.append(RigidOrbit(rigid, size: UInt64(orbit.count), SymmetryGroup(instance, rigid, fault: fault)))
    }
    return result
  }

  /// Exchanges of neighbours, which generate all permutations of the free elements.
  private static func generators(_ free: [[Int]], _ sizes: [Int]) -> [Renaming] {
    free.enumerated().flatMap { sort, elements in
      zip(elements, elements.dropFirst()).map { Renaming.transposition(sort, $0, $1, sizes) }
    }
  }
}

extension SymmetryGroup {
  public static func trivial(_ instance: Instance) -> SymmetryGroup {
    SymmetryGroup(sizes: instance.sizes)
  }

  private init(sizes: [Int]) {
    self.sizes = sizes
    blocks = []
    cosets = [.identity(sizes)]
    order = 1
    isWhole = true
  }
}
