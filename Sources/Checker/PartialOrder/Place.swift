import SimRuntime
import Spec

/// Part of a variable: the cells of one location, or of several where an index depends on the state.
struct Place {
  /// The first cells of what may be meant.
  var bases: [Int]
  var shape: CellShape
  var type: Type

  func forEachCell(_ body: (Int) -> Void) {
    let count = shape.count
    for base in bases { for cell in base..<(base + count) { body(cell) } }
  }

  /// The values for keys given by their ordinals.
  func entries(_ ordinals: [Int]) -> Place? {
    guard case .map(_, let value) = shape, case .map(_, let type) = type else { return nil }
    let stride = value.count
    return Place(bases: bases.flatMap { base in ordinals.map { base + $0 * stride } }, shape: value, type: type)
  }

  func field(_ position: Int, _ model: Model) -> Place? {
    guard case .record(_, let shapes) = shape, case .record(let id) = type else { return nil }
    let offset = shapes[..<position].reduce(0) { $0 + $1.count }
    return Place(bases: bases.map { $0 + offset }, shape: shapes[position], type: model.records[id].fields[position].type)
  }

  /// The cell of one element of a set or forest; all of them if it is not known, or of another range.
  func member(_ element: Value?, _ instance: Instance) -> Place {
    guard let element, let type = elementType else { return self }
    if case .int(let number) = element, case .int(let low, let high) = type, number < low || number > high { return self }
    let ordinal = instance.ordinal(element, type)
    return Place(bases: bases.map { $0 + ordinal }, shape: .scalar(.bool, cardinality: 2), type: .bool)
  }

  private var elementType: Type? {
    switch type {
    case .set(let element), .forest(let element): element
    default: nil
    }
  }
}

extension Footprint {
  /// What a variable, or a path into one, means; nil for other expressions. Reads what the path's indices read.
  func place(_ e: Expr) -> Place? {
    switch e.kind {
    case .variable(let id): return variable(id)
    case .index(let map, let keys):
      guard let place = place(map) else { return nil }
      return place.entries(ordinals(keys, in: map.type))
    case .field(let record, let position): return place(record)?.field(position, layout.instance.model)
    default: return nil
    }
  }

  func place(_ location: Location) -> Place? {
    var place = variable(location.variable)
    for step in location.path {
      let inner: Place? =
        switch step {
        case .index(let keys): place.entries(ordinals(keys, in: place.type))
        case .field(let position): place.field(position, layout.instance.model)
        }
      guard let inner else { return nil }
      place = inner
    }
    return place
  }

  func variable(_ id: VariableID) -> Place {
    Place(bases: [layout.variables[id].lowerBound], shape: layout.shapes[id], type: layout.instance.model.variables[id].type)
  }

  /// The ordinals that a tuple of keys may have: one if no state changes any key, all those of a key that is not known.
  private func ordinals(_ keys: [Expr], in map: Type) -> [Int] {
    guard case .map(let types, _) = map else { return [] }
    var ordinals = [0]
    for (key, type) in zip(keys, types) {
      let cardinality = layout.instance.cardinality(type)
      let own = value(key).map { [layout.instance.ordinal($0, type)] } ?? Array(0..<cardinality)
      ordinals = ordinals.flatMap { prefix in own.map { prefix * cardinality + $0 } }
    }
    return ordinals
  }
}
