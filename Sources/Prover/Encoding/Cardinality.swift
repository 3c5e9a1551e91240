/// Counts and sizes in expressions. In: `count(…)`, `size(…)` and what they are compared with. Out: quantifiers or numbers.
import Spec

/// A count that has not yet been asked how it is used.
struct Cardinality {
  let encoder: Encoder
  let types: [Type]
  let parameters: [Term]
  let predicate: ([Term], [Term]) throws -> Term

  func number() throws -> Term { try encoder.counting.number(of: types, parameters: parameters, where: predicate) }

  /// At least n different tuples satisfy the predicate.
  func atLeast(_ n: Int) throws -> Term {
    guard n > 0 else { return encoder.store.yes }
    let width = types.flatMap(encoder.vocabulary.leafSorts).count
    let store = encoder.store
    return try encoder.vocabulary.exists(Array(repeating: types, count: n).flatMap { $0 }) { leaves in
      let tuples = (0..<n).map { Array(leaves[($0 * width)..<(($0 + 1) * width)]) }
      var conditions = try tuples.map { try predicate(parameters, $0) }
      for i in 0..<n { for j in 0..<i { conditions.append(store.not(encoder.vocabulary.same(tuples[i], tuples[j]))) } }
      return store.and(conditions)
    }
  }
}

enum CountRelation { case equal, less, lessOrEqual }

extension Encoder {
  func count(_ expr: Expr, _ locals: [Local], _ filter: Expr?, _ env: Environment) throws -> Cardinality {
    _ = try predicate(locals, filter, env)  // for its error sites
    let free = (filter?.freeLocals() ?? []).filter { local in !locals.contains { $0.slot == local.slot } }
    let bound = locals.map(\.type)
    let abstracted = try abstract(free, env, over: bound) { names, leaves in
      let inner = names.binding(locals, to: self.vocabulary.unflatten(leaves, bound))
      return try filter.map { try self.scalar($0, inner) } ?? self.store.yes
    }
    return Cardinality(
      encoder: self, types: bound, parameters: abstracted.parameters, predicate: abstracted.predicate)
  }

  func size(_ expr: Expr, _ set: Expr, _ env: Environment) throws -> Cardinality {
    guard case .set(let element) = set.type else { throw misfit(set) }
    _ = try encode(set, env)
    let abstracted = try abstract(set.freeLocals(), env, over: [element]) { names, leaves in
      guard case .scalar(let member) = try self.members(set, names)(leaves) else { throw self.misfit(set) }
      return member
    }
    return Cardinality(
      encoder: self, types: [element], parameters: abstracted.parameters, predicate: abstracted.predicate)
  }

  /// A predicate as a function of what it depends on, so that one symbol can stand for the count of all its instances. Names of
  /// keys become parameters; of others (a set, a map) the bound variables that their values hold do.
  func abstract(
    _ locals: [Local], _ env: Environment, over types: [Type],
    _ body: @escaping (Environment, [Term]) throws -> Term
  ) throws -> (parameters: [Term], predicate: ([Term], [Term]) throws -> Term) {
    let keys = locals.filter { model.isKey($0.type) }
    let keyTypes = keys.map(\.type)
    let arguments = try keys.flatMap { local -> [Term] in
      guard let value = env.locals[local.slot] else { return [] }
      return try vocabulary.flatten(value, local.type)
    }
    let direct: ([Term], [Term]) throws -> Term = { outer, leaves in
      let names = env.binding(keys, to: self.vocabulary.unflatten(outer, keyTypes))
      return try self.withoutJudging { try body(names, leaves) }
    }
    let fresh = (arguments.map { store.sort($0) } + types.flatMap(vocabulary.leafSorts)).map { store.freshVariable("p", $0) }
    let probe = try direct(Array(fresh[..<arguments.count]), Array(fresh[arguments.count...]))
    let captured = store.freeVariables(probe).map { store.variable($0) }.filter { !fresh.contains($0) }
    if captured.isEmpty { return (arguments, direct) }
    return (
      arguments + captured,
      { outer, leaves in
        let general = try direct(Array(outer.prefix(arguments.count)), leaves)
        let rest = outer.dropFirst(arguments.count)
        return self.store.substitute(general, Dictionary(uniqueKeysWithValues: zip(captured, rest)))
      }
    )
  }

  /// A count or size compared with a literal of at most 2 needs no number.
  func cardinality(_ a: Expr, _ b: Expr, _ env: Environment, _ relation: CountRelation) throws -> Term? {
    if let count = try cardinality(a, env), let k = literal(b) {
      switch relation {
      case .equal: return try exactly(k, count)
      case .lessOrEqual: return try atMost(k, count)
      case .less: return try atMost(k - 1, count)
      }
    }
    if let k = literal(a), let count = try cardinality(b, env) {
      switch relation {
      case .equal: return try exactly(k, count)
      case .lessOrEqual: return try atMost(k - 1, count).map { store.not($0) }
      case .less: return try atMost(k, count).map { store.not($0) }
      }
    }
    return nil
  }

  private func cardinality(_ expr: Expr, _ env: Environment) throws -> Cardinality? {
    switch expr.kind {
    case .count(let locals, let filter): try count(expr, locals, filter, env)
    case .size(let set): try size(expr, set, env)
    default: nil
    }
  }

  private func literal(_ expr: Expr) -> Int? {
    if case .int(let value) = expr.kind { Int(min(max(value, -2), 100)) } else { nil }
  }

  private func atMost(_ k: Int, _ count: Cardinality) throws -> Term? {
    if k < 0 { return store.no }
    return k <= 2 ? store.not(try count.atLeast(k + 1)) : nil
  }

  private func exactly(_ k: Int, _ count: Cardinality) throws -> Term? {
    if k < 0 { return store.no }
    return k <= 2 ? store.and(try count.atLeast(k), store.not(try count.atLeast(k + 1))) : nil
  }
}
