/// A model at a size: sort sizes and policies fixed, so that every type is finite.

public struct Instance: Sendable {
  public let model: Model
  /// Number of elements of each sort, by `SortID`; at least 1.
  public let sizes: [Int]
  /// Value of each policy, by `PolicyID`.
  public let policies: [Value]
  /// The scope this came from: its pins and constraints filter the rigid valuations. nil for an ad-hoc size.
  public let scope: Scope?

  public init(model: Model, sizes: [Int], policies: [Value], scope: Scope?) {
    self.model = model
    self.sizes = sizes
    self.policies = policies
    self.scope = scope
  }

  /// How many values a key type has; `Int.max` where that exceeds an Int.
  public func cardinality(_ type: Type) -> Int {
    switch type {
    case .bool: return 2
    case .int(let low, let high):
      let (width, overflow) = high.subtractingReportingOverflow(low)
      return overflow || width == Int64.max ? Int.max : Int(width) + 1
    case .sort(let id): return sizes[id]
    case .enumeration(let id): return model.enumerations[id].cases.count
    case .option(let payload):
      let inner = cardinality(payload)
      return inner == Int.max ? inner : inner + 1
    case .record(let id): return cardinality(of: model.records[id].fields.map(\.type))
    case .set, .map, .queue, .forest, .error: return Int.max
    }
  }

  /// The number of tuples over the types, saturating.
  public func cardinality(of types: [Type]) -> Int {
    var product = 1
    for type in types {
      let (next, overflow) = product.multipliedReportingOverflow(by: cardinality(type))
      if overflow { return Int.max }
      product = next
    }
    return product
  }

  /// The ordinal of a key value in its type: ints from the low bound, options with `none` first, records with the
  /// first field most significant (so that ordinals order like tuples).
  public func ordinal(_ value: Value, _ type: Type) -> Int {
    switch (value, type) {
    case (.bool(let flag), _): return flag ? 1 : 0
    case (.int(let number), .int(let low, _)): return Int(number - low)
    case (.element(let index), _): return index
    case (.none, _): return 0
    case (.some(let payload), .option(let inner)): return 1 + ordinal(payload, inner)
    case (.record(let fields), .record(let id)):
      return ordinal(of: fields, model.records[id].fields.map(\.type))
    default: preconditionFailure("not a key value of its type")
    }
  }

  /// The ordinal of a tuple, the first position most significant.
  public func ordinal(of values: [Value], _ types: [Type]) -> Int {
    var result = 0
    for (value, type) in zip(values, types) { result = result * cardinality(type) + ordinal(value, type) }
    return result
  }

  /// The key value of an ordinal.
  public func value(_ ordinal: Int, _ type: Type) -> Value {
    switch type {
    case .bool: return .bool(ordinal != 0)
    case .int(let low, _): return .int(low + Int64(ordinal))
    case .sort, .enumeration: return .element(ordinal)
    case .option(let payload): return ordinal == 0 ? .none : .some(value(ordinal - 1, payload))
    case .record(let id): return .record(values(ordinal, model.records[id].fields.map(\.type)))
    case .set, .map, .queue, .forest, .error: preconditionFailure("not a key type")
    }
  }

  /// The tuple of an ordinal.
  public func values(_ ordinal: Int, _ types: [Type]) -> [Value] {
    var rest = ordinal
    var result: [Value] = []
    for type in types.reversed() {
      let cardinality = cardinality(type)
      result.append(value(rest % cardinality, type))
      rest /= cardinality
    }
    return result.reversed()
  }
}
