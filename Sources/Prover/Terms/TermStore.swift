/// Makes terms, each once, simplified as they are made. In: operands. Out: the shared term.
///
/// Simplification is what folds policies away and keeps substituted post-states near the size of the text; it only uses
/// laws that hold in every model, so the simplified formula is equivalent (`undefined` apart, see `ite`).
final class TermStore {
  private(set) var nodes: [TermNode] = []
  private(set) var sorts: [TermSort] = []
  /// Whether a quantifier occurs in the term.
  private(set) var quantified: [Bool] = []
  private var index: [TermNode: Term] = [:]
  var freeVariablesOf: [Term: [Int]] = [:]

  private(set) var sortNames: [String] = []
  private(set) var functions: [FunctionDeclaration] = []
  private(set) var variableSorts: [TermSort] = []
  private(set) var variableNames: [String] = []
  private var takenNames: Set<String> = []
  private var canonicalVariables: [String: Term] = [:]

  /// Beyond this many distinct nodes an encoding is given up: the obligation is undecided, memory stays bounded.
  static let nodeBudget = 1_500_000

  let yes: Term
  let no: Term

  init() {
    nodes = [.boolean(true), .boolean(false)]
    sorts = [.bool, .bool]
    quantified = [false, false]
    yes = Term(id: 0)
    no = Term(id: 1)
    index = [.boolean(true): yes, .boolean(false): no]
  }

  var isExhausted: Bool { nodes.count > Self.nodeBudget }

  func node(_ term: Term) -> TermNode { nodes[Int(term.id)] }
  func sort(_ term: Term) -> TermSort { sorts[Int(term.id)] }
  func hasQuantifier(_ term: Term) -> Bool { quantified[Int(term.id)] }

  func make(_ node: TermNode, _ sort: TermSort, quantifier: Bool) -> Term {
    if let known = index[node] { return known }
    let term = Term(id: Int32(nodes.count))
    nodes.append(node)
    sorts.append(sort)
    quantified.append(quantifier)
    index[node] = term
    return term
  }

  // MARK: - Declarations

  /// A name no other symbol of the store has.
  func freshName(_ wanted: String) -> String {
    var name = wanted
    var suffix = 1
    while !takenNames.insert(name).inserted {
      suffix += 1
      name = "\(wanted)~\(suffix)"
    }
    return name
  }

  func declareSort(_ name: String) -> TermSort {
    sortNames.append(freshName(name))
    return .named(sortNames.count - 1)
  }

  func declareFunction(
    _ name: String, _ arguments: [TermSort], _ result: TermSort, isLiteral: Bool = false
  ) -> FunctionSymbol {
    functions.append(
      FunctionDeclaration(name: freshName(name), arguments: arguments, result: result, isLiteral: isLiteral))
    return FunctionSymbol(id: functions.count - 1)
  }

  func constant(_ name: String, _ sort: TermSort) -> Term { apply(declareFunction(name, [], sort), []) }

  func freshVariable(_ name: String, _ sort: TermSort) -> Term {
    variableSorts.append(sort)
    variableNames.append(name)
    return make(.variable(variableSorts.count - 1), sort, quantifier: false)
  }

  func variable(_ id: Int) -> Term { make(.variable(id), variableSorts[id], quantifier: false) }

  /// The n-th variable of a sort that definitions are stated over, so that equal definitions are equal terms. `role` keeps apart
  /// what may occur in one term.
  func canonicalVariable(_ n: Int, _ sort: TermSort, role: String = "free") -> Term {
    let key = "\(role)/\(sort)/\(n)"
    if let known = canonicalVariables[key] { return known }
    let made = freshVariable("v", sort)
    canonicalVariables[key] = made
    return made
  }

  // MARK: - Terms

  func integer(_ value: Int64) -> Term { make(.integer(value), .int, quantifier: false) }
  func boolean(_ value: Bool) -> Term { value ? yes : no }
  func undefined(_ sort: TermSort) -> Term { make(.undefined(sort), sort, quantifier: false) }

  func apply(_ symbol: FunctionSymbol, _ arguments: [Term]) -> Term {
    make(.apply(symbol, arguments), functions[symbol.id].result, quantifier: arguments.contains { hasQuantifier($0) })
  }

  /// A literal: equal literals are the same term, different ones are different values.
  func isLiteral(_ term: Term) -> Bool {
    switch node(term) {
    case .boolean, .integer: true
    case .apply(let symbol, _): functions[symbol.id].isLiteral
    default: false
    }
  }

  func not(_ term: Term) -> Term {
    switch node(term) {
    case .boolean(let value): return boolean(!value)
    case .not(let inner): return inner
    default: return make(.not(term), .bool, quantifier: hasQuantifier(term))
    }
  }

  func and(_ terms: [Term]) -> Term { junction(terms, conjunction: true) }
  func and(_ terms: Term...) -> Term { junction(terms, conjunction: true) }
  func or(_ terms: [Term]) -> Term { junction(terms, conjunction: false) }
  func or(_ terms: Term...) -> Term { junction(terms, conjunction: false) }
  func implies(_ premise: Term, _ conclusion: Term) -> Term { junction([not(premise), conclusion], conjunction: false) }

