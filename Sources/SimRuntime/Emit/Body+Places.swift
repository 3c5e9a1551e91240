/// Values that are no scalar: read in place where they stand in a state, the constants or a name; otherwise built, cell
/// by cell, in a local array.

import Spec

extension Body {
  // MARK: - Paths

  /// The place of a variable, constant, bound name, or what stands below one; nil for any other expression.
  func pathIfAny(_ e: Expr) throws(EmissionRefused) -> Place? {
    switch e.kind {
    case .variable(let id):
      let type = model.variables[id].type
      note(\.cells, id)
      return Place(base: "\(state)->\(emitter.variable(id))", offset: "0", cell: emitter.cellType(type), type: type)
    case .constant(let id):
      return Place(base: "k", offset: "\(emitter.constantOffset(id))", cell: "I", type: model.constants[id].type)
    case .local(let local):
      guard case .place(let place) = locals[local.slot] else { return nil }
      return place
    case .old(let inner): return try inOld { () throws(EmissionRefused) in try pathIfAny(inner) }
    case .field(let record, let position):
      guard case .record(let id) = record.type, let place = try pathIfAny(record) else { return nil }
      return emitter.field(place, position, id)
    case .index(let map, let keys):
      guard let place = try pathIfAny(map) else { return nil }
      return try element(place, keys)
    default: return nil
    }
  }

  func path(_ e: Expr) throws(EmissionRefused) -> Place {
    guard let place = try pathIfAny(e) else { throw EmissionRefused("not a path") }
    return place
  }

  /// The place of a map's value at keys.
  func element(_ place: Place, _ keys: [Expr]) throws(EmissionRefused) -> Place {
    guard case .map(let types, let value) = place.type else { throw EmissionRefused("an index into what is no map") }
    let count = try emitter.cellCount(value)
    var terms: [String] = []
    for (position, stride) in emitter.strides(types).enumerated() {
      terms.append(product("(\(try ordinal(keys[position], as: types[position])))", saturatingMultiply(stride, count)))
    }
    return place.advanced(by: terms.joined(separator: " + "), to: value)
  }

  // MARK: - Building

  /// A scalar computed from an expression's cells.
  func withPlace(_ e: Expr, _ use: (Place) throws(EmissionRefused) -> String) throws(EmissionRefused) -> String {
    let (setup, place) = try self.place(e)
    let text = try use(place)
    return setup.isEmpty ? text : "({ \(setup) \(text); })"
  }

  /// Statements, and where the value stands after them to the end of the block.
  func place(_ e: Expr) throws(EmissionRefused) -> (setup: String, place: Place) {
    if let place = try pathIfAny(e) { return anchored(place) }
    return try built(e, as: e.type)
  }

  /// The same place with its offset evaluated: once, whatever is read there, and even if nothing is (it may be an error).
  func anchored(_ place: Place) -> (setup: String, place: Place) {
    if place.offset.allSatisfy({ $0.isLetter || $0.isNumber }) { return ("", place) }
    let name = emitter.fresh("x")
    var anchored = place
    anchored.offset = name
    return ("const I \(name) = \(place.offset);\n", anchored)
  }

  /// A scalar at a path.
  func read(_ place: Place) -> String {
    guard case .record = place.type else { return emitter.read(place) }
    let (setup, anchored) = anchored(place)
    return setup.isEmpty ? emitter.read(place) : "({ \(setup) \(emitter.read(anchored)); })"
  }

  /// In the cells of another type that contains the value.
  func place(_ e: Expr, as type: Type) throws(EmissionRefused) -> (setup: String, place: Place) {
    if let place = try pathIfAny(e), emitter.sameCells(place.type, type) { return anchored(place) }
    return try built(e, as: type)
  }

  /// In an array whose cells have the type's own C type, as functions take them.
  func materialised(_ e: Expr, as type: Type) throws(EmissionRefused) -> (setup: String, place: Place) {
    if let place = try pathIfAny(e), emitter.sameCells(place.type, type), place.cell == emitter.cellType(type) {
      return anchored(place)
    }
    return try built(e, as: type)
  }

  private func built(_ e: Expr, as type: Type) throws(EmissionRefused) -> (setup: String, place: Place) {
    let name = emitter.fresh("t")
    let place = Place(base: name, offset: "0", cell: emitter.cellType(type), type: type)
    let declaration = "\(place.cell) \(name)[\(max(1, try emitter.cellCount(type)))];\n"
    return (declaration + (try store(e, to: place)) + "\n", place)
  }

