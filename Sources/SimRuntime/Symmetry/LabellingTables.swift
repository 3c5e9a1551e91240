/// In: a layout and a group of any order. Out: the tables by which C searches for the least labelling of a state's elements.

import CNative
import Spec

final class LabellingTables: @unchecked Sendable {
  private(set) var header: KspecLabelling
  let elements: Int
  private let cells: UnsafeMutablePointer<KspecCell>
  private let terms: UnsafeMutablePointer<KspecTerm>
  private let operands: UnsafeMutablePointer<KspecOperand>
  private let numbers: UnsafeMutablePointer<UInt32>

  /// Nil where there are too many elements, or values of a cell, for tables. `exact`: the least labelling and not just the first.
  init?(_ layout: StateLayout, _ group: SymmetryGroup, exact: Bool = true) {
    var described = CellRoles(layout)
    guard described.terms.elements <= Int(KSPEC_MAX_ELEMENTS), let cells = Self.cells(&described, layout) else { return nil }
    elements = described.terms.elements
    self.cells = .copy(cells)
    terms = .copy(described.terms.terms)
    operands = .copy(described.terms.operands)

    let local = Renaming.identity(group.sizes).local
    let blocks = Self.blocks(group, described.terms.first)
    var ends: [Int] = []
    for block in blocks { ends.append((ends.last ?? 0) + block.count) }
    let members = blocks.flatMap { $0 }
    let all = local + members + ends + group.cosets.flatMap(\.local)
    numbers = .copy(all.map { UInt32($0) })
    header = KspecLabelling(
      words: UInt32(layout.wordsPerState), cells: UInt32(cells.count), elements: UInt32(elements), blocks: UInt32(blocks.count),
      cosets: UInt32(group.cosets.count), firstLeaf: exact ? 0 : 1, cell: self.cells, terms: terms, operands: operands,
      local: numbers,
      blockEnd: numbers + 2 * elements, members: numbers + elements, cosetLocal: numbers + 2 * elements + blocks.count)
  }

  deinit {
    cells.deallocate()
    terms.deallocate()
    operands.deallocate()
    numbers.deallocate()
  }

  private static func cells(_ described: inout CellRoles, _ layout: StateLayout) -> [KspecCell]? {
    var cells: [KspecCell] = []
    for (role, place) in zip(described.roles, layout.cells) {
      let content: UInt32?
      do throws(ElementTerms.TooLarge) { content = try described.terms.content(role.content) } catch { return nil }
      cells.append(
        KspecCell(
          mask: place.bits == 64 ? .max : 1 << UInt64(place.bits) - 1, divisor: place.divisor,
          modulus: place.alone ? 0 : UInt64(place.cardinality), multiplier: place.multiplier, word: UInt32(place.word),
          shift: UInt32(place.shift), term: described.terms.append(role.key), content: content ?? .max,
          length: UInt32(role.slot.map { $0.length + 1 } ?? 0), slot: UInt32(role.slot?.position ?? 0)))
    }
    return cells
  }

  /// The group's blocks and each other element alone, as numbers of elements.
  private static func blocks(_ group: SymmetryGroup, _ first: [Int]) -> [[Int]] {
    var blocks = group.blocks.map { block in block.elements.map { first[block.sort] + $0 } }
    let moved = Set(blocks.flatMap { $0 })
    for (sort, size) in group.sizes.enumerated() {
      for element in first[sort]..<first[sort] + size where !moved.contains(element) { blocks.append([element]) }
    }
    return blocks
  }
}

extension UnsafeMutablePointer {
  /// Of values for C to read, where there may be none. The caller deallocates it.
  static func copy(_ values: [Pointee]) -> Self {
    let copy = allocate(capacity: max(1, values.count))
    copy.initialize(from: values, count: values.count)
    return copy
  }
}
