/// One solver for a run that grows. In: assertions, step after step, and questions. Out: answers; what was learned of a shorter run stays.
///
/// With a grounding it is a run at one size: no quantifier is left, counts and closures are exact, and `unsatisfiable` says that there is
/// nothing at that size. Without, it speaks of every size, and only `unsatisfiable` is worth anything.
import Spec

final class RunSolver {
  private let theory: Theory
  private let engine: Engine
  let grounding: Grounding?
  private let solver: Z3Solver
  /// What was assumed, and what of it and of the background the solver has been told; a question's part is taken back with it.
  private var terms: [Term] = []
  private var told: Set<Term> = []

  init(_ theory: Theory, _ engine: Engine, _ grounding: Grounding? = nil) throws {
    self.theory = theory
    self.engine = engine
    self.grounding = grounding
    solver = try engine.solver([])
  }

  func assume(_ assertions: [Assertion]) throws {
    terms += assertions.map(\.term)
    var all = theory.vocabulary.background(of: terms).map(\.term) + assertions.map(\.term)
    if let grounding {
      all += try theory.encoder.counting.exact(grounding) + theory.encoder.closures.exact(grounding)
      guard let ground = grounding.ground(all) else { throw ExtractionFailure(reason: "the formulas grow too large") }
      all = ground
    }
    for term in all where told.insert(term).inserted { try solver.assert(term) }
  }

  /// Whether all that is assumed is satisfiable with this; `read` looks at a model while there is one.
  func ask(_ assertions: [Assertion], share: UInt32, read: (Z3Model) throws -> Void = { _ in }) throws -> Answer {
    let before = (terms, told)
    solver.push()
    defer {
      solver.pop()
      (terms, told) = before
    }
    try assume(assertions)
    let answer = engine.check(solver, share: share)
    if answer == .satisfiable { try read(solver.model()) }
    return answer
  }
}
