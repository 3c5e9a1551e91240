/// Whether a cube holds somewhere in a state. In: a cube and sampled states. Out: whether one of them has elements that are so.
///
/// What holds in a reachable state cannot be excluded; to see it here spares a solver the question, and the search a clause that is false.
import Prover
import Spec

struct Embedding {
  private let cube: Cube
  private let atoms: [TypedAtom]
  /// By element: the literals that speak of it and of none after it.
  private let due: [[Cube.Literal]]
  private let closed: [Cube.Literal]

  /// Assignments looked at in one state; a state with more is passed over.
  private static let limit = 50_000

  init(_ cube: Cube, _ atoms: [TypedAtom]) {
    let cube = cube.compact
    self.cube = cube
    self.atoms = atoms
    var due = Array(repeating: [Cube.Literal](), count: cube.types.count)
    for literal in cube.literals { if let last = literal.elements.max() { due[last].append(literal) } }
    self.due = due
    closed = cube.literals.filter(\.elements.isEmpty)
  }

  func holds(inOneOf samples: [(table: TruthTable, instance: Instance)]) -> Bool {
    samples.contains { holds(in: $0.table, $0.instance) }
  }

  private func holds(in table: TruthTable, _ instance: Instance) -> Bool {
    var ordinals = Array(repeating: 0, count: cube.types.count)
    var tried = 0
    func agrees(_ literal: Cube.Literal) -> Bool {
      table.truth(of: Literal(atom: literal.atom, variables: literal.elements), ordinals, instance, atoms) == literal.isPositive
    }
    func assign(_ element: Int) -> Bool {
      if element == cube.types.count { return true }
      for ordinal in 0..<instance.cardinality(cube.types[element]) {
        tried += 1
        if tried > Self.limit { return false }
        ordinals[element] = ordinal
        if due[element].allSatisfy(agrees), assign(element + 1) { return true }
      }
      return false
    }
    return closed.allSatisfy(agrees) && assign(0)
  }
}
