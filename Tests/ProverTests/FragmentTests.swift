import Spec
import Testing

@testable import Prover

/// Which formulas lead from a sort back to it: the cycle is what is named when a solver gives up.
@Suite struct FragmentTests {
  private func vocabulary() throws -> Vocabulary {
    let model = try model("spec Two\nsort A\nsort B\nvar x: bool\ninit { x = true }\naction flip() { x := !x }")
    return Vocabulary(model, TermStore())
  }

  @Test func `functions there and back are a cycle`() throws {
    let vocabulary = try vocabulary()
    let store = vocabulary.store
    let (a, b) = (vocabulary.sortTerms[0], vocabulary.sortTerms[1])
    let (f, g) = (store.declareFunction("f", [a], b), store.declareFunction("g", [b], a))
    let (x, y) = (store.constant("x", a), store.constant("y", b))
    let there = store.equal(store.apply(f, [x]), y)
    let back = store.equal(store.apply(g, [y]), x)
    #expect(Fragment.cycle(in: [there], vocabulary) == nil)
    #expect(Fragment.cycle(in: [there, back], vocabulary) == "A → B → A through f, g")
  }

  @Test func `an existential under a universal is a function`() throws {
    let vocabulary = try vocabulary()
    let store = vocabulary.store
    let (a, b) = (vocabulary.sortTerms[0], vocabulary.sortTerms[1])
    let r = store.declareFunction("r", [a, b], .bool)
    let (x, y) = (store.freshVariable("x", a), store.freshVariable("y", b))
    let related = store.apply(r, [x, y])
    let everyHas = store.forall([x], store.exists([y], related))
    let everyIsHad = store.forall([y], store.exists([x], related))
    #expect(Fragment.cycle(in: [everyHas], vocabulary) == nil)
    #expect(Fragment.cycle(in: [everyHas, everyIsHad], vocabulary) == "A → B → A through an existential")
    // Negated, the outer quantifier is the existential one, and nothing depends on anything.
    #expect(Fragment.cycle(in: [store.not(store.exists([x], store.forall([y], related))), everyIsHad], vocabulary) != nil)
    #expect(Fragment.cycle(in: [store.not(everyHas), everyIsHad], vocabulary) == nil)
  }
}
