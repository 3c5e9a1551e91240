/// Formulas over sorts of a fixed size, without quantifiers. In: assertions and a size for each sort. Out: ground assertions.
///
/// A counterexample is looked for here, at one size after the other: a finite search, where a solver that builds models of
/// quantified formulas may diverge (13 s and no answer against 20 ms). Counts and closures, of which the general formulas
/// only know facts, are exact at a fixed size.
import Spec

final class Grounding {
  private let vocabulary: Vocabulary
  private var store: TermStore { vocabulary.store }
  /// The elements of each sort of the spec, as literals.
  private(set) var elements: [[Term]] = []
  private var values: [TermSort: [Term]] = [:]
  private var memo: [Term: Term] = [:]
  private var instances = 0

  /// Instances of quantifiers in one call before a size is given up as too large.
  static let instanceLimit = 400_000

  /// Nil-valued results of `ground` mean that the formulas grow too large at these sizes.
  init(_ vocabulary: Vocabulary, sizes: [Int]) {
    self.vocabulary = vocabulary
    for (id, sort) in vocabulary.sortTerms.enumerated() {
      let members = (0..<sizes[id]).map { vocabulary.element(id, $0) }
      elements.append(members)
      values[sort] = members
    }
    for (id, sort) in vocabulary.enumSorts.enumerated() { values[sort] = vocabulary.enumCases[id] }
    values[.bool] = [vocabulary.store.no, vocabulary.store.yes]
  }

  /// The assertions at this size, with what says that there are no other elements.
  func ground(_ assertions: [Term]) -> [Term]? {
    instances = 0
    var result: [Term] = []
    for members in elements {
      for i in members.indices { for j in 0..<i { result.append(store.distinctLiterals(members[j], members[i])) } }
    }
    for assertion in assertions {
      guard let ground = expand(assertion) else { return nil }
      result.append(ground)
    }
    var closed: Set<Term> = []
    var visited: Set<Term> = []
    for term in result { collect(term, &closed, &visited) }
    for term in closed.sorted(by: { $0.id < $1.id }) {
      result.append(store.or((values[store.sort(term)] ?? []).map { store.equal(term, $0) }))
    }
    return result.filter { $0 != store.yes }
  }

  /// Every tuple of values of the sorts; nil where a sort has no list of values.
  func tuples(_ sorts: [TermSort]) -> [[Term]]? {
    var result: [[Term]] = [[]]
    for sort in sorts {
      guard let members = values[sort], result.count * members.count <= 4096 else { return nil }
      result = result.flatMap { tuple in members.map { tuple + [$0] } }
    }
    return result
  }

  func expand(_ term: Term) -> Term? {
    guard store.hasQuantifier(term) else { return term }
    if let known = memo[term] { return known }
    let result: Term?
    switch store.node(term) {
    case .forall(let bound, let body): result = instantiate(bound[...], body, universal: true)
    case .exists(let bound, let body): result = instantiate(bound[...], body, universal: false)
    case .not(let a): result = expand(a).map { store.not($0) }
    case .and(let members): result = expand(members).map { store.and($0) }
    case .or(let members): result = expand(members).map { store.or($0) }
    case .equal(let a, let b): result = expand([a, b]).map { store.equal($0[0], $0[1]) }
    case .ite(let a, let b, let c): result = expand([a, b, c]).map { store.ite($0[0], $0[1], $0[2]) }
    case .arithmetic(let symbol, let a, let b): result = expand([a, b]).map { store.arithmetic(symbol, $0[0], $0[1]) }
    case .lessOrEqual(let a, let b): result = expand([a, b]).map { store.lessOrEqual($0[0], $0[1]) }
    case .apply(let symbol, let arguments): result = expand(arguments).map { store.apply(symbol, $0) }
    case .boolean, .integer, .variable, .undefined: result = term
    }
    if let result { memo[term] = result }
    return result
  }

  private func expand(_ terms: [Term]) -> [Term]? {
    var result: [Term] = []
    for term in terms {
      guard let ground = expand(term) else { return nil }
      result.append(ground)
    }
    return result
  }

  /// One variable after the other: an instance that is already decided needs no further ones.
  private func instantiate(_ bound: ArraySlice<Term>, _ body: Term, universal: Bool) -> Term? {
    guard let variable = bound.first else { return expand(body) }
    guard let members = values[store.sort(variable)] else {
      // Numbers of a wide range stay quantified.
      return instantiate(bound.dropFirst(), body, universal: universal)
        .map { universal ? store.forall([variable], $0) : store.exists([variable], $0) }
    }
    guard case .variable(let id) = store.node(variable), store.freeVariables(body).contains(id) else {
      return instantiate(bound.dropFirst(), body, universal: universal)
    }
    instances += members.count
    if instances > Self.instanceLimit || store.isExhausted { return nil }
    var parts: [Term] = []
    for member in members {
      let instance = store.substitute(body, [variable: member])
      if instance == store.boolean(universal) { continue }
      guard let part = instantiate(bound.dropFirst(), instance, universal: universal) else { return nil }
      parts.append(part)
    }
    return universal ? store.and(parts) : store.or(parts)
  }

  /// Ground terms that have an element as value and are not one.
  private func collect(_ term: Term, _ closed: inout Set<Term>, _ visited: inout Set<Term>) {
    guard visited.insert(term).inserted else { return }
    if case .named = store.sort(term), case .apply = store.node(term), !store.isLiteral(term),
      store.freeVariables(term).isEmpty
    {
      closed.insert(term)
    }
    for child in store.children(term) { collect(child, &closed, &visited) }
  }
}
