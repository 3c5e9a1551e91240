/// What a piece of generated code reads of an unpacked state: only that is unpacked for it.
///
/// A variable's cells stand in an array. Its *planes* are the same cells bit by bit: bit c of plane j is bit j of cell c, so that
/// one operation compares all cells at once. Its *equals* are the cells that have each value, of a few: looked up where a guard
/// compares with what is not known before. A forest's *climbs* are the sets of ancestors of each node.

import Spec

struct Facets {
  var cells: Set<VariableID> = []
  var planes: Set<VariableID> = []
  var climbs: Set<VariableID> = []
  /// Made from planes.
  var equals: Set<VariableID> = []

  mutating func formUnion(_ other: Facets) {
    cells.formUnion(other.cells)
    planes.formUnion(other.planes)
    climbs.formUnion(other.climbs)
    equals.formUnion(other.equals)
  }
}

extension Body {
  func note(_ facet: WritableKeyPath<Facets, Set<VariableID>>, _ id: VariableID) {
    facets[state, default: Facets()][keyPath: facet].insert(id)
  }

  /// What is read of the state that variables stand for, and of the one before.
  var readsAfter: Facets { facets["s"] ?? Facets() }
  var readsBefore: Facets { facets["o"] ?? Facets() }
}

/// Cells that stand side by side in one word, all of the same width: what one PEXT or PDEP reaches.
struct CellRun {
  var first: Int
  var count: Int
  var word: Int
  var shift: Int
  var bits: Int

  /// The lowest bit of each cell, from bit 0 on.
  var pattern: UInt64 { Self.pattern(count, stride: bits) }

  static func pattern(_ count: Int, stride: Int) -> UInt64 {
    (0..<count).reduce(UInt64(0)) { $0 | (1 << UInt64($1 * stride)) }
  }
}

extension StateLayout {
  /// A variable's cells as runs; nil if some share a number in mixed radix. Cells of one value only are in no run.
  func runs(_ id: VariableID) -> [CellRun]? {
    var result: [CellRun] = []
    for (index, place) in cells[variables[id]].enumerated() where place.bits > 0 {
      guard place.alone else { return nil }
      if let last = result.last, last.word == place.word, last.bits == place.bits, last.first + last.count == index,
        last.shift + last.count * last.bits == place.shift
      {
        result[result.count - 1].count += 1
      } else {
        result.append(CellRun(first: index, count: 1, word: place.word, shift: place.shift, bits: place.bits))
      }
    }
    return result
  }

  /// Whether edits of the variable are gathered beside the parent's words, so that they may come in any order and twice.
  func isGathered(_ id: VariableID) -> Bool { wordsPerState <= LayoutEmitter.fewWords && runs(id) != nil }

  /// So many runs are told apart by comparing.
  static let fewRuns = 3

  /// Whether a variable's cells are edited many at a time.
  func canFill(_ id: VariableID) -> Bool {
    guard let runs = runs(id) else { return false }
    return variables[id].count <= 64 && runs.count <= Self.fewRuns && !runs.isEmpty
  }

  /// How many planes a variable has; nil if a plane would not fit a word or there would be many.
  func planes(_ id: VariableID) -> Int? {
    guard (1...64).contains(variables[id].count), shapes[id].largest <= 256 else { return nil }
    return max(1, CellPlacement.bits(UInt64(shapes[id].largest)))
  }

  /// How many values a variable's cells have; nil if they are not worth telling apart: two are as soon compared, and many are seldom asked for.
  func equals(_ id: VariableID) -> Int? { planes(id) != nil && (3...8).contains(shapes[id].largest) ? shapes[id].largest : nil }
}
