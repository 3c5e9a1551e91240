/// The states that a layer has made so far, for asking whether a state is among them. Built between two passes over a layer and not
/// changed after, so workers need no locks. It borrows the chunks of the frontier: a pointer a slot and no copies.
final class LayerSet: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<UnsafePointer<UInt64>?>
  private let mask: Int
  private let words: Int
  var bytes: Int { (mask + 1) * MemoryLayout<UnsafePointer<UInt64>?>.stride }

  init(_ chunks: [Chunk], words: Int) {
    let count = chunks.reduce(0) { $0 + $1.count }
    var size = 16
    while size < count * 2 { size *= 2 }
    slots = .allocate(capacity: size)
    slots.initialize(repeating: nil, count: size)
    mask = size - 1
    self.words = words
    for chunk in chunks {
      for index in 0..<chunk.count { insert(chunk.states + index * words) }
    }
  }

  deinit { slots.deallocate() }

  func contains(_ state: UnsafePointer<UInt64>) -> Bool {
    var slot = home(state)
    while let found = slots[slot] {
      if isEqual(found, state) { return true }
      slot = (slot + 1) & mask
    }
    return false
  }

  private func insert(_ state: UnsafePointer<UInt64>) {
    var slot = home(state)
    while slots[slot] != nil { slot = (slot + 1) & mask }
    slots[slot] = state
  }

  private func isEqual(_ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>) -> Bool {
    for i in 0..<words where a[i] != b[i] { return false }
    return true
  }

  private func home(_ state: UnsafePointer<UInt64>) -> Int {
    var hash: UInt64 = 0
    for i in 0..<words {
      let product = (hash ^ state[i] ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
    }
    return Int(truncatingIfNeeded: hash) & mask
  }
}
