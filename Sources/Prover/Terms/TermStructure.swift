/// Walking terms: operands, free variables, symbols, substitution, comparison up to the names of variables.

extension TermStore {
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
