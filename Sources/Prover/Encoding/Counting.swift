/// How many values satisfy a predicate. In: predicates over key types. Out: exact sums where the type is small and finite,
/// quantifiers where the number is compared with a literal up to 2, otherwise a symbol with facts that hold of every finite
/// count: it is not negative, it is zero where nothing satisfies the predicate, and between two moments that differ at known
/// points only, it changes by what those points add and take.
import Spec

final class Counting {
  private struct Symbol {
    var function: FunctionSymbol
    var parameters: [TermSort]
    var types: [Type]
    var predicate: ([Term], [Term]) throws -> Term
  }

  private struct Key: Hashable {
    var predicate: Term
    var parameters: [TermSort]
    var types: [Type]
  }

  private let vocabulary: Vocabulary
  private var store: TermStore { vocabulary.store }
  private var symbols: [Symbol] = []
  private var known: [Key: Int] = [:]
  /// Counts of the state before, and those of the action at hand: what is compared with each other.
  private var shared: Set<Int> = []
  private var current: Set<Int> = []
  private var isShared = true
  /// The keys at which the action at hand may change the state: where counts are compared point by point.
  private var points: [[Term]] = []

  /// Beyond these the facts would cost more than they prove: the count is then less known, never wrongly known.
  private static let symbolsLinked = 24
  private static let pointsUsed = 4

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// From here on the counts are those of one more action.
  func beginAction() {
    points = []
    current = []
    isShared = false
  }

  func compare(at points: [[Term]]) { self.points = points }

  /// The number of tuples of the types that satisfy the predicate, as a function of the parameters.
  func number(
    of types: [Type], parameters: [Term], where predicate: @escaping ([Term], [Term]) throws -> Term
  ) throws -> Term {
    if let exact = try sum(types, parameters, predicate) { return exact }
    let sorts = parameters.map { store.sort($0) }
    let variables = sorts.map { store.freshVariable("p", $0) }
    let elements = types.flatMap(vocabulary.leafSorts).map { store.freshVariable("e", $0) }
    let general = store.normalized(try predicate(variables, elements), free: variables + elements)
    let key = Key(predicate: general, parameters: sorts, types: types)
    let id: Int
    if let earlier = known[key] {
      id = earlier
    } else {
      let function = store.declareFunction("count", sorts, .int)
      vocabulary.approximated.insert(function)
      id = symbols.count
      known[key] = id
      symbols.append(Symbol(function: function, parameters: sorts, types: types, predicate: predicate))
      try assumeFacts(of: symbols[id])
    }
    try relate(id)
    return store.apply(symbols[id].function, parameters)
  }

  private func relate(_ id: Int) throws {
    guard isShared ? shared.insert(id).inserted : current.insert(id).inserted else { return }
    let others = shared.union(current).subtracting([id]).sorted()
    for other in others.prefix(Self.symbolsLinked)
    where symbols[other].parameters == symbols[id].parameters && symbols[other].types == symbols[id].types {
      if shared.contains(id) && shared.contains(other) && !isShared { continue }
      try link(symbols[min(id, other)], symbols[max(id, other)])
    }
  }

  /// Over a type of few values a count is a sum.
  private func sum(
    _ types: [Type], _ parameters: [Term], _ predicate: ([Term], [Term]) throws -> Term
  ) throws -> Term? {
    let expanded = types.map { type -> Type? in
      if case .enumeration = type { return type }
      return vocabulary.bindings("k", type, expanding: true).allSatisfy { $0.variables.isEmpty } ? type : nil
    }
    guard expanded.allSatisfy({ $0 != nil }) else { return nil }
    var tuples: [[Term]] = [[]]
    for type in types {
      let values: [[Term]]
      if case .enumeration(let id) = type {
        values = vocabulary.enumCases[id].map { [$0] }
      } else {
        values = try vocabulary.bindings("k", type, expanding: true).map { try vocabulary.flatten($0.value, type) }
      }
      tuples = tuples.flatMap { tuple in values.map { tuple + $0 } }
      if tuples.count > 64 { return nil }
    }
    return try tuples.reduce(store.integer(0)) { total, tuple in
      store.arithmetic(.add, total, indicator(try predicate(parameters, tuple)))
    }
  }

  private func indicator(_ condition: Term) -> Term {
    let value = vocabulary.ite(condition, .scalar(store.integer(1)), .scalar(store.integer(0)))
    guard case .scalar(let term) = value else { return store.integer(0) }
    return term
  }

