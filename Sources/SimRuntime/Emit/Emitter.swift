/// In: an instance and its layout. Out: what every part of the C emitter shares — names, cell types, facts about types.
///
/// Scalars are `I` (int64_t) in C: an int is itself, every other key value its ordinal. What has no ordinal (maps, sets,
/// queues, forests, records that contain them) lives in arrays of cells, in the order of `CellShape`, exactly as in a
/// state: see `Place`.

import Spec

/// Why an instance has no native code. The evaluator runs it instead, and says so.
public struct EmissionRefused: Error, Sendable {
  public var reason: String
  public init(_ reason: String) { self.reason = reason }
}

final class Emitter {
  let instance: Instance
  let layout: StateLayout
  /// Forests of which each unpacked state has the ancestor sets.
  let climbed: Set<VariableID>
  var model: Model { instance.model }
  private var counter = 0
  /// What unrolling each loop adds, and what inlining each action's `apply` does, in characters.
  var unrolledExtra: [String: Int] = [:]
  var applyWeights: [ActionID: Int] = [:]
  /// What each function reads of its state, each property of the state before and after, and each action of its parent.
  var functionReads: [FunctionID: Facets] = [:]
  var propertyReads: [Int: (before: Facets, after: Facets)] = [:]
  var actionReads: [ActionID: Facets] = [:]
  var otherReads = Facets()
  /// Successors of a parent for which its expansion has made sure of room before the first action: asking in each action was one in twenty of all
  /// instructions where actions have few instances.
  private(set) var roomAhead = 0
  /// Which instances the code can leave out.
  var sleepClasses: SleepClasses
  /// How states can be keys.
  let narrowing: Narrowing?
  private var totality: [ObjectIdentifier: Bool] = [:]

  init(_ layout: StateLayout) {
    self.instance = layout.instance
    self.layout = layout
    self.climbed = Self.climbed(layout.instance)
    sleepClasses = SleepClasses(layout.instance)
    narrowing = layout.narrowing()
  }

  /// The most of them: what is not used of the room is lost to the batch.
  private static let mostRoomAhead = 1 << 9

  /// Adds to them, unless they would be too many: then the action asks, and leaves room for all of these (`ROOM`).
  func roomAhead(_ successors: Int) -> Bool {
    guard successors <= Self.mostRoomAhead - roomAhead else { return false }
    roomAhead += successors
    return true
  }

  /// A C identifier that nothing else in the file has.
  func fresh(_ prefix: String) -> String {
    counter += 1
    return "\(prefix)\(counter)"
  }

  /// `v3_holds`: unique by its number, readable by its name.
  static func name(_ prefix: String, _ id: Int, _ name: String) -> String {
    let isPlain = name.utf8.allSatisfy(isIdentifier)
    return "\(prefix)\(id)_"
      + (isPlain ? name : String(decoding: name.utf8.map { isIdentifier($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self))
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  func variable(_ id: VariableID) -> String { Self.name("v", id, model.variables[id].name) }
  func action(_ id: ActionID) -> String { Self.name("a", id, model.actions[id].name) }
  func function(_ id: FunctionID) -> String { Self.name("f", id, model.functions[id].name) }
  func property(_ id: Int) -> String { Self.name("p", id, model.properties[id].name) }

  // MARK: - Types

  /// Whether values of the type are one C integer.
  func isScalar(_ type: Type) throws(EmissionRefused) -> Bool {
    switch type {
    case .bool, .int, .sort, .enumeration: return true
    case .option:
      if instance.cardinality(type) == Int.max { throw EmissionRefused("\(model.describe(type)) has more than 2^63 values") }
      return true
    case .record: return model.isKey(type) && instance.cardinality(type) < Int.max
    case .set, .map, .queue, .forest: return false
    case .error: throw EmissionRefused("an expression without a type")
    }
  }

  /// The C type of the cells of a value of the type, all alike.
  func cellType(_ type: Type) -> String { Self.cellType(largest: instance.shape(type).largest) }

  static func cellType(largest: Int) -> String {
    switch largest {
    case ...(1 << 8): "u8"
    case ...(1 << 16): "u16"
    case ...(1 << 32): "u32"
    default: "U"
    }
  }

  /// The number of cells of a value; temporary values are bounded like states are.
  func cellCount(_ type: Type) throws(EmissionRefused) -> Int {
    let count = instance.shape(type).count
    if count > 1 << 16 { throw EmissionRefused("a value of type \(model.describe(type)) has \(count) cells") }
    return count
  }

  /// Where each field of a record starts, and how many values or cells stand below it.
  func fieldTypes(_ id: RecordID) -> [Type] { model.records[id].fields.map(\.type) }

  /// Weight of each position of a tuple's ordinal: the first is the most significant.
  func strides(_ types: [Type]) -> [Int] {
    var result: [Int] = []
    var weight = 1
    for type in types.reversed() {
      result.append(weight)
      weight = saturatingMultiply(weight, instance.cardinality(type))
    }
    return result.reversed()
  }

  /// Whether cells of one type mean the same as cells of the other: they may differ in integer intervals only.
  func sameCells(_ a: Type, _ b: Type) -> Bool {
    switch (a, b) {
    case (.int(let lowA, _), .int(let lowB, _)): lowA == lowB
    case (.option(let x), .option(let y)): sameCells(x, y)
    case (.map(let keysA, let x), .map(let keysB, let y)): keysA == keysB && sameCells(x, y)
    case (.queue(let capacityA, let x), .queue(let capacityB, let y)): capacityA == capacityB && sameCells(x, y)
    default: a == b
    }
  }

  /// The least type that holds the values of both.
  func join(_ a: Type, _ b: Type) -> Type {
    switch (a, b) {
    case (.int(let lowA, let highA), .int(let lowB, let highB)): .int(low: min(lowA, lowB), high: max(highA, highB))
    case (.option(let x), .option(let y)): .option(join(x, y))
    case (.set(let x), .set(let y)): .set(join(x, y))
    case (.map(let keys, let x), .map(_, let y)): .map(keys: keys, value: join(x, y))
    case (.queue(let capacityA, let x), .queue(let capacityB, let y)):
      .queue(capacity: max(capacityA, capacityB), element: join(x, y))
    default: a
    }
  }

  // MARK: - Definedness

  /// Whether the expression has a value in every state: only then may it be tested early, cut short or left out.
  func isTotal(_ e: Expr) -> Bool {
    if let known = totality[ObjectIdentifier(e)] { return known }
    let own: Bool
    switch e.kind {
    case .narrow, .force, .queueAt: own = false
    case .arithmetic(let op, _, let divisor):
      switch op {
      case .add, .subtract, .multiply: own = true
      case .divide, .remainder:
        if case .int(let low, let high) = divisor.type { own = low > 0 || high < 0 } else { own = false }
      }
    case .call(let id, _): own = isTotal(model.functions[id].body)
    default: own = true
    }
    let total = own && e.children.allSatisfy { isTotal($0) }
    totality[ObjectIdentifier(e)] = total
    return total
  }
}

/// `INT64_C(7)`-like text that is right for every value.
func literal(_ value: Int64) -> String {
  value == Int64.min ? "(-9223372036854775807ll - 1)" : value < 0 ? "(\(value)ll)" : "\(value)\(value > 1 << 30 ? "ll" : "")"
}

func literal(_ value: Int) -> String { literal(Int64(value)) }
