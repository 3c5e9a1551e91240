/// In: an instance and the values of its constants. Out: the renamings that keep those values: the symmetries of the states.
///
/// The group is held as a product of full symmetric groups (*blocks* of elements that may be exchanged freely) and *coset
/// representatives*: renamings that move whole blocks, for constant functions that tie sorts together (with
/// `boot: Page -> Frame` one to one, pages and frames can only be renamed jointly). Every element of the group is one
/// permutation within the blocks after one representative, in exactly one way.

import Spec

public struct SymmetryGroup: Hashable, Sendable {
  /// At least two elements of a sort, in ascending order.
  public struct Block: Hashable, Sendable {
    public var sort: SortID
    public var elements: [Int]
  }
  public let sizes: [Int]
  public let blocks: [Block]
  /// The identity first. They form a group.
  public let cosets: [Renaming]
  /// The number of renamings in the group.
  public let order: UInt64
  /// False where a part of the symmetry is left out because it is too large to handle: sound, but less is saved.
  public let isWhole: Bool

  /// Candidates for coset representatives that are tried; each costs a renaming of all constants.
  static let candidateLimit = 1 << 14
  static let cosetLimit = 5040
  static let orderLimit: UInt64 = 1 << 62

  public var isTrivial: Bool { order == 1 }

  /// The stabiliser of a rigid valuation.
  public init(_ instance: Instance, _ rigid: RigidValuation) { self.init(instance, rigid, fault: []) }

  package init(_ instance: Instance, _ rigid: RigidValuation, fault: SymmetryFault) {
    func keeps(_ renaming: Renaming) -> Bool {
      zip(rigid.constants, instance.model.constants).allSatisfy { value, constant in
        if fault.contains(.ignoresFunctions), case .map = value { return true }
        return instance.renamed(value, constant.type, by: renaming) == value
      }
    }
    sizes = instance.sizes
    let free = Self.free(instance, rigid, fault: fault)
    let twins = Self.twinClasses(free, instance.sizes, keeps)
    let (kept, order) = Self.bounded(twins.filter { $0.elements.count > 1 })
    blocks = kept
    let representatives =
      kept.count == twins.count(where: { $0.elements.count > 1 }) && kept.allSatisfy(twins.contains)
      ? Self.cosets(twins, instance.sizes, keeps) : nil
    let (total, overflow) = order.multipliedReportingOverflow(by: UInt64(representatives?.count ?? 1))
    if let representatives, !overflow, total <= Self.orderLimit {
      (cosets, self.order, isWhole) = (representatives, total, true)
    } else {
      (cosets, self.order, isWhole) = ([.identity(instance.sizes)], order, false)
    }
  }

  /// The elements of each unordered sort that no constant names: what a renaming may move. By sort.
  package static func free(_ instance: Instance, _ rigid: RigidValuation, fault: SymmetryFault = []) -> [[Int]] {
    var named = instance.sizes.map { Array(repeating: false, count: $0) }
    for (value, constant) in zip(rigid.constants, instance.model.constants) {
      if case .sort(let sort) = constant.type, case .element(let element) = value { named[sort][element] = true }
    }
    return instance.model.sorts.enumerated().map { sort, declaration in
      if declaration.ordered && !fault.contains(.permutesOrderedSorts) { return [] }
      return named[sort].indices.filter { !named[sort][$0] }
    }
  }

  /// Elements whose exchange keeps the constants, which is an equivalence; singletons included.
  private static func twinClasses(_ free: [[Int]], _ sizes: [Int], _ keeps: (Renaming) -> Bool) -> [Block] {
    var classes: [Block] = []
    for (sort, elements) in free.enumerated() {
      var ofSort: [Block] = []
      for element in elements {
        let twin = ofSort.firstIndex { keeps(.transposition(sort, $0.elements[0], element, sizes)) }
        if let twin { ofSort[twin].elements.append(element) } else { ofSort.append(Block(sort: sort, elements: [element])) }
      }
      classes += ofSort
    }
    return classes
  }

  /// The blocks made smaller until the order of their product is one that counts can be kept in.
  private static func bounded(_ blocks: [Block]) -> ([Block], UInt64) {
    var blocks = blocks
    while true {
      var order: UInt64 = 1
      var fits = true
      for factor in blocks.flatMap({ 1...UInt64($0.elements.count) }) {
        let (product, overflow) = order.multipliedReportingOverflow(by: factor)
        if overflow || product > orderLimit { fits = false } else { order = product }
      }
      if fits { return (blocks, order) }
      guard let largest = blocks.indices.max(by: { blocks[$0].elements.count < blocks[$1].elements.count }) else {
        return ([], 1)
      }
      blocks[largest].elements.removeLast()
      blocks.removeAll { $0.elements.count < 2 }
    }
  }

  /// Renamings that move whole classes, in order, to classes of the same size, and keep the constants; nil if there are too many
  /// candidates.
  private static func cosets(_ classes: [Block], _ sizes: [Int], _ keeps: (Renaming) -> Bool) -> [Renaming]? {
    var groups: [[Block]] = []
    for block in classes {
      let alike = groups.firstIndex { $0[0].sort == block.sort && $0[0].elements.count == block.elements.count }
      if let alike { groups[alike].append(block) } else { groups.append([block]) }
    }
    var candidates: [Renaming] = [.identity(sizes)]
    for group in groups {
      guard let orders = permutations(group.count, limit: candidateLimit / candidates.count) else { return nil }
      candidates = candidates.flatMap { candidate in
        orders.map { order in
          var candidate = candidate
          for (from, to) in zip(group, order.map { group[$0] }) {
            for (element, image) in zip(from.elements, to.elements) { candidate.images[from.sort][element] = image }
          }
          return candidate
        }
      }
    }
    let result = candidates.filter(keeps)
    return result.count <= cosetLimit ? result : nil
  }

  /// All permutations of `0 ..< count`, the identity first; nil if there are more than `limit`.
  static func permutations(_ count: Int, limit: Int) -> [[Int]]? {
    var result: [[Int]] = [[]]
    for _ in 0..<count {
      if result.count > limit { return nil }
      result = result.flatMap { prefix in (0..<count).filter { !prefix.contains($0) }.map { prefix + [$0] } }
    }
    return result.count <= limit ? result : nil
  }

  /// Every renaming of the group, the identity first; those of one block left out if asked. For small groups only.
  public func renamings(without left: Int? = nil) -> [Renaming] {
    var result = cosets
    for (index, block) in blocks.enumerated() where index != left {
      let orders = Self.permutations(block.elements.count, limit: .max) ?? []
      result = orders.flatMap { order in
        let within = block.elements.indices.reduce(into: Renaming.identity(sizes)) { renaming, position in
          renaming.images[block.sort][block.elements[position]] = block.elements[order[position]]
        }
        return result.map { within.after($0) }
      }
    }
    return result
  }
}
