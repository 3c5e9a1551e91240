/// Solvers of one step. In: what the step assumes, and what is asserted for a while. Out: the literals that a refutation used, or a model at a fixed size.
import Spec

/// A solver that gets the background of whatever it is told.
final class AssertingSolver {
  private let theory: Theory
  private let engine: Engine
  private let solver: Z3Solver
  private var background: Set<Term> = []
  private var store: TermStore { theory.store }
  /// What one check may use of the limit, for each unit of patience.
  private static let share: UInt32 = 40

  init(_ theory: Theory, _ engine: Engine, _ base: [Term]) throws {
    self.theory = theory
    self.engine = engine
    solver = try engine.solver([])
    for term in base { try assert(term) }
  }

  func assert(_ term: Term) throws {
    try know(term)
    try solver.assert(term)
  }

  /// Facts about the symbols of a term; they stay.
  private func know(_ term: Term) throws {
    for fact in theory.vocabulary.background(of: [term]) where background.insert(fact.term).inserted {
      try solver.assert(fact.term)
    }
  }

  /// The literals that contradict what is asserted, as indices; nil where no contradiction is found.
  func core(
    of literals: [Term], asserting terms: [Term], assuming assumed: [Term], tracks: (Int) -> Term, patience: UInt32 = 1
  ) throws -> [Int]? {
    for term in literals + terms { try know(term) }
    solver.push()
    defer { solver.pop() }
    for term in terms { try solver.assert(term) }
    let tracks = literals.indices.map(tracks)
    for (track, literal) in zip(tracks, literals) { try solver.assert(store.implies(track, literal)) }
    guard engine.check(solver, assuming: assumed + tracks, share: Self.share / patience) == .unsatisfiable else { return nil }
    let used = Set(solver.unsatisfiableCore(of: tracks))
    return tracks.indices.filter { used.contains(tracks[$0]) }
  }
}

/// A step that leads out of frames, or an evaluation that may be an error.
final class FrameStep {
  /// nil: the error.
  let id: ActionID?
  let action: ActionTheory
  /// What no step may do.
  let target: Term
  private let base: [Term]
  let solver: AssertingSolver
  private var finite: [[Int]: FiniteStep?] = [:]

  init(
    _ theory: Theory, _ engine: Engine, id: ActionID?, action: ActionTheory, target: Term, base: [Term]
  ) throws {
    solver = try AssertingSolver(theory, engine, base)
    self.id = id
    self.action = action
    self.target = target
    self.base = base
  }

  /// The step at a size; nil where that grows too large.
  func finite(_ sizes: [Int], _ theory: Theory, _ engine: Engine) throws -> FiniteStep? {
    if let known = finite[sizes] { return known }
    let made = try FiniteStep(theory, engine, sizes, base)
    finite[sizes] = .some(made)
    return made
  }
}

/// A step over sorts of a fixed size, without quantifiers.
final class FiniteStep {
  let grounding: Grounding
  private let theory: Theory
  private let engine: Engine
  private let solver: Z3Solver
  private var known: Set<Term> = []
  private static let share: UInt32 = 10

  init?(_ theory: Theory, _ engine: Engine, _ sizes: [Int], _ base: [Term]) throws {
    self.theory = theory
    self.engine = engine
    grounding = Grounding(theory.vocabulary, sizes: sizes)
    solver = try engine.solver([])
    guard let ground = try ground(base) else { return nil }
    for term in ground where known.insert(term).inserted { try solver.assert(term) }
  }

  /// Terms with their background, and what counts and closures are, as far as that is not asserted yet.
  private func ground(_ terms: [Term]) throws -> [Term]? {
    let facts = theory.vocabulary.background(of: terms).map(\.term)
    let exact = try theory.encoder.counting.exact(grounding) + theory.encoder.closures.exact(grounding)
    return grounding.ground(facts + exact + terms)?.filter { !known.contains($0) }
  }

  /// A model in which the terms hold; nil if none is found.
  func model(of terms: [Term]) throws -> Z3Model? {
    guard let ground = try ground(terms) else { return nil }
    solver.push()
    defer { solver.pop() }
    for term in ground { try solver.assert(term) }
    guard engine.check(solver, share: Self.share) == .satisfiable else { return nil }
    return try solver.model()
  }
}
