/// Ancestor sets of forests, worked out once for each unpacked state and read by every `under` and `within` of it: walking
/// parents anew for each pair took a quarter of the mapping model's expansion and most of its judging.

import Spec

extension Emitter {
  /// The forests whose ancestor sets are worth having, a word a node.
  static func climbed(_ instance: Instance) -> Set<VariableID> {
    var result: Set<VariableID> = []
    func visit(_ e: Expr) {
      e.forEachNode(in: instance.model) { node in
        switch node.kind {
        case .under(let forest, _, _), .within(let forest, _, _):
          var forest = forest
          while case .old(let inner) = forest.kind { forest = inner }
          if case .variable(let id) = forest.kind, instance.shape(forest.type).count <= 64 { result.insert(id) }
        default: break
        }
      }
    }
    for action in instance.model.actions {
      for conjunct in action.conjuncts {
        switch conjunct {
        case .require(_, let e, _), .letIn(_, let e): visit(e)
        }
      }
      for choice in action.choices { if let filter = choice.filter { visit(filter) } }
      for update in action.updates { visitExpressions(update, visit) }
    }
    for template in instance.model.atomTemplates { visit(template.expr) }
    for property in instance.model.properties {
      switch property.kind {
      case .invariant(let e), .cover(let e), .transition(_, let e): visit(e)
      case .temporal: break
      }
    }
    return result
  }

  private static func visitExpressions(_ update: Update, _ visit: (Expr) -> Void) {
    func visitLocation(_ location: Location) { for case .index(let keys) in location.path { keys.forEach(visit) } }
    switch update.kind {
    case .assign(let location, let e), .add(let location, let e), .remove(let location, let e), .push(let location, let e):
      visitLocation(location)
      visit(e)
    case .pop(let location): visitLocation(location)
    case .removeAll(let location, _, let filter):
      visitLocation(location)
      visit(filter)
    case .forest(_, let operation):
      switch operation {
      case .attach(let a, let b), .replace(let a, let b):
        visit(a)
        visit(b)
      case .detach(let a), .prune(let a), .remove(let a): visit(a)
      }
    case .forEach(_, let filter, let body):
      if let filter { visit(filter) }
      for update in body { visitExpressions(update, visit) }
    case .conditional(let condition, let then, let otherwise):
      visit(condition)
      for update in then + otherwise { visitExpressions(update, visit) }
    case .letIn(_, let e, let body):
      visit(e)
      for update in body { visitExpressions(update, visit) }
    }
  }

  /// `up_v2_tree[x]` has the bit of each proper ancestor of x. Pointers jump twice as far each time.
  func climb(_ id: VariableID) -> String {
    let name = variable(id)
    let count = layout.variables[id].count
    let cell = Self.cellType(largest: layout.shapes[id].largest)
    return """
      INLINE void climb_\(name)(S *const s) {
      \(cell) jump[\(count)]; I more = 0;
      for (I i = 0; i < \(count); i++) {
      const I p = jump[i] = s->\(name)[i]; s->up_\(name)[i] = p ? (U)1 << (p - 1) : 0; more |= p; }
      while (more) { more = 0;
      for (I i = 0; i < \(count); i++) if (jump[i]) {
      const I p = jump[i] - 1; s->up_\(name)[i] |= s->up_\(name)[p]; jump[i] = jump[p]; more |= jump[i]; } }
      }

      """
  }

  /// Statements that bring the ancestor sets of a state up to date after the variables changed.
  func climbs(_ state: String, _ changed: (VariableID) -> Bool = { _ in true }) -> String {
    climbed.sorted().filter(changed).map { "climb_\(variable($0))(\(state)); " }.joined()
  }
}
