/// What can be said of a few elements of a state, as a conjunction. In: formulas over locals. Out: the formulas with a cube's elements for their locals.
import Spec

/// A formula of the spec's own text, about elements that it names by its locals.
public struct CubeAtom: Sendable {
  public var locals: [Local]
  public var body: Expr

  public init(locals: [Local], body: Expr) {
    self.locals = locals
    self.body = body
  }
}

/// There are elements, one of each type, of which all the literals hold.
public struct Cube: Hashable, Sendable {
  public struct Literal: Hashable, Sendable {
    /// Index into the atoms of whoever made it.
    public var atom: Int
    /// For each local of the atom an element: an index into `types`.
    public var elements: [Int]
    public var isPositive: Bool

    public init(atom: Int, elements: [Int], isPositive: Bool) {
      self.atom = atom
      self.elements = elements
      self.isPositive = isPositive
    }
  }
  /// Sorts, and records of sorts.
  public var types: [Type]
  public var literals: [Literal]

  public init(types: [Type], literals: [Literal]) {
    self.types = types
    self.literals = literals
  }
}

/// Cubes and their negations as terms of a theory.
final class CubeEncoding {
  private let theory: Theory
  private let atoms: [CubeAtom]
  private var store: TermStore { theory.store }
  private var constants: [Type: [SymbolicValue]] = [:]
  private var variables: [Type: [(value: SymbolicValue, leaves: [Term])]] = [:]
  private var known: [Key: Term] = [:]

  private struct Key: Hashable {
    var literal: Cube.Literal
    var types: [Type]
    var moment: String
    var isBound: Bool
  }

  init(_ theory: Theory, _ atoms: [CubeAtom]) {
    self.theory = theory
    self.atoms = atoms
  }

  /// The literals of some elements that have names.
  func literals(_ cube: Cube, in state: SymbolicState, named moment: String) throws -> [Term] {
    var count: [Type: Int] = [:]
    let elements = cube.types.map { type in
      let number = count[type, default: 0]
      count[type] = number + 1
      return constant(type, number)
    }
    return try cube.literals.map {
      try term($0, cube, elements, state, Key(literal: $0, types: cube.types, moment: moment, isBound: false))
    }
  }

  /// That no elements are so.
  func negation(_ cube: Cube, in state: SymbolicState, named moment: String) throws -> Term {
    var count: [Type: Int] = [:]
    let elements = cube.types.map { type in
      let number = count[type, default: 0]
      count[type] = number + 1
      return variable(type, number)
    }
    let literals = try cube.literals.map {
      try term($0, cube, elements.map(\.value), state, Key(literal: $0, types: cube.types, moment: moment, isBound: true))
    }
    return store.forall(elements.flatMap(\.leaves), store.not(store.and(literals)))
  }

  private func term(
    _ literal: Cube.Literal, _ cube: Cube, _ elements: [SymbolicValue], _ state: SymbolicState, _ key: Key
  ) throws -> Term {
    if let term = known[key] { return term }
    let atom = atoms[literal.atom]
    let env = Environment(state: state).binding(atom.locals, to: literal.elements.map { elements[$0] })
    // Where it may be an error is not judged here: what comes out of this is proved from its text.
    let term = try theory.encoder.withoutJudging { try theory.encoder.formula(atom.body, env) }
    let signed = literal.isPositive ? term : store.not(term)
    known[key] = signed
    return signed
  }

  private func constant(_ type: Type, _ number: Int) -> SymbolicValue {
    while constants[type, default: []].count <= number {
      let name = "element.\(theory.model.describe(type)).\(constants[type, default: []].count)"
      constants[type, default: []].append(theory.vocabulary.symbolic(name, type)([]))
    }
    return constants[type, default: []][number]
  }

  private func variable(_ type: Type, _ number: Int) -> (value: SymbolicValue, leaves: [Term]) {
    while variables[type, default: []].count <= number {
      let leaves = theory.vocabulary.leafSorts(type).map { store.freshVariable("e", $0) }
      variables[type, default: []].append((theory.vocabulary.unflatten(leaves, type), leaves))
    }
    return variables[type, default: []][number]
  }
}
