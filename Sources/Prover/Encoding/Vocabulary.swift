/// The symbols of a spec. In: a model. Out: a term sort for each sort and enum, symbols for constants and variables, and
/// the axioms that make them mean what they mean (cases are all and distinct, orders are total, ranges are ranges).
import Spec

/// A fact that holds in every state, and to which formulas it matters.
struct BackgroundFact {
  var assertion: Assertion
  var about: [FunctionSymbol]
  /// Whether all of the symbols must occur, or one is enough.
  var needsAll: Bool
}

final class Vocabulary {
  let model: Model
  let store: TermStore
  let sortTerms: [TermSort]
  let enumSorts: [TermSort]
  /// The cases of each enum as literals.
  let enumCases: [[Term]]
  /// Facts that hold in every state, made as the symbols they are about are made.
  private(set) var background: [BackgroundFact] = []
  private var sortOrder: [FunctionSymbol?]
  private var enumOrder: [FunctionSymbol?]
  var fillers: [TermSort: Term] = [:]
  private var elementLiterals: [[Term]]
  /// Counts and closures: formulas with one of them bring facts that a solver works hard on.
  var approximated: Set<FunctionSymbol> = []
  /// Predicates that stand for conditions with quantifiers inside terms.
  var conditionNames: [Term: FunctionSymbol] = [:]
  /// The quantifiers of the text that bind variables.
  var places: [Term: Span] = [:]
  /// Wrong on purpose, for tests.
  let fault: EncodingFault?

  init(_ model: Model, _ store: TermStore, fault: EncodingFault? = nil) {
    self.model = model
    self.store = store
    self.fault = fault
    sortTerms = model.sorts.map { store.declareSort($0.name) }
    enumSorts = model.enumerations.map { store.declareSort($0.name) }
    var cases: [[Term]] = []
    for (declaration, sort) in zip(model.enumerations, enumSorts) {
      cases.append(
        declaration.cases.map {
          store.apply(store.declareFunction("\(declaration.name).\($0)", [], sort, isLiteral: true), [])
        })
    }
    enumCases = cases
    sortOrder = Array(repeating: nil, count: model.sorts.count)
    elementLiterals = Array(repeating: [], count: model.sorts.count)
    enumOrder = Array(repeating: nil, count: model.enumerations.count)
    for id in model.enumerations.indices { closeEnum(id) }
    for (id, sort) in model.sorts.enumerated() where sort.ordered { _ = order(sort: id) }
  }

  /// `about`: the fact matters only to formulas in which one of these symbols occurs; empty: to all.
  func assume(_ name: String, _ term: Term, about: [FunctionSymbol] = []) {
    guard term != store.yes else { return }
    let assertion = Assertion(name: store.freshName(name), term: term)
    background.append(BackgroundFact(assertion: assertion, about: about, needsAll: false))
  }

  /// A fact that relates symbols: it matters where all of them occur.
  func assume(_ name: String, _ term: Term, aboutAll symbols: [FunctionSymbol]) {
    guard term != store.yes else { return }
    let assertion = Assertion(name: store.freshName(name), term: term)
    background.append(BackgroundFact(assertion: assertion, about: symbols, needsAll: true))
  }

  /// Whether a formula speaks of a count or closure.
  func isApproximated(_ term: Term) -> Bool {
    guard !approximated.isEmpty else { return false }
    var symbols: Set<FunctionSymbol> = []
    var visited: Set<Term> = []
    store.collectSymbols(term, &symbols, &visited)
    return !symbols.isDisjoint(with: approximated)
  }

  /// The background that matters to the formulas: that of the symbols in them, and of the symbols in that.
  func background(of terms: [Term]) -> [Assertion] {
    var symbols: Set<FunctionSymbol> = []
    var visited: Set<Term> = []
    for term in terms { store.collectSymbols(term, &symbols, &visited) }
    var chosen = Array(repeating: false, count: background.count)
    var grew = true
    while grew {
      grew = false
      for (i, fact) in background.enumerated() where !chosen[i] {
        let matters = fact.needsAll ? fact.about.allSatisfy(symbols.contains) : fact.about.contains(where: symbols.contains)
        guard fact.about.isEmpty || matters else { continue }
        chosen[i] = true
        grew = true
        store.collectSymbols(fact.assertion.term, &symbols, &visited)
      }
    }
    return background.indices.filter { chosen[$0] }.map { background[$0].assertion }
  }

