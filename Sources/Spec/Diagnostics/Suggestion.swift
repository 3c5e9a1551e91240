/// "Did you mean": takes a word nobody knows and the words that would have been right, gives the one that was likely meant.
///
/// The distance is Damerau's (insert, delete, replace, swap neighbours), since swapped letters are the commonest slip of
/// a typist; a pure difference of case counts less than any other. What is further away than a third of the word is not
/// offered: a wrong suggestion costs the reader more than none.
public enum Suggestion {
  /// The nearest candidate, or nil if none is near. Ties go to the candidate that comes first.
  public static func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.utf8.prefix(maximumLength + 1))
    guard !letters.isEmpty, letters.count <= maximumLength else { return nil }
    let lowered = letters.map(lowercase)
    var best: String?
    var bestCost = Int.max
    for candidate in candidates where candidate != word {
      let other = Array(candidate.utf8.prefix(maximumLength + 1))
      guard other.count <= maximumLength else { continue }
      // One letter may be wrong in a word of up to five, two in one of up to eight, and so on; a word of one letter has
      // nothing left when that letter is wrong.
      let shorter = min(letters.count, other.count)
      let allowed = shorter <= 1 ? 0 : max(1, (max(letters.count, other.count)) / 3)
      guard abs(letters.count - other.count) <= allowed else { continue }
      let otherLowered = other.map(lowercase)
      let edits = distance(lowered, otherLowered)
      guard edits <= allowed else { continue }
      // Edits count double so that a difference of case decides between candidates that are otherwise equally near.
      let cost = edits * 2 + (edits == 0 || !sameCase(letters, other) ? 1 : 0)
      if cost < bestCost {
        best = candidate
        bestCost = cost
      }
    }
    return best
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var current = [i]
      current.reserveCapacity(b.count + 1)
      for j in 1...b.count {
        let replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var least = min(previous[j] + 1, current[j - 1] + 1, replaced)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { least = min(least, beforePrevious[j - 2] + 1) }
        current.append(least)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }

  /// Longer words are not compared: the work grows with the square and nobody mistypes a name of that length by a letter.
  private static let maximumLength = 64

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  private static func sameCase(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard let first = a.first, let other = b.first else { return true }
    return (first == lowercase(first)) == (other == lowercase(other))
  }
}
