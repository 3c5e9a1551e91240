/// What sampled states say of atoms. In: atoms, a sampler. Out: the truth of each atom in reachable and in arbitrary states, and patterns of a profile's literals.
import Spec

final class Evidence {
  typealias Table = (table: TruthTable, instance: Instance)
  let model: Model
  let atoms: [TypedAtom]
  let reachable: [Table]
  private let arbitrary: [Table]
  /// An atom without a value somewhere can stand in no invariant.
  let usable: [Bool]
  private let samples: [Sample]
  private var grounds: [Profile: Ground] = [:]

  init(_ model: Model, _ atoms: [TypedAtom], _ sampler: Sampler) throws {
    self.model = model
    self.atoms = atoms
    var samples: [Sample] = []
    var others: [Sample] = []
    for instance in sampler.instances() where !sampler.isCancelled() {
      let found = try sampler.reachable(instance)
      samples += found
      others += sampler.arbitrary(instance, found)
    }
    self.samples = samples
    reachable = Self.tables(samples, atoms)
    arbitrary = Self.tables(others, atoms)
    let all = reachable + arbitrary
    usable = atoms.indices.map { atom in all.allSatisfy { $0.table.tables[atom] != nil } }
  }

  private static func tables(_ samples: [Sample], _ atoms: [TypedAtom]) -> [Table] {
    samples.flatMap { sample -> [Table] in
      let evaluator = Evaluator(sample.instance)
      return sample.states.map { (TruthTable(atoms, evaluator, $0, sample.rigid), sample.instance) }
    }
  }

  /// A goal that is false in a reachable state.
  func broken(_ goals: [Int]) throws -> Int? {
    for sample in samples {
      let evaluator = Evaluator(sample.instance)
      for state in sample.states {
        for goal in goals where try !evaluator.holds(goal, in: state, sample.rigid) { return goal }
      }
    }
    return nil
  }

  /// nil if nothing can be said of such elements.
  func ground(_ profile: Profile) -> Ground? {
    if let made = grounds[profile] { return made }
    let literals = profile.literals(atoms.map(\.atom)).filter { usable[$0.atom] }
    if literals.isEmpty { return nil }
    var seen = Patterns(literals: literals.count)
    for sample in reachable { sample.table.add(to: &seen, literals, profile, sample.instance) }
    var possible = Patterns(literals: literals.count)
    for sample in arbitrary { sample.table.add(to: &possible, literals, profile, sample.instance) }
    let made = Ground(profile, literals, atoms, seen, possible)
    grounds[profile] = made
    return made
  }
}
