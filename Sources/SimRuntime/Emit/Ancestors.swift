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
        case .under(let forest, _, _), .within(let forest, _, _), .root(let forest, _):
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
      for id in operated(action.updates) where instance.shape(instance.model.variables[id].type).count <= 64 { result.insert(id) }
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

  /// `attach` looks for a cycle, `prune` for what is below.
  private static func operated(_ updates: [Update]) -> Set<VariableID> {
    updates.reduce(into: []) { result, update in
      switch update.kind {
      case .forest(let forest, .attach), .forest(let forest, .prune): result.insert(forest)
      case .forEach(_, _, let body), .letIn(_, _, let body): result.formUnion(operated(body))
      case .conditional(_, let then, let otherwise): result.formUnion(operated(then + otherwise))
      default: break
      }
    }
  }

  static func visitExpressions(_ update: Update, _ visit: (Expr) -> Void) {
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

  /// Up to eight nodes have all their sets in one word, a byte a node; more have a word for each node and for each way.
  func isSmall(_ id: VariableID) -> Bool { layout.variables[id].count <= 8 }

  func climbField(_ id: VariableID) -> String {
    let name = variable(id)
    let count = layout.variables[id].count
    return isSmall(id) ? "U up_\(name);\n" : "U up_\(name)[\(count)], down_\(name)[\(count)];\n"
  }

  /// The proper ancestors of a node, a bit each.
  func above(_ id: VariableID, _ state: String, _ node: String) -> String {
    let up = "\(state)->up_\(variable(id))"
    return isSmall(id) ? "((\(up) >> ((\(node)) * 8)) & 255)" : "\(up)[\(node)]"
  }

  /// The proper descendants of a node.
  func below(_ id: VariableID, _ state: String, _ node: String) -> String {
    let name = variable(id)
    let pattern = CellRun.pattern(layout.variables[id].count, stride: 8)
    return isSmall(id) ? "PEXT(\(state)->up_\(name) >> (\(node)), \(hex(pattern)))" : "\(state)->down_\(name)[\(node)]"
  }

  /// Pointers jump twice as far each time. With eight nodes a shuffle of bytes is a jump of all of them; a root's pointer has its
  /// high bit set, which shuffles to nothing.
  func climb(_ id: VariableID) -> String {
    let name = variable(id)
    let count = layout.variables[id].count
    let cell = Self.cellType(largest: layout.shapes[id].largest)
    guard isSmall(id) else {
      return """
        INLINE void climb_\(name)(S *const s) {
        \(cell) jump[\(count)]; I more = 0;
        for (I i = 0; i < \(count); i++) { s->down_\(name)[i] = 0;
        const I p = jump[i] = s->\(name)[i]; s->up_\(name)[i] = p ? (U)1 << (p - 1) : 0; more |= p; }
        while (more) { more = 0;
        for (I i = 0; i < \(count); i++) if (jump[i]) {
        const I p = jump[i] - 1; s->up_\(name)[i] |= s->up_\(name)[p]; jump[i] = jump[p]; more |= jump[i]; } }
        for (I i = 0; i < \(count); i++) for (U q = s->up_\(name)[i]; q; q &= q - 1) s->down_\(name)[LOWEST(q)] |= (U)1 << i;
        }

        """
    }
    var reach = 1
    var rounds = ""
    while reach < count - 1 {
      reach *= 2
      rounds += "up |= __builtin_ia32_pshufb128(up, jump); "
      if reach < count - 1 { rounds += "jump = __builtin_ia32_pshufb128(jump, jump) | (jump & high);" }
      rounds += "\n"
    }
    return """
      INLINE void climb_\(name)(S *const s) {
      #ifdef __SSSE3__
      U parents; __builtin_memcpy(&parents, s->\(name), sizeof parents);
      const bytes one = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, bit = {1, 2, 4, 8, 16, 32, 64, -128};
      const bytes high = {-128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128};
      bytes jump = (bytes)(words){parents, 0} - one, up = __builtin_ia32_pshufb128(bit, jump); (void)high;
      \(rounds)s->up_\(name) = ((words)up)[0];
      #else
      U up[\(count)]; u8 jump[\(count)]; I more = 0;
      for (I i = 0; i < \(count); i++) { const I p = jump[i] = s->\(name)[i]; up[i] = p ? (U)1 << (p - 1) : 0; more |= p; }
      while (more) { more = 0;
      for (I i = 0; i < \(count); i++) if (jump[i]) { const I p = jump[i] - 1; up[i] |= up[p]; jump[i] = jump[p]; more |= jump[i]; } }
      U all = 0; for (I i = 0; i < \(count); i++) all |= up[i] << (8 * i);
      s->up_\(name) = all;
      #endif
      }

      """
  }
}
