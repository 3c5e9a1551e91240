/// In: a scalar expression and a lane. Out: the ordinal that it has for each value of the lane, as bit planes; and comparisons of
/// such ordinals for all values at once.

import Spec

/// What an expression is for each value of the lane, as ordinals of its type.
enum LaneValue {
  /// The same for all: a C expression.
  case fixed(String)
  /// Known now: the lane's name itself, or a field of it.
  case table([Int])
  /// Bit j of every value.
  case planes([String])
}

/// Where the cell for each value of the lane stands among a variable's cells: at `offset + value * stride`.
struct LaneCells {
  var variable: VariableID
  var state: String
  var offset: String
  var stride: Int
  var type: Type
}

extension Body {
  func laneValue(_ e: Expr, _ lane: Lane) throws(EmissionRefused) -> LaneValue? {
    guard try emitter.isScalar(e.type) else { return nil }
    guard mentions(e, lane) else { return .fixed(emitter.ordinal("(\(try scalar(e)))", e.type)) }
    switch e.kind {
    case .local: return .table(Array(0..<lane.count))
    case .old(let inner): return try inOld { () throws(EmissionRefused) in try laneValue(inner, lane) }
    case .some(let inner):
      guard case .option(let payload) = e.type, payload == inner.type, let value = try laneValue(inner, lane) else { return nil }
      return plusOne(value, width(e.type))
    case .ifThenElse(let c, let a, let b):
      guard emitter.sameCells(a.type, e.type), emitter.sameCells(b.type, e.type), let test = try mask(c, lane),
        let left = try laneValue(a, lane), let right = try laneValue(b, lane)
      else { return nil }
      let width = width(e.type)
      return .planes(
        zip(planes(left, width), planes(right, width)).map { "(({ const U q = \(test); (q & \($0)) | (~q & \($1)); }))" })
    case .field(let record, let position):
      if case .record(let id) = record.type, case .table(let ordinals)? = try laneValue(record, lane) {
        let types = emitter.fieldTypes(id)
        let stride = emitter.strides(types)[position]
        return .table(ordinals.map { $0 / stride % max(1, instance.cardinality(types[position])) })
      }
    default: break
    }
    if case .record = e.type { return nil }
    guard let cells = try laneCells(e, lane) else { return nil }
    return .planes(planes(of: cells, e.type, lane))
  }

  private func width(_ type: Type) -> Int { max(1, CellPlacement.bits(UInt64(max(1, instance.cardinality(type))))) }

  private func plusOne(_ value: LaneValue, _ width: Int) -> LaneValue {
    switch value {
    case .fixed(let text): return .fixed("(1 + \(text))")
    case .table(let ordinals): return .table(ordinals.map { $0 + 1 })
    case .planes(let bits):
      var carry: [String] = []
      return .planes(
        (0..<width).map { index in
          let bit = index < bits.count ? bits[index] : "(U)0"
          defer { carry.append(bit) }
          return carry.isEmpty ? "~\(bit)" : "(\(bit) ^ (\(carry.joined(separator: " & "))))"
        })
    }
  }

  // MARK: - Cells of a state

  /// A location whose keys are the lane's name or do not mention it.
  func laneCells(_ e: Expr, _ lane: Lane) throws(EmissionRefused) -> LaneCells? {
    switch e.kind {
    case .variable(let id):
      guard emitter.layout.planes(id) != nil else { return nil }
      note(\.planes, id)
      return LaneCells(variable: id, state: state, offset: "0", stride: 0, type: e.type)
    case .old(let inner): return try inOld { () throws(EmissionRefused) in try laneCells(inner, lane) }
    case .field(let record, let position):
      guard case .record(let id) = record.type, var cells = try laneCells(record, lane) else { return nil }
      cells.offset = sum(cells.offset, "\(emitter.fieldOffset(id, position))")
      cells.type = e.type
      return cells
    case .index(let map, let keys):
      guard case .map(let types, let value) = map.type, var cells = try laneCells(map, lane) else { return nil }
      let count = try emitter.cellCount(value)
      for (position, stride) in emitter.strides(types).enumerated() {
        guard keys[position].type == types[position], let at = try affine(keys[position], lane) else { return nil }
        cells.offset = sum(cells.offset, product("(\(at.offset))", saturatingMultiply(stride, count)))
        cells.stride += at.stride * stride * count
      }
      cells.type = value
      return cells
    case .parent(let forest, let node):
      guard case .forest(let type) = forest.type, node.type == type, var cells = try laneCells(forest, lane),
        let at = try affine(node, lane)
      else { return nil }
      cells.offset = sum(cells.offset, "(\(at.offset))")
      cells.stride += at.stride
      cells.type = e.type
      return cells
    default: return nil
    }
  }

