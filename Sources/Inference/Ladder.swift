/// Candidates from the shortest up. In: evidence, and what judges clauses. Out: rung by rung, the clauses that carry themselves, until some carry the goals.
import Spec

struct ClauseLadder {
  struct Rung: Hashable {
    var variables: Int
    var literals: Int
    /// How often weaker clauses are looked for in place of those that did not carry themselves: seldom at first, since a clause about one element more helps oftener.
    var rounds: Int
  }

  struct Found {
    var level: Inferred.Level
    /// The clauses that carry the goals, if there are such.
    var lemmas: [Clause]?
    /// Another round would find the same.
    var isExhausted: Bool
  }

  static let rungs = [
    (1, 2, 2), (2, 2, 2), (2, 3, 2), (3, 3, 2), (4, 3, 1), (2, 3, 6), (3, 3, 4), (3, 4, 2), (4, 3, 3),
  ].map { Rung(variables: $0, literals: $1, rounds: $2) }
  private static let mostCandidates = 300

  private let evidence: Evidence
  private let proof: Strengthening
  private let progress: (@Sendable (String) -> Void)?
  private var rest = rungs[...]
  /// What did not carry itself may do so beside what is found later.
  private var pool: [Clause] = []
  private(set) var carried: [Clause] = []
  private var banned: Set<Clause> = []

  init(_ evidence: Evidence, _ proof: Strengthening, _ progress: (@Sendable (String) -> Void)?) {
    self.evidence = evidence
    self.proof = proof
    self.progress = progress
  }

  /// The next rung, taken; nil after the last.
  var next: Rung? { mutating get { rest.popFirst() } }

  /// One round of a rung: candidates, and what carries itself among all so far. nil if there is nothing new, or it was stopped.
  mutating func climb(_ rung: Rung, _ round: Int) throws -> Found? {
    progress?("clauses of \(rung.literals) literals over \(rung.variables) elements, round \(round)")
    var profiles = profiles(rung.variables)
    if rung.literals > 2 { profiles += hints().filter { $0.types.count > rung.variables && !profiles.contains($0) } }
    var candidates: [Clause] = []
    for profile in profiles where !proof.budget.isOver && candidates.count < Self.mostCandidates {
      guard let ground = evidence.ground(profile) else { continue }
      let search = ClauseSearch(
        ground: ground, atoms: evidence.atoms, longest: profile.types.count > 3 ? min(rung.literals, 3) : rung.literals,
        banned: banned, isCancelled: { [proof] in proof.budget.isOver })
      candidates += search.clauses(beyond: carried + candidates)
    }
    if candidates.isEmpty && round > 1 { return nil }
    pool += candidates
    if pool.count > Self.mostCandidates { pool = carried + pool.filter { !carried.contains($0) }.suffix(Self.mostCandidates) }
    guard let found = try proof.strengthen(pool, evidence.atoms) else { return nil }
    let left = Set(found.carried)
    banned = Set(pool.filter { !left.contains($0) }.map(\.canonical))
    carried = found.carried
    let level = Inferred.Level(
      variables: rung.variables, literals: rung.literals, candidates: candidates.count, carried: carried.count)
    // Weaker clauses may stand in for those that did not carry themselves.
    return Found(level: level, lemmas: found.lemmas, isExhausted: candidates.allSatisfy(left.contains))
  }

  /// Multisets of the types that occur in holes.
  private func profiles(_ most: Int) -> [Profile] {
    var types: [Type] = []
    for type in evidence.atoms.flatMap(\.atom.holes) where !types.contains(type) { types.append(type) }
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
  private func hints() -> [Profile] {
    let model = evidence.model
    let usable = Set(evidence.atoms.flatMap(\.atom.holes))
    var result: [Profile] = []
    func add(_ types: [Type]) {
      let profile = Profile(types: types.filter(usable.contains).sorted { "\($0)" < "\($1)" })
      if profile.types.count <= 6, !result.contains(profile) { result.append(profile) }
    }
    for goal in proof.goals {
      guard case .invariant(let body) = model.properties[goal].kind, case .forall(let locals, _, _) = body.kind else { continue }
      add(locals.map(\.type))
    }
    for action in model.actions { add(action.parameters.map(\.type)) }
    return result
  }
}
