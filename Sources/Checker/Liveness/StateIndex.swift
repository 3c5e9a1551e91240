import CNative
import SimRuntime

/// A hash table from packed states to their numbers: 4 bytes a slot, the states themselves stay where they are.
final class StateIndex: @unchecked Sendable {
  private let words: Int
  private let memory: MemoryGauge
  private var slots: Storage<UInt32>
  private var mask: UInt64

  fileprivate static let empty = UInt32.max

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
    let reader = reader(states)
    for number in 0..<states.count / words {
      var slot = reader.hash(states.base + number * words) & mask
      while larger[Int(slot)] != Self.empty { slot = (slot + 1) & mask }
      larger[Int(slot)] = UInt32(number)
    }
    slots = larger
    return true
  }

  /// The number of a state; a new one is appended to `states`. The caller has reserved room in both.
  func number(_ state: UnsafePointer<UInt64>, _ hash: UInt64, _ states: Storage<UInt64>) -> UInt32 {
    let reader = reader(states)
    let (found, slot) = reader.look(state, hash)
    if found != Self.empty { return found }
    let number = UInt32(states.count / words)
    slots[slot] = number
    states.append(state, words)
    return number
  }

  func reader(_ states: Storage<UInt64>) -> Reader {
    Reader(words: words, mask: mask, slots: UnsafePointer(slots.base), states: UnsafePointer(states.base))
  }

  /// Looks up what is there, from any number of threads, as long as nobody adds to index or states.
  struct Reader: @unchecked Sendable {
    fileprivate let words: Int
    fileprivate let mask: UInt64
    fileprivate let slots: UnsafePointer<UInt32>
    fileprivate let states: UnsafePointer<UInt64>

    func find(_ state: UnsafePointer<UInt64>, _ hash: UInt64) -> UInt32? {
      let found = look(state, hash).number
      return found == StateIndex.empty ? nil : found
    }

    /// The number, or else the slot where it belongs.
    fileprivate func look(_ state: UnsafePointer<UInt64>, _ hash: UInt64) -> (number: UInt32, slot: Int) {
      var slot = hash & mask
      while true {
        let found = slots[Int(slot)]
        if found == StateIndex.empty { return (found, Int(slot)) }
        let known = states + Int(found) * words
        var i = 0
        while i < words && known[i] == state[i] { i += 1 }
        if i == words { return (found, Int(slot)) }
        slot = (slot + 1) & mask
      }
    }

    func prefetch(_ some: StateBatch, _ hashes: UnsafeMutablePointer<UInt64>) {
      for position in 0..<some.count { hashes[position] = hash(some[position]) }
      prefetch(hashes, some.count)
    }

    /// Fetches the slots of some hashes, and the states that they name, so that the lines are on their way when they are asked for.
    func prefetch(_ hashes: UnsafePointer<UInt64>, _ n: Int) {
      for position in 0..<n { kspec_prefetch(slots + Int(hashes[position] & mask)) }
      for position in 0..<n {
        let found = slots[Int(hashes[position] & mask)]
        if found != StateIndex.empty { kspec_prefetch(states + Int(found) * words) }
      }
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
}