  /// Statements that write every cell of the value.
  func store(_ e: Expr, to target: Place) throws(EmissionRefused) -> String {
    if try emitter.isScalar(target.type) { return emitter.write(try scalar(e, as: target.type), to: target) }
    if let path = try pathIfAny(e) {
      let (setup, source) = anchored(path)
      return "{ \(setup) \(try emitter.copy(source, to: target)) }"
    }
    // A part that must change its form is built in its own type first.
    guard emitter.sameCells(e.type, target.type) else {
      let (setup, source) = try built(e, as: e.type)
      return "{ \(setup) \(try emitter.copy(source, to: target)) }"
    }
    switch e.kind {
    case .ifThenElse(let c, let a, let b):
      let condition = try scalar(c)
      return "if (\(condition)) { \(try store(a, to: target)) } else { \(try store(b, to: target)) }"
    case .letIn(let local, let bound, let body): return "{ \(try bind(local, bound)) \(try store(body, to: target)) }"
    case .old(let inner): return try inOld { () throws(EmissionRefused) in try store(inner, to: target) }
    case .record(let id, let fields):
      var text = ""
      for (position, e) in fields.enumerated() { text += try store(e, to: emitter.field(target, position, id)) }
      return text
    case .field(let record, let position):
      guard case .record(let id) = record.type else { throw EmissionRefused("a field of what is no record") }
      let (setup, source) = try place(record)
      return "{ \(setup) \(try emitter.copy(emitter.field(source, position, id), to: target)) }"
    case .index(let map, let keys):
      let (setup, source) = try place(map)
      let (offset, value) = anchored(try element(source, keys))
      return "{ \(setup) \(offset) \(try emitter.copy(value, to: target)) }"
    case .call(let id, let arguments): return try storeCall(id, arguments, e.type, to: target)
    case .mapLiteral(let binders, let filter, let body): return try storeMap(binders, filter, body, to: target)
    default: return try storeCollection(e, to: target)
    }
  }

  private func storeCall(
    _ id: FunctionID, _ arguments: [Expr], _ type: Type, to target: Place
  ) throws(EmissionRefused) -> String {
    let result = model.functions[id].result
    if emitter.sameCells(result, target.type), emitter.cellType(result) == target.cell {
      let (setup, call) = try call(id, arguments, into: target.pointer)
      return "{ \(setup) \(call); }"
    }
    let name = emitter.fresh("t")
    let place = Place(base: name, offset: "0", cell: emitter.cellType(result), type: result)
    let (setup, call) = try call(id, arguments, into: name)
    return """
      { \(setup) \(place.cell) \(name)[\(max(1, try emitter.cellCount(result)))]; \(call);
      \(try emitter.copy(place, to: target)) }
      """
  }

  private func storeMap(
    _ binders: [Local], _ filter: Expr?, _ body: Expr, to target: Place
  ) throws(EmissionRefused) -> String {
    guard filter == nil, case .map(_, let value) = target.type else { throw EmissionRefused("a partial map") }
    let cell = emitter.fresh("j")
    let next = target.advanced(by: cell, to: value)
    let loops = try loops(binders, nil) { () throws(EmissionRefused) in
      "\(try store(body, to: next)) \(cell) += \(try emitter.cellCount(value));"
    }
    return "{ I \(cell) = 0; \(loops) }"
  }

  private func storeCollection(_ e: Expr, to target: Place) throws(EmissionRefused) -> String {
    let index = emitter.fresh("i")
    let count = try emitter.cellCount(target.type)
    func all(_ value: String) -> String { emitter.loop(index, count, "\(target.at(index)) = \(value);") }
    switch e.kind {
    case .empty: return all("0")
    case .setLiteral(let elements):
      guard case .set(let type) = e.type else { break }
      var text = all("0") + "\n"
      for element in elements { text += "\(target.at("(\(try ordinal(element, as: type)))")) = 1;\n" }
      return text
    case .setBuilder(let local, let filter):
      guard case .set(let type) = e.type else { break }
      let name = emitter.fresh("l")
      locals[local.slot] = .scalar(name)
      guard let filter else { return all("1") }
      return all("({ const I \(name) = \(emitter.scalar(index, type)); \(try scalar(filter)); })")
    case .union(let a, let b): return try combine(a, b, index, to: target) { all("\($0) | \($1)") }
    case .intersection(let a, let b): return try combine(a, b, index, to: target) { all("\($0) & \($1)") }
    case .difference(let a, let b): return try combine(a, b, index, to: target) { all("\($0) & !\($1)") }
    default: break
    }
    throw EmissionRefused("a value of type \(model.describe(e.type)) that is no collection")
  }

  private func combine(
    _ a: Expr, _ b: Expr, _ index: String, to target: Place, _ write: (String, String) -> String
  ) throws(EmissionRefused) -> String {
    let (setupA, left) = try place(a, as: target.type)
    let (setupB, right) = try place(b, as: target.type)
    return "{ \(setupA) \(setupB) \(write(left.at(index), right.at(index))) }"
  }
}

extension Emitter {
  /// Where a constant's cells start in the runtime array of rigid values.
  func constantOffset(_ id: ConstantID) -> Int {
    model.constants.prefix(id).reduce(0) { saturatingAdd($0, instance.shape($1.type).count) }
  }
}
