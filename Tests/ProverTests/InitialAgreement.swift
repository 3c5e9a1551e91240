import Spec

@testable import Prover

/// What the encoding says of states alone, compared with the evaluator at a finite size: which there are, and which are initial.
///
/// Steps are compared by asserting whole states as facts (`EncodingAgreement`); an axiom that is missing shows nothing there. So
/// the states that the background facts allow are counted: as many as the types have values.
struct InitialAgreement {
  private let agreement: EncodingAgreement
  private let evaluator: Evaluator
  private let initial: (state: SymbolicState, assumptions: [Assertion], sites: [ErrorSite])?
  private var instance: Instance { agreement.instance }
  private var theory: Theory { agreement.theory }

  /// More states than this are not counted.
  private static let countLimit = 400

  init(_ instance: Instance, encodingOf model: Model? = nil, fault: EncodingFault? = nil) throws {
    agreement = try EncodingAgreement(instance, encodingOf: model, fault: fault, actions: [])
    evaluator = Evaluator(instance)
    initial = try? agreement.theory.initial()
  }

  // MARK: - Which states there are

  /// Throws unless the facts have exactly the states of the types as their models.
  func countStates() throws {
    let expected = instance.model.variables.reduce(1) { Self.product($0, Self.values($1.type, instance)) }
    guard expected <= Self.countLimit else { return }
    let leaves = try zip(theory.before.variables, instance.model.variables).flatMap { try agreement.leaves($0, $1.type) }
    guard let background = try agreement.background(of: leaves) else { return }
    let solver = try agreement.engine.solver(background)
    // Of a term that no fact is about nothing says that it is one of the elements.
    for leaf in leaves {
      guard case .named = theory.store.sort(leaf), let values = agreement.grounding.tuples([theory.store.sort(leaf)]) else {
        continue
      }
      try solver.assert(theory.store.or(values.map { theory.store.equal(leaf, $0[0]) }))
    }
    var found = 0
    while agreement.engine.check(solver) == .satisfiable {
      found += 1
      if found > expected { break }
      let state: State
      do {
        state = try Extraction(solver.model(), theory, policies: instance.policies, agreement.grounding).state(theory.before)
      } catch let failure as ExtractionFailure {
        throw EncodingAgreement.Difference(description: "the facts allow what is no state: \(failure.reason)")
      }
      try solver.assert(theory.store.not(theory.store.and(try agreement.facts(state))))
    }
    if found != expected {
      throw EncodingAgreement.Difference(description: "the facts allow \(found) states or more, the types \(expected)")
    }
  }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : result
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { so, _ in product(so, base) } }

  /// By formula; of forests Cayley's: n nodes have (n + 1)^(n - 1) rooted labelled forests.
  private static func values(_ type: Type, _ instance: Instance) -> Int {
    switch type {
    case .record(let id): return instance.model.records[id].fields.reduce(1) { product($0, values($1.type, instance)) }
    case .option(let inner): return product(1, values(inner, instance)) &+ 1
    case .map(let keys, let value): return power(values(value, instance), instance.cardinality(of: keys))
    case .set(let element): return power(2, instance.cardinality(element))
    case .queue(let capacity, let element):
      let lengths = (0...capacity).map { power(values(element, instance), $0) }
      return lengths.contains(.max) ? .max : lengths.reduce(0, +)
    case .forest(let element):
      let nodes = instance.cardinality(element)
      return nodes == 0 ? 1 : power(nodes + 1, nodes - 1)
    default: return instance.cardinality(type)
    }
  }

  // MARK: - Which are initial

  /// Each initial state of the evaluator is one of the encoding; of the states given none is that is not one of the evaluator's.
  func compare(_ states: [State], _ rigid: RigidValuation) throws {
    guard let initial, let first = try? evaluator.initialStates(rigid) else { return }
    var terms = initial.assumptions.map(\.term) + initial.sites.map(\.isFine)
    terms += try zip(initial.state.variables, instance.model.variables).flatMap { try agreement.leaves($0, $1.type) }
    guard let background = try agreement.background(of: terms) else { return }
    let solver = try agreement.engine.solver(background)
    for state in first.prefix(12) + states {
      solver.push()
      defer { solver.pop() }
      for fact in try agreement.facts(state) + agreement.facts(rigid) { try solver.assert(fact) }
      guard agreement.engine.check(solver) == .satisfiable else {
        throw EncodingAgreement.Difference(description: "the facts contradict each other in init: \(state.variables)")
      }
      let extraction = try Extraction(solver.model(), theory, policies: instance.policies, agreement.grounding)
      let isAssumed = try initial.assumptions.allSatisfy { try extraction.boolean($0.term) }
      let isFine = try initial.sites.allSatisfy { try extraction.boolean($0.isFine) }
      let encoded = try extraction.state(initial.state)
      guard let isInitial = try? evaluator.isInitial(state, rigid) else { continue }
      if isInitial != (isAssumed && encoded == state) || isInitial && !isFine {
        throw EncodingAgreement.Difference(
          description: "\(state.variables) is\(isInitial ? "" : " not") initial; the encoding makes \(encoded.variables) of it")
      }
    }
  }
}
