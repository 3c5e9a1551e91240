/// Walking and copying typed expressions. One place knows the operands of every kind of expression.

extension Expr {
  /// The direct operands, in evaluation order.
  var operands: [Expr] {
    switch kind {
    case .bool, .int, .enumCase, .none, .empty, .local, .constant, .policy, .variable: []
    case .old(let a), .not(let a), .negate(let a), .next(let a), .previous(let a), .narrow(let a), .some(let a), .force(let a),
      .field(let a, _), .size(let a), .queueFirst(let a), .queueLength(let a):
      [a]
    case .and(let a, let b), .or(let a, let b), .implies(let a, let b), .iff(let a, let b), .equal(let a, let b),
      .arithmetic(_, let a, let b), .less(let a, let b), .lessOrEqual(let a, let b), .orElse(let a, let b), .member(let a, let b),
      .union(let a, let b), .difference(let a, let b), .intersection(let a, let b), .subset(let a, let b),
      .queueAt(let a, let b), .parent(let a, let b), .root(let a, let b), .lone(let a, let b), .letIn(_, let a, let b):
      [a, b]
    case .ifThenElse(let a, let b, let c), .under(let a, let b, let c), .within(let a, let b, let c): [a, b, c]
    case .forall(_, let filter, let body), .exists(_, let filter, let body), .mapLiteral(_, let filter, let body):
      (filter.map { [$0] } ?? []) + [body]
    case .count(_, let filter), .setBuilder(_, let filter): filter.map { [$0] } ?? []
    case .record(_, let parts), .setLiteral(let parts), .call(_, let parts): parts
    case .index(let base, let arguments): [base] + arguments
    case .closure(_, _, let body, let from, let to): [body, from, to]
    }
  }

  /// This expression and everything below it, parents first.
  func forEachSubexpression(_ visit: (Expr) -> Void) {
    visit(self)
    for operand in operands { operand.forEachSubexpression(visit) }
  }

  /// A copy with every local renamed.
  func renamingLocals(_ rename: (Local) -> Local) -> Expr {
    func go(_ e: Expr) -> Expr { e.renamingLocals(rename) }
    func all(_ list: [Expr]) -> [Expr] { list.map { $0.renamingLocals(rename) } }
    return Expr(renamedKind(rename, go, all), type, span)
  }

  private func renamedKind(_ rename: (Local) -> Local, _ go: (Expr) -> Expr, _ all: ([Expr]) -> [Expr]) -> Kind {
    switch kind {
    case .bool, .int, .enumCase, .none, .empty, .constant, .policy, .variable: kind
    case .local(let local): .local(rename(local))
    case .old(let a): .old(go(a))
    case .not(let a): .not(go(a))
    case .negate(let a): .negate(go(a))
    case .next(let a): .next(go(a))
    case .previous(let a): .previous(go(a))
    case .narrow(let a): .narrow(go(a))
    case .some(let a): .some(go(a))
    case .force(let a): .force(go(a))
    case .field(let a, let n): .field(go(a), n)
    case .size(let a): .size(go(a))
    case .queueFirst(let a): .queueFirst(go(a))
    case .queueLength(let a): .queueLength(go(a))
    case .and(let a, let b): .and(go(a), go(b))
    case .or(let a, let b): .or(go(a), go(b))
    case .implies(let a, let b): .implies(go(a), go(b))
    case .iff(let a, let b): .iff(go(a), go(b))
    case .equal(let a, let b): .equal(go(a), go(b))
    case .arithmetic(let op, let a, let b): .arithmetic(op, go(a), go(b))
    case .less(let a, let b): .less(go(a), go(b))
    case .lessOrEqual(let a, let b): .lessOrEqual(go(a), go(b))
    case .orElse(let a, let b): .orElse(go(a), go(b))
    case .member(let a, let b): .member(go(a), go(b))
    case .union(let a, let b): .union(go(a), go(b))
    case .difference(let a, let b): .difference(go(a), go(b))
    case .intersection(let a, let b): .intersection(go(a), go(b))
    case .subset(let a, let b): .subset(go(a), go(b))
    case .queueAt(let a, let b): .queueAt(go(a), go(b))
    case .parent(let a, let b): .parent(go(a), go(b))
    case .root(let a, let b): .root(go(a), go(b))
    case .lone(let a, let b): .lone(go(a), go(b))
    case .letIn(let local, let a, let b): .letIn(rename(local), go(a), go(b))
    case .ifThenElse(let a, let b, let c): .ifThenElse(go(a), go(b), go(c))
    case .under(let a, let b, let c): .under(go(a), go(b), go(c))
    case .within(let a, let b, let c): .within(go(a), go(b), go(c))
    case .forall(let locals, let filter, let body): .forall(locals.map(rename), filter: filter.map(go), body: go(body))
    case .exists(let locals, let filter, let body): .exists(locals.map(rename), filter: filter.map(go), body: go(body))
    case .mapLiteral(let locals, let filter, let body): .mapLiteral(locals.map(rename), filter: filter.map(go), body: go(body))
    case .count(let locals, let filter): .count(locals.map(rename), filter: filter.map(go))
    case .setBuilder(let local, let filter): .setBuilder(rename(local), filter: filter.map(go))
    case .record(let id, let parts): .record(id, all(parts))
    case .setLiteral(let parts): .setLiteral(all(parts))
    case .call(let id, let parts): .call(id, all(parts))
    case .index(let base, let arguments): .index(go(base), all(arguments))
    case .closure(let x, let y, let body, let from, let to):
      .closure(rename(x), rename(y), body: go(body), from: go(from), to: go(to))
    }
  }
}

