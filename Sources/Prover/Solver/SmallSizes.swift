/// Where something is looked for at small sizes. In: a number of sorts, and an attempt at sizes. Out: what was found at the smallest ones.
enum SmallSizes {
  /// Sorts are not tried at more elements than this.
  static let limit = 4

  /// All sorts grow together until there is something, then each shrinks. nil if there is nothing; a refusal by the evaluator (`ExtractionFailure`) is
  /// thrown only where no other size has something.
  static func search<Found>(
    _ sorts: Int, shrinking: Bool = true, _ attempt: ([Int]) throws -> Found?
  ) throws -> Found? {
    var lastRefusal: ExtractionFailure?
    for size in 1...(sorts == 0 ? 1 : limit) {
      var sizes = Array(repeating: size, count: sorts)
      do {
        guard var found = try attempt(sizes) else { continue }
        for id in sizes.indices where shrinking {
          while sizes[id] > 1 {
            var smaller = sizes
            smaller[id] -= 1
            guard let better = try? attempt(smaller) else { break }
            (found, sizes) = (better, smaller)
          }
        }
        return found
      } catch let refusal as ExtractionFailure {
        lastRefusal = refusal
      }
    }
    if let lastRefusal { throw lastRefusal }
    return nil
  }
}
