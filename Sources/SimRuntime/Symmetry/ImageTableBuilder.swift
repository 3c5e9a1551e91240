/// In: a layout and a small group. Out: pieces, and the rows of contributions that `ImageTables` hands to C.

import CNative
import Spec

struct ImageTableBuilder {
  typealias Piece = ImageTables.Piece
  let layout: StateLayout
  let renamings: Int
  /// Renamings, rounded up to whole vectors.
  let stride: Int
  private let signatures: Signatures?
  /// By renaming, by cell: where the cell goes.
  private var targets: [[Int]] = []
  /// By cell: the words of an image that what it holds can go to.
  private var reach: [Set<Int>] = []
  /// By cell: which of the maps changes its content; nil if none does.
  private var map: [Int?] = []
  /// By renaming, by value.
  private var maps: [[[Int]]] = []
  /// The slots of the queue whose length a cell holds, with their positions.
  private var slots: [Int: [(cell: Int, position: Int)]] = [:]

  /// Nil if a cell has too many values to list.
  init?(_ layout: StateLayout, _ renamings: [Renaming], _ signatures: Signatures?, _ fault: SymmetryFault) {
    self.layout = layout
    self.signatures = signatures
    self.renamings = renamings.count
    stride = (renamings.count + ImageTables.laneCount - 1) / ImageTables.laneCount * ImageTables.laneCount
    let described = CellRoles(layout, fault: fault)
    let locals = renamings.map(\.local)
    targets = locals.map { local in described.roles.map { $0.key.value(local) } }
    var known: [Type: Int] = [:]
    for (cell, role) in described.roles.enumerated() {
      if let slot = role.slot { slots[slot.length, default: []].append((cell, slot.position)) }
      let stays = fault.contains(role.isParent ? .leavesForestParents : .leavesContent)
      guard described.terms.hasElements(role.content), !stays else {
        map.append(nil)
        continue
      }
      if let index = known[role.content] {
        map.append(index)
        continue
      }
      let cardinality = layout.instance.cardinality(role.content)
      if cardinality > 1 << 16 { return nil }
      let terms = (0..<cardinality).map { described.terms.term($0, role.content) }
      known[role.content] = maps.count
      map.append(maps.count)
      maps.append(locals.map { local in terms.map { $0.value(local) } })
    }
    let words = layout.cells.enumerated().map { cell, place -> Set<Int> in
      guard signatures != nil, place.cardinality <= 1 << 16 else { return [place.word] }
      return Set((0..<place.cardinality).map { part(cell, $0).word })
    }
    reach = layout.cells.indices.map { cell in targets.reduce(into: []) { $0.formUnion(words[$1[cell]]) } }
  }

  /// What a cell that holds a value adds to an image, and to which of its words.
  private func part(_ cell: Int, _ value: Int) -> (word: Int, amount: UInt64) {
    if let part = signatures?.part(cell, value) { return (layout.wordsPerState + part.element, part.amount) }
    return (layout.cells[cell].word, UInt64(value) &* layout.cells[cell].multiplier)
  }

  // MARK: - Pieces

  /// Neighbouring fields up to a number of bits; a wider field is cut between its cells.
  func pieces(bits: Int) -> [Piece] {
    var result: [Piece] = []
    let cells = layout.cells.indices.filter { layout.cells[$0].bits > 0 }
    let fields = Dictionary(grouping: cells) { layout.cells[$0].word << 8 | layout.cells[$0].shift }
    for key in fields.keys.sorted() {
      guard let cells = fields[key], let place = cells.first.map({ layout.cells[$0] }) else { continue }
      let shift = UInt32(place.shift)
      if place.bits > bits {
        result += split(cells, bits: bits)
      } else if let last = result.last, last.isPlain, last.reading.word == place.word, last.end == place.shift,
        place.shift + place.bits - Int(last.reading.shift) <= bits
      {
        let width = place.shift + place.bits - Int(last.reading.shift)
        result[result.count - 1].reading.mask = mask(width)
        result[result.count - 1].count = 1 << width
        result[result.count - 1].cells += cells
      } else {
        let reading = KspecPiece(word: UInt32(place.word), shift: shift, mask: mask(place.bits), divisor: 1, modulus: 0)
        result.append(Piece(reading: reading, cells: cells, count: 1 << place.bits))
      }
    }
    return result
  }

