import Spec
import TestSupport

@testable import Prover

/// The encoding compared with the evaluator at a finite size, step by step: what the prover's soundness rests on.
///
/// A concrete state and action instance are asserted as ground facts, together with every background fact (axioms, definitions,
/// what is known of counts and closures); that must be satisfiable. Then guards, error sites, the post-state's cells and the
/// properties, which are terms over the state before, are evaluated in the solver's model and must be what the evaluator says.
struct EncodingAgreement {
  struct Difference: Error, CustomStringConvertible { var description: String }

  let instance: Instance
  let theory: Theory
  let evaluator: Evaluator
  let grounding: Grounding
  let engine: Engine
  private(set) var steps = 0
  private(set) var errors = 0
  private(set) var disabled = 0
  /// Actions and properties without an encoding, by reason.
  private(set) var unsupported: [String] = []

  private struct Encoded {
    var action: ActionTheory
    var before: [(property: Int, formula: Formula)] = []
    var after: [(property: Int, formula: Formula)] = []
    var transitions: [(property: Int, formula: Formula)] = []
    var assertions: [Assertion]
  }
  private struct Formula {
    var conjuncts: [Conjunct]
    var sites: [ErrorSite]
    var terms: [Term] { conjuncts.map(\.term) + sites.map(\.isFine) }
  }
  private var actions: [Encoded?] = []
  /// By action: what holds in every state.
  private var solvers: [Z3Solver?] = []

  /// `encodingOf`: another model to encode than the one that is evaluated, of the same shape.
  /// `only`: these actions instead of all.
  init(
    _ instance: Instance, encodingOf model: Model? = nil, fault: EncodingFault? = nil, actions only: [ActionID]? = nil
  ) throws {
    self.instance = instance
    theory = try Theory(model ?? instance.model, policies: instance.policies, fault: fault)
    evaluator = Evaluator(instance)
    grounding = Grounding(theory.vocabulary, sizes: instance.sizes)
    engine = try Engine(theory.store, ProveOptions())
    for id in only ?? Array(instance.model.actions.indices) {
      let encoded = try encode(id)
      actions.append(encoded)
      solvers.append(try encoded.map { try engine.solver($0.assertions) })
    }
  }

  private mutating func encode(_ id: ActionID) throws -> Encoded? {
    do {
      let action = try theory.action(id)
      var encoded = Encoded(action: action, assertions: [])
      for (property, declaration) in instance.model.properties.enumerated() {
        do {
          switch declaration.kind {
          case .invariant:
            let before = try theory.invariant(property, in: theory.before)
            encoded.before.append((property, Formula(conjuncts: before.conjuncts, sites: before.sites)))
            let after = try theory.invariant(property, in: action.after)
            encoded.after.append((property, Formula(conjuncts: after.conjuncts, sites: after.sites)))
          case .transition:
            guard let formula = try theory.transition(property, step: id, action) else { continue }
            encoded.transitions.append((property, Formula(conjuncts: formula.conjuncts, sites: formula.sites)))
          case .temporal, .cover: break
          }
        } catch let failure as EncodingFailure {
          unsupported.append(failure.reason)
        }
      }
      var terms = action.guards.map(\.term) + action.sites.map(\.isFine)
      for (variable, value) in zip(instance.model.variables, action.after.variables) {
        terms += try leaves(value, variable.type)
      }
      let formulas = encoded.before + encoded.after + encoded.transitions
      terms += formulas.flatMap(\.formula.terms)
      guard let assertions = try background(of: terms) else { return nil }
      encoded.assertions = assertions
      return encoded
    } catch let failure as EncodingFailure {
      unsupported.append(failure.reason)
      return nil
    }
  }

  // MARK: - Facts

  func orderFacts() -> [Term] {
    let store = theory.store
    return instance.model.sorts.indices.filter { instance.model.sorts[$0].ordered }.flatMap { id in
      let members = grounding.elements[id]
      return members.indices.flatMap { i in
        members.indices.map { j in
          let fact = store.apply(theory.vocabulary.order(sort: id), [members[i], members[j]])
          return i <= j ? fact : store.not(fact)
        }
      }
    }
  }

