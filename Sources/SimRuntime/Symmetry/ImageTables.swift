/// In: a layout and a small group. Out: the tables by which C computes the images of a state under all renamings at once.
///
/// The image of a state is a sum over its cells of what each contributes to the word where it goes. Neighbouring cells are read
/// together as one number, a *piece*, as long as the tables stay within what a processor's cache holds.

import CNative
import Spec

final class ImageTables: @unchecked Sendable {
  /// Groups up to this order are handled by tables: measured against signatures, which win above.
  static let orderLimit = 128
  /// Bytes of tables that are aimed at, and that are still accepted with pieces of single cells.
  private static let bytesWanted = 1 << 18
  private static let bytesAllowed = 1 << 22
  static let laneCount = 4

  private(set) var header: KspecImages
  private let piece: UnsafeMutablePointer<KspecPiece>
  private let ends: UnsafeMutablePointer<UInt32>
  private let lookups: UnsafeMutablePointer<KspecLookup>
  private let tables: UnsafeMutableRawPointer

  /// Nil where the tables would be too large.
  /// `signatures`: an image has a word more for each element of the block, and what is of the element goes there.
  init?(_ layout: StateLayout, _ renamings: [Renaming], signatures: Signatures? = nil, fault: SymmetryFault = []) {
    guard let builder = ImageTableBuilder(layout, renamings, signatures, fault) else { return nil }
    var chosen: [Piece]?
    for bits in (1...10).reversed() {
      let pieces = builder.pieces(bits: bits)
      let bytes = builder.bytes(pieces)
      if bytes <= Self.bytesWanted || (bits == 1 && bytes <= Self.bytesAllowed) {
        chosen = pieces
        break
      }
    }
    guard let pieces = chosen else { return nil }
    let (rows, lists) = builder.tables(pieces)
    piece = .allocate(capacity: max(1, pieces.count))
    for (index, each) in pieces.enumerated() { piece[index] = each.reading }
    ends = .allocate(capacity: lists.count)
    let all = lists.flatMap { $0 }
    lookups = .allocate(capacity: max(1, all.count))
    for (index, lookup) in all.enumerated() { lookups[index] = lookup }
    var end = 0
    for (word, list) in lists.enumerated() {
      end += list.count
      ends[word] = UInt32(end)
    }
    let tables = UnsafeMutableRawPointer.allocate(byteCount: max(1, rows.count) * 8, alignment: 64)
    rows.withUnsafeBytes { if let base = $0.baseAddress { tables.copyMemory(from: base, byteCount: $0.count) } }
    self.tables = tables
    header = KspecImages(
      words: UInt32(layout.wordsPerState), order: UInt32(renamings.count), stride: UInt32(builder.stride),
      pieces: UInt32(pieces.count), piece: piece, lookupEnd: ends, lookups: lookups,
      tables: UnsafePointer(tables.assumingMemoryBound(to: UInt64.self)))
  }

  deinit {
    piece.deallocate()
    ends.deallocate()
    lookups.deallocate()
    tables.deallocate()
  }

  /// Cells that are read together.
  struct Piece {
    var reading: KspecPiece
    var cells: [Int]
    /// Numbers that the piece can be read as; nil for a wide cell that no renaming changes, whose value is multiplied.
    var count: Int?

    var isPlain: Bool { reading.modulus == 0 && count != nil }
    /// One past its last bit.
    var end: Int { Int(reading.shift) + reading.mask.nonzeroBitCount }
  }
}
