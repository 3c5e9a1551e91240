import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// From the text of a temporal property to its automaton, against the definitions of the operators.
@Suite struct TranslationTests {
  private static let head = """
    spec Words
    var v0: bool
    var v1: bool
    var v2: bool
    init { v0 = any; v1 = any; v2 = any }
    action move() { v0 := any; v1 := any; v2 := any }

    """

  private func instance(_ formulas: [Formula]) throws -> Instance {
    let properties = formulas.enumerated().map { "temporal T\($0): \($1.text)\n" }.joined()
    let model = try Frontend.check(text: Self.head + properties + "scope s { }\n").model
    return try Instance(model, scope: model.scopes[0])
  }

  /// The run of the spec above that a word describes.
  private func trace(_ word: Word, _ instance: Instance) -> Trace {
    func bits(_ letter: UInt64) -> [Int] { (0..<3).map { Int(letter >> UInt64($0) & 1) } }
    func state(_ letter: UInt64) -> State { State(variables: bits(letter).map { .bool($0 == 1) }) }
    var trace = Trace(instance: instance, rigid: RigidValuation(constants: []), initial: state(word[0]), steps: [])
    for position in 1...word.letters.count {
      let action = ActionInstance(action: 0, arguments: bits(word[position]))
      trace.steps.append(Trace.Step(instance: action, state: state(word[position])))
    }
    trace.loop = word.loop
    return trace
  }

  @Test("random formulas: automaton and lasso evaluator agree with the definitions on random words", arguments: 0..<4)
  func agrees(block: Int) throws {
    var random = SeededGenerator(seed: UInt64(block) + 77)
    var answers: [Bool: Int] = [:]
    let formulas = (0..<75).map { Formula.random(depth: 1 + $0 % 4, atoms: 3, &random) }
    let instance = try instance(formulas)
    let evaluator = Evaluator(instance)
    let rigid = RigidValuation(constants: [])
    for (number, formula) in formulas.enumerated() {
      let expansion = try TemporalExpansion(number, evaluator, rigid)
      // Each atom of the expansion is one of the variables.
      let variables = expansion.atoms.map { atom -> UInt64 in
        var variable: UInt64 = 0
        atom.expr.forEachNode(in: instance.model) { if case .variable(let id) = $0.kind { variable = UInt64(id) } }
        return variable
      }
      var automata: [BuchiAutomaton] = []
      for conjunct in expansion.conjuncts {
        var pool = expansion.pool
        automata.append(try Translation.automaton(pool.negation(conjunct.formula), pool))
      }
      for _ in 0..<40 {
        let word = Word.random(length: 5, atoms: 3, &random)
        let expected = formula.holds(on: word)
        answers[expected, default: 0] += 1
        #expect(evaluator.holds(temporal: number, on: trace(word, instance)) == expected, "\(formula.text) on \(word)")
        // A letter in terms of the expansion's atoms, which may be more than variables: `v0 && v1` is one atom.
        let letters = word.letters.map { letter -> UInt64 in
          var result: UInt64 = 0
          let state = State(variables: (0..<3).map { .bool(letter >> UInt64($0) & 1 == 1) })
          for (bit, atom) in expansion.atoms.enumerated() {
            var frame = atom.frame
            if (try? evaluator.evaluate(atom.expr, frame: &frame, state: state, before: nil, rigid)) == .bool(true) {
              result |= 1 << UInt64(bit)
            }
          }
          return result
        }
        let inAtoms = Word(letters: letters, loop: word.loop)
        let refuted = try automata.contains { try $0.accepts(inAtoms, atoms: variables.count) }
        #expect(refuted == !expected, "\(formula.text) on \(word)")
      }
    }
    // Neither answer is rare.
    #expect(answers.values.min() ?? 0 > 300, "\(answers)")
  }

  @Test(
    "the negations of common properties have automata of one or two states",
    arguments: [
      ("always v0", 2), ("eventually v0", 1), ("v0 leadsTo v1", 2), ("always eventually v0", 2), ("eventually always v0", 1),
      ("v0 until v1", 2), ("always v0 || eventually v1", 2), ("always eventually v0 ==> always eventually v1", 2),
      ("always (v0 ==> v0 until v1)", 3),
    ])
  func small(property: String, states: Int) throws {
    let model = try Frontend.check(text: Self.head + "temporal T: \(property)\nscope s { }\n").model
    let expansion = try TemporalExpansion(
      0, Evaluator(try Instance(model, scope: model.scopes[0])), RigidValuation(constants: []))
    #expect(expansion.conjuncts.count == 1)
    for conjunct in expansion.conjuncts {
      var pool = expansion.pool
      let automaton = try Translation.automaton(pool.negation(conjunct.formula), pool)
      #expect(automaton.stateCount == states, "\(automaton)")
    }
  }

  @Test("a conjunction, also one over elements and one inside `always`, is judged part by part")
  func conjuncts() throws {
    let text = """
      spec S
      sort A
      var s: set A
      init { s = empty }
      temporal T: forall a: A :: (a in s leadsTo !(a in s)) && always (size(s) < 3 && eventually a in s)
      scope t { A = 3 }
      """
    let model = try Frontend.check(text: text).model
    let expansion = try TemporalExpansion(
      0, Evaluator(try Instance(model, scope: model.scopes[0])), RigidValuation(constants: []))
    #expect(expansion.conjuncts.count == 9)
    // `size(s) < 3` reads no element, so it is one atom; `a in s` stands three times in the text.
    #expect(expansion.atoms.count == 10)
  }

  @Test("of conjuncts that a renaming takes into each other one is judged; constants and ordered sorts are not renamed")
  func orbits() throws {
    let text = """
      spec S
      sort A
      ordered sort B
      const c: A
      var s: set A
      var t: set B
      init { s = empty; t = empty }
      temporal T: (forall a, b: A :: a in s leadsTo b in s) && (forall b: B :: always eventually b in t)
      scope t { A = 4; B = 3 }
      """
    let model = try Frontend.check(text: text).model
    let instance = try Instance(model, scope: model.scopes[0])
    let rigid = RigidValuation(constants: [.element(0)])
    let expansion = try TemporalExpansion(0, Evaluator(instance), rigid)
    let orbits = ConjunctOrbits(instance, SymmetryGroup(instance, rigid))
    // Of 16 pairs (c, c), (c, x), (x, c), (x, x), (x, y); of 3 ordered elements each.
    #expect(expansion.conjuncts.count == 16 + 3)
    #expect(orbits.representatives(of: expansion.conjuncts).count == 5 + 3)
  }

  @Test("a formula whose automaton is too large is refused, not built")
  func tooLarge() throws {
    var pool = FormulaPool()
    let parts = (0..<30).map { index in
      let pair = (pool.literal(2 * index), pool.literal(2 * index + 1))
      return pool.until(pair.0, pair.1)
    }
    let all = pool.and(parts)
    #expect(throws: Translation.TooLarge.self) { try Translation.automaton(all, pool) }
  }
}
