import Spec

/// What differs between two states, cell by cell: `holds[space1, page0]: none → frame0`.
struct CellChange: Equatable {
  /// The location as the spec would write it.
  var location: String
  var before: String
  var after: String
}

extension ValueNames {
  /// The changed cells of one value, in the order of its keys. Maps and records are entered; everything else is one cell.
  /// Forests are not entered here: they are drawn (`ForestDrawing`).
  func changes(_ location: String, from before: Value, to after: Value, _ type: Type) -> [CellChange] {
    if before == after { return [] }
    switch (before, after, type) {
    case (.map(let old), .map(let new), .map(let keys, let result)) where old.count == new.count:
      return old.indices.flatMap { ordinal in
        old[ordinal] == new[ordinal]
          ? [] : changes("\(location)[\(index(ordinal, keys))]", from: old[ordinal], to: new[ordinal], result)
      }
    case (.record(let old), .record(let new), .record(let id)):
      return zip(zip(old, new), instance.model.records[id].fields).flatMap { pair, field in
        changes("\(location).\(field.name)", from: pair.0, to: pair.1, field.type)
      }
    default:
      return [CellChange(location: location, before: text(before, type), after: text(after, type))]
    }
  }
}
