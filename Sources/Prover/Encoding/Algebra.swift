/// Operations on symbolic values of any type: choice, equality, quantification over a type, substitution.
import Spec

/// One way a value of a key type can look: its shape with bound variables, and what they must satisfy.
struct Binding {
  var value: SymbolicValue
  var variables: [Term] = []
  var condition: Term
}

extension Vocabulary {
  // MARK: - Choice

  func ite(_ condition: Term, _ then: SymbolicValue, _ other: SymbolicValue) -> SymbolicValue {
    if condition == store.yes { return then }
    if condition == store.no { return other }
    switch (then, other) {
    case (.scalar(let a), .scalar(let b)): return .scalar(iteTerm(condition, a, b))
    case (.option(let isSome, let payload), .option(let otherSome, let otherPayload)):
      // Under a flag that is false anything may stand: the other side's payload, so that no choice is left.
      let merged =
        isSome == store.no ? otherPayload : otherSome == store.no ? payload : ite(condition, payload, otherPayload)
      return .option(isSome: iteTerm(condition, isSome, otherSome), payload: merged)
    case (.record(let a), .record(let b)): return .record(zip(a, b).map { ite(condition, $0, $1) })
    case (.map(let a), .map(let b)): return .map(SymbolicFunction { self.ite(condition, try a($0), try b($0)) })
    case (.set(let a), .set(let b)): return .set(SymbolicFunction { self.ite(condition, try a($0), try b($0)) })
    case (.queue(let length, let slots), .queue(let otherLength, let otherSlots)):
      return .queue(
        length: iteTerm(condition, length, otherLength), slots: zip(slots, otherSlots).map { ite(condition, $0, $1) })
    case (.forest(let a), .forest(let b)): return .forest(chooseForest(condition, a, b))
    default: return then  // two values of one type have one shape
    }
  }

  /// Quantifiers stay where solvers want them, outside of terms: a condition that has one gets a name of its own.
  private func iteTerm(_ condition: Term, _ then: Term, _ other: Term) -> Term {
    let direct = store.ite(condition, then, other)
    guard store.sort(then) != .bool, store.hasQuantifier(condition), case .ite = store.node(direct) else { return direct }
    return store.ite(named(condition), then, other)
  }

  /// A predicate over the condition's free variables, defined to be the condition.
  private func named(_ condition: Term) -> Term {
    let free = store.freeVariables(condition).map { store.variable($0) }
    let general = store.normalized(condition, free: free)
    let predicate: FunctionSymbol
    if let known = conditionNames[general] {
      predicate = known
    } else {
      predicate = store.declareFunction("condition", free.map { store.sort($0) }, .bool)
      conditionNames[general] = predicate
      assume(
        "condition.definition", store.forall(free, store.equal(store.apply(predicate, free), condition)), about: [predicate])
    }
    return store.apply(predicate, free)
  }

  // MARK: - Equality

  func equal(_ a: SymbolicValue, _ b: SymbolicValue, _ type: Type) throws -> Term {
    switch (a, b, type) {
    case (.scalar(let x), .scalar(let y), _): return store.equal(x, y)
    case (.option(let isSome, let x), .option(let otherSome, let y), .option(let inner)):
      if isSome == store.no { return store.not(otherSome) }
      if otherSome == store.no { return store.not(isSome) }
      let payloads = try equal(x, y, inner)
      if isSome == store.yes { return store.and(otherSome, payloads) }
      if otherSome == store.yes { return store.and(isSome, payloads) }
      return store.and(store.equal(isSome, otherSome), store.or(store.not(isSome), payloads))
    case (.record(let x), .record(let y), .record(let id)):
      return store.and(try model.records[id].fields.indices.map { try equal(x[$0], y[$0], model.records[id].fields[$0].type) })
    case (.map(let x), .map(let y), .map(let keys, let value)):
      return try forall(keys) { leaves in try self.equal(x(leaves), y(leaves), value) }
    case (.set(let x), .set(let y), .set(let element)):
      return try forall([element]) { leaves in try self.equal(x(leaves), y(leaves), .bool) }
    case (.queue(let length, let slots), .queue(let otherLength, let otherSlots), .queue(_, let element)):
      let pairs = try zip(slots, otherSlots).enumerated().map { i, pair in
        store.implies(
          store.less(store.integer(Int64(i)), length), try equal(pair.0, pair.1, element))
      }
      return store.and([store.equal(length, otherLength)] + pairs)
    case (.forest(let x), .forest(let y), .forest(let key)):
      return try forall([key, key]) { leaves in
        let half = leaves.count / 2
        return self.store.equal(
          try x.ancestor(Array(leaves[..<half]), Array(leaves[half...])),
          try y.ancestor(Array(leaves[..<half]), Array(leaves[half...])))
      }
    default: throw EncodingFailure(reason: "equality of values of type \(model.describe(type))", span: .none)
    }
  }

