/// In: a type and the instance's sizes. Out: the cells that a value of the type is flattened into.
///
/// A *cell* is an ordinal `0 ..< cardinality`. Cells are the leaves that updates write and that conflicts are judged by
/// (except that a queue is one leaf of several cells), and the units that `StateLayout` packs.

import Spec

/// How the cells of a type are arranged, outermost first.
public indirect enum CellShape: Sendable {
  /// One cell: a bool, range, sort, enum or option.
  case scalar(Type, cardinality: Int)
  /// The fields' cells, one field after the other.
  case record(RecordID, [CellShape])
  /// The value's cells for each key tuple, by ordinal.
  case map(count: Int, CellShape)
  /// A boolean cell for each element.
  case set(count: Int)
  /// A length, then a cell for each slot; slots beyond the length are zero.
  case queue(capacity: Int, element: Type, cardinality: Int)
  /// For each element 0 if it is a root, else 1 + its parent.
  case forest(count: Int)

  /// The number of cells, saturating.
  public var count: Int {
    switch self {
    case .scalar: 1
    case .record(_, let fields): fields.reduce(0) { saturatingAdd($0, $1.count) }
    case .map(let count, let value): saturatingMultiply(count, value.count)
    case .set(let count), .forest(let count): count
    case .queue(let capacity, _, _): saturatingAdd(capacity, 1)
    }
  }

  /// The largest cardinality of a cell.
  public var largest: Int {
    switch self {
    case .scalar(_, let cardinality): cardinality
    case .record(_, let fields): fields.map(\.largest).max() ?? 1
    case .map(_, let value): value.largest
    case .set: 2
    case .queue(let capacity, _, let cardinality): max(saturatingAdd(capacity, 1), cardinality)
    case .forest(let count): saturatingAdd(count, 1)
    }
  }

  /// Appends the cardinality of each cell in order. Only for shapes whose `count` has been bounded.
  func appendCardinalities(to list: inout [Int]) {
    switch self {
    case .scalar(_, let cardinality): list.append(cardinality)
    case .record(_, let fields): for field in fields { field.appendCardinalities(to: &list) }
    case .map(let count, let value): for _ in 0..<count { value.appendCardinalities(to: &list) }
    case .set(let count): list.append(contentsOf: repeatElement(2, count: count))
    case .queue(let capacity, _, let cardinality):
      list.append(capacity + 1)
      list.append(contentsOf: repeatElement(cardinality, count: capacity))
    case .forest(let count): list.append(contentsOf: repeatElement(count + 1, count: count))
    }
  }
}

extension Instance {
  /// The cells of a value of the type. Cardinalities and counts saturate at `Int.max`.
  public func shape(_ type: Type) -> CellShape {
    switch type {
    case .bool, .int, .sort, .enumeration, .option, .error: .scalar(type, cardinality: cardinality(type))
    case .record(let id): .record(id, model.records[id].fields.map { shape($0.type) })
    case .map(let keys, let value): .map(count: cardinality(of: keys), shape(value))
    case .set(let element): .set(count: cardinality(element))
    case .queue(let capacity, let element):
      .queue(capacity: capacity, element: element, cardinality: cardinality(element))
    case .forest(let element): .forest(count: cardinality(element))
    }
  }
}

func saturatingAdd(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? Int.max : sum
}

func saturatingMultiply(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? Int.max : product
}
