/// Where a value's cells stand in C: `base[offset]`, `base[offset + 1]`, …

import Spec

struct Place {
  /// An array or pointer.
  var base: String
  /// A C expression; "0" if the value starts where the array does.
  var offset: String
  /// The C type of a cell.
  var cell: String
  var type: Type

  func at(_ index: String) -> String { "\(base)[\(sum(offset, index))]" }
  var first: String { "\(base)[\(offset)]" }
  var pointer: String { offset == "0" ? base : "(\(base) + \(offset))" }

  func advanced(by cells: String, to type: Type) -> Place {
    Place(base: base, offset: sum(offset, cells), cell: cell, type: type)
  }
}

func sum(_ a: String, _ b: String) -> String { a == "0" ? b : b == "0" ? a : "\(a) + \(b)" }

func product(_ a: String, _ factor: Int) -> String { factor == 0 ? "0" : factor == 1 || a == "0" ? a : "(\(a)) * \(factor)" }

extension Emitter {
  // MARK: - Ordinals

  /// A scalar's ordinal in its type.
  func ordinal(_ value: String, _ type: Type) -> String {
    if case .int(let low, _) = type, low != 0 { return "(\(value) - \(literal(low)))" }
    return value
  }

  /// The scalar of an ordinal.
  func scalar(_ ordinal: String, _ type: Type) -> String {
    if case .int(let low, _) = type, low != 0 { return "(\(ordinal) + \(literal(low)))" }
    return ordinal
  }

  /// A scalar of one type as a scalar of another; -1 where an option's payload lies outside the other's interval.
  func convert(_ value: String, from: Type, to: Type) -> String {
    guard case (.option(.int(let low, let high)), .option(.int(let target, let last))) = (from, to) else { return value }
    if low == target && high <= last { return value }
    let name = fresh("c")
    let moved = "\(name) + \(literal(low &- target))"
    let limit = instance.cardinality(to)
    let checked = low >= target && high <= last ? moved : "(\(moved) > 0 && \(moved) < \(literal(limit)) ? \(moved) : -1)"
    return "({ const I \(name) = \(value); \(name) ? \(checked) : 0; })"
  }

  /// The field of a scalar record.
  func field(_ record: String, _ position: Int, _ id: RecordID) -> String {
    let types = fieldTypes(id)
    let stride = strides(types)[position]
    var text = "(U)\(record)"
    if stride != 1 { text += " / \(stride)u" }
    if position != 0 { text += " % \(instance.cardinality(types[position]))u" }
    return scalar("(I)(\(text))", types[position])
  }

  // MARK: - Cells

  /// Where a field's cells start in a record's.
  func fieldOffset(_ id: RecordID, _ position: Int) -> Int {
    fieldTypes(id).prefix(position).reduce(0) { saturatingAdd($0, instance.shape($1).count) }
  }

  func field(_ place: Place, _ position: Int, _ id: RecordID) -> Place {
    place.advanced(by: "\(fieldOffset(id, position))", to: fieldTypes(id)[position])
  }

  /// The scalar at a place: a record of key types is put together from its cells.
  func read(_ place: Place) -> String {
    guard case .record(let id) = place.type else { return scalar("(I)\(place.first)", place.type) }
    let types = fieldTypes(id)
    let terms = zip(types.indices, strides(types)).map { position, stride in
      product(ordinal(read(field(place, position, id)), types[position]), stride)
    }
    return terms.isEmpty ? "0" : "(" + terms.joined(separator: " + ") + ")"
  }

  /// The assignments of a scalar's cells at a place, as (index, ordinal): more than one for a record.
  func leaves(_ value: String, _ type: Type) -> [(cell: Int, ordinal: String)] {
    guard case .record(let id) = type else { return [(0, ordinal(value, type))] }
    return fieldTypes(id).enumerated().flatMap { position, fieldType in
      leaves(field(value, position, id), fieldType).map { (fieldOffset(id, position) + $0.cell, $0.ordinal) }
    }
  }

  /// Writes a scalar of the place's type.
  func write(_ value: String, to place: Place) -> String {
    let name = fresh("w")
    let stores = leaves(name, place.type).map { "\(place.at("\($0.cell)")) = (\(place.cell))(\($0.ordinal));" }
    return "{ const I \(name) = \(value); \(stores.joined(separator: " ")) }"
  }

  /// Copies a value, changing ordinals where the types' intervals differ.
  func copy(_ source: Place, to target: Place) throws(EmissionRefused) -> String {
    let name = fresh("i")
    if sameCells(source.type, target.type) {
      return loop(name, try cellCount(target.type), "\(target.at(name)) = (\(target.cell))\(source.at(name));")
    }
    switch (source.type, target.type) {
    case (.set(let from), .set(let to)):
      let element = convertedOrdinal(name, from, to)
      let inner = fresh("e")
      let move = """
        if (\(source.at(name))) { const I \(inner) = \(element);
        if ((U)\(inner) < \(instance.cardinality(to))u) \(target.at(inner)) = 1; }
        """
      return loop(name, try cellCount(target.type), "\(target.at(name)) = 0;")
        + loop(name, try cellCount(source.type), move)
    case (.map(let keys, let from), .map(let targetKeys, let to)) where keys == targetKeys:
      let source = source.advanced(by: product(name, try cellCount(from)), to: from)
      let target = target.advanced(by: product(name, try cellCount(to)), to: to)
      return loop(name, instance.cardinality(of: keys), try copy(source, to: target))
    case (.queue(let held, let from), .queue(let capacity, let to)):
      let slot = convertedOrdinal("(I)\(source.at("1 + " + name))", from, to)
      let move = "if (\(name) < \(source.first)) \(target.at("1 + " + name)) = (\(target.cell))(\(slot));"
      return loop(name, capacity + 1, "\(target.at(name)) = 0;") + "\n\(target.first) = (\(target.cell))\(source.first);\n"
        + loop(name, min(held, capacity), move)
    default:
      guard try isScalar(source.type), try isScalar(target.type) else {
        throw EmissionRefused("a \(model.describe(source.type)) used as a \(model.describe(target.type))")
      }
      return write(convert(read(source), from: source.type, to: target.type), to: target)
    }
  }

  func convertedOrdinal(_ value: String, _ from: Type, _ to: Type) -> String {
    ordinal(convert(scalar(value, from), from: from, to: to), to)
  }
}
