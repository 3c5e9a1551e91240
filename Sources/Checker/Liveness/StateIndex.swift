/// A hash table from packed states to their numbers: 4 bytes a slot, the states themselves stay where they are.
final class StateIndex {
  private let words: Int
  private let memory: MemoryGauge
  private var slots: Storage<UInt32>
  private var mask: UInt64

  /// Keeps the reads of `prefetch` from being optimised away.
  private var touched: UInt64 = 0

  private static let empty = UInt32.max

  /// nil if memory is refused.
  init?(words: Int, _ memory: MemoryGauge) {
    self.words = words
    self.memory = memory
    guard let slots = Storage<UInt32>(memory, count: 1 << 10, of: Self.empty) else { return nil }
    self.slots = slots
    mask = (1 << 10) - 1
  }

  /// Room for `n` states in all at a load of at most two thirds; false if memory is refused.
  func reserve(_ n: Int, _ states: Storage<UInt64>) -> Bool {
    var size = Int(mask) + 1
    guard n * 3 > size * 2 else { return true }
    while n * 3 > size * 2 { size *= 2 }
    guard let larger = Storage<UInt32>(memory, count: size, of: Self.empty) else { return false }
    mask = UInt64(size - 1)
    for number in 0..<states.count / words {
      var slot = hash(states.base + number * words) & mask
      while larger[Int(slot)] != Self.empty { slot = (slot + 1) & mask }
      larger[Int(slot)] = UInt32(number)
    }
    slots = larger
    return true
  }

  /// The number of a state; a new one is appended to `states`. The caller has reserved room in both.
  func number(_ state: UnsafePointer<UInt64>, _ hash: UInt64, _ states: Storage<UInt64>) -> UInt32 {
    var slot = hash & mask
    while true {
      let found = slots[Int(slot)]
      if found == Self.empty { break }
      let known = states.base + Int(found) * words
      var i = 0
      while i < words && known[i] == state[i] { i += 1 }
      if i == words { return found }
      slot = (slot + 1) & mask
    }
    let number = UInt32(states.count / words)
    slots[Int(slot)] = number
    states.append(state, words)
    return number
  }

  /// Reads the slots of some hashes, and the states that they name, so that the lines are on their way when `number` asks for them:
  /// loads that do not wait for each other overlap.
  func prefetch(_ hashes: UnsafeMutableBufferPointer<UInt64>, _ n: Int, _ states: Storage<UInt64>) {
    var sum: UInt64 = 0
    for position in 0..<n { sum &+= UInt64(slots[Int(hashes[position] & mask)]) }
    for position in 0..<n {
      let found = slots[Int(hashes[position] & mask)]
      if found != Self.empty { sum &+= states[Int(found) * words] }
    }
    touched = sum
  }

  func hash(_ state: UnsafePointer<UInt64>) -> UInt64 {
    var h: UInt64 = 0x9e37_79b9_7f4a_7c15
    for i in 0..<words {
      h = (h ^ state[i]) &* 0xff51_afd7_ed55_8ccd
      h ^= h >> 32
    }
    h = h &* 0xc4ce_b9fe_1a85_ec53
    return h ^ (h >> 29)
  }
}
