import Spec

/// A map over two coordinates as a table: rows by the first (a space), columns by the second (a page). A record of two
/// fields counts as two coordinates. Cells that a step changed read `none→frame0`.
struct PageTable {
  let names: ValueNames
  private let rowType: Type
  private let columnType: Type
  private let valueType: Type
  private let rows: Int
  private let columns: Int

  /// nil if the type is not such a map, or is too large to be read as a table.
  init?(_ names: ValueNames, _ type: Type) {
    guard case .map(let keys, let value) = type else { return nil }
    var coordinates = keys
    if keys.count == 1, case .record(let id) = keys[0] {
      coordinates = names.instance.model.records[id].fields.map(\.type)
    }
    guard coordinates.count == 2 else { return nil }
    self.names = names
    rowType = coordinates[0]
    columnType = coordinates[1]
    valueType = value
    rows = names.instance.cardinality(rowType)
    columns = names.instance.cardinality(columnType)
    guard rows <= 256, columns <= 64 else { return nil }
  }

  /// The whole map. Rows that hold nothing but the usual value are summed up in one line.
  func lines(_ value: Value) -> [String] {
    guard case .map(let values) = value, values.count == rows * columns, let usual = mostFrequent(values) else { return [] }
    let dull = (0..<rows).filter { row in (0..<columns).allSatisfy { values[row * columns + $0] == usual } }
    var table = [header]
    for row in 0..<rows where dull.count < 2 || !dull.contains(row) {
      table.append([names.key(row, rowType)] + (0..<columns).map { cell(values[row * columns + $0]) })
    }
    var lines = aligned(table)
    if dull.count == rows { return ["all \(names.text(usual, valueType))"] }
    if dull.count >= 2 { lines.append("other rows: \(names.text(usual, valueType))") }
    return lines
  }

  /// The rows in which something changed.
  func lines(from before: Value, to after: Value) -> [String] {
    guard case .map(let old) = before, case .map(let new) = after, old.count == rows * columns, new.count == old.count
    else { return [] }
    var table = [header]
    for row in 0..<rows where (0..<columns).contains(where: { old[row * columns + $0] != new[row * columns + $0] }) {
      let cells = (0..<columns).map { column in
        let (was, becomes) = (old[row * columns + column], new[row * columns + column])
        return was == becomes ? cell(was) : "\(cell(was))→\(cell(becomes))"
      }
      table.append([names.key(row, rowType)] + cells)
    }
    return aligned(table)
  }

  private var header: [String] { [""] + (0..<columns).map { names.key($0, columnType) } }

  /// An absent entry is a dot: a page table is mostly holes.
  private func cell(_ value: Value) -> String { value == .none ? "·" : names.text(value, valueType) }
}
