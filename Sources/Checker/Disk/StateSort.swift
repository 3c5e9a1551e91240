/// Sorts packed states in place, the first word most significant: by the bytes that differ, from the most significant on (American
/// flag sort: McIlroy, Bostic, McIlroy, Engineering Radix Sort, 1993), and small stretches by insertion. No memory of its own beyond
/// counts, since it runs when memory is what is missing.
enum StateSort {
  private static let small = 24

  static func sort(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, words: Int) {
    // All states of a search agree in the bytes above their highest bit: those are skipped a byte at a time, not a state.
    sort(states, count, words: words, byte: 0)
  }

  private static func sort(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, words: Int, byte start: Int) {
    var byte = start
    while count > small && byte < words * 8 {
      let word = byte / 8
      let shift = UInt64(56 - byte % 8 * 8)
      let done = withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { room in
        let heads = room.baseAddress.unsafelyUnwrapped
        let tails = heads + 256
        heads.update(repeating: 0, count: 512)
        for index in 0..<count { tails[Int(truncatingIfNeeded: states[index * words + word] >> shift & 255)] += 1 }
        if tails[Int(truncatingIfNeeded: states[word] >> shift & 255)] == count { return false }
        var sum = 0
        for value in 0..<256 {
          heads[value] = sum
          sum += tails[value]
          tails[value] = sum
        }
        distribute(states, words: words, word: word, shift: shift, heads, tails)
        // Heads have reached tails: a bucket ends at its tail.
        var first = 0
        for value in 0..<256 {
          let n = tails[value] - first
          if n > 1 { sort(states + first * words, n, words: words, byte: byte + 1) }
          first = tails[value]
        }
        return true
      }
      if done { return }
      byte += 1
    }
    if byte < words * 8 { insertionSort(states, count, words: words) }
  }

  private static func distribute(
    _ states: UnsafeMutablePointer<UInt64>, words: Int, word: Int, shift: UInt64, _ heads: UnsafeMutablePointer<Int>,
    _ tails: UnsafeMutablePointer<Int>
  ) {
    for value in 0..<256 {
      while heads[value] < tails[value] {
        let place = states + heads[value] * words
        let wanted = Int(truncatingIfNeeded: place[word] >> shift & 255)
        if wanted != value { swap(place, states + heads[wanted] * words, words) }
        heads[wanted] += 1
      }
    }
  }

  private static func insertionSort(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, words: Int) {
    guard count > 1 else { return }
    for index in 1..<count {
      var at = index
      while at > 0 && precedes(states + at * words, states + (at - 1) * words, words) {
        swap(states + at * words, states + (at - 1) * words, words)
        at -= 1
      }
    }
  }

  @inline(__always)
  private static func swap(_ a: UnsafeMutablePointer<UInt64>, _ b: UnsafeMutablePointer<UInt64>, _ words: Int) {
    for word in 0..<words { (a[word], b[word]) = (b[word], a[word]) }
  }

  @inline(__always)
  static func precedes(_ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, _ words: Int) -> Bool {
    for word in 0..<words where a[word] != b[word] { return a[word] < b[word] }
    return false
  }

  @inline(__always)
  static func areEqual(_ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, _ words: Int) -> Bool {
    for word in 0..<words where a[word] != b[word] { return false }
    return true
  }

  @inline(__always)
  private static func precedes(_ a: UnsafeMutablePointer<UInt64>, _ b: UnsafeMutablePointer<UInt64>, _ words: Int) -> Bool {
    precedes(UnsafePointer(a), UnsafePointer(b), words)
  }
}
