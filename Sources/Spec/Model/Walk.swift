/// Walking a typed expression without knowing what it is made of.

extension Expr {
  /// The direct subexpressions, in the order of the text.
  public var children: [Expr] {
    switch kind {
    case .bool, .int, .enumCase, .none, .empty, .local, .constant, .policy, .variable: []
    case .old(let e), .not(let e), .negate(let e), .next(let e), .previous(let e), .narrow(let e), .some(let e), .force(let e),
      .field(let e, _), .size(let e), .queueFirst(let e), .queueLength(let e):
      [e]
    case .and(let a, let b), .or(let a, let b), .implies(let a, let b), .iff(let a, let b), .equal(let a, let b),
      .less(let a, let b), .lessOrEqual(let a, let b), .arithmetic(_, let a, let b), .orElse(let a, let b), .member(let a, let b),
      .union(let a, let b), .difference(let a, let b), .intersection(let a, let b), .subset(let a, let b),
      .queueAt(let a, let b), .parent(let a, let b), .root(let a, let b), .lone(let a, let b), .letIn(_, let a, let b):
      [a, b]
    case .ifThenElse(let a, let b, let c), .under(let a, let b, let c), .within(let a, let b, let c),
      .closure(_, _, let a, let b, let c):
      [a, b, c]
    case .forall(_, let filter, let body), .exists(_, let filter, let body), .mapLiteral(_, let filter, let body):
      (filter.map { [$0] } ?? []) + [body]
    case .count(_, let filter), .setBuilder(_, let filter): filter.map { [$0] } ?? []
    case .record(_, let fields), .setLiteral(let fields): fields
    case .index(let map, let keys): [map] + keys
    case .call(_, let arguments): arguments
    }
  }

  /// Visits this expression, everything below it, and the bodies of the functions it calls (each once).
  public func forEachNode(in model: Model, _ visit: (Expr) -> Void) {
    var open: [Expr] = [self]
    var called: Set<FunctionID> = []
    while let e = open.popLast() {
      visit(e)
      if case .call(let id, _) = e.kind, called.insert(id).inserted { open.append(model.functions[id].body) }
      open.append(contentsOf: e.children)
    }
  }
}
