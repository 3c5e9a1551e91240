import SimRuntime
import Spec

/// A guard of an action instance as a table over the few cells that it reads: looked up in a packed state in nanoseconds, where the
/// evaluator takes a microsecond.
struct GuardTable: Sendable {
  enum Truth: UInt8, Sendable { case no, yes, error }

  let cells: [Int]
  private let cardinalities: [Int]
  private let places: [CellPlace]
  private let truth: [Truth]

  static let limit = 256

  /// The number of entries that a table over the cells has; nil if too many.
  static func entries(_ cells: [Int], _ layout: StateLayout) -> Int? {
    var product = 1
    for cell in cells {
      let (next, overflow) = product.multipliedReportingOverflow(by: layout.cells[cell].cardinality)
      if overflow || next > limit { return nil }
      product = next
    }
    return product
  }

  /// `judge` is asked with every content of the cells, in states that are zero elsewhere. nil if they are too many.
  init?(_ cells: [Int], _ layout: StateLayout, _ judge: (State) -> Truth) {
    guard let entries = Self.entries(cells, layout) else { return nil }
    self.cells = cells
    places = cells.map { layout.cells[$0] }
    cardinalities = places.map(\.cardinality)
    var truth: [Truth] = []
    truth.reserveCapacity(entries)
    for index in 0..<entries {
      var words = [UInt64](repeating: 0, count: layout.wordsPerState)
      var rest = index
      for place in places.reversed() {
        words[place.word] &+= UInt64(rest % place.cardinality) &* place.multiplier
        rest /= place.cardinality
      }
      truth.append(judge(layout.unpack(words)))
    }
    self.truth = truth
  }

  func callAsFunction(_ state: UnsafePointer<UInt64>) -> Truth {
    var index = 0
    for place in places { index = index * place.cardinality + place.read(state) }
    return truth[index]
  }

  /// Whether some state where the cells named hold what is given has this truth.
  func canBe(_ wanted: Truth, where fixed: [Int: Int]) -> Bool {
    for index in truth.indices where truth[index] == wanted {
      var rest = index
      var agrees = true
      for (cell, cardinality) in zip(cells, cardinalities).reversed() {
        if let value = fixed[cell], value != rest % cardinality { agrees = false }
        rest /= cardinality
      }
      if agrees { return true }
    }
    return false
  }

  /// For a guard of one cell of at most 64 values: those with which it is true.
  var mask: (cell: Int, values: UInt64)? {
    guard cells.count == 1, truth.count <= 64 else { return nil }
    var values: UInt64 = 0
    for (value, truth) in truth.enumerated() where truth == .yes { values |= 1 << UInt64(value) }
    return (cells[0], values)
  }
}
