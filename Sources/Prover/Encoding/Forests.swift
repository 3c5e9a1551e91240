/// Forests as reflexive ancestor relations. In: forests and operations. Out: the forest after, quantifier-free in the one before.
///
/// `anc(x, y)`: y is x or an ancestor of x. Four universal axioms say forest: reflexive, transitive, antisymmetric, and
/// `anc(x, y) ∧ anc(x, z) → anc(y, z) ∨ anc(z, y)`. Each operation keeps them, given its own precondition:
///   - attach c under p (c a root, p not below c): the pairs added lead from c's subtree to p's ancestors. Those are two
///     disjoint sets, the second a chain above p; x in c's subtree had its ancestors up to c, and now these then that chain.
///   - detach c: x in c's subtree keeps its ancestors up to c: a prefix of a chain is a chain; nothing else changes.
///   - remove of a set D (prune: D is all below a): the relation restricted to the rest, plus the identity. Restricting keeps all four.
///   - replace x by y (y lone): the relation is renamed by swapping x and y, and a renamed forest is a forest.
/// So the axioms are assumed of the state before only; ForestTests proves the four of every operation's result all the same.
import Spec

extension Vocabulary {
  /// A forest of which nothing is known but that it is one.
  func arbitraryForest(_ name: String, _ key: Type) -> SymbolicForest {
    let sorts = leafSorts(key)
    let relation = store.declareFunction("\(name).within", sorts + sorts, .bool)
    func anc(_ x: [Term], _ y: [Term]) -> Term { store.apply(relation, x + y) }
    let (x, y, z) = (nodeVariables("x", sorts), nodeVariables("y", sorts), nodeVariables("z", sorts))
    let both = fault == .dropsLinearity ? store.no : store.and(anc(x, y), anc(x, z))
    let joined = fault == .dropsTransitivity ? store.no : store.and(anc(x, y), anc(y, z))
    assume("\(name).reflexive", store.forall(x, anc(x, x)), about: [relation])
    assume(
      "\(name).transitive", store.forall(x + y + z, store.implies(joined, anc(x, z))), about: [relation])
    assume(
      "\(name).antisymmetric", store.forall(x + y, store.implies(store.and(anc(x, y), anc(y, x)), same(x, y))),
      about: [relation])
    assume(
      "\(name).linear", store.forall(x + y + z, store.implies(both, store.or(anc(y, z), anc(z, y)))), about: [relation])
    return SymbolicForest(
      ancestor: anc,
      parent: { self.definedParent(name, key, anc) },
      root: { self.definedRoot(name, key, anc) })
  }

  private func nodeVariables(_ name: String, _ sorts: [TermSort]) -> [Term] { sorts.map { store.freshVariable(name, $0) } }

  /// The parent as a symbol of which the definition is assumed. Every finite forest has one, and `proved` speaks of
  /// finite sizes only. Where x is a root the symbol is arbitrary and the flag false.
  func definedParent(
    _ name: String, _ key: Type, _ anc: @escaping ([Term], [Term]) throws -> Term
  ) -> SymbolicFunction {
    let sorts = leafSorts(key)
    let symbols = sorts.map { store.declareFunction("\(name).parent", sorts, $0) }
    func parent(_ x: [Term]) -> [Term] { symbols.map { store.apply($0, x) } }
    let (x, p) = (nodeVariables("x", sorts), nodeVariables("p", sorts))
    do {
      let premise = store.and(try anc(x, p), store.not(same(x, p)))
      let isProper = store.and(try anc(x, parent(x)), store.not(same(x, parent(x))))
      let nearest = try anc(parent(x), p)
      assume(
        "\(name).parent.definition", store.forall(x + p, store.implies(premise, store.and(isProper, nearest))),
        about: symbols)
    } catch {
      let failure = error
      return SymbolicFunction { _ in throw failure }
    }
    return SymbolicFunction { x in
      let isSome = self.store.and(try anc(x, parent(x)), self.store.not(self.same(x, parent(x))))
      return .option(isSome: isSome, payload: self.unflatten(parent(x), key))
    }
  }

  /// The top of each tree as a symbol: `anc(x, y)` implies that y lies below the root of x.
  func definedRoot(_ name: String, _ key: Type, _ anc: @escaping ([Term], [Term]) throws -> Term) -> SymbolicFunction {
    let sorts = leafSorts(key)
    let symbols = sorts.map { store.declareFunction("\(name).root", sorts, $0) }
    func root(_ x: [Term]) -> [Term] { symbols.map { store.apply($0, x) } }
    let (x, y) = (nodeVariables("x", sorts), nodeVariables("y", sorts))
    do {
      let maximal = try anc(y, root(x))
      assume(
        "\(name).root.definition", store.forall(x + y, store.implies(try anc(x, y), maximal)), about: symbols)
    } catch {
      let failure = error
      return SymbolicFunction { _ in throw failure }
    }
    return SymbolicFunction { self.unflatten(root($0), key) }
  }

  /// Every node alone.
  func emptyForest(_ key: Type) -> SymbolicForest {
    SymbolicForest(
      ancestor: { self.same($0, $1) },
      parent: {
        let none = SymbolicValue.option(isSome: self.store.no, payload: self.undefined(key))
        return SymbolicFunction { _ in none }
      },
      root: { SymbolicFunction { self.unflatten($0, key) } })
  }