  func same(_ a: [Term], _ b: [Term]) -> Term { store.and(zip(a, b).map { store.equal($0, $1) }) }

  // MARK: - Quantification over types

  /// Every value of a key type, as few shapes. `expanding`: finite types become their values (bools, small ranges), which
  /// leaves variables of uninterpreted sorts only; options always come apart, so that `none` is one value.
  func bindings(_ name: String, _ type: Type, expanding: Bool) -> [Binding] {
    switch type {
    case .bool where expanding:
      return [store.no, store.yes].map { Binding(value: .scalar($0), condition: store.yes) }
    case .int(let low, let high) where expanding && low <= high && high < (low.addingReportingOverflow(16).partialValue):
      return (low...high).map { Binding(value: .scalar(store.integer($0)), condition: store.yes) }
    case .int(let low, let high):
      let variable = store.freshVariable(name, .int)
      let inRange = store.and(
        store.lessOrEqual(store.integer(low), variable), store.lessOrEqual(variable, store.integer(high)))
      return [Binding(value: .scalar(variable), variables: [variable], condition: inRange)]
    case .bool, .sort, .enumeration:
      let variable = store.freshVariable(name, leafSorts(type)[0])
      return [Binding(value: .scalar(variable), variables: [variable], condition: store.yes)]
    case .option(let payload):
      let some = bindings(name, payload, expanding: expanding).map { inner in
        Binding(value: .option(isSome: store.yes, payload: inner.value), variables: inner.variables, condition: inner.condition)
      }
      return [Binding(value: .option(isSome: store.no, payload: undefined(payload)), condition: store.yes)] + some
    case .record(let id):
      let fields = model.records[id].fields
      return product(fields.map { (name: "\(name).\($0.name)", type: $0.type) }, expanding: expanding).map { tuple in
        Binding(value: .record(tuple.values), variables: tuple.variables, condition: tuple.condition)
      }
    case .set, .map, .queue, .forest, .error: return []
    }
  }

  /// Every tuple over key types; expansion stops where it would exceed 64 shapes.
  func product(
    _ parts: [(name: String, type: Type)], expanding: Bool
  ) -> [(values: [SymbolicValue], variables: [Term], condition: Term)] {
    var result: [(values: [SymbolicValue], variables: [Term], condition: Term)] = [([], [], store.yes)]
    for part in parts {
      var choices = bindings(part.name, part.type, expanding: expanding)
      if expanding && choices.count * result.count > 64 {
        choices = bindings(part.name, part.type, expanding: false)
      }
      result = result.flatMap { tuple in
        choices.map {
          (tuple.values + [$0.value], tuple.variables + $0.variables, store.and(tuple.condition, $0.condition))
        }
      }
    }
    return result
  }

  func forall(_ types: [Type], _ body: ([Term]) throws -> Term) throws -> Term {
    store.and(
      try product(types.map { ("k", $0) }, expanding: true).map { tuple in
        store.forall(tuple.variables, store.implies(tuple.condition, try body(flatten(tuple.values, types))))
      })
  }

  func exists(_ types: [Type], _ body: ([Term]) throws -> Term) throws -> Term {
    store.not(try forall(types) { store.not(try body($0)) })
  }

  // MARK: - Substitution

  func substitute(_ value: SymbolicValue, _ replacement: [Term: Term]) -> SymbolicValue {
    guard !replacement.isEmpty else { return value }
    switch value {
    case .scalar(let term): return .scalar(store.substitute(term, replacement))
    case .option(let isSome, let payload):
      return .option(isSome: store.substitute(isSome, replacement), payload: substitute(payload, replacement))
    case .record(let fields): return .record(fields.map { substitute($0, replacement) })
    // The arguments are whoever asks': they never hold the variables replaced here, so replacing afterwards is the same.
    case .map(let function): return .map(SymbolicFunction { self.substitute(try function($0), replacement) })
    case .set(let function): return .set(SymbolicFunction { self.substitute(try function($0), replacement) })
    case .queue(let length, let slots):
      return .queue(length: store.substitute(length, replacement), slots: slots.map { substitute($0, replacement) })
    case .forest: return value  // forests are whole variables: no bound variable occurs in one
    }
  }
}