  /// A key's ordinal as `offset + stride * value of the lane`.
  func affine(_ e: Expr, _ lane: Lane) throws(EmissionRefused) -> (offset: String, stride: Int)? {
    guard try emitter.isScalar(e.type) else { return nil }
    guard mentions(e, lane) else { return (emitter.ordinal("(\(try scalar(e)))", e.type), 0) }
    if isLane(e, lane) { return e.type == lane.type ? ("0", 1) : nil }
    guard case .record(let id, let fields) = e.kind else { return nil }
    let types = emitter.fieldTypes(id)
    var offset = "0"
    var total = 0
    for (position, stride) in emitter.strides(types).enumerated() {
      guard fields[position].type == types[position], let at = try affine(fields[position], lane) else { return nil }
      offset = sum(offset, product("(\(at.offset))", stride))
      total += at.stride * stride
    }
    return (offset, total)
  }

  /// The planes of these cells, a bit for each value of the lane.
  func planes(of cells: LaneCells, _ type: Type, _ lane: Lane) -> [String] {
    let name = "\(cells.state)->pl_\(emitter.variable(cells.variable))"
    let held = emitter.layout.planes(cells.variable) ?? 1
    return (0..<width(type)).map { plane in
      guard plane < held else { return "(U)0" }
      return gathered("\(name)[\(plane)]", of: cells, lane)
    }
  }

  /// Of a bit for each cell of a variable, a bit for each value of the lane.
  private func gathered(_ plane: String, of cells: LaneCells, _ lane: Lane) -> String {
    let shifted = cells.offset == "0" ? plane : "(\(plane) >> (\(cells.offset)))"
    // The last cell the lane reaches stands within the 64 of the variable.
    if cells.stride == 1 { return shifted }
    if cells.stride == 0 { return "SPREAD(\(shifted) & 1)" }
    return "PEXT(\(shifted), \(hex(CellRun.pattern(lane.count, stride: cells.stride))))"
  }

  /// At least `width` planes; more where the value has more.
  func planes(_ value: LaneValue, _ width: Int) -> [String] {
    switch value {
    case .fixed(let text): return (0..<width).map { "SPREAD(((U)(\(text)) >> \($0)) & 1)" }
    case .table(let ordinals):
      return (0..<width).map { plane in
        hex(ordinals.enumerated().reduce(UInt64(0)) { $0 | UInt64(($1.element >> plane) & 1) << UInt64($1.offset) })
      }
    case .planes(let bits): return bits + [String](repeating: "(U)0", count: max(0, width - bits.count))
    }
  }

  // MARK: - Comparing

  /// Both as ordinals of one type, with as many planes as either may need. Ordinals of integer types with different lows differ by
  /// a constant, which only a fixed value can make up for: it may then lie outside the other's ordinals.
  private func sides(
    _ a: Expr, _ b: Expr, _ lane: Lane
  ) throws(EmissionRefused) -> (left: LaneValue, right: LaneValue, width: Int, outside: Bool)? {
    guard try emitter.isScalar(a.type), try emitter.isScalar(b.type), var left = try laneValue(a, lane),
      var right = try laneValue(b, lane)
    else { return nil }
    let (cardinalityA, cardinalityB) = (instance.cardinality(a.type), instance.cardinality(b.type))
    if emitter.sameCells(a.type, b.type), max(cardinalityA, cardinalityB) < 1 << 16 {
      return (left, right, max(width(a.type), width(b.type)), false)
    }
    guard case .int(let lowA, _) = a.type, case .int(let lowB, _) = b.type else { return nil }
    if case .fixed(let text) = right {
      right = .fixed("(\(text) + \(literal(lowB &- lowA)))")
      return (left, right, width(a.type), true)
    }
    if case .fixed(let text) = left {
      left = .fixed("(\(text) + \(literal(lowA &- lowB)))")
      return (left, right, width(b.type), true)
    }
    return nil
  }

