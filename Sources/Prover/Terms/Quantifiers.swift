/// Quantified terms, with as few quantifiers as the body allows. In: variables and a body. Out: an equivalent term.

extension TermStore {
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
}