  private func assumeFacts(of symbol: Symbol) throws {
    let parameters = symbol.parameters.map { store.freshVariable("p", $0) }
    let count = store.apply(symbol.function, parameters)
    let nowhere = try vocabulary.forall(symbol.types) { self.store.not(try symbol.predicate(parameters, $0)) }
    let positive = store.lessOrEqual(store.integer(0), count)
    let zero = store.equal(store.equal(count, store.integer(0)), nowhere)
    vocabulary.assume("count.natural", store.forall(parameters, positive), about: [symbol.function])
    vocabulary.assume("count.zero", store.forall(parameters, zero), about: [symbol.function])
  }

  /// What all counts are at a fixed size: sums.
  func exact(_ grounding: Grounding) throws -> [Term] {
    var result: [Term] = []
    for symbol in symbols {
      guard let parameters = grounding.tuples(symbol.parameters) else { continue }
      let shapes = vocabulary.product(symbol.types.map { ("k", $0) }, expanding: true)
      for values in parameters {
        var total: Term? = store.integer(0)
        for shape in shapes {
          guard let tuples = grounding.tuples(shape.variables.map { store.sort($0) }) else {
            total = nil
            break
          }
          let key = try vocabulary.flatten(shape.values, symbol.types)
          let general = store.and(shape.condition, try symbol.predicate(values, key))
          for tuple in tuples {
            let instance = store.substitute(general, Dictionary(uniqueKeysWithValues: zip(shape.variables, tuple)))
            guard let counted = grounding.expand(instance), let so = total else {
              total = nil
              break
            }
            total = store.arithmetic(.add, so, store.ite(counted, store.integer(1), store.integer(0)))
          }
        }
        if let total { result.append(store.equal(store.apply(symbol.function, values), total)) }
      }
    }
    return result
  }

  /// What the counts of two predicates have to do with each other.
  private func link(_ a: Symbol, _ b: Symbol) throws {
    let parameters = a.parameters.map { store.freshVariable("p", $0) }
    let (x, y) = (store.apply(a.function, parameters), store.apply(b.function, parameters))
    let sorts = a.types.flatMap(vocabulary.leafSorts)
    let points = points.filter { $0.map { store.sort($0) } == sorts }.prefix(Self.pointsUsed)
    var change = store.integer(0)
    for (i, point) in points.enumerated() {
      let (before, after) = (try a.predicate(parameters, point), try b.predicate(parameters, point))
      let repeated = store.or(points.prefix(i).map { vocabulary.same($0, point) })
      let gained = indicator(store.and(store.not(repeated), after, store.not(before)))
      let lost = indicator(store.and(store.not(repeated), before, store.not(after)))
      change = store.arithmetic(.subtract, store.arithmetic(.add, change, gained), lost)
    }
    let unchangedElsewhere = try vocabulary.forall(a.types) { element in
      let elsewhere = store.and(points.map { store.not(vocabulary.same($0, element)) })
      let (before, after) = (try a.predicate(parameters, element), try b.predicate(parameters, element))
      if elsewhere == store.no || before == after { return store.yes }
      // Away from the points an update's conditions are false: often the two predicates become one term.
      var false_: [Term: Term] = [:]
      if element.count == 1, case .variable = store.node(element[0]) {
        for point in points { false_[store.equal(element[0], point[0])] = store.no }
      }
      if store.substitute(before, false_) == store.substitute(after, false_) { return store.yes }
      return store.implies(elsewhere, store.equal(before, after))
    }
    let moved = store.equal(y, store.arithmetic(.add, x, change))
    assumeLink(
      "count.change", store.forall(parameters, store.implies(unchangedElsewhere, moved)), a, b)
    guard unchangedElsewhere != store.yes else { return }
    for (smaller, larger, m, n) in [(a, b, x, y), (b, a, y, x)] {
      let included = try vocabulary.forall(a.types) {
        self.store.implies(try smaller.predicate(parameters, $0), try larger.predicate(parameters, $0))
      }
      assumeLink(
        "count.monotonic", store.forall(parameters, store.implies(included, store.lessOrEqual(m, n))), a, b)
    }
  }

  private func assumeLink(_ name: String, _ term: Term, _ a: Symbol, _ b: Symbol) {
    vocabulary.assume(name, term, aboutAll: [a.function, b.function])
  }
}
