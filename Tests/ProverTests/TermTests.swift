import Testing

@testable import Prover

@Suite struct TermTests {
  let store = TermStore()

  @Test func `equal terms are one term`() {
    let sort = store.declareSort("S")
    let f = store.declareFunction("f", [sort], sort)
    let a = store.constant("a", sort)
    #expect(store.apply(f, [a]) == store.apply(f, [a]))
    #expect(store.equal(a, store.apply(f, [a])) == store.equal(store.apply(f, [a]), a))
  }

  @Test func `constants fold, so that a policy leaves no trace`() {
    let p = store.constant("p", .bool)
    #expect(store.and(p, store.not(p)) == store.no)
    #expect(store.or(p, store.not(p)) == store.yes)
    #expect(store.and(store.yes, p, p) == p)
    #expect(store.ite(store.no, store.no, p) == p)
    #expect(store.equal(p, store.no) == store.not(p))
  }

  @Test(
    arguments: [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -3, 1), (-7, -2, 4, 1), (-6, 3, -2, 0)] as [(Int64, Int64, Int64, Int64)])
  func `division is Euclidean`(_ a: Int64, _ b: Int64, _ quotient: Int64, _ remainder: Int64) throws {
    #expect(store.arithmetic(.divide, store.integer(a), store.integer(b)) == store.integer(quotient))
    #expect(store.arithmetic(.remainder, store.integer(a), store.integer(b)) == store.integer(remainder))
    // And Z3 agrees: the same division of a constant that equals a.
    let solver = try Z3Solver(Z3Translation(store, in: Z3Context()), seed: 0)
    let x = store.constant("x", .int)
    try solver.assert(store.equal(x, store.integer(a)))
    let divided = store.equal(store.arithmetic(.divide, x, store.integer(b)), store.integer(quotient))
    let left = store.equal(store.arithmetic(.remainder, x, store.integer(b)), store.integer(remainder))
    try solver.assert(store.not(store.and(divided, left)))
    #expect(solver.check(rlimit: 1_000_000) == .unsatisfiable)
  }

  @Test func `arithmetic that leaves 64 bits is left to the solver`() {
    let large = store.arithmetic(.add, store.integer(.max), store.integer(1))
    #expect(!store.isLiteral(large))
    #expect(!store.isLiteral(store.arithmetic(.divide, store.integer(1), store.integer(0))))
    #expect(!store.isLiteral(store.arithmetic(.divide, store.integer(.min), store.integer(-1))))
  }

  @Test func `a quantifier over one point is no quantifier`() {
    let sort = store.declareSort("S")
    let p = store.declareFunction("p", [sort], .bool)
    let a = store.constant("a", sort)
    let x = store.freshVariable("x", sort)
    #expect(store.exists([x], store.and(store.equal(x, a), store.apply(p, [x]))) == store.apply(p, [a]))
    #expect(store.forall([x], store.implies(store.equal(x, a), store.apply(p, [x]))) == store.apply(p, [a]))
    #expect(store.forall([x], store.apply(p, [a])) == store.apply(p, [a]))
  }

  @Test func `a quantifier over a short range is its instances`() {
    let p = store.declareFunction("p", [.int], .bool)
    let x = store.freshVariable("x", .int)
    let inRange = store.and(store.lessOrEqual(store.integer(0), x), store.lessOrEqual(x, store.integer(1)))
    let both = store.and(store.apply(p, [store.integer(0)]), store.apply(p, [store.integer(1)]))
    #expect(store.forall([x], store.implies(inRange, store.apply(p, [x]))) == both)
    let empty = store.and(store.lessOrEqual(store.integer(2), x), store.lessOrEqual(x, store.integer(1)))
    #expect(store.exists([x], store.and(empty, store.apply(p, [x]))) == store.no)
  }

  @Test func `what nobody may look at leaves no choice behind`() {
    let sort = store.declareSort("S")
    let a = store.constant("a", sort)
    let c = store.constant("c", .bool)
    #expect(store.ite(c, a, store.undefined(sort)) == a)
    #expect(store.ite(c, store.undefined(sort), a) == a)
  }

  @Test func `shared subterms are printed once and names are quoted`() {
    let sort = store.declareSort("S")
    let p = store.declareFunction("a|b", [sort], .bool)
    let x = store.freshVariable("x", sort)
    let y = store.constant("let", sort)
    let shared = store.or(store.apply(p, [x]), store.not(store.equal(x, y)), store.apply(p, [y]))
    let q = store.constant("q", .bool)
    let formula = store.forall([x], store.or(store.and(shared, q), store.not(store.equal(shared, q))))
    let text = SMTLIBPrinter.script(
      [Assertion(name: "one of them", term: formula)], in: store, comment: ["a\nb"], status: "sat")
    #expect(text.hasPrefix("; a\n; b\n(set-logic UF)\n(set-info :status sat)\n(declare-sort S 0)\n"))
    #expect(text.contains("(declare-fun |a_b| (S) Bool)"))
    #expect(text.contains("(declare-fun |let| () S)"))
    #expect(text.contains(":named |one of them|"))
    #expect(text.components(separatedBy: "define-fun").count == 2)
  }

  @Test func `an error of the solver is a value`() throws {
    let context = try Z3Context()
    let translation = Z3Translation(store, in: context)
    // A function applied to too few arguments: Z3 refuses it, the process lives on, and the context still works.
    let f = store.declareFunction("f", [.int, .int], .bool)
    let solver = try Z3Solver(translation, seed: 0)
    #expect(throws: SolverFault.self) { try solver.assert(store.apply(f, [store.integer(1)])) }
    try solver.assert(store.apply(f, [store.integer(1), store.integer(2)]))
    #expect(solver.check(rlimit: 1_000_000) == .satisfiable)
  }
}
