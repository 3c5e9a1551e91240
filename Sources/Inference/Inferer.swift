/// Finds what carries a property. In: a model and invariants to prove. Out: a strengthening that plain induction has proved from its text, or how far it got.
///
///     let inferer = Inferer(model: model, policies: policies, goals: [safe])
///     switch inferer.run().outcome { case .proved: … }
///
/// Candidates are clauses over the spec's own vocabulary that no sampled state refutes; Houdini keeps those that carry themselves. Levels go from short clauses
/// about few elements to longer ones about more, and stop at the first that carries the goals.
import Prover
import Spec

public struct InferenceOptions: Sendable {
  public var proving = ProveOptions()
  public var seed: UInt64 = 1
  /// For everything together.
  public var seconds: Double?
  public var isCancelled: (@Sendable () -> Bool)?
  /// Told what is under way.
  public var progress: (@Sendable (String) -> Void)?
  public init() {}
}

public struct Inferred: Sendable {
  public enum Outcome: Sendable, Equatable {
    /// The goals, with the lemmas, are proved by induction from the printed text.
    case proved
    /// A reachable state breaks a goal: there is nothing to infer.
    case violated(property: Int)
    case undecided(String)
  }
  public var outcome: Outcome
  /// Invariants as declarations, without those of the spec.
  public var lemmas: [String] = []
  /// What was tried: candidates of each level, and how many carried themselves.
  public var levels: [Level] = []
  /// What the last directed search excluded, and how it ended.
  public var directed: Directed?
  public var sampledStates = 0
  public var seconds = 0.0

  public struct Directed: Sendable {
    public var clauses: Int
    public var frames: Int
    /// Why it came to no invariant; nil if it did.
    public var failure: String?
  }

  public struct Level: Sendable {
    public var variables: Int
    public var literals: Int
    public var candidates: Int
    public var carried: Int
  }
}

public struct Inferer {
  private let model: Model
  private let policies: [Value]
  private let goals: [Int]
  private let options: InferenceOptions

  /// `goals`: invariants of the model. Its other properties are not used.
  public init(model: Model, policies: [Value], goals: [Int], _ options: InferenceOptions = InferenceOptions()) {
    self.model = model
    self.policies = policies
    self.goals = goals
    self.options = options
  }

  /// What cannot be sampled, or has no encoding, is undecided, with the reason.
  public func run() -> Inferred {
    var result = Inferred(outcome: .undecided("nothing was tried"))
    let budget = InferenceBudget(options)
    do {
      try run(&result, budget)
    } catch let error as SpecError {
      result.outcome = .undecided("no states can be sampled: \(error.detail)")
    } catch {
      result.outcome = .undecided("\(error)")
    }
    result.seconds = budget.elapsed
    return result
  }

  private func run(_ result: inout Inferred, _ budget: InferenceBudget) throws {
    let proof = Strengthening(model: model, policies: policies, goals: goals, budget: budget)
    if try proof.holds([]) {
      result.outcome = .proved
      return
    }
    guard let atoms = AtomVocabulary(model, goals: goals).typed(model) else {
      result.outcome = .undecided("the spec's text cannot be extended")
      return
    }
    options.progress?("sampling states")
    var sampler = Sampler(model: model, policies: policies)
    sampler.seed = options.seed
    sampler.isCancelled = { budget.isOver }
    let evidence = try Evidence(model, atoms, sampler)
    result.sampledStates = evidence.reachable.count
    if evidence.reachable.isEmpty {
      result.outcome = .undecided(
        budget.isOver ? "stopped before a state was sampled" : "vacuous: there is no initial state at the sizes looked at")
      return
    }
    if let broken = try evidence.broken(goals) {
      result.outcome = .violated(property: broken)
      return
    }
    func take(_ lemmas: [Clause]?) throws -> Bool {
      guard let lemmas else { return false }
      let declarations = proof.declarations(lemmas, atoms)
      options.progress?("proving the result from its text")
      guard try proof.holds(declarations) else { return false }
      result.outcome = .proved
      result.lemmas = declarations
      return true
    }
    var ladder = ClauseLadder(evidence, proof, options.progress)
    while let rung = ladder.next, !budget.isOver {
      if let work = Self.directedWork[rung],
        try take(directed(evidence, proof, beside: ladder.carried, quantified: false, work: work, &result))
      {
        return
      }
      for round in 1...rung.rounds where !budget.isOver {
        guard let found = try ladder.climb(rung, round) else { break }
        result.levels.append(found.level)
        if try take(found.lemmas) { return }
        if found.isExhausted { break }
      }
    }
    if !budget.isOver, try take(directed(evidence, proof, beside: ladder.carried, quantified: true, work: Self.longWork, &result))
    {
      return
    }
    result.outcome = .undecided(budget.isOver ? "stopped before the clauses ran out" : "no clauses of this form carry it")
  }

  /// What the directed search may use before a rung, in Z3's measure. Clauses about two elements are cheap, and what carries itself among them spares it much; then it has
  /// some ten seconds, since it mostly ends soon or never, and a minute once longer clauses have not done either.
  private static let directedWork = [ClauseLadder.rungs[2]: UInt32(25_000_000), ClauseLadder.rungs[5]: longWork]
  private static let longWork: UInt32 = 150_000_000

  /// Lemmas from property-directed search. `quantified`: whether its diagrams are of all atoms. Those without quantifiers come first: a solver decides what is made of
  /// them, and what needs others is rare.
  private func directed(
    _ evidence: Evidence, _ proof: Strengthening, beside carried: [Clause], quantified: Bool, work: UInt32,
    _ result: inout Inferred
  ) throws -> [Clause]? {
    let plain = evidence.usable.indices.map { evidence.usable[$0] && !model.isQuantified(evidence.atoms[$0].body) }
    let usable = quantified ? evidence.usable : plain
    if quantified, plain == evidence.usable { return nil }
    // A clause with `exists` in it may exclude every finite state of a kind and not the infinite ones: the search would find neither a proof nor a state.
    let known = carried.filter { $0.literals.allSatisfy { usable[$0.literal.atom] } }
    let solver = try FrameSolver(
      model, policies: policies, goals: goals,
      atoms: evidence.atoms.map { CubeAtom(locals: $0.locals, body: $0.body) },
      invariants: known.map { Cube(excludedBy: $0) }, proof.budget.proving)
    var search = DirectedSearch(
      solver, Diagrams(model, evidence.atoms, usable: usable), evidence.reachable,
      isOver: { proof.budget.isOver || solver.spent > work },
      progress: { options.progress?($0) })
    var report = Inferred.Directed(clauses: 0, frames: 0, failure: nil)
    if case .stuck(let reason) = try search.run() { report.failure = reason }
    (report.clauses, report.frames) = (search.excluded.count, search.frames)
    result.directed = report
    guard report.failure == nil else { return nil }
    let clauses = search.excluded.map(\.cube.clause).filter { !carried.contains($0) }
    return try proof.strengthen(carried + clauses, evidence.atoms)?.lemmas
  }
}
