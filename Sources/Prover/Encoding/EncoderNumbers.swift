/// Numbers, orders and equality. In: expressions. Out: terms over mathematical integers.
import Spec

extension Vocabulary {
  func none(_ type: Type) -> SymbolicValue {
    guard case .option(let payload) = type else { return undefined(type) }
    return .option(isSome: store.no, payload: undefined(payload))
  }

  func empty(_ type: Type, _ span: Span) throws -> SymbolicValue {
    switch type {
    case .set:
      let no = SymbolicValue.scalar(store.no)
      return .set(SymbolicFunction { _ in no })
    case .queue(let capacity, let element):
      return .queue(length: store.integer(0), slots: Array(repeating: undefined(element), count: capacity))
    case .forest(let key): return .forest(emptyForest(key))
    default: throw EncodingFailure(reason: "empty of type \(model.describe(type))", span: span)
    }
  }

  /// A key value as literals. `elements`: constants for the elements of each sort (a policy has none).
  func literal(_ value: Value, _ type: Type, elements: [[Term]] = []) -> SymbolicValue {
    switch (value, type) {
    case (.bool(let flag), _): return .scalar(store.boolean(flag))
    case (.int(let number), _): return .scalar(store.integer(number))
    case (.element(let index), .enumeration(let id)) where enumCases[id].indices.contains(index):
      return .scalar(enumCases[id][index])
    case (.element(let index), .sort(let id)) where elements.indices.contains(id) && elements[id].indices.contains(index):
      return .scalar(elements[id][index])
    case (.some(let payload), .option(let inner)):
      return .option(isSome: store.yes, payload: literal(payload, inner, elements: elements))
    case (.record(let fields), .record(let id)):
      return .record(zip(fields, model.records[id].fields).map { literal($0, $1.type, elements: elements) })
    default: return none(type)
    }
  }

  /// `a <= b` on numbers, ordered enums, ordered sorts.
  func lessOrEqual(_ a: Term, _ b: Term, _ type: Type) -> Term {
    switch type {
    case .enumeration(let id): enumLessOrEqual(id, a, b)
    case .sort(let id): a == b ? store.yes : store.apply(order(sort: id), [a, b])
    default: store.lessOrEqual(a, b)
    }
  }

  /// All numbers in a value lie in the ranges of the type.
  func inRange(_ value: SymbolicValue, _ type: Type) throws -> Term {
    switch (value, type) {
    case (.scalar(let term), .int(let low, let high)):
      return store.and(store.lessOrEqual(store.integer(low), term), store.lessOrEqual(term, store.integer(high)))
    case (.option(let isSome, let payload), .option(let inner)): return store.implies(isSome, try inRange(payload, inner))
    case (.record(let fields), .record(let id)):
      return store.and(try zip(fields, model.records[id].fields).map { try inRange($0, $1.type) })
    case (.map(let function), .map(let keys, let cell)):
      guard holdsNumbers(cell) else { return store.yes }
      return try forall(keys) { try self.inRange(function($0), cell) }
    case (.queue(let length, let slots), .queue(_, let element)):
      guard holdsNumbers(element) else { return store.yes }
      return store.and(
        try slots.enumerated().map { i, slot in
          store.implies(store.less(store.integer(Int64(i)), length), try inRange(slot, element))
        })
    default: return store.yes
    }
  }

  func holdsNumbers(_ type: Type) -> Bool {
    switch type {
    case .int: true
    case .option(let inner), .queue(_, let inner), .map(_, let inner): holdsNumbers(inner)
    case .record(let id): model.records[id].fields.contains { holdsNumbers($0.type) }
    default: false
    }
  }
}

extension Encoder {
  func number(_ expr: Expr, _ env: Environment) throws -> SymbolicValue {
    switch expr.kind {
    case .negate(let a): return .scalar(store.arithmetic(.subtract, store.integer(0), try scalar(a, env)))
    case .arithmetic(let operation, let a, let b):
      let (x, y) = (try scalar(a, env), try scalar(b, env))
      if operation == .divide || operation == .remainder {
        judge(.division, expr.span, isFine: store.not(store.equal(y, store.integer(0))))
      }
      return .scalar(store.arithmetic(operation.symbol, x, y))
    case .less(let a, let b):
      if let known = try cardinality(a, b, env, .less) { return .scalar(known) }
      let (x, y) = (try scalar(a, env), try scalar(b, env))
      return .scalar(store.not(vocabulary.lessOrEqual(y, x, a.type)))
    case .lessOrEqual(let a, let b):
      if let known = try cardinality(a, b, env, .lessOrEqual) { return .scalar(known) }
      return .scalar(vocabulary.lessOrEqual(try scalar(a, env), try scalar(b, env), a.type))
    case .next(let a): return try neighbour(a, env, up: true)
    case .previous(let a): return try neighbour(a, env, up: false)
    case .narrow(let a):
      let value = try scalar(a, env)
      judge(.range, expr.span, isFine: try vocabulary.inRange(.scalar(value), expr.type))
      return .scalar(value)
    default: throw misfit(expr)
    }
  }

  private func neighbour(_ a: Expr, _ env: Environment, up: Bool) throws -> SymbolicValue {
    guard case .enumeration(let id) = a.type else { throw misfit(a) }
    let value = try scalar(a, env)
    let cases = up ? vocabulary.enumCases[id] : vocabulary.enumCases[id].reversed()
    guard let last = cases.last else { throw misfit(a) }
    var payload = store.undefined(vocabulary.enumSorts[id])
    for (here, beyond) in zip(cases, cases.dropFirst()) { payload = store.ite(store.equal(value, here), beyond, payload) }
    return .option(isSome: store.not(store.equal(value, last)), payload: .scalar(payload))
  }

  /// Equality, with the two questions that have an encoding of their own: `f.parent(x) == …` and `count(…) == 1`.
  func equality(_ a: Expr, _ b: Expr, _ env: Environment) throws -> Term {
    for (question, answer) in [(a, b), (b, a)] {
      guard case .parent(let forestExpr, let node) = question.kind else { continue }
      guard case .forest(let forest) = try encode(forestExpr, env), case .option(let keyType) = question.type else { continue }
      switch answer.kind {
      case .none: return try vocabulary.isRoot(try key(node, env), in: forest, keyType)
      case .some(let parent):
        return try vocabulary.isParent(try key(parent, env), of: try key(node, env), in: forest, keyType)
      default: break
      }
    }
    if let known = try cardinality(a, b, env, .equal) { return known }
    return try vocabulary.equal(encode(a, env), encode(b, env), a.type)
  }
}

extension ArithmeticOperator {
  var symbol: ArithmeticSymbol {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .remainder: .remainder
    }
  }
}
