/// The truth of atoms. In: atoms in a model, samples. Out: for each profile, the patterns of truth that occur.
import Spec

/// An atom that the front end has typed.
struct TypedAtom {
  var atom: Atom
  var locals: [Local]
  var body: Expr
  var frameSize: Int
}

extension AtomVocabulary {
  /// Those of the atoms that the front end accepts; nil if the spec's text cannot be extended.
  func typed(_ model: Model) -> [TypedAtom]? {
    let lines = atoms.enumerated().map { index, atom in
      let names = atom.holes.indices.map { "hole\($0)" }
      let binders = zip(names, atom.holes).map { "\($0): \(model.describe($1))" }.joined(separator: ", ")
      return "invariant KspecAtom\(index): " + (names.isEmpty ? "" : "forall \(binders) :: ") + atom.text(names)
    }
    guard let (extended, kept) = ExtendedSpec.accepted(model, of: lines) else { return nil }
    return zip(extended.properties.suffix(kept.count), kept).compactMap { property, index in
      guard case .invariant(let body) = property.kind else { return nil }
      if case .forall(let locals, nil, let inner) = body.kind, !atoms[index].holes.isEmpty {
        return TypedAtom(atom: atoms[index], locals: locals, body: inner, frameSize: property.frameSize)
      }
      return TypedAtom(atom: atoms[index], locals: [], body: body, frameSize: property.frameSize)
    }
  }
}

/// Patterns of truth of a profile's literals, each once, as a column of bits a literal: bit r of column l is literal l in pattern r.
struct Patterns {
  private(set) var count = 0
  private(set) var columns: [[UInt64]]
  private var seen: Set<[UInt64]> = []

  init(literals: Int) { columns = Array(repeating: [], count: literals) }

  mutating func add(_ pattern: [UInt64]) {
    guard seen.insert(pattern).inserted else { return }
    if count & 63 == 0 { for column in columns.indices { columns[column].append(0) } }
    for column in columns.indices where pattern[column >> 6] >> UInt64(column & 63) & 1 != 0 {
      columns[column][count >> 6] |= 1 << UInt64(count & 63)
    }
    count += 1
  }
}

/// The truth of every atom at every filling in one state.
struct TruthTable {
  /// By atom: a bit for each tuple of its holes' values; nil where it has no value in some state.
  private(set) var tables: [[Bool]?]

  init(_ atoms: [TypedAtom], _ evaluator: Evaluator, _ state: State, _ rigid: RigidValuation) {
    let instance = evaluator.instance
    tables = atoms.map { typed in
      let types = typed.locals.map(\.type)
      let count = instance.cardinality(of: types)
      guard count <= 4096 else { return nil }
      var frame = Array(repeating: Value.none, count: max(typed.frameSize, typed.locals.count))
      var table: [Bool] = []
      table.reserveCapacity(count)
      for ordinal in 0..<count {
        for (local, value) in zip(typed.locals, instance.values(ordinal, types)) { frame[local.slot] = value }
        guard let value = try? evaluator.evaluate(typed.body, frame: &frame, state: state, before: nil, rigid) else { return nil }
        table.append(value == .bool(true))
      }
      return table
    }
  }

  /// The truth of the literals under every assignment of a profile's variables.
  func add(to patterns: inout Patterns, _ literals: [Literal], _ profile: Profile, _ instance: Instance) {
    let sizes = profile.types.map { instance.cardinality($0) }
    let total = instance.cardinality(of: profile.types)
    guard total <= 20_000 else { return }
    // A literal's index into its table is linear in the ordinals of its variables.
    let strides: [[Int]] = literals.map { literal in
      var strides = Array(repeating: 0, count: sizes.count)
      var stride = 1
      for variable in literal.variables.reversed() {
        strides[variable] += stride
        stride *= sizes[variable]
      }
      return strides
    }
    var assignment = Array(repeating: 0, count: sizes.count)
    for _ in 0..<total {
      var pattern = Array(repeating: UInt64(0), count: (literals.count + 63) / 64)
      for (index, literal) in literals.enumerated() {
        guard let table = tables[literal.atom] else { continue }
        var place = 0
        for variable in sizes.indices { place += strides[index][variable] * assignment[variable] }
        if table[place] { pattern[index >> 6] |= 1 << UInt64(index & 63) }
      }
      patterns.add(pattern)
      for variable in sizes.indices.reversed() {
        assignment[variable] += 1
        if assignment[variable] < sizes[variable] { break }
        assignment[variable] = 0
      }
    }
  }
}