  private func keys(_ types: [Type]) throws -> [[Term]] {
    try (0..<instance.cardinality(of: types)).map { ordinal in
      let values = zip(instance.values(ordinal, types), types).map {
        theory.vocabulary.literal($0, $1, elements: grounding.elements)
      }
      return try theory.vocabulary.flatten(values, types)
    }
  }

  /// Every term that reading a value back asks for.
  func leaves(_ value: SymbolicValue, _ type: Type) throws -> [Term] {
    switch (value, type) {
    case (.scalar(let term), _): return [term]
    case (.option(let isSome, let payload), .option(let inner)): return [isSome] + (try leaves(payload, inner))
    case (.record(let fields), .record(let id)):
      return try zip(fields, instance.model.records[id].fields).flatMap { try leaves($0, $1.type) }
    case (.map(let function), .map(let types, let cell)): return try keys(types).flatMap { try leaves(function($0), cell) }
    case (.set(let function), .set(let element)): return try keys([element]).flatMap { try leaves(function($0), .bool) }
    case (.queue(let length, let slots), .queue(_, let element)):
      return [length] + (try slots.flatMap { try leaves($0, element) })
    case (.forest(let forest), .forest(let key)):
      let nodes = try keys([key])
      return try nodes.flatMap { x in try nodes.map { try forest.ancestor(x, $0) } }
    default: throw EncodingFailure(reason: "a value that does not fit its type", span: .none)
    }
  }

  /// The value as facts about symbols.
  func facts(_ symbolic: SymbolicValue, _ value: Value, _ type: Type) throws -> [Term] {
    let store = theory.store
    switch (symbolic, value, type) {
    case (.scalar(let term), _, _):
      guard case .scalar(let literal) = theory.vocabulary.literal(value, type, elements: grounding.elements) else { return [] }
      return [store.equal(term, literal)]
    case (.option(let isSome, _), .none, _): return [store.not(isSome)]
    case (.option(let isSome, let payload), .some(let inner), .option(let type)):
      return [isSome] + (try facts(payload, inner, type))
    case (.record(let fields), .record(let values), .record(let id)):
      return try zip(zip(fields, values), instance.model.records[id].fields).flatMap { try facts($0.0, $0.1, $1.type) }
    case (.map(let function), .map(let values), .map(let types, let cell)):
      return try zip(keys(types), values).flatMap { try facts(function($0), $1, cell) }
    case (.set(let function), .set(let flags), .set(let element)):
      return try zip(keys([element]), flags).flatMap { try facts(function($0), .bool($1), .bool) }
    case (.queue(let length, let slots), .queue(let values), .queue(_, let element)):
      return [store.equal(length, store.integer(Int64(values.count)))]
        + (try zip(slots, values).flatMap { try facts($0, $1, element) })
    case (.forest(let forest), .forest(let parents), .forest(let key)):
      let nodes = try keys([key])
      return try nodes.indices.flatMap { x -> [Term] in
        var above = Set([x])
        var node = x
        // What a faulty encoding allows may be no forest: it need not end.
        while parents[node] >= 0, above.insert(parents[node]).inserted { node = parents[node] }
        return try nodes.indices.map { y in
          let fact = try forest.ancestor(nodes[x], nodes[y])
          return above.contains(y) ? fact : store.not(fact)
        }
      }
    default: throw Difference(description: "a value that does not fit its type")
    }
  }

  func facts(_ state: State) throws -> [Term] {
    try zip(zip(theory.before.variables, state.variables), instance.model.variables).flatMap {
      try facts($0.0, $0.1, $1.type)
    }
  }

  func facts(_ rigid: RigidValuation) throws -> [Term] {
    try zip(zip(theory.encoder.constants, rigid.constants), instance.model.constants).flatMap {
      try facts($0.0, $0.1, $1.type)
    }
  }

  /// Everything that holds in every state, as far as it is about the terms, at this size.
  func background(of terms: [Term]) throws -> [Assertion]? {
    let exact = try theory.encoder.counting.exact(grounding) + theory.encoder.closures.exact(grounding)
    let facts = theory.vocabulary.background(of: terms).map(\.term)
    return grounding.ground(facts + exact + orderFacts()).map { $0.map { Assertion(name: "", term: $0) } }
  }

  // MARK: - Comparing