  /// Flattens, drops repetitions and neutral members, and finds a member beside its negation.
  private func junction(_ terms: [Term], conjunction: Bool) -> Term {
    let neutral = boolean(conjunction)
    let absorbing = boolean(!conjunction)
    var members: [Term] = []
    var seen: Set<Term> = []
    func add(_ term: Term) -> Bool {
      switch node(term) {
      case .and(let inner) where conjunction: return inner.allSatisfy(add)
      case .or(let inner) where !conjunction: return inner.allSatisfy(add)
      default:
        if term == neutral || seen.contains(term) { return true }
        if term == absorbing || seen.contains(not(term)) { return false }
        seen.insert(term)
        members.append(term)
        return true
      }
    }
    guard terms.allSatisfy(add) else { return absorbing }
    guard members.count > 1 else { return members.first ?? neutral }
    let quantifier = members.contains { hasQuantifier($0) }
    return make(conjunction ? .and(members) : .or(members), .bool, quantifier: quantifier)
  }

  func equal(_ a: Term, _ b: Term) -> Term {
    if a == b { return yes }
    if a.id > b.id { return equal(b, a) }
    if isLiteral(a) && isLiteral(b) { return no }
    if sort(a) == .bool {
      if a == yes { return b }
      if a == no { return not(b) }
      if b == yes { return a }
      if b == no { return not(a) }
      if not(a) == b { return no }
    }
    // ite(c, 1, 2) == 1 is c: enum and number updates fold back into conditions.
    for (choice, literal) in [(a, b), (b, a)] where isLiteral(literal) && sort(a) != .bool {
      if case .ite(let condition, let then, let other) = node(choice) {
        return ite(condition, equal(then, literal), equal(other, literal))
      }
    }
    return make(.equal(a, b), .bool, quantifier: hasQuantifier(a) || hasQuantifier(b))
  }

  /// The inequality of two literals as a fact for the solver, which `equal` would fold away.
  func distinctLiterals(_ a: Term, _ b: Term) -> Term {
    make(.not(make(.equal(a, b), .bool, quantifier: false)), .bool, quantifier: false)
  }

  /// `undefined` beside a value gives the value: whoever reads the term there has a definedness obligation that fails, or
  /// reads behind a flag that says none, so either choice is right.
  func ite(_ condition: Term, _ then: Term, _ other: Term) -> Term {
    if condition == yes || then == other { return then }
    if condition == no { return other }
    if case .undefined = node(then) { return other }
    if case .undefined = node(other) { return then }
    if case .not(let inner) = node(condition) { return ite(inner, other, then) }
    if sort(then) == .bool {
      return and(or(not(condition), then), or(condition, other))
    }
    if case .ite(condition, let inner, _) = node(then) { return ite(condition, inner, other) }
    if case .ite(condition, _, let inner) = node(other) { return ite(condition, then, inner) }
    let quantifier = hasQuantifier(condition) || hasQuantifier(then) || hasQuantifier(other)
    return make(.ite(condition, then, other), sort(then), quantifier: quantifier)
  }

  func arithmetic(_ symbol: ArithmeticSymbol, _ a: Term, _ b: Term) -> Term {
    if case .integer(let x) = node(a), case .integer(let y) = node(b), let value = Self.fold(symbol, x, y) {
      return integer(value)
    }
    if b == integer(0), symbol == .add || symbol == .subtract { return a }
    if a == integer(0), symbol == .add { return b }
    return make(.arithmetic(symbol, a, b), .int, quantifier: hasQuantifier(a) || hasQuantifier(b))
  }

  /// nil where Int64 is too small or the divisor is zero: then the solver's unbounded integers decide.
  private static func fold(_ symbol: ArithmeticSymbol, _ x: Int64, _ y: Int64) -> Int64? {
    func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Int64? { result.overflow ? nil : result.partialValue }
    switch symbol {
    case .add: return checked(x.addingReportingOverflow(y))
    case .subtract: return checked(x.subtractingReportingOverflow(y))
    case .multiply: return checked(x.multipliedReportingOverflow(by: y))
    case .divide, .remainder:
      guard y != 0, let quotient = checked(x.dividedReportingOverflow(by: y)) else { return nil }
      let remainder = x - quotient * y
      let euclidean = remainder >= 0 ? remainder : remainder + Int64(clamping: y.magnitude)
      if symbol == .remainder { return euclidean }
      return remainder >= 0 ? quotient : (y > 0 ? quotient - 1 : quotient + 1)
    }
  }

  func lessOrEqual(_ a: Term, _ b: Term) -> Term {
    if a == b { return yes }
    if case .integer(let x) = node(a), case .integer(let y) = node(b) { return boolean(x <= y) }
    return make(.lessOrEqual(a, b), .bool, quantifier: hasQuantifier(a) || hasQuantifier(b))
  }

  func less(_ a: Term, _ b: Term) -> Term { not(lessOrEqual(b, a)) }
}
