import Spec

/// How states of two words could be stored as one: what variables hold for one key together (a thread, a page) is replaced by a number, since of all
/// combinations few occur.
///
/// In: a layout. Out: the bits that are replaced, and by how many; nothing where that would not do, or leaves too few numbers to hope for.
public struct Narrowing: Sendable, Hashable {
  /// The types of keys.
  public var keys: [Type]
  /// For each key, by its ordinal, the bits of what is replaced, in both words; equally many for each.
  public var parts: [[UInt64]]
  /// The bits of both words that states use.
  public var used: [UInt64]
  /// Of a number.
  public var bits: Int
  /// Of a state as it is stored.
  public var keyBits: Int

  func with(bits fewer: Int) -> Narrowing {
    var result = self
    result.keyBits -= parts.count * (bits - fewer)
    result.bits = fewer
    return result
  }

  static let mostParts = 16
  static let mostPartBits = 16
  static let fewestBits = 8
  static let mostBits = 14
}

extension StateLayout {
  /// `bits`: of a number, where less is wanted than would fit; 0 wants none.
  public func narrowing(bits wanted: Int? = nil) -> Narrowing? {
    guard wordsPerState == 2, wanted != 0 else { return nil }
    let used = mask(cells.indices)
    let candidates = families.compactMap { family -> Narrowing? in
      guard (2...Narrowing.mostParts).contains(family.cells.count) else { return nil }
      let parts = family.cells.map(mask)
      let widths = Set(parts.map(Self.count))
      guard widths.count == 1, let width = widths.first, width <= Narrowing.mostPartBits else { return nil }
      let rest = zip(used, mask(family.cells.joined())).map { $0 & ~$1 }
      // Parts share no bits, or what is left would not add up.
      guard Self.count(used) == Self.count(rest) + parts.count * width else { return nil }
      let room = min((UInt64.bitWidth - Self.count(rest)) / parts.count, Narrowing.mostBits)
      guard room >= Narrowing.fewestBits, room < width else { return nil }
      return Narrowing(keys: family.keys, parts: parts, used: used, bits: room, keyBits: parts.count * room + Self.count(rest))
    }
    // Which it is does not depend on what is wanted: generated code knows the parts before it knows that.
    let best = candidates.max { $0.bits < $1.bits }
    return best.map { $0.with(bits: min($0.bits, wanted ?? $0.bits)) }
  }

  /// The bits of the cells' fields, in each word.
  private func mask(_ cells: some Sequence<Int>) -> [UInt64] {
    var mask = [UInt64](repeating: 0, count: wordsPerState)
    for place in cells.lazy.map({ self.cells[$0] }) where place.bits > 0 {
      mask[place.word] |= (place.bits == 64 ? .max : (1 << UInt64(place.bits)) - 1) << UInt64(place.shift)
    }
    return mask
  }

  private static func count(_ mask: [UInt64]) -> Int { mask.reduce(0) { $0 + $1.nonzeroBitCount } }
}
