/// The largest part of some candidates that carries itself, and what of it a goal rests on.
///
/// Houdini (Flanagan and Leino, FME 2001): assume all candidates, drop those that an initial state or a step breaks, repeat. In: a model whose invariants are
/// candidates. Out: those that are left. What the solver does not decide within its share is dropped: that costs proofs, never soundness, and whoever
/// uses the result proves it once more from its text.
import Spec

public final class Houdini {
  private let theory: Theory
  private let engine: Engine
  private var model: Model { theory.model }
  private var store: TermStore { theory.store }
  private let axioms: [Assertion]
  private var before: [Int: Term] = [:]
  private var markers: [Int: Term] = [:]
  private var steps: [Step] = []
  /// Candidates that are left.
  public private(set) var carried: [Int] = []

  private final class Step {
    let solver: Z3Solver
    let goals: [Int: Term]
    /// By candidate: what its last proof used.
    var cores: [Int: Set<Int>] = [:]
    init(_ solver: Z3Solver, _ goals: [Int: Term]) { (self.solver, self.goals) = (solver, goals) }
  }

  /// That an action runs into no spec error: who proves anything of a spec that may has to show it as well.
  private final class Duty {
    let solver: Z3Solver
    let term: Term
    var core: Set<Int>?
    init(_ solver: Z3Solver, _ term: Term) { (self.solver, self.term) = (solver, term) }
  }
  private var duties: [Duty] = []

  /// What one check may use of the limit: candidates are many, and a hard one is no great loss.
  private static let share: UInt32 = 40

  /// `candidates`: invariants of the model. Those that have no encoding, or are false initially, are left out at once. Throws if the spec has no sound encoding.
  public init(_ model: Model, policies: [Value], candidates: [Int], _ options: ProveOptions = ProveOptions()) throws {
    theory = try Theory(model, policies: policies)
    engine = try Engine(theory.store, options)
    axioms = try theory.axioms().assertions
    let initial = try theory.initial()
    let actions = try model.actions.indices.map { try theory.action($0) }
    var startTerms: [Int: Term] = [:]
    for id in candidates {
      guard let now = try? term(id, theory.before), let start = try? term(id, initial.state) else { continue }
      before[id] = now
      startTerms[id] = start
      markers[id] = store.constant("assume.\(id)", .bool)
    }
    let start = try solver(axioms + initial.assumptions, with: Array(startTerms.values))
    for id in candidates {
      guard let term = startTerms[id] else { continue }
      if isProved(term, start, assuming: []) != nil { carried.append(id) }
    }
    for action in actions {
      var goals: [Int: Term] = [:]
      for id in carried {
        if let goal = try? self.term(id, action.after) { goals[id] = goal }
      }
      carried.removeAll { goals[$0] == nil }
      steps.append(Step(try candidateSolver(axioms + action.guards, with: Array(goals.values)), goals))
    }
    for action in actions {
      // Each site is under the guards before it: those after it may not be assumed.
      let fine = store.and(action.sites.map(\.isFine))
      if fine == store.yes { continue }
      duties.append(Duty(try candidateSolver(axioms, with: [fine]), fine))
    }
  }

  private func term(_ id: Int, _ state: SymbolicState) throws -> Term {
    store.and(try theory.invariant(id, in: state).conjuncts.map(\.term))
  }

  private func solver(_ assertions: [Assertion], with terms: [Term]) throws -> Z3Solver {
    try engine.solver(theory.vocabulary.background(of: assertions.map(\.term) + terms) + assertions)
  }

  /// A solver in which each candidate is assumed where its marker is.
  private func candidateSolver(_ assertions: [Assertion], with terms: [Term]) throws -> Z3Solver {
    let solver = try solver(assertions, with: carried.compactMap { before[$0] } + terms)
    for id in carried {
      guard let marker = markers[id], let now = before[id] else { continue }
      try solver.assert(store.implies(marker, now))
    }
    return solver
  }

  /// The assumptions that a proof used; nil if there is none.
  private func isProved(_ goal: Term, _ solver: Z3Solver, assuming ids: [Int]) -> Set<Int>? {
    if goal == store.yes { return [] }
    let literals = ids.compactMap { markers[$0] }
    solver.push()
    defer { solver.pop() }
    guard (try? solver.assert(store.not(goal))) != nil,
      engine.check(solver, assuming: literals, share: Self.share) == .unsatisfiable
    else { return nil }
    let used = Set(solver.unsatisfiableCore(of: literals))
    return Set(ids.filter { markers[$0].map(used.contains) ?? false })
  }

  /// Drops until the rest carries itself. False if it was stopped before.
  public func run() -> Bool {
    guard let rest = fixpoint(carried) else { return false }
    carried = rest
    return true
  }

  /// The carried candidates that the goals, and the absence of errors, rest on. It carries itself.
  private func support(of goals: [Int]) -> [Int] {
    var needed = duties.reduce(into: Set(goals)) { $0.formUnion($1.core ?? []) }
    var open = Array(needed)
    while let id = open.popLast() {
      for step in steps {
        for other in step.cores[id] ?? [] where needed.insert(other).inserted { open.append(other) }
      }
    }
    return carried.filter(needed.contains)
  }

  /// Fewer candidates that still carry the goals, and that no action is an error: each is left out in turn. nil if all of them do not.
  public func minimal(_ goals: [Int]) -> [Int]? {
    guard goals.allSatisfy(carried.contains), areDefined(carried) else { return nil }
    var kept = support(of: goals)
    for id in kept.reversed() where !goals.contains(id) {
      if engine.isStopped { return kept }
      let fewer = kept.filter { $0 != id }
      if let rest = fixpoint(fewer), goals.allSatisfy(rest.contains), areDefined(rest) { kept = rest }
    }
    return kept
  }

  private func areDefined(_ assumed: [Int]) -> Bool {
    for duty in duties {
      if let core = duty.core, core.isSubset(of: Set(assumed)) { continue }
      guard let core = isProved(duty.term, duty.solver, assuming: assumed) else { return false }
      duty.core = core
    }
    return true
  }

  /// The part of some candidates that carries itself; nil if it was stopped. A core stays a proof whatever else is assumed, so it is kept for the next time.
  private func fixpoint(_ candidates: [Int]) -> [Int]? {
    var rest = candidates
    var left = Set(rest)
    var changed = true
    while changed {
      changed = false
      for step in steps {
        for id in rest {
          if engine.isStopped { return nil }
          if let core = step.cores[id], core.isSubset(of: left) { continue }
          if let goal = step.goals[id], let core = isProved(goal, step.solver, assuming: rest) {
            step.cores[id] = core
          } else {
            left.remove(id)
            rest.removeAll { $0 == id }
            changed = true
          }
        }
      }
    }
    return rest
  }
}