  func chooseForest(_ condition: Term, _ a: SymbolicForest, _ b: SymbolicForest) -> SymbolicForest {
    SymbolicForest(
      ancestor: { self.store.ite(condition, try a.ancestor($0, $1), try b.ancestor($0, $1)) },
      parent: {
        let (x, y) = (try a.parent(), try b.parent())
        return SymbolicFunction { self.ite(condition, try x($0), try y($0)) }
      },
      root: {
        let (x, y) = (try a.root(), try b.root())
        return SymbolicFunction { self.ite(condition, try x($0), try y($0)) }
      })
  }

  // MARK: - Operations (nodes flattened)

  func attach(_ c: [Term], under p: [Term], in f: SymbolicForest, _ key: Type) -> SymbolicForest {
    SymbolicForest(
      ancestor: { self.store.or(try f.ancestor($0, $1), self.store.and(try f.ancestor($0, c), try f.ancestor(p, $1))) },
      parent: {
        let old = try f.parent()
        let now = SymbolicValue.option(isSome: self.store.yes, payload: self.unflatten(p, key))
        return SymbolicFunction { self.ite(self.same($0, c), now, try old($0)) }
      },
      root: {
        let old = try f.root()
        return SymbolicFunction { self.ite(try f.ancestor($0, c), try old(p), try old($0)) }
      })
  }

  func detach(_ c: [Term], in f: SymbolicForest, _ key: Type) -> SymbolicForest {
    let store = store
    return SymbolicForest(
      ancestor: { x, y in
        let cut = store.and(try f.ancestor(x, c), try f.ancestor(c, y), store.not(self.same(c, y)))
        return store.and(try f.ancestor(x, y), store.not(cut))
      },
      parent: {
        let old = try f.parent()
        let none = SymbolicValue.option(isSome: store.no, payload: self.undefined(key))
        return SymbolicFunction { self.ite(self.same($0, c), none, try old($0)) }
      },
      root: {
        let old = try f.root()
        return SymbolicFunction { self.ite(try f.ancestor($0, c), self.unflatten(c, key), try old($0)) }
      })
  }

  func prune(_ a: [Term], in f: SymbolicForest, _ key: Type) -> SymbolicForest {
    let store = store
    // What lies below a descendant of `a` is itself one: removing x's pairs upward is enough.
    let kept: ([Term]) -> Term = { self.fault == .prunesTheNodeToo ? store.no : self.same($0, a) }
    let removed: ([Term]) throws -> Term = { store.and(try f.ancestor($0, a), store.not(kept($0))) }
    return SymbolicForest(
      ancestor: { store.or(self.same($0, $1), store.and(try f.ancestor($0, $1), store.not(try removed($0)))) },
      parent: {
        let old = try f.parent()
        let none = SymbolicValue.option(isSome: store.no, payload: self.undefined(key))
        return SymbolicFunction { self.ite(try removed($0), none, try old($0)) }
      },
      root: {
        let old = try f.root()
        return SymbolicFunction { self.ite(try removed($0), self.unflatten($0, key), try old($0)) }
      })
  }

  /// All elements of a set at once; what stays keeps its ancestry among itself. Parents and roots of what stays are not
  /// terms over the forest before (the nearest ancestor that stays may be any number of steps up): they are defined anew.
  func remove(_ removed: @escaping ([Term]) throws -> Term, in f: SymbolicForest, _ key: Type, _ name: String) -> SymbolicForest {
    let store = store
    let ancestor: ([Term], [Term]) throws -> Term = { x, y in
      store.or(
        self.same(x, y), store.and(try f.ancestor(x, y), store.not(try removed(x)), store.not(try removed(y))))
    }
    return SymbolicForest(
      ancestor: ancestor,
      parent: { self.definedParent(name, key, ancestor) },
      root: { self.definedRoot(name, key, ancestor) })
  }

  func replace(_ x: [Term], by y: [Term], in f: SymbolicForest, _ key: Type) -> SymbolicForest {
    let store = store
    let swap: ([Term]) -> [Term] = { node in
      let (isX, isY) = (self.same(node, x), self.same(node, y))
      return node.indices.map { store.ite(isX, y[$0], store.ite(isY, x[$0], node[$0])) }
    }
    return SymbolicForest(
      ancestor: { try f.ancestor(swap($0), swap($1)) },
      parent: {
        let old = try f.parent()
        return SymbolicFunction { node in
          guard case .option(let isSome, let payload) = try old(swap(node)) else { return self.undefined(.option(key)) }
          return .option(isSome: isSome, payload: self.unflatten(swap(try self.flatten(payload, key)), key))
        }
      },
      root: {
        let old = try f.root()
        return SymbolicFunction { self.unflatten(swap(try self.flatten(try old(swap($0)), key)), key) }
      })
  }

  // MARK: - Questions

  func isRoot(_ x: [Term], in f: SymbolicForest, _ key: Type) throws -> Term {
    try forall([key]) { z in self.store.implies(try f.ancestor(x, z), self.same(z, x)) }
  }

  func isLone(_ x: [Term], in f: SymbolicForest, _ key: Type) throws -> Term {
    try forall([key]) { z in
      self.store.implies(self.store.or(try f.ancestor(x, z), try f.ancestor(z, x)), self.same(z, x))
    }
  }

  /// The universal definition, which needs no symbol: p is above x and below everything else above x.
  func isParent(_ p: [Term], of x: [Term], in f: SymbolicForest, _ key: Type) throws -> Term {
    let nearest = try forall([key]) { z in
      self.store.implies(
        self.store.and(try f.ancestor(x, z), self.store.not(self.same(z, x))), try f.ancestor(p, z))
    }
    return store.and(try f.ancestor(x, p), store.not(same(x, p)), nearest)
  }
}
