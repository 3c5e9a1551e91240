/// Where the states of a layer stand in the log.
///
/// A layer's states have an order of their own (worker after worker, chunk after chunk), and they were logged in another:
/// at each checkpoint what each worker had found since the last. So the one is the other cut into pieces.
struct LayerPlaces {
  private struct Piece {
    var index: Int
    var place: Int
    var count: Int
  }
  private var pieces: [Piece] = []
  /// States of the layer.
  private(set) var count = 0

  /// The next `n` states of the layer are those from `place` on in the log.
  mutating func append(_ n: Int, at place: Int) {
    guard n > 0 else { return }
    if let last = pieces.last, last.place + last.count == place {
      pieces[pieces.count - 1].count += n
    } else {
      pieces.append(Piece(index: count, place: place, count: n))
    }
    count += n
  }

  mutating func append(_ other: LayerPlaces) {
    for piece in other.pieces { append(piece.count, at: piece.place) }
  }

  /// The places of the layer's states `range`: first and number of each stretch of the log.
  func places(of range: Range<Int>) -> [[Int]] {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].index + pieces[middle].count <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    var found: [[Int]] = []
    for piece in pieces[low...] {
      let start = max(piece.index, range.lowerBound)
      let end = min(piece.index + piece.count, range.upperBound)
      if start >= end { break }
      found.append([piece.place + start - piece.index, end - start])
    }
    return found
  }
}