extension Location {
  /// The expressions of its indices, outermost first.
  var indices: [Expr] {
    path.flatMap { step -> [Expr] in
      if case .index(let arguments) = step { arguments } else { [] }
    }
  }

  func renamingLocals(_ rename: (Local) -> Local) -> Location {
    let path = path.map { step -> Step in
      if case .index(let arguments) = step { .index(arguments.map { $0.renamingLocals(rename) }) } else { step }
    }
    return Location(variable: variable, path: path, type: type, span: span)
  }
}

extension ForestOperation {
  var operands: [Expr] {
    switch self {
    case .attach(let a, let b), .replace(let a, let b): [a, b]
    case .detach(let a), .prune(let a), .remove(let a): [a]
    }
  }

  func renamingLocals(_ rename: (Local) -> Local) -> ForestOperation {
    func go(_ e: Expr) -> Expr { e.renamingLocals(rename) }
    return switch self {
    case .attach(let a, let b): .attach(go(a), under: go(b))
    case .replace(let a, let b): .replace(go(a), by: go(b))
    case .detach(let a): .detach(go(a))
    case .prune(let a): .prune(go(a))
    case .remove(let a): .remove(go(a))
    }
  }
}

extension Update {
  func renamingLocals(_ rename: (Local) -> Local) -> Update {
    func go(_ e: Expr) -> Expr { e.renamingLocals(rename) }
    func all(_ updates: [Update]) -> [Update] { updates.map { $0.renamingLocals(rename) } }
    let renamed: Kind =
      switch kind {
      case .assign(let l, let e): .assign(l.renamingLocals(rename), go(e))
      case .add(let l, let e): .add(l.renamingLocals(rename), go(e))
      case .remove(let l, let e): .remove(l.renamingLocals(rename), go(e))
      case .push(let l, let e): .push(l.renamingLocals(rename), go(e))
      case .pop(let l): .pop(l.renamingLocals(rename))
      case .removeAll(let l, let local, let filter): .removeAll(l.renamingLocals(rename), rename(local), filter: go(filter))
      case .forest(let v, let op): .forest(v, op.renamingLocals(rename))
      case .forEach(let locals, let filter, let body): .forEach(locals.map(rename), filter: filter.map(go), all(body))
      case .conditional(let c, let a, let b): .conditional(go(c), all(a), all(b))
      case .letIn(let local, let e, let body): .letIn(rename(local), go(e), all(body))
      }
    return Update(renamed, span)
  }
}
