/// In: a layout and a group with a block whose elements never meet in a cell. Out: the tables by which C renames the other elements
/// in every way and sorts those of the block.

import CNative
import Spec

final class SortedTables: @unchecked Sendable {
  private(set) var header: KspecSorted
  private let images: ImageTables
  private let parts: UnsafeMutablePointer<KspecSignaturePart>
  private let rows: UnsafeMutablePointer<UInt64>

  /// Nil where no block will do, or the other renamings are too many.
  init?(_ layout: StateLayout, _ group: SymmetryGroup, fault: SymmetryFault = []) {
    var found: (tables: ImageTables, signatures: Signatures)?
    // The larger the block, the fewer the other renamings.
    for (index, block) in group.blocks.enumerated().sorted(by: { $0.element.elements.count > $1.element.elements.count }) {
      let factorial = (1...UInt64(block.elements.count)).reduce(1, *)
      guard group.order / factorial <= ImageTables.orderLimit else { return nil }
      guard group.cosets.allSatisfy({ coset in block.elements.allSatisfy { coset.images[block.sort][$0] == $0 } }),
        let signatures = Signatures(layout, block, fault),
        let tables = ImageTables(layout, group.renamings(without: index), signatures: signatures, fault: fault)
      else { continue }
      found = (tables, signatures)
      break
    }
    guard let (images, signatures) = found else { return nil }
    self.images = images

    var parts: [KspecSignaturePart] = []
    var rows: [UInt64] = []
    var rest = signatures.fields[...]
    while let first = rest.first {
      let fields = rest.prefix { $0.shift + $0.bits - first.shift <= Signatures.fieldLimit }
      rest = rest.dropFirst(fields.count)
      let bits = fields.reduce(0) { $0 + $1.bits }
      parts.append(KspecSignaturePart(shift: UInt32(first.shift), bits: UInt32(bits), base: UInt64(rows.count)))
      for position in signatures.elements.indices {
        for number in 0..<1 << bits {
          var words = [UInt64](repeating: 0, count: layout.wordsPerState)
          for field in fields {
            let digit = number >> (field.shift - first.shift) & (1 << field.bits - 1)
            guard let (cell, value) = signatures.cell(field, digit, position) else { continue }
            words[layout.cells[cell].word] &+= UInt64(value) &* layout.cells[cell].multiplier
          }
          rows += words
        }
      }
    }
    self.parts = .copy(parts)
    self.rows = .copy(rows)
    header = KspecSorted(
      images: images.header, words: UInt32(layout.wordsPerState), elements: UInt32(signatures.elements.count),
      parts: UInt32(parts.count), part: self.parts, rows: self.rows)
  }

  deinit {
    parts.deallocate()
    rows.deallocate()
  }
}
