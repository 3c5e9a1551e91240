/// In: cells with their cardinalities, some of them grouped. Out: a place in packed words for each.
///
/// Two placements are tried. *Plain*: every cell is a bit field of its own. *Radix*: the cells that several variables
/// hold for one key form one number in mixed radix, which wastes less than a bit a key instead of up to one a cell
/// (63 bits instead of 72 for the mapping model with nine slots). Radix costs a division to read, so it is used only
/// where it saves a word: a state of one word less is cheaper to store, hash and compare than the divisions are dear.

/// Where a cell stands: `((words[word] >> shift) & mask) / divisor % cardinality`.
public struct CellPlace: Sendable, Hashable {
  public var word: Int
  public var shift: Int
  /// Of the whole field, which several cells share in mixed radix.
  public var bits: Int
  public var divisor: UInt64
  public var cardinality: Int
  /// The field holds this cell alone, so `divisor` is 1 and no remainder is needed.
  public var alone: Bool

  /// What the word grows by when the cell grows by one.
  public var multiplier: UInt64 { bits == 0 ? 0 : divisor << UInt64(shift) }

  public func read(_ words: UnsafePointer<UInt64>) -> Int {
    guard bits > 0 else { return 0 }
    let mask = bits == 64 ? UInt64.max : (1 << UInt64(bits)) - 1
    let field = (words[word] >> UInt64(shift)) & mask
    return Int(truncatingIfNeeded: alone ? field : field / divisor % UInt64(cardinality))
  }
}

enum CellPlacement {
  /// Cells that would share one mixed-radix number.
  typealias Group = [Int]

  static func place(_ cardinalities: [Int], groups: [Group]) -> (places: [CellPlace], words: Int) {
    let plain = fit(cardinalities.indices.map { [$0] }, cardinalities)
    let radix = fit(groups.flatMap { split($0, cardinalities) }, cardinalities)
    return radix.words < plain.words ? radix : plain
  }

  /// Bits that hold the ordinals `0 ..< cardinality`.
  static func bits(_ cardinality: UInt64) -> Int { cardinality <= 1 ? 0 : 64 - (cardinality - 1).leadingZeroBitCount }

  /// Cuts a group where its product would no longer fit 63 bits.
  private static func split(_ group: Group, _ cardinalities: [Int]) -> [Group] {
    var result: [Group] = [[]]
    var product = 1
    for cell in group {
      let (next, overflow) = product.multipliedReportingOverflow(by: cardinalities[cell])
      if overflow {
        result.append([cell])
        product = cardinalities[cell]
      } else {
        result[result.count - 1].append(cell)
        product = next
      }
    }
    return result
  }

  /// First fit in order, no field across two words.
  private static func fit(_ fields: [Group], _ cardinalities: [Int]) -> (places: [CellPlace], words: Int) {
    let nowhere = CellPlace(word: 0, shift: 0, bits: 0, divisor: 1, cardinality: 1, alone: true)
    var places = [CellPlace](repeating: nowhere, count: cardinalities.count)
    var used: [Int] = [0]
    var firstOpen = 0
    for field in fields {
      let product = field.reduce(UInt64(1)) { $0 * UInt64(cardinalities[$1]) }
      let bits = bits(product)
      while firstOpen < used.count - 1 && used[firstOpen] == 64 { firstOpen += 1 }
      let word = used[firstOpen...].firstIndex { $0 + bits <= 64 } ?? used.count
      if word == used.count { used.append(0) }
      var divisor: UInt64 = 1
      for cell in field {
        places[cell] = CellPlace(
          word: word, shift: used[word], bits: cardinalities[cell] > 1 ? bits : 0, divisor: divisor,
          cardinality: cardinalities[cell], alone: field.count == 1)
        divisor *= UInt64(cardinalities[cell])
      }
      used[word] += bits
    }
    return (places, used.count)
  }
}
