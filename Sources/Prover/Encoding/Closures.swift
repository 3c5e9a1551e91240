/// Reflexive-transitive reachability. In: a relation over a key type. Out: a symbol with facts that hold of the true closure.
///
/// No first-order formula defines the closure, so it is squeezed: from below by being reflexive, transitive and containing
/// the relation; from above by lying inside other relations of that kind, namely the closure at another moment, alone or
/// with one edge added. A counterexample may still use a relation that is too large; replaying it finds that out.
import Spec

final class Closures {
  private struct Symbol {
    var function: FunctionSymbol
    var parameters: [TermSort]
    var key: Type
    var step: ([Term], [Term], [Term]) throws -> Term
  }

  private struct Key: Hashable {
    var step: Term
    var parameters: [TermSort]
    var key: Type
  }

  private let vocabulary: Vocabulary
  private var store: TermStore { vocabulary.store }
  private var symbols: [Symbol] = []
  private var known: [Key: Int] = [:]
  /// Closures of the state before, and those of the action at hand: what is compared with each other.
  private var shared: Set<Int> = []
  private var current: Set<Int> = []
  private var isShared = true
  /// The keys at which the action at hand may change the relation.
  private var points: [[Term]] = []

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// From here on the closures are those of one more action.
  func beginAction() {
    points = []
    current = []
    isShared = false
  }

  func compare(at points: [[Term]]) { self.points = points }

  func reaches(
    _ from: [Term], _ to: [Term], _ key: Type, parameters: [Term],
    step: @escaping ([Term], [Term], [Term]) throws -> Term
  ) throws -> Term {
    let sorts = parameters.map { store.sort($0) }
    let leaves = vocabulary.leafSorts(key)
    let p = sorts.map { store.freshVariable("p", $0) }
    let (x, y) = (leaves.map { store.freshVariable("x", $0) }, leaves.map { store.freshVariable("y", $0) })
    let identity = Key(step: store.normalized(try step(p, x, y), free: p + x + y), parameters: sorts, key: key)
    let id: Int
    if let earlier = known[identity] {
      id = earlier
    } else {
      let function = store.declareFunction("closure", sorts + leaves + leaves, .bool)
      vocabulary.approximated.insert(function)
      id = symbols.count
      known[identity] = id
      symbols.append(Symbol(function: function, parameters: sorts, key: key, step: step))
      try assumeFacts(of: symbols[id])
    }
    try relate(id)
    return store.apply(symbols[id].function, parameters + from + to)
  }

  private func relate(_ id: Int) throws {
    guard isShared ? shared.insert(id).inserted : current.insert(id).inserted else { return }
    for other in shared.union(current).subtracting([id]).sorted().prefix(6)
    where symbols[other].parameters == symbols[id].parameters && symbols[other].key == symbols[id].key {
      if shared.contains(id) && shared.contains(other) && !isShared { continue }
      try enclose(symbols[id], in: symbols[other])
      try enclose(symbols[other], in: symbols[id])
    }
  }

  /// What all closures are at a fixed size: the relation squared until paths of every length are in.
  func exact(_ grounding: Grounding) throws -> [Term] {
    var result: [Term] = []
    for symbol in symbols {
      guard let parameters = grounding.tuples(symbol.parameters),
        let nodes = grounding.tuples(vocabulary.leafSorts(symbol.key)), nodes.count <= 16
      else { continue }
      for p in parameters {
        var reach = try nodes.map { x in
          try nodes.map { y in store.or(vocabulary.same(x, y), grounding.expand(try symbol.step(p, x, y)) ?? store.no) }
        }
        var length = 1
        while length < nodes.count {
          let before = reach
          reach = nodes.indices.map { x in
            nodes.indices.map { y in store.or(nodes.indices.map { store.and(before[x][$0], before[$0][y]) }) }
          }
          length *= 2
        }
        for (i, x) in nodes.enumerated() {
          for (j, y) in nodes.enumerated() { result.append(store.equal(holds(symbol, p, x, y), reach[i][j])) }
        }
      }
    }
    return result
  }

  private func holds(_ symbol: Symbol, _ p: [Term], _ x: [Term], _ y: [Term]) -> Term {
    store.apply(symbol.function, p + x + y)
  }

