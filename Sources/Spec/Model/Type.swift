/// The types of a checked spec. Names are resolved to indices into the `Model`'s declaration lists.

public typealias SortID = Int
public typealias EnumID = Int
public typealias RecordID = Int
public typealias ConstantID = Int
public typealias PolicyID = Int
public typealias VariableID = Int
public typealias FunctionID = Int
public typealias ActionID = Int

public indirect enum Type: Hashable, Sendable {
  case bool
  /// Every integer in `low...high`. For a declared range the bounds are the declaration's; for an expression they are
  /// the interval that its value provably lies in.
  case int(low: Int64, high: Int64)
  case sort(SortID)
  case enumeration(EnumID)
  case record(RecordID)
  case option(Type)
  case set(Type)
  /// A total map; one entry of `keys` for each index position (`(K, L) -> V` has two).
  case map(keys: [Type], value: Type)
  case queue(capacity: Int, element: Type)
  case forest(Type)
  /// The type of an expression that already has a diagnostic. Never in a `Model` without errors.
  case error
}

extension Type {
  public var isInt: Bool { if case .int = self { true } else { false } }
  public var isOption: Bool { if case .option = self { true } else { false } }
  public var isSet: Bool { if case .set = self { true } else { false } }
  public var isForest: Bool { if case .forest = self { true } else { false } }
}

extension Model {
  /// Key types are the finite scalars: what can index a map, be an element, a parameter or a choice.
  /// Their values have an ordinal `0 ..< cardinality` at every size (see `Instance.cardinality`).
  public func isKey(_ type: Type) -> Bool {
    switch type {
    case .bool, .int, .sort, .enumeration: true
    case .option(let payload): isKey(payload) && !payload.isOption
    case .record(let id): records[id].fields.allSatisfy { isKey($0.type) }
    case .set, .map, .queue, .forest, .error: false
    }
  }

  /// The type as a reader would write it.
  public func describe(_ type: Type) -> String {
    switch type {
    case .bool: return "bool"
    case .int(let low, let high): return low == high ? "\(low)" : "\(low)..\(high)"
    case .sort(let id): return sorts[id].name
    case .enumeration(let id): return enumerations[id].name
    case .record(let id): return records[id].name
    case .option(let payload): return describe(payload) + "?"
    case .set(let element): return "set " + describe(element)
    case .map(let keys, let value):
      let domain = keys.count == 1 ? describe(keys[0]) : "(" + keys.map { describe($0) }.joined(separator: ", ") + ")"
      return "\(domain) -> \(describe(value))"
    case .queue(let capacity, let element): return "seq[\(capacity)] " + describe(element)
    case .forest(let element): return "forest " + describe(element)
    case .error: return "?"
    }
  }
}
