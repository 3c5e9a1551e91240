/// A set of small numbers: cells of a state, or action instances.
struct Bits: Hashable, Sendable {
  private(set) var words: [UInt64]

  init(_ bound: Int) { words = [UInt64](repeating: 0, count: (bound + 63) / 64) }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func contains(_ n: Int) -> Bool { words[n >> 6] >> UInt64(n & 63) & 1 != 0 }
  mutating func insert(_ n: Int) { words[n >> 6] |= 1 << UInt64(n & 63) }
  mutating func remove(_ n: Int) { words[n >> 6] &= ~(1 << UInt64(n & 63)) }

  mutating func formUnion(_ other: Bits) {
    for i in words.indices { words[i] |= other.words[i] }
  }

  mutating func subtract(_ other: Bits) {
    for i in words.indices { words[i] &= ~other.words[i] }
  }

  /// Calls `added` with each word's new members.
  mutating func formUnion(_ other: Bits, added: (_ word: Int, _ new: UInt64) -> Void) {
    for i in words.indices {
      let new = other.words[i] & ~words[i]
      if new == 0 { continue }
      words[i] |= new
      added(i, new)
    }
  }

  mutating func removeAll() {
    for i in words.indices { words[i] = 0 }
  }

  mutating func assign(_ a: Bits, intersecting b: Bits) {
    for i in words.indices { words[i] = a.words[i] & b.words[i] }
  }

  func isDisjoint(with other: Bits) -> Bool {
    for i in words.indices where words[i] & other.words[i] != 0 { return false }
    return true
  }

  /// In ascending order.
  var members: [Int] {
    var members: [Int] = []
    forEach { members.append($0) }
    return members
  }

  /// In ascending order.
  func forEach(_ body: (Int) -> Void) {
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }
}