  func equalMask(_ a: Expr, _ b: Expr, _ lane: Lane) throws(EmissionRefused) -> String? {
    if !mentions(b, lane), let text = try equalParts(a, b, lane) { return text }
    if !mentions(a, lane), let text = try equalParts(b, a, lane) { return text }
    if let text = try equalCells(a, b, lane) { return text }
    if let text = try equalCells(b, a, lane) { return text }
    guard let (left, right, width, outside) = try sides(a, b, lane) else { return nil }
    switch (left, right) {
    case (.fixed, .fixed): return nil
    case (.table(let x), .table(let y)):
      return hex(zip(x, y).enumerated().reduce(UInt64(0)) { $0 | ($1.element.0 == $1.element.1 ? 1 << UInt64($1.offset) : 0) })
    case (.table(let ordinals), .fixed(let value)):
      return equalTable(ordinals, value, of: outside ? .max : instance.cardinality(b.type))
    case (.fixed(let value), .table(let ordinals)):
      return equalTable(ordinals, value, of: outside ? .max : instance.cardinality(a.type))
    case (.planes(let bits), .fixed(let value)), (.fixed(let value), .planes(let bits)):
      let name = emitter.fresh("c")
      let terms = planes(.planes(bits), width).enumerated().map { plane, bit in
        number(value).map { ($0 >> Int64(plane)) & 1 == 1 ? bit : "~\(bit)" }
          ?? "~(\(bit) ^ SPREAD(((U)\(name) >> \(plane)) & 1))"
      }
      let same = "(" + terms.joined(separator: " & ") + ")"
      return "({ const I \(name) = \(value); \(outside ? "(U)\(name) >> \(width) ? (U)0 : " : "")\(same); })"
    default:
      let terms = zip(planes(left, width), planes(right, width)).map { "(\($0) ^ \($1))" }
      return "~(" + terms.joined(separator: " | ") + ")"
    }
  }

  /// `some(Record(x, y)) == fixed` field by field.
  private func equalParts(_ e: Expr, _ fixed: Expr, _ lane: Lane) throws(EmissionRefused) -> String? {
    guard isComposed(e), e.type == fixed.type, try emitter.isScalar(fixed.type) else { return nil }
    let name = emitter.fresh("c")
    let value = emitter.ordinal("(\(try scalar(fixed)))", fixed.type)
    return try equalOrdinal(e, name, lane).map { "({ const I \(name) = \(value); \($0); })" }
  }

  /// `variable[lane] == fixed`, where the fixed value is not known now: the cells that have it, which were found once for the state.
  private func equalCells(_ e: Expr, _ fixed: Expr, _ lane: Lane) throws(EmissionRefused) -> String? {
    guard mentions(e, lane), !mentions(fixed, lane), emitter.sameCells(e.type, fixed.type), try emitter.isScalar(fixed.type),
      let cells = try laneCells(e, lane), let values = emitter.layout.equals(cells.variable),
      instance.cardinality(fixed.type) <= values
    else { return nil }
    let value = emitter.ordinal("(\(try scalar(fixed)))", fixed.type)
    if number(value) != nil { return nil }
    note(\.equals, cells.variable)
    return gathered("\(cells.state)->eq_\(emitter.variable(cells.variable))[\(value)]", of: cells, lane)
  }

  /// The number that a C expression is; nil: it is not known now.
  private func number(_ value: String) -> Int64? { Int64(value.filter { $0 != "(" && $0 != ")" }) }

  private func isComposed(_ e: Expr) -> Bool {
    switch e.kind {
    case .record: true
    case .some(let inner): isComposed(inner)
    default: false
    }
  }

