/// Values as symbols, and keys as their arguments. In: types. Out: declared symbols in the shape of the type.
import Spec

extension Vocabulary {
  // MARK: - Keys as lists of terms

  /// The term sorts that a key type comes apart into.
  func leafSorts(_ type: Type) -> [TermSort] {
    switch type {
    case .bool: [.bool]
    case .int: [.int]
    case .sort(let id): [sortTerms[id]]
    case .enumeration(let id): [enumSorts[id]]
    case .option(let payload): [.bool] + leafSorts(payload)
    case .record(let id): model.records[id].fields.flatMap { leafSorts($0.type) }
    case .set, .map, .queue, .forest, .error: []
    }
  }

  /// The key as arguments of a symbol. The payload of `none` becomes one fixed value, so that `m[none]` is one cell.
  func flatten(_ value: SymbolicValue, _ type: Type) throws -> [Term] {
    switch (value, type) {
    case (.scalar(let term), _): return [term]
    case (.option(let isSome, let payload), .option(let inner)):
      return [isSome] + (try flatten(payload, inner).map { store.ite(isSome, $0, filler(store.sort($0))) })
    case (.record(let fields), .record(let id)):
      return try zip(fields, model.records[id].fields).flatMap { try flatten($0, $1.type) }
    default: throw EncodingFailure(reason: "a value of type \(model.describe(type)) cannot be a key", span: .none)
    }
  }

  func flatten(_ values: [SymbolicValue], _ types: [Type]) throws -> [Term] {
    try zip(values, types).flatMap { try flatten($0, $1) }
  }

  func unflatten(_ leaves: [Term], _ type: Type) -> SymbolicValue {
    var rest = leaves[...]
    return unflatten(&rest, type)
  }

  func unflatten(_ leaves: [Term], _ types: [Type]) -> [SymbolicValue] {
    var rest = leaves[...]
    return types.map { unflatten(&rest, $0) }
  }

  private func unflatten(_ leaves: inout ArraySlice<Term>, _ type: Type) -> SymbolicValue {
    switch type {
    case .option(let inner):
      let isSome = leaves.removeFirst()
      return .option(isSome: isSome, payload: unflatten(&leaves, inner))
    case .record(let id): return .record(model.records[id].fields.map { unflatten(&leaves, $0.type) })
    default: return .scalar(leaves.removeFirst())
    }
  }

  private func filler(_ sort: TermSort) -> Term {
    switch sort {
    case .bool: return store.no
    case .int: return store.integer(0)
    case .named(let id):
      if let enumeration = enumSorts.firstIndex(of: sort), let first = enumCases[enumeration].first { return first }
      if let known = fillers[sort] { return known }
      let made = store.constant("\(store.sortNames[id]).filler", sort)
      fillers[sort] = made
      return made
    }
  }

  // MARK: - Symbols

  /// Symbols for a value of any type that depends on `arguments`. Assumes its ranges; what is an option's payload may be
  /// assumed in range even under `none`, since nothing reads it there.
  func symbolic(_ name: String, _ type: Type, over arguments: [TermSort] = []) -> ([Term]) -> SymbolicValue {
    let store = store
    switch type {
    case .bool, .sort, .enumeration:
      let function = store.declareFunction(name, arguments, leafSorts(type)[0])
      return { .scalar(store.apply(function, $0)) }
    case .int(let low, let high):
      let function = store.declareFunction(name, arguments, .int)
      assumeRange("\(name).range", function, low, high)
      return { .scalar(store.apply(function, $0)) }
    case .option(let payload):
      let flag = store.declareFunction("\(name).some", arguments, .bool)
      let value = symbolic(name, payload, over: arguments)
      return { .option(isSome: store.apply(flag, $0), payload: value($0)) }
    case .record(let id):
      let fields = model.records[id].fields.map { symbolic("\(name).\($0.name)", $0.type, over: arguments) }
      return { arguments in .record(fields.map { $0(arguments) }) }
    case .map(let keys, let value):
      let cell = symbolic(name, value, over: arguments + keys.flatMap(leafSorts))
      return { prefix in .map(SymbolicFunction { cell(prefix + $0) }) }
    case .set(let element):
      let member = store.declareFunction(name, arguments + leafSorts(element), .bool)
      return { prefix in .set(SymbolicFunction { .scalar(store.apply(member, prefix + $0)) }) }
    case .queue(let capacity, let element):
      let length = store.declareFunction("\(name).length", arguments, .int)
      assumeRange("\(name).length.range", length, 0, Int64(capacity))
      let slots = (0..<capacity).map { symbolic("\(name).\($0)", element, over: arguments) }
      return { arguments in .queue(length: store.apply(length, arguments), slots: slots.map { $0(arguments) }) }
    case .forest(let key):
      let forest = arbitraryForest(name, key)
      return { _ in .forest(forest) }
    case .error:
      return { _ in .record([]) }
    }
  }

  private func assumeRange(_ name: String, _ function: FunctionSymbol, _ low: Int64, _ high: Int64) {
    let variables = store.functions[function.id].arguments.map { store.freshVariable("k", $0) }
    let value = store.apply(function, variables)
    if fault == .dropsRange { return }
    let high = fault == .narrowsRange ? high - 1 : high
    assume(
      name,
      store.forall(
        variables,
        store.and(store.lessOrEqual(store.integer(low), value), store.lessOrEqual(value, store.integer(high)))),
      about: [function])
  }

  /// A value that nobody may look at.
  func undefined(_ type: Type) -> SymbolicValue {
    switch type {
    case .bool, .int, .sort, .enumeration: return .scalar(store.undefined(leafSorts(type)[0]))
    case .option(let payload): return .option(isSome: store.undefined(.bool), payload: undefined(payload))
    case .record(let id): return .record(model.records[id].fields.map { undefined($0.type) })
    case .map(_, let value):
      let cell = undefined(value)
      return .map(SymbolicFunction { _ in cell })
    case .set:
      let member = store.undefined(.bool)
      return .set(SymbolicFunction { _ in .scalar(member) })
    case .queue(let capacity, let element):
      return .queue(length: store.undefined(.int), slots: Array(repeating: undefined(element), count: capacity))
    case .forest, .error: return .record([])
    }
  }
}
