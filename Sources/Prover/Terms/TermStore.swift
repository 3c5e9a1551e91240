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
  private var freeVariablesOf: [Term: [Int]] = [:]

  private(set) var sortNames: [String] = []
  private(set) var functions: [FunctionDeclaration] = []
  private(set) var variableSorts: [TermSort] = []
  private(set) var variableNames: [String] = []
  private var takenNames: Set<String> = []
  private var canonicalVariables: [String: Term] = [:]

  /// Beyond this many distinct nodes an encoding is given up: the obligation is undecided, memory stays bounded.
  static let nodeBudget = 3_000_000

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

  private func make(_ node: TermNode, _ sort: TermSort, quantifier: Bool) -> Term {
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

  /// Quantifies over those of the variables that occur free in the body (sorts are never empty).
  func forall(_ variables: [Term], _ body: Term) -> Term { quantifier(variables, body, universal: true) }
  func exists(_ variables: [Term], _ body: Term) -> Term { quantifier(variables, body, universal: false) }

  private func quantifier(_ variables: [Term], _ body: Term, universal: Bool) -> Term {
    if let (reduced, rest) = onePoint(variables, body, universal: universal) {
      return quantifier(rest, reduced, universal: universal)
    }
    if let instances = shortRange(variables, body, universal: universal) { return instances }
    let free = Set(freeVariables(body))
    let bound = variables.filter { if case .variable(let id) = node($0) { free.contains(id) } else { false } }
    guard !bound.isEmpty else { return body }
    switch node(body) {
    case .forall(let inner, let innermost) where universal:
      return make(.forall(bound + inner, innermost), .bool, quantifier: true)
    case .exists(let inner, let innermost) where !universal:
      return make(.exists(bound + inner, innermost), .bool, quantifier: true)
    default: return make(universal ? .forall(bound, body) : .exists(bound, body), .bool, quantifier: true)
    }
  }

  /// `∃x. x = t ∧ P` is `P[t]`, and dually: what turns an update in a loop into a plain condition.
  private func onePoint(_ variables: [Term], _ body: Term, universal: Bool) -> (body: Term, rest: [Term])? {
    let members: [Term]
    switch node(body) {
    case .and(let inner) where !universal: members = inner
    case .or(let inner) where universal: members = inner
    default: members = [body]
    }
    for member in members {
      var literal = member
      if universal {
        guard case .not(let inner) = node(member) else { continue }
        literal = inner
      }
      guard case .equal(let a, let b) = node(literal), sort(a) != .bool else { continue }
      for (variable, value) in [(a, b), (b, a)] {
        guard variables.contains(variable), case .variable(let id) = node(variable),
          !freeVariables(value).contains(id)
        else { continue }
        let others = members.filter { $0 != member }
        let joined = universal ? or(others) : and(others)
        return (substitute(joined, [variable: value]), variables.filter { $0 != variable })
      }
    }
    return nil
  }

  /// A number that the body itself confines to a few values becomes these: no quantifier over integers is left.
  private func shortRange(_ variables: [Term], _ body: Term, universal: Bool) -> Term? {
    for variable in variables where sort(variable) == .int {
      var (low, high): (Int64?, Int64?) = (nil, nil)
      for fact in confining(body, universal: universal) {
        guard case .lessOrEqual(let a, let b) = node(fact) else { continue }
        if b == variable, case .integer(let value) = node(a) { low = max(value, low ?? value) }
        if a == variable, case .integer(let value) = node(b) { high = min(value, high ?? value) }
      }
      guard let low, let high else { continue }
      if low > high { return boolean(universal) }
      let (width, overflow) = high.subtractingReportingOverflow(low)
      if overflow || width >= 16 { continue }
      let rest = variables.filter { $0 != variable }
      let instances = (low...high).map {
        quantifier(rest, substitute(body, [variable: integer($0)]), universal: universal)
      }
      return universal ? and(instances) : or(instances)
    }
    return nil
  }

  /// What must hold for the body to matter: the members of a conjunction, or the negated members of a disjunction.
  private func confining(_ body: Term, universal: Bool) -> [Term] {
    switch node(body) {
    case .and(let members) where !universal: return members
    case .or(let members) where universal: return members.flatMap { confining($0, universal: true) }
    case .not(let inner) where universal:
      if case .and(let members) = node(inner) { return members }
      return [inner]
    default: return []
    }
  }

  // MARK: - Structure

  /// The operands, in order.
  func children(_ term: Term) -> [Term] {
    switch node(term) {
    case .boolean, .integer, .variable, .undefined: []
    case .apply(_, let arguments): arguments
    case .not(let a): [a]
    case .and(let members), .or(let members): members
    case .equal(let a, let b), .arithmetic(_, let a, let b), .lessOrEqual(let a, let b): [a, b]
    case .ite(let a, let b, let c): [a, b, c]
    case .forall(_, let body), .exists(_, let body): [body]
    }
  }

  /// Adds the symbols of a term; `visited` spares shared subterms.
  func collectSymbols(_ term: Term, _ symbols: inout Set<FunctionSymbol>, _ visited: inout Set<Term>) {
    guard visited.insert(term).inserted else { return }
    if case .apply(let symbol, _) = node(term) { symbols.insert(symbol) }
    for child in children(term) { collectSymbols(child, &symbols, &visited) }
  }

  /// Free bound-variable ids, ascending.
  func freeVariables(_ term: Term) -> [Int] {
    if let known = freeVariablesOf[term] { return known }
    let result: [Int]
    switch node(term) {
    case .variable(let id): result = [id]
    case .forall(let bound, let body), .exists(let bound, let body):
      let ids = Set(bound.compactMap { if case .variable(let id) = node($0) { id } else { nil } })
      result = freeVariables(body).filter { !ids.contains($0) }
    default:
      var all: Set<Int> = []
      for child in children(term) { all.formUnion(freeVariables(child)) }
      result = all.sorted()
    }
    freeVariablesOf[term] = result
    return result
  }

  /// The same formula whatever its variables are called: `free` become the canonical ones in order, bound ones are numbered by
  /// depth. For comparing definitions, not for solving.
  func normalized(_ term: Term, free: [Term]) -> Term {
    func walk(_ term: Term, _ names: [Term: Term], _ depth: Int) -> Term {
      guard hasQuantifier(term) else { return substitute(term, names) }
      func inner(_ bound: [Term], _ body: Term) -> ([Term], Term) {
        var names = names
        let renamed = bound.enumerated().map { canonicalVariable(depth + $0.offset, sort($0.element), role: "bound") }
        for (old, new) in zip(bound, renamed) { names[old] = new }
        return (renamed, walk(body, names, depth + bound.count))
      }
      switch node(term) {
      case .boolean, .integer, .variable, .undefined: return term
      case .forall(let bound, let body):
        let (variables, formula) = inner(bound, body)
        return make(.forall(variables, formula), .bool, quantifier: true)
      case .exists(let bound, let body):
        let (variables, formula) = inner(bound, body)
        return make(.exists(variables, formula), .bool, quantifier: true)
      case .apply(let symbol, let arguments): return apply(symbol, arguments.map { walk($0, names, depth) })
      case .not(let a): return not(walk(a, names, depth))
      case .and(let members): return and(members.map { walk($0, names, depth) })
      case .or(let members): return or(members.map { walk($0, names, depth) })
      case .equal(let a, let b): return equal(walk(a, names, depth), walk(b, names, depth))
      case .ite(let a, let b, let c): return ite(walk(a, names, depth), walk(b, names, depth), walk(c, names, depth))
      case .arithmetic(let symbol, let a, let b): return arithmetic(symbol, walk(a, names, depth), walk(b, names, depth))
      case .lessOrEqual(let a, let b): return lessOrEqual(walk(a, names, depth), walk(b, names, depth))
      }
    }
    var names: [Term: Term] = [:]
    for (i, variable) in free.enumerated() { names[variable] = canonicalVariable(i, sort(variable)) }
    return walk(term, names, 0)
  }

  /// Replaces free variables (or atoms over them). Variables are unique in a store and replacements never hold bound ones of
  /// the term: no capture.
  func substitute(_ term: Term, _ replacement: [Term: Term]) -> Term {
    var memo: [Term: Term] = [:]
    let ids = Set(replacement.keys.flatMap { freeVariables($0) })
    func walk(_ term: Term) -> Term {
      if let value = replacement[term] { return value }
      if freeVariables(term).allSatisfy({ !ids.contains($0) }) { return term }
      if let known = memo[term] { return known }
      let result: Term
      switch node(term) {
      case .boolean, .integer, .variable, .undefined: result = term
      case .apply(let symbol, let arguments): result = apply(symbol, arguments.map(walk))
      case .not(let a): result = not(walk(a))
      case .and(let members): result = and(members.map(walk))
      case .or(let members): result = or(members.map(walk))
      case .equal(let a, let b): result = equal(walk(a), walk(b))
      case .ite(let a, let b, let c): result = ite(walk(a), walk(b), walk(c))
      case .arithmetic(let symbol, let a, let b): result = arithmetic(symbol, walk(a), walk(b))
      case .lessOrEqual(let a, let b): result = lessOrEqual(walk(a), walk(b))
      case .forall(let bound, let body): result = forall(bound, walk(body))
      case .exists(let bound, let body): result = exists(bound, walk(body))
      }
      memo[term] = result
      return result
    }
    return walk(term)
  }
}
