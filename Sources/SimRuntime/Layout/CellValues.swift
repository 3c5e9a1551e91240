/// Values of the reference meaning to cells, and back.

import Spec

extension Instance {
  /// Appends the cells of a value of the type, in the order of `shape(type)`.
  func appendCells(of value: Value, _ type: Type, to cells: inout [Int]) {
    switch (value, type) {
    case (.record(let fields), .record(let id)):
      for (field, declared) in zip(fields, model.records[id].fields) { appendCells(of: field, declared.type, to: &cells) }
    case (.map(let values), .map(_, let valueType)):
      for value in values { appendCells(of: value, valueType, to: &cells) }
    case (.set(let members), .set): for member in members { cells.append(member ? 1 : 0) }
    case (.queue(let elements), .queue(let capacity, let elementType)):
      cells.append(elements.count)
      for element in elements { cells.append(ordinal(element, elementType)) }
      cells.append(contentsOf: repeatElement(0, count: max(0, capacity - elements.count)))
    case (.forest(let parents), .forest): for parent in parents { cells.append(parent + 1) }
    default: cells.append(ordinal(value, type))
    }
  }

  /// The value whose cells start at `next`, which moves past them.
  func value(of cells: [Int], at next: inout Int, _ type: Type) -> Value {
    switch type {
    case .record(let id): return .record(model.records[id].fields.map { value(of: cells, at: &next, $0.type) })
    case .map(let keys, let valueType):
      return .map((0..<cardinality(of: keys)).map { _ in value(of: cells, at: &next, valueType) })
    case .set(let element):
      let count = cardinality(element)
      defer { next += count }
      return .set(cells[next..<next + count].map { $0 != 0 })
    case .queue(let capacity, let element):
      let length = min(cells[next], capacity)
      defer { next += 1 + capacity }
      return .queue(cells[(next + 1)..<(next + 1 + length)].map { value($0, element) })
    case .forest(let element):
      let count = cardinality(element)
      defer { next += count }
      return .forest(cells[next..<next + count].map { $0 - 1 })
    case .bool, .int, .sort, .enumeration, .option, .error:
      defer { next += 1 }
      return value(cells[next], type)
    }
  }
}