  private func equalOrdinal(_ e: Expr, _ ordinal: String, _ lane: Lane) throws(EmissionRefused) -> String? {
    guard mentions(e, lane) else {
      return "SPREAD(\(emitter.ordinal("(\(try scalar(e)))", e.type)) == \(ordinal))"
    }
    switch e.kind {
    case .some(let inner):
      guard case .option(let payload) = e.type, payload == inner.type else { return nil }
      return try equalOrdinal(inner, "(\(ordinal) - 1)", lane).map { both("SPREAD(\(ordinal))", $0) }
    case .record(let id, let fields):
      let types = emitter.fieldTypes(id)
      var result = "~(U)0"
      for (position, stride) in emitter.strides(types).enumerated() {
        let part = "((I)((U)\(ordinal) / \(stride)u % \(instance.cardinality(types[position]))u))"
        guard fields[position].type == types[position], let same = try equalOrdinal(fields[position], part, lane) else {
          return nil
        }
        result = both(result, same)
      }
      return result
    default:
      guard isLane(e, lane) else { return nil }
      return "((U)\(ordinal) < 64 ? (U)1 << \(ordinal) : (U)0)"
    }
  }

  /// The lane's values at which a table has an ordinal, one of so many: shifted for the name itself, else looked up.
  private func equalTable(_ ordinals: [Int], _ value: String, of count: Int) -> String {
    let name = emitter.fresh("c")
    if ordinals == Array(0..<ordinals.count) {
      if count <= 64 { return "((U)1 << (\(value)))" }
      return "({ const I \(name) = \(value); (U)\(name) < 64 ? (U)1 << \(name) : (U)0; })"
    }
    let size = (ordinals.max() ?? 0) + 1
    let masks = (0..<size).map { wanted in
      hex(ordinals.enumerated().reduce(UInt64(0)) { $0 | ($1.element == wanted ? 1 << UInt64($1.offset) : 0) })
    }
    let table = emitter.fresh("t")
    let found = count <= size ? "\(table)[\(name)]" : "(U)\(name) < \(size) ? \(table)[\(name)] : (U)0"
    return "({ static const U \(table)[] = {\(masks.joined(separator: ", "))}; const I \(name) = \(value); \(found); })"
  }

  func lessMask(_ a: Expr, _ b: Expr, orEqual: Bool, _ lane: Lane) throws(EmissionRefused) -> String? {
    guard let (left, right, width, outside) = try sides(a, b, lane) else { return nil }
    func isName(_ value: LaneValue) -> Bool { if case .table(let x) = value { x == Array(0..<lane.count) } else { false } }
    switch (left, right) {
    case (.fixed, .fixed): return nil
    case (_, .fixed(let value)) where isName(left): return below("\(value)\(orEqual ? " + 1" : "")", outside, width)
    case (.fixed(let value), _) where isName(right): return "~\(below("\(value)\(orEqual ? "" : " + 1")", outside, width))"
    case (.fixed(let value), _) where outside:
      let name = emitter.fresh("c")
      let inside = compared(planes(.fixed(name), width), planes(right, width), orEqual)
      return "({ const I \(name) = \(value); \(name) < 0 ? ~(U)0 : \(name) >> \(width) ? (U)0 : \(inside); })"
    case (_, .fixed(let value)) where outside:
      let name = emitter.fresh("c")
      let inside = compared(planes(left, width), planes(.fixed(name), width), orEqual)
      return "({ const I \(name) = \(value); \(name) < 0 ? (U)0 : \(name) >> \(width) ? ~(U)0 : \(inside); })"
    default: return compared(planes(left, width), planes(right, width), orEqual)
    }
  }

  /// The ordinals below a bound, which is known to be one's of so many bits, or one more, unless it may lie outside.
  private func below(_ bound: String, _ mayBeOutside: Bool, _ width: Int) -> String {
    mayBeOutside || width > 5 ? "ordinals_below(\(bound))" : "(((U)1 << (\(bound))) - 1)"
  }

  /// From the lowest plane up: less by what was so far unless this plane decides.
  private func compared(_ left: [String], _ right: [String], _ orEqual: Bool) -> String {
    let name = emitter.fresh("q")
    var text = "({ U \(name) = \(orEqual ? "~(U)0" : "(U)0"); "
    for (a, b) in zip(left, right) { text += "\(name) = (~\(a) & \(b)) | (~(\(a) ^ \(b)) & \(name)); " }
    return text + "\(name); })"
  }
}