  /// Compares some of the instances of each action in a state; `choose` picks among the ordinals.
  mutating func compare(_ state: State, _ rigid: RigidValuation, instances choose: (Range<Int>) -> [Int]) throws {
    for (id, encoded) in actions.enumerated() {
      guard let encoded, let solver = solvers[id] else { continue }
      solver.push()
      defer { solver.pop() }
      for fact in try facts(state) + facts(rigid) { try solver.assert(fact) }
      let types = instance.model.actions[id].instanceLocals.map(\.type)
      for ordinal in choose(0..<instance.cardinality(of: types)) {
        let values = instance.values(ordinal, types)
        let ordinals = zip(values, types).map { instance.ordinal($0, $1) }
        solver.push()
        defer { solver.pop() }
        for ((value, symbolic), type) in zip(zip(values, encoded.action.arguments), types) {
          for fact in try facts(symbolic, value, type) { try solver.assert(fact) }
        }
        let name = "\(instance.model.actions[id].name)\(ordinals) in \(state.variables)"
        let answer = engine.check(solver)
        guard answer == .satisfiable else {
          throw Difference(description: "the facts contradict each other (\(answer)): \(name)")
        }
        let extraction = try Extraction(solver.model(), theory, policies: instance.policies, grounding)
        let action = ActionInstance(action: id, arguments: ordinals)
        try compare(action, encoded, state, rigid, extraction, name)
      }
    }
  }

  private mutating func compare(
    _ action: ActionInstance, _ encoded: Encoded, _ state: State, _ rigid: RigidValuation, _ extraction: Extraction,
    _ name: String
  ) throws {
    func expect(_ condition: Bool, _ text: @autoclosure () -> String) throws {
      if !condition { throw Difference(description: "\(text()): \(name)") }
    }
    let broken = try encoded.action.sites.filter { try !extraction.boolean($0.isFine) }
    let enabled = try encoded.action.guards.allSatisfy { try extraction.boolean($0.term) }
    for (property, formula) in encoded.before {
      try compare(formula, extraction, "\(instance.model.properties[property].name) before: \(name)") {
        () throws(SpecError) in try evaluator.holds(property, in: state, rigid)
      }
    }
    let after: State?
    do {
      after = try evaluator.step(action, from: state, rigid)
    } catch {
      errors += 1
      try expect(broken.contains { $0.kind == error.kind }, "the evaluator finds \(error), the encoding \(broken.map(\.kind))")
      return
    }
    try expect(broken.isEmpty, "the encoding finds \(broken.map { ($0.kind, $0.span) }), the evaluator no error")
    guard let after else {
      disabled += 1
      return try expect(!enabled, "enabled only in the encoding")
    }
    try expect(enabled, "disabled only in the encoding")
    steps += 1
    let encodedAfter = try extraction.state(encoded.action.after)
    try expect(encodedAfter == after, "\(encodedAfter.variables) instead of \(after.variables) after")
    for (property, formula) in encoded.after {
      try compare(formula, extraction, "\(instance.model.properties[property].name) after: \(name)") {
        () throws(SpecError) in try evaluator.holds(property, in: after, rigid)
      }
    }
    for (property, formula) in encoded.transitions {
      try compare(formula, extraction, "\(instance.model.properties[property].name): \(name)") {
        () throws(SpecError) in try evaluator.holds(transition: property, action, from: state, to: after, rigid)
      }
    }
  }

  private func compare(
    _ formula: Formula, _ extraction: Extraction, _ name: String, _ evaluate: () throws(SpecError) -> Bool
  ) throws {
    let broken = try formula.sites.filter { try !extraction.boolean($0.isFine) }
    switch Result(catching: evaluate) {
    case .success(let expected):
      let found = try formula.conjuncts.allSatisfy { try extraction.boolean($0.term) }
      if !broken.isEmpty {
        throw Difference(description: "the encoding finds \(broken.map(\.kind)), the evaluator no error: \(name)")
      }
      if found != expected { throw Difference(description: "\(found) instead of \(expected): \(name)") }
    case .failure(let error):
      if !broken.contains(where: { $0.kind == error.kind }) {
        throw Difference(description: "the evaluator finds \(error), the encoding \(broken.map(\.kind)): \(name)")
      }
    }
  }
}