  /// The n-th element of a sort in finite searches: a literal, so that equality of elements folds.
  func element(_ sort: SortID, _ n: Int) -> Term {
    while elementLiterals[sort].count <= n {
      let name = "\(model.sorts[sort].name)#\(elementLiterals[sort].count)"
      elementLiterals[sort].append(store.apply(store.declareFunction(name, [], sortTerms[sort], isLiteral: true), []))
    }
    return elementLiterals[sort][n]
  }

  // MARK: - Enums and orders

  /// Cases as distinct constants and a closure axiom. (Z3's own enumeration sorts solve as fast, but they are datatypes: the
  /// certificate would leave the logic UF.)
  private func closeEnum(_ id: EnumID) {
    let cases = enumCases[id]
    let name = model.enumerations[id].name
    // The store already folds equality of two cases; the solver must be told.
    var distinct: [Term] = []
    for i in cases.indices {
      for j in cases.indices where i < j { distinct.append(store.distinctLiterals(cases[i], cases[j])) }
    }
    assume("\(name).distinct", store.and(distinct))
    let x = store.freshVariable("x", enumSorts[id])
    assume("\(name).cases", store.forall([x], store.or(cases.map { store.equal(x, $0) })))
  }

  /// `a <= b` of an ordered sort.
  func order(sort id: SortID) -> FunctionSymbol {
    if let known = sortOrder[id] { return known }
    let sort = sortTerms[id]
    let name = model.sorts[id].name
    let relation = store.declareFunction("\(name).<=", [sort, sort], .bool)
    sortOrder[id] = relation
    func le(_ a: Term, _ b: Term) -> Term { store.apply(relation, [a, b]) }
    let x = store.freshVariable("x", sort)
    let y = store.freshVariable("y", sort)
    let z = store.freshVariable("z", sort)
    let total = store.or(le(x, y), le(y, x))
    let antisymmetric = store.implies(store.and(le(x, y), le(y, x)), store.equal(x, y))
    let transitive = store.implies(store.and(le(x, y), le(y, z)), le(x, z))
    assume("\(name).total", store.forall([x, y], total), about: [relation])
    assume("\(name).antisymmetric", store.forall([x, y], antisymmetric), about: [relation])
    assume("\(name).transitive", store.forall([x, y, z], transitive), about: [relation])
    return relation
  }

  /// `a <= b` of an ordered enum: between literals it is folded, otherwise a relation with one ground fact a pair.
  func enumLessOrEqual(_ id: EnumID, _ a: Term, _ b: Term) -> Term {
    let cases = enumCases[id]
    if let i = cases.firstIndex(of: a), let j = cases.firstIndex(of: b) { return store.boolean(i <= j) }
    if let i = cases.firstIndex(of: a) { return store.or(cases[i...].map { store.equal(b, $0) }) }
    if let j = cases.firstIndex(of: b) { return store.or(cases[...j].map { store.equal(a, $0) }) }
    let relation: FunctionSymbol
    if let known = enumOrder[id] {
      relation = known
    } else {
      relation = store.declareFunction("\(model.enumerations[id].name).<=", [enumSorts[id], enumSorts[id]], .bool)
      enumOrder[id] = relation
      var facts: [Term] = []
      for i in cases.indices {
        for j in cases.indices {
          let fact = store.apply(relation, [cases[i], cases[j]])
          facts.append(i <= j ? fact : store.not(fact))
        }
      }
      assume("\(model.enumerations[id].name).order", store.and(facts), about: [relation])
    }
    return store.apply(relation, [a, b])
  }
}
