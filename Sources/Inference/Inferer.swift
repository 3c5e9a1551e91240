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
  public var sampledStates = 0
  public var seconds = 0.0

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
  private let started = ContinuousClock.now

  /// Variables of a clause, its literals, and how often weaker clauses are looked for in place of those that did not carry themselves: seldom at
  /// first, since a clause about one element more helps oftener.
  private static let ladder = [
    (1, 2, 2), (2, 2, 2), (2, 3, 2), (3, 3, 2), (4, 3, 1), (2, 3, 6), (3, 3, 4), (3, 4, 2), (4, 3, 3),
  ]
  private static let mostCandidates = 300

  /// `goals`: invariants of the model. Its other properties are not used.
  public init(model: Model, policies: [Value], goals: [Int], _ options: InferenceOptions = InferenceOptions()) {
    self.model = model
    self.policies = policies
    self.goals = goals
    self.options = options
  }

  private var isOver: Bool {
    if options.isCancelled?() == true { return true }
    guard let seconds = options.seconds else { return false }
    return ContinuousClock.now - started > .seconds(seconds)
  }

  /// What cannot be sampled, or has no encoding, is undecided, with the reason.
  public func run() -> Inferred {
    var result = Inferred(outcome: .undecided("nothing was tried"))
    do {
      try run(&result)
    } catch let error as SpecError {
      result.outcome = .undecided("no states can be sampled: \(error.detail)")
    } catch {
      result.outcome = .undecided("\(error)")
    }
    let elapsed = (ContinuousClock.now - started).components
    result.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return result
  }

  private func run(_ result: inout Inferred) throws {
    if try verify([]) {
      result.outcome = .proved
      return
    }
    let vocabulary = AtomVocabulary(model, goals: goals)
    let holes = vocabulary.atoms.map { atom in atom.holes.indices.map { "hole\($0)" } }
    let lines = zip(vocabulary.atoms, holes).enumerated().map { index, pair in
      let (atom, names) = pair
      let binders = zip(names, atom.holes).map { "\($0): \(model.describe($1))" }.joined(separator: ", ")
      return "invariant KspecAtom\(index): " + (names.isEmpty ? "" : "forall \(binders) :: ") + atom.text(names)
    }
    guard let (typed, kept) = ExtendedSpec.accepted(model, of: lines) else {
      result.outcome = .undecided("the spec's text cannot be extended")
      return
    }
    let atoms = typedAtoms(typed, kept.map { vocabulary.atoms[$0] })
    options.progress?("sampling states")
    var sampler = Sampler(model: model, policies: policies)
    sampler.seed = options.seed
    sampler.isCancelled = { isOver }
    var reachable: [Sample] = []
    var arbitrary: [Sample] = []
    for instance in sampler.instances() where !isOver {
      let samples = try sampler.reachable(instance)
      reachable += samples
      arbitrary += sampler.arbitrary(instance, samples)
    }
    result.sampledStates = reachable.reduce(0) { $0 + $1.states.count }
    if let broken = try brokenGoal(reachable) {
      result.outcome = .violated(property: broken)
      return
    }
    let truth = tables(reachable, atoms)
    let other = tables(arbitrary, atoms)
    // An atom without a value somewhere can stand in no invariant.
    var usable = Array(repeating: true, count: atoms.count)
    for table in truth + other { for atom in atoms.indices where table.table.tables[atom] == nil { usable[atom] = false } }

    var grounds: [Profile: Ground] = [:]
    func ground(_ profile: Profile) -> Ground? {
      if let made = grounds[profile] { return made }
      let literals = profile.literals(atoms.map(\.atom)).filter { usable[$0.atom] }
      if literals.isEmpty { return nil }
      var seen = Patterns(literals: literals.count)
      for sample in truth { sample.table.add(to: &seen, literals, profile, sample.instance) }
      var possible = Patterns(literals: literals.count)
      for sample in other { sample.table.add(to: &possible, literals, profile, sample.instance) }
      let made = Ground(profile, literals, atoms, seen, possible)
      grounds[profile] = made
      return made
    }

    // What did not carry itself may do so beside what is found later.
    var pool: [Clause] = []
    var carried: [Clause] = []
    var banned: Set<Clause> = []
    for (variables, length, rounds) in Self.ladder {
      var profiles = profiles(variables, atoms)
      if length > 2 { profiles += hints(atoms).filter { $0.types.count > variables && !profiles.contains($0) } }
      for round in 1...rounds where !isOver {
        options.progress?("clauses of \(length) literals over \(variables) elements, round \(round)")
        var candidates: [Clause] = []
        for profile in profiles where !isOver && candidates.count < Self.mostCandidates {
          guard let ground = ground(profile) else { continue }
          let search = ClauseSearch(
            ground: ground, atoms: atoms, longest: profile.types.count > 3 ? min(length, 3) : length, banned: banned,
            isCancelled: { isOver })
          candidates += search.clauses(beyond: carried + candidates)
        }
        if candidates.isEmpty && round > 1 { break }
        pool += candidates
        if pool.count > Self.mostCandidates { pool = carried + pool.filter { !carried.contains($0) }.suffix(Self.mostCandidates) }
        guard let found = try strengthen(pool, atoms) else { break }
        result.levels.append(
          Inferred.Level(variables: variables, literals: length, candidates: candidates.count, carried: found.carried.count))
        let left = Set(found.carried)
        let dropped = candidates.filter { !left.contains($0) }
        banned = Set(pool.filter { !left.contains($0) }.map(\.canonical))
        carried = found.carried
        if let lemmas = found.lemmas {
          let declarations = named(lemmas, atoms)
          options.progress?("proving the result from its text")
          if try verify(declarations) {
            result.outcome = .proved
            result.lemmas = declarations
            return
          }
        }
        // Weaker clauses may stand in for those that did not carry themselves.
        if dropped.isEmpty { break }
      }
    }
    result.outcome = .undecided(
      isOver ? "stopped before the clauses ran out" : "no clauses of this form carry it")
  }

  // MARK: - Parts

  private func typedAtoms(_ model: Model, _ atoms: [Atom]) -> [TypedAtom] {
    let properties = model.properties.suffix(atoms.count)
    return zip(properties, atoms).compactMap { property, atom in
      guard case .invariant(let body) = property.kind else { return nil }
      if case .forall(let locals, nil, let inner) = body.kind, !atom.holes.isEmpty {
        return TypedAtom(atom: atom, locals: locals, body: inner, frameSize: property.frameSize)
      }
      return TypedAtom(atom: atom, locals: [], body: body, frameSize: property.frameSize)
    }
  }

  private func brokenGoal(_ samples: [Sample]) throws -> Int? {
    for sample in samples {
      let evaluator = Evaluator(sample.instance)
      for state in sample.states {
        for goal in goals where try !evaluator.holds(goal, in: state, sample.rigid) { return goal }
      }
    }
    return nil
  }

  private func tables(_ samples: [Sample], _ atoms: [TypedAtom]) -> [(table: TruthTable, instance: Instance)] {
    samples.flatMap { sample -> [(table: TruthTable, instance: Instance)] in
      let evaluator = Evaluator(sample.instance)
      return sample.states.map { (TruthTable(atoms, evaluator, $0, sample.rigid), sample.instance) }
    }
  }

  /// Multisets of the types that occur in holes.
  private func profiles(_ most: Int, _ atoms: [TypedAtom]) -> [Profile] {
    var types: [Type] = []
    for type in atoms.flatMap(\.atom.holes) where !types.contains(type) { types.append(type) }
    var result: [Profile] = [Profile(types: [])]
    var last = result.map { ($0, 0) }
    for _ in 0..<most {
      last = last.flatMap { profile, first in
        (first..<types.count).map { (Profile(types: profile.types + [types[$0]]), $0) }
      }
      result += last.map(\.0)
    }
    return result
  }

  /// The variables that the spec itself speaks of together: those of the goals, and the parameters of each action.
  private func hints(_ atoms: [TypedAtom]) -> [Profile] {
    let usable = Set(atoms.flatMap(\.atom.holes))
    var result: [Profile] = []
    func add(_ types: [Type]) {
      let profile = Profile(types: types.filter(usable.contains).sorted { "\($0)" < "\($1)" })
      if profile.types.count <= 6, !result.contains(profile) { result.append(profile) }
    }
    for goal in goals {
      guard case .invariant(let body) = model.properties[goal].kind, case .forall(let locals, _, _) = body.kind else { continue }
      add(locals.map(\.type))
    }
    for action in model.actions { add(action.parameters.map(\.type)) }
    return result
  }

  /// The candidates that carry the goals, if there are such.
  private func strengthen(_ clauses: [Clause], _ atoms: [TypedAtom]) throws -> (lemmas: [Clause]?, carried: [Clause])? {
    let lines = clauses.enumerated().map { "invariant KspecLemma\($0): \($1.text(atoms, model))" }
    guard let (accepted, kept) = ExtendedSpec.accepted(model, of: lines) else { return nil }
    var extended = accepted
    let first = extended.properties.count - kept.count
    extended.verify = nil
    let houdini = try Houdini(
      extended, policies: policies, candidates: goals + (first..<extended.properties.count), proveOptions)
    guard houdini.run() else { return nil }
    let carried = houdini.carried.filter { $0 >= first }.map { clauses[kept[$0 - first]] }
    guard let minimal = houdini.minimal(goals) else { return (nil, carried) }
    return (minimal.filter { $0 >= first }.map { clauses[kept[$0 - first]] }, carried)
  }

  private var proveOptions: ProveOptions {
    var options = options.proving
    options.certificateDirectory = nil
    options.isCancelled = self.options.isCancelled
    if let seconds = self.options.seconds {
      let elapsed = (ContinuousClock.now - started).components.seconds
      options.timeoutSeconds = max(1, seconds - Double(elapsed))
    }
    return options
  }

  private func named(_ clauses: [Clause], _ atoms: [TypedAtom]) -> [String] {
    let taken = Set(model.properties.map(\.name))
    var number = 0
    return clauses.map { clause in
      repeat { number += 1 } while taken.contains("Lemma\(number)")
      return "invariant Lemma\(number): \(clause.text(atoms, model))"
    }
  }

  /// Whether the goals with these declarations, and nothing else of the spec's properties, are proved by plain induction.
  private func verify(_ declarations: [String]) throws -> Bool {
    guard var extended = ExtendedSpec.check(model, adding: declarations) else { return false }
    let lemmas = extended.properties.suffix(declarations.count)
    extended.properties = goals.map { model.properties[$0] } + lemmas
    extended.verify = nil
    let verdicts = Prover(model: extended, policies: policies).prove(Array(extended.properties.indices), proveOptions)
    return verdicts.allSatisfy { if case .proved = $0.outcome { true } else { false } }
  }
}