  private func assumeFacts(of symbol: Symbol) throws {
    let p = symbol.parameters.map { store.freshVariable("p", $0) }
    let about = [symbol.function]
    let key = symbol.key
    func assume(_ name: String, _ term: Term) { vocabulary.assume(name, store.forall(p, term), about: about) }
    assume("closure.reflexive", try vocabulary.forall([key]) { holds(symbol, p, $0, $0) })
    assume(
      "closure.contains",
      try vocabulary.forall([key, key]) { pair in
        let (x, y) = halves(pair)
        return store.implies(try symbol.step(p, x, y), holds(symbol, p, x, y))
      })
    assume(
      "closure.transitive",
      try vocabulary.forall([key, key, key]) { triple in
        let n = triple.count / 3
        let (x, y, z) = (Array(triple[..<n]), Array(triple[n..<(2 * n)]), Array(triple[(2 * n)...]))
        return store.implies(store.and(holds(symbol, p, x, y), holds(symbol, p, y, z)), holds(symbol, p, x, z))
      })
    assume(
      "closure.firstStep",
      try vocabulary.forall([key, key]) { pair in
        let (x, y) = halves(pair)
        let stepped = try vocabulary.exists([key]) { z in
          self.store.and(try symbol.step(p, x, z), self.holds(symbol, p, z, y))
        }
        return store.implies(store.and(holds(symbol, p, x, y), store.not(vocabulary.same(x, y))), stepped)
      })
  }

  private func halves(_ leaves: [Term]) -> ([Term], [Term]) {
    let n = leaves.count / 2
    return (Array(leaves[..<n]), Array(leaves[n...]))
  }

  /// The closure is the least: a reflexive, transitive relation around its steps is around it. Such relations are another
  /// closure t, and t with an edge from a to b: `t(x, y) ∨ t(x, a) ∧ t(b, y)`.
  private func enclose(_ symbol: Symbol, in other: Symbol) throws {
    let p = symbol.parameters.map { store.freshVariable("p", $0) }
    var candidates: [([Term], [Term]) -> Term] = [{ self.holds(other, p, $0, $1) }]
    let sorts = vocabulary.leafSorts(symbol.key)
    let ends = points.filter { $0.map { store.sort($0) } == sorts }.prefix(3)
    for a in ends {
      for b in ends where a != b {
        candidates.append { x, y in
          self.store.or(
            self.holds(other, p, x, y), self.store.and(self.holds(other, p, x, a), self.holds(other, p, b, y)))
        }
      }
    }
    for candidate in candidates {
      let contains = try vocabulary.forall([symbol.key, symbol.key]) { pair in
        let (x, y) = halves(pair)
        return store.implies(try symbol.step(p, x, y), candidate(x, y))
      }
      let encloses = try vocabulary.forall([symbol.key, symbol.key]) { pair in
        let (x, y) = halves(pair)
        return store.implies(holds(symbol, p, x, y), candidate(x, y))
      }
      vocabulary.assume(
        "closure.least", store.forall(p, store.implies(contains, encloses)), aboutAll: [symbol.function, other.function])
    }
  }
}

extension Encoder {
  func closure(
    _ expr: Expr, _ x: Local, _ y: Local, _ body: Expr, _ from: Expr, _ to: Expr, _ env: Environment
  ) throws -> Term {
    _ = try predicate([x, y], body, env)  // for its error sites
    let free = body.freeLocals().filter { $0.slot != x.slot && $0.slot != y.slot }
    let width = vocabulary.leafSorts(x.type).count
    let abstracted = try abstract(free, env, over: [x.type, y.type]) { names, leaves in
      let ends = [
        self.vocabulary.unflatten(Array(leaves[..<width]), x.type),
        self.vocabulary.unflatten(Array(leaves[width...]), y.type),
      ]
      return try self.scalar(body, names.binding([x, y], to: ends))
    }
    return try closures.reaches(
      try key(from, env), try key(to, env), x.type, parameters: abstracted.parameters
    ) { outer, a, b in try abstracted.predicate(outer, a + b) }
  }
}
