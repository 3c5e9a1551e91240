/// A state as a cube, and cubes as clauses. In: a state and atoms. Out: everything that the atoms say of its elements.
import Prover
import Spec

struct Diagrams {
  let model: Model
  let atoms: [TypedAtom]
  /// Of each atom whether it has a value everywhere.
  let usable: [Bool]
  let types: [Type]

  /// More is too much to put to a solver.
  private static let mostLiterals = 4000
  /// Ways to fill the atoms' holes, of which many are one literal or none.
  private static let mostFillings = 40_000

  init(_ model: Model, _ atoms: [TypedAtom], usable: [Bool]) {
    self.model = model
    self.atoms = atoms
    self.usable = usable
    var types: [Type] = []
    for type in zip(atoms, usable).filter(\.1).flatMap(\.0.atom.holes) where !types.contains(type) { types.append(type) }
    self.types = types
  }

  private func fillings(_ instance: Instance) -> Int {
    // One atom may have more than a number holds.
    atoms.reduce(0) { $0 + min(instance.cardinality(of: $1.atom.holes), Self.mostFillings + 1) }
  }

  /// nil if the state has too many elements.
  func cube(_ state: State, _ rigid: RigidValuation, _ instance: Instance) -> Cube? {
    let counts = types.map { instance.cardinality($0) }
    guard counts.allSatisfy({ $0 <= 64 }), fillings(instance) <= Self.mostFillings else { return nil }
    let profile = Profile(types: zip(types, counts).flatMap { Array(repeating: $0, count: $1) })
    let ordinals = counts.flatMap { Array(0..<$0) }
    let table = TruthTable(atoms, Evaluator(instance), state, rigid)
    var literals: [Cube.Literal] = []
    for literal in profile.literals(atoms.map(\.atom)) where usable[literal.atom] {
      guard let truth = table.truth(of: literal, ordinals, instance, atoms) else { continue }
      literals.append(Cube.Literal(atom: literal.atom, elements: literal.variables, isPositive: truth))
      if literals.count > Self.mostLiterals { return nil }
    }
    return Cube(types: profile.types, literals: literals)
  }
}

extension Model {
  /// Whether judging an expression takes a look at elements that it does not name.
  func isQuantified(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .forall, .exists, .count, .closure, .size: true
    case .call(let id, let arguments): isQuantified(functions[id].body) || arguments.contains(where: isQuantified)
    default: expr.children.contains(where: isQuantified)
    }
  }
}

extension TruthTable {
  /// `ordinals`: the value of each variable.
  func truth(of literal: Literal, _ ordinals: [Int], _ instance: Instance, _ atoms: [TypedAtom]) -> Bool? {
    guard let table = tables[literal.atom] else { return nil }
    var place = 0
    for (variable, type) in zip(literal.variables, atoms[literal.atom].atom.holes) {
      place = place * instance.cardinality(type) + ordinals[variable]
    }
    return table[place]
  }
}

extension Cube {
  /// Without the elements that no literal speaks of.
  var compact: Cube {
    let used = Set(literals.flatMap(\.elements))
    let kept = types.indices.filter(used.contains)
    let number = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    return Cube(
      types: kept.map { types[$0] },
      literals: literals.map { literal in
        var literal = literal
        literal.elements = literal.elements.compactMap { number[$0] }
        return literal
      })
  }

  func keeping(_ indices: [Int]) -> Cube { Cube(types: types, literals: indices.map { literals[$0] }) }

  /// That no elements are so.
  var clause: Clause {
    let cube = compact
    return Clause(
      profile: Profile(types: cube.types),
      literals: cube.literals.map {
        Clause.Signed(literal: Inference.Literal(atom: $0.atom, variables: $0.elements), isPositive: !$0.isPositive)
      })
  }

  /// What a clause excludes.
  init(excludedBy clause: Clause) {
    self.init(
      types: clause.profile.types,
      literals: clause.literals.map {
        Literal(atom: $0.literal.atom, elements: $0.literal.variables, isPositive: !$0.isPositive)
      })
  }
}
