/// Every value of a type at a size, for `init … any`, for rigid values, and for nothing else: key types are enumerated
/// by ordinal.

extension Instance {
  /// How many values a type has, `Int.max` where that exceeds an Int.
  func valueCount(_ type: Type) -> Int {
    switch type {
    case .bool, .int, .sort, .enumeration: return cardinality(type)
    case .option(let payload): return Instance.sum(valueCount(payload), 1)
    case .record(let id): return model.records[id].fields.reduce(1) { Instance.product($0, valueCount($1.type)) }
    case .set(let element): return Instance.power(2, cardinality(element))
    case .map(let keys, let value): return Instance.power(valueCount(value), cardinality(of: keys))
    case .queue(let capacity, let element):
      return (0...capacity).reduce(0) { Instance.sum($0, Instance.power(valueCount(element), $1)) }
    case .forest(let element):
      // Labelled rooted forests on n nodes: (n + 1)^(n - 1) (Cayley).
      let nodes = cardinality(element)
      return nodes == Int.max ? nodes : Instance.power(nodes + 1, nodes - 1)
    case .error: return 0
    }
  }

  /// All values of a type in a fixed order: ordinals for key types, otherwise the first place most significant.
  func allValues(_ type: Type) -> [Value] {
    switch type {
    case .bool, .int, .sort, .enumeration: return (0..<cardinality(type)).map { value($0, type) }
    case .option(let payload): return [.none] + allValues(payload).map { .some($0) }
    case .record(let id):
      return Instance.tuples(model.records[id].fields.map { allValues($0.type) }).map { .record($0) }
    case .set(let element):
      return Instance.tuples(Array(repeating: [false, true], count: cardinality(element))).map { .set($0) }
    case .map(let keys, let type):
      return Instance.tuples(Array(repeating: allValues(type), count: cardinality(of: keys))).map { .map($0) }
    case .queue(let capacity, let element):
      let elements = allValues(element)
      return (0...capacity).flatMap { Instance.tuples(Array(repeating: elements, count: $0)).map { .queue($0) } }
    case .forest(let element):
      let nodes = cardinality(element)
      return Instance.tuples(Array(repeating: Array(-1..<nodes), count: nodes)).filter(Forest.isAcyclic).map { .forest($0) }
    case .error: return []
    }
  }

  /// The Cartesian product, the first list's position most significant.
  static func tuples<T>(_ lists: [[T]]) -> [[T]] {
    lists.reduce([[]]) { prefixes, list in prefixes.flatMap { prefix in list.map { prefix + [$0] } } }
  }

  static func product(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? Int.max : result
  }

  static func sum(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : result
  }

  static func power(_ base: Int, _ exponent: Int) -> Int {
    if base <= 1 { return exponent == 0 ? 1 : base }
    var result = 1
    for _ in 0..<exponent {
      result = product(result, base)
      if result == Int.max { break }
    }
    return result
  }
}