  private func mask(_ bits: Int) -> UInt64 { bits == 64 ? .max : 1 << UInt64(bits) - 1 }

  private func split(_ cells: [Int], bits: Int) -> [Piece] {
    var result: [Piece] = []
    for cell in cells.sorted(by: { layout.cells[$0].divisor < layout.cells[$1].divisor }) {
      let place = layout.cells[cell]
      if let last = result.last, let count = last.count, last.reading.divisor * UInt64(count) == place.divisor,
        saturatingMultiply(count, place.cardinality) <= 1 << bits
      {
        result[result.count - 1].count = count * place.cardinality
        result[result.count - 1].reading.modulus = UInt64(count * place.cardinality)
        result[result.count - 1].cells.append(cell)
        continue
      }
      let reading = KspecPiece(
        word: UInt32(place.word), shift: UInt32(place.shift), mask: mask(place.bits), divisor: place.divisor,
        modulus: place.alone ? 0 : UInt64(place.cardinality))
      let isMultiplied = place.cardinality > 1 << bits && map[cell] == nil && slots[cell] == nil
      result.append(Piece(reading: reading, cells: [cell], count: isMultiplied ? nil : place.cardinality))
    }
    return result
  }

  // MARK: - Rows

  func bytes(_ pieces: [Piece]) -> Int {
    pieces.reduce(0) { saturatingAdd($0, saturatingMultiply($1.count ?? 1, stride * 8 * words($1).count)) }
  }

  /// The words that a piece contributes to.
  private func words(_ piece: Piece) -> [Int] {
    let cells = piece.cells + piece.cells.flatMap { slots[$0]?.map(\.cell) ?? [] }
    return cells.reduce(into: Set()) { $0.formUnion(reach[$1]) }.sorted()
  }

  /// Rows of contributions, and for each word what is looked up.
  func tables(_ pieces: [Piece]) -> (rows: [UInt64], lookups: [[KspecLookup]]) {
    var rows: [UInt64] = []
    var lookups = [[KspecLookup]](repeating: [], count: layout.wordsPerState + (signatures?.elements.count ?? 0))
    for (index, piece) in pieces.enumerated() {
      for word in words(piece) {
        lookups[word].append(KspecLookup(piece: UInt32(index), linear: piece.count == nil ? 1 : 0, base: UInt64(rows.count)))
        for number in 0..<(piece.count ?? 1) {
          let values = piece.cells.map { piece.count == nil ? 1 : read($0, piece, number) }
          for renaming in 0..<renamings {
            var sum: UInt64 = 0
            for (cell, value) in zip(piece.cells, values) { sum &+= contribution(cell, value, renaming, to: word) }
            rows.append(sum)
          }
          rows.append(contentsOf: repeatElement(0, count: stride - renamings))
        }
      }
    }
    return (rows, lookups)
  }

  /// A cell's value in a piece that is read as a number.
  private func read(_ cell: Int, _ piece: Piece, _ number: Int) -> Int {
    let place = layout.cells[cell]
    if piece.reading.modulus > 0 { return number / Int(place.divisor / piece.reading.divisor) % place.cardinality }
    let field = UInt64(number) >> UInt64(place.shift - Int(piece.reading.shift)) & mask(place.bits)
    return Int(place.alone ? field : field / place.divisor % UInt64(place.cardinality))
  }

  /// What a cell adds to a word of the image. The slots of a queue count as if all were in use; its length takes back what those
  /// beyond it have added.
  private func contribution(_ cell: Int, _ value: Int, _ renaming: Int, to word: Int) -> UInt64 {
    // Numbers that no state has.
    if value >= layout.cells[cell].cardinality { return 0 }
    var sum: UInt64 = 0
    let own = part(targets[renaming][cell], content(cell, value, renaming))
    if own.word == word { sum &+= own.amount }
    for slot in slots[cell] ?? [] where slot.position >= value {
      let unused = part(targets[renaming][slot.cell], content(slot.cell, 0, renaming))
      if unused.word == word { sum &-= unused.amount }
    }
    return sum
  }

  private func content(_ cell: Int, _ value: Int, _ renaming: Int) -> Int { map[cell].map { maps[$0][renaming][value] } ?? value }
}
