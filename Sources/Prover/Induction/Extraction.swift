/// A solver's model as values of the language. In: a Z3 model. Out: a finite instance, rigid valuation, state, action instance.
import CZ3
import Spec

/// Why a solver's model is no state of the spec: what it claims is undecided then.
struct ExtractionFailure: Error {
  var reason: String
}

/// Reads values out of one model. Elements of an ordered sort are numbered along its order.
struct Extraction {
  private let theory: Theory
  private let model: Z3Model
  private let grounding: Grounding
  let instance: Instance
  /// By sort: the elements by ordinal, as the terms and as the model's values of them.
  private let elements: [[Term]]
  private let elementValues: [[Z3_ast]]
  private let caseValues: [[Z3_ast]]
  private var vocabulary: Vocabulary { theory.vocabulary }
  private var store: TermStore { theory.store }

  /// More cells than this in one variable are not read back.
  private static let cellLimit = 1 << 16

  init(_ model: Z3Model, _ theory: Theory, policies: [Value], _ grounding: Grounding, scope: Scope? = nil) throws {
    self.theory = theory
    self.grounding = grounding
    let elements = grounding.elements
    self.model = model
    let vocabulary = theory.vocabulary
    let spec = theory.model
    self.elements = try elements.enumerated().map { id, terms in
      guard spec.sorts[id].ordered else { return terms }
      let order = vocabulary.order(sort: id)
      let ranks = try terms.map { term in
        try terms.count { try model.boolean(vocabulary.store.apply(order, [$0, term])) }
      }
      return terms.indices.sorted { ranks[$0] < ranks[$1] }.map { terms[$0] }
    }
    elementValues = try self.elements.map { try $0.map { try model.value($0) } }
    caseValues = try vocabulary.enumCases.map { try $0.map { try model.value($0) } }
    instance = Instance(model: spec, sizes: elements.map(\.count), policies: policies, scope: scope)
  }

  // MARK: - Reading

  func rigid() throws -> RigidValuation {
    RigidValuation(
      constants: try zip(theory.model.constants, theory.encoder.constants).map { try read($1, $0.type) })
  }

  func state(_ state: SymbolicState) throws -> State {
    State(variables: try zip(theory.model.variables, state.variables).map { try read($1, $0.type) })
  }

  func action(_ id: ActionID, _ arguments: [SymbolicValue]) throws -> ActionInstance {
    let ordinals = try zip(theory.model.actions[id].instanceLocals, arguments).map { local, value in
      instance.ordinal(try read(value, local.type), local.type)
    }
    return ActionInstance(action: id, arguments: ordinals)
  }

  /// The truth of a formula, quantifiers included: they range over the elements of this size.
  func boolean(_ term: Term) throws -> Bool { try model.boolean(ground(term)) }

  private func ground(_ term: Term) throws -> Term {
    guard let ground = grounding.expand(term) else { throw ExtractionFailure(reason: "a formula too large to evaluate") }
    return ground
  }

  func read(_ value: SymbolicValue, _ type: Type) throws -> Value {
    switch (value, type) {
    case (.scalar(let term), .bool): return .bool(try boolean(term))
    case (.scalar(let term), .int(let low, let high)):
      // What the formulas say nothing about may be anything: the evaluator judges the state that is made of it.
      return .int(min(max(try model.integer(ground(term)), low), high))
    case (.scalar(let term), .sort(let id)): return .element(try position(of: term, among: elementValues[id]))
    case (.scalar(let term), .enumeration(let id)): return .element(try position(of: term, among: caseValues[id]))
    case (.option(let isSome, let payload), .option(let inner)):
      return try boolean(isSome) ? .some(read(payload, inner)) : .none
    case (.record(let fields), .record(let id)):
      return .record(try zip(fields, theory.model.records[id].fields).map { try read($0, $1.type) })
    case (.map(let function), .map(let keys, let cell)):
      return .map(try cells(keys) { try read(function($0), cell) })
    case (.set(let function), .set(let element)):
      return .set(
        try cells([element]) { leaves in
          guard case .scalar(let member) = try function(leaves) else { throw ExtractionFailure(reason: "no set") }
          return try boolean(member)
        })
    case (.queue(let length, let slots), .queue(_, let element)):
      let count = Int(min(max(try model.integer(ground(length)), 0), Int64(slots.count)))
      return .queue(try slots.prefix(count).map { try read($0, element) })
    case (.forest(let forest), .forest(let key)): return .forest(try parents(forest, key))
    default: throw ExtractionFailure(reason: "a value that does not fit its type")
    }
  }

  private func position(of term: Term, among trees: [Z3_ast]) throws -> Int {
    let value = try model.value(ground(term))
    return trees.firstIndex { model.same($0, value) } ?? 0
  }

  private func cells<T>(_ types: [Type], _ read: ([Term]) throws -> T) throws -> [T] {
    let count = instance.cardinality(of: types)
    guard count <= Self.cellLimit else { throw ExtractionFailure(reason: "more than \(Self.cellLimit) cells") }
    return try (0..<count).map { try read(key($0, types)) }
  }

  /// The tuple of an ordinal as arguments of a symbol.
  func key(_ ordinal: Int, _ types: [Type]) throws -> [Term] {
    try vocabulary.flatten(
      zip(instance.values(ordinal, types), types).map { vocabulary.literal($0, $1, elements: elements) }, types)
  }

  /// The parent is the nearest proper ancestor: the one that has all the others above it.
  private func parents(_ forest: SymbolicForest, _ key: Type) throws -> [Int] {
    let count = instance.cardinality(key)
    guard count <= 256 else { throw ExtractionFailure(reason: "a forest of \(count) nodes") }
    let nodes = try (0..<count).map { try self.key($0, [key]) }
    let above = try nodes.map { x in try nodes.map { y in try boolean(forest.ancestor(x, y)) } }
    return try (0..<count).map { x in
      let proper = (0..<count).filter { $0 != x && above[x][$0] }
      guard !proper.isEmpty else { return -1 }
      guard let parent = proper.first(where: { p in proper.allSatisfy { above[p][$0] } }) else {
        throw ExtractionFailure(reason: "an ancestor relation that is no forest")
      }
      return parent
    }
  }
}
