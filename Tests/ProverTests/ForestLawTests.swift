import Spec
import Testing

@testable import Prover

/// The update formulas of Forests.swift against the four axioms: proved, for every number of nodes, of an arbitrary forest.
@Suite struct ForestLawTests {
  enum Operation: CaseIterable { case attach, detach, prune, remove, removeSet, replace, choose, empty }

  /// One obligation: the operation's precondition and the axioms of the forest before.
  private struct Law {
    let vocabulary: Vocabulary
    let key: Type = .sort(0)
    let before: SymbolicForest
    let after: SymbolicForest
    var precondition: Term

    init(_ operation: Operation) throws {
      let model = try model(
        "spec Forest\nsort Node\nvar tree: forest Node\ninit { tree = empty }\naction no(n: Node) { tree.detach(n) }")
      let store = TermStore()
      let vocabulary = Vocabulary(model, store)
      self.vocabulary = vocabulary
      let f = vocabulary.arbitraryForest("tree", key)
      before = f
      let sort = vocabulary.sortTerms[0]
      let (a, b) = ([store.constant("a", sort)], [store.constant("b", sort)])
      precondition = store.yes
      switch operation {
      case .attach:
        precondition = store.and(try vocabulary.isRoot(a, in: f, key), store.not(try f.ancestor(b, a)))
        after = vocabulary.attach(a, under: b, in: f, key)
      case .detach: after = vocabulary.detach(a, in: f, key)
      case .prune: after = vocabulary.prune(a, in: f, key)
      case .remove: after = vocabulary.remove({ vocabulary.same($0, a) }, in: f, key, "removed")
      case .removeSet:
        let marked = store.declareFunction("marked", [sort], .bool)
        after = vocabulary.remove({ store.apply(marked, $0) }, in: f, key, "removed")
      case .replace:
        precondition = store.and(try vocabulary.isLone(b, in: f, key), store.not(vocabulary.same(a, b)))
        after = vocabulary.replace(a, by: b, in: f, key)
      case .choose:
        let test = store.constant("test", .bool)
        after = vocabulary.chooseForest(test, vocabulary.prune(a, in: f, key), vocabulary.detach(b, in: f, key))
      case .empty: after = vocabulary.emptyForest(key)
      }
    }

    func isValid(_ goal: Term) throws -> Bool {
      let store = vocabulary.store
      let assertions = [precondition, store.not(goal)]
      let solver = try Z3Solver(Z3Translation(store, in: Z3Context()), seed: 0)
      for fact in vocabulary.background(of: assertions).map(\.term) + assertions { try solver.assert(fact) }
      return solver.check(rlimit: 20_000_000) == .unsatisfiable
    }
  }

  @Test("an operation leaves a forest", arguments: Operation.allCases)
  func axioms(_ operation: Operation) throws {
    let law = try Law(operation)
    let (vocabulary, store, key) = (law.vocabulary, law.vocabulary.store, law.key)
    func anc(_ x: Term, _ y: Term) throws -> Term { try law.after.ancestor([x], [y]) }
    #expect(try law.isValid(vocabulary.forall([key]) { try anc($0[0], $0[0]) }))
    #expect(
      try law.isValid(
        vocabulary.forall([key, key, key]) { n in
          store.implies(store.and(try anc(n[0], n[1]), try anc(n[1], n[2])), try anc(n[0], n[2]))
        }))
    #expect(
      try law.isValid(
        vocabulary.forall([key, key]) { n in
          store.implies(store.and(try anc(n[0], n[1]), try anc(n[1], n[0])), store.equal(n[0], n[1]))
        }))
    #expect(
      try law.isValid(
        vocabulary.forall([key, key, key]) { n in
          store.implies(
            store.and(try anc(n[0], n[1]), try anc(n[0], n[2])), store.or(try anc(n[1], n[2]), try anc(n[2], n[1])))
        }))
  }

  @Test("an operation's parent is the nearest ancestor it leaves, its root the highest", arguments: Operation.allCases)
  func parentAndRoot(_ operation: Operation) throws {
    let law = try Law(operation)
    let (vocabulary, store, key) = (law.vocabulary, law.vocabulary.store, law.key)
    let parent = try law.after.parent()
    let root = try law.after.root()
    #expect(
      try law.isValid(
        vocabulary.forall([key, key]) { n in
          guard case .option(let isSome, .scalar(let above)) = try parent([n[0]]) else { return store.no }
          return store.equal(
            store.and(isSome, store.equal(above, n[1])), try vocabulary.isParent([n[1]], of: [n[0]], in: law.after, key))
        }))
    #expect(
      try law.isValid(
        vocabulary.forall([key, key]) { n in
          guard case .scalar(let top) = try root([n[0]]) else { return store.no }
          return store.and(
            try law.after.ancestor([n[0]], [top]), store.implies(try law.after.ancestor([top], [n[1]]), store.equal(n[1], top)))
        }))
  }

  @Test("without its precondition an operation need not leave a forest", arguments: [Operation.attach, .replace])
  func precondition(_ operation: Operation) throws {
    var law = try Law(operation)
    law.precondition = law.vocabulary.store.yes
    let store = law.vocabulary.store
    let linear = try law.vocabulary.forall([law.key, law.key, law.key]) { n in
      store.implies(
        store.and(try law.after.ancestor([n[0]], [n[1]]), try law.after.ancestor([n[0]], [n[2]])),
        store.or(try law.after.ancestor([n[1]], [n[2]]), try law.after.ancestor([n[2]], [n[1]])))
    }
    // Swapping two nodes is a renaming whatever they are: replace needs its precondition to mean what it says, not for this.
    #expect(try law.isValid(linear) == (operation == .replace))
  }
}
