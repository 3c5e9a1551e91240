/// What a state contains, as formulas. In: values as terms, at fixed sizes. Out: a formula for each thing that may be in it or not: a
/// pair of a relation, a member, an edge of a forest, a value where there might be `none`, more than the least of what is ordered.
///
/// A counterexample with few elements may still be full of mappings that have nothing to do with it. The fewer of these formulas are
/// true, the less there is to draw.
import Spec

struct StateContents {
  private let theory: Theory
  private let grounding: Grounding
  /// Knows the keys of maps at these sizes.
  private let extraction: Extraction
  private(set) var formulas: [Term] = []
  private var store: TermStore { theory.store }

  /// More than these are not counted.
  static let limit = 2_000

  init(_ theory: Theory, _ grounding: Grounding, _ extraction: Extraction) {
    self.theory = theory
    self.grounding = grounding
    self.extraction = extraction
  }

  /// Everything in a state and in the constants.
  mutating func add(_ state: SymbolicState) throws {
    for (variable, value) in zip(theory.model.variables, state.variables) { try add(value, variable.type, if: store.yes) }
    for (constant, value) in zip(theory.model.constants, theory.encoder.constants) {
      try add(value, constant.type, if: store.yes)
    }
  }

  /// `condition`: that the value is part of the state at all.
  private mutating func add(_ value: SymbolicValue, _ type: Type, if condition: Term) throws {
    if formulas.count > Self.limit { return }
    switch (value, type) {
    case (.scalar(let term), .bool): note(term, condition)
    case (.scalar(let term), .int(let low, _)): note(store.not(store.equal(term, store.integer(low))), condition)
    case (.scalar(let term), .enumeration(let id)) where theory.model.enumerations[id].ordered:
      let cases = theory.vocabulary.enumCases[id]
      for smaller in cases.dropLast() { note(store.not(theory.vocabulary.enumLessOrEqual(id, term, smaller)), condition) }
    case (.option(let isSome, let payload), .option(let inner)):
      note(isSome, condition)
      try add(payload, inner, if: store.and(condition, isSome))
    case (.record(let fields), .record(let id)):
      for (field, declaration) in zip(fields, theory.model.records[id].fields) { try add(field, declaration.type, if: condition) }
    case (.map(let function), .map(let keys, let cell)):
      for key in try self.keys(keys) { try add(function(key), cell, if: condition) }
    case (.set(let function), .set(let element)):
      for key in try keys([element]) { try add(function(key), .bool, if: condition) }
    case (.queue(let length, let slots), .queue(_, let element)):
      for (place, slot) in slots.enumerated() {
        let isThere = store.less(store.integer(Int64(place)), length)
        note(isThere, condition)
        try add(slot, element, if: store.and(condition, isThere))
      }
    case (.forest(let forest), .forest(let key)):
      let nodes = try keys([key])
      for x in nodes { for y in nodes where x != y { note(try forest.ancestor(x, y), condition) } }
    default: break
    }
  }

  private mutating func note(_ term: Term, _ condition: Term) {
    guard let ground = grounding.expand(store.and(condition, term)), !store.isLiteral(ground) else { return }
    formulas.append(ground)
  }

  private func keys(_ types: [Type]) throws -> [[Term]] {
    let count = extraction.instance.cardinality(of: types)
    return count > Self.limit ? [] : try (0..<count).map { try extraction.key($0, types) }
  }
}
