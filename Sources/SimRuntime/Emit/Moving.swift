/// In: an action over a forest's nodes that takes something from all below one: a revocation. Out: the nodes where it takes anything.
///
/// An unmap of what nobody derived, a downgrade of what nobody writes lead back to their parent: a third of the mapping model's
/// transitions. Ancestor sets tell for all nodes at once who has something below, in a few operations a state; each such
/// successor was built, compared and dropped (expansion of the mapping model: 230 to 200 ms).

import Spec

extension ActionEmitter {
  /// Among a grid's combinations, those that may change something. nil: not known, or not so simple.
  func moving(_ plan: GridPlan) throws(EmissionRefused) -> String? {
    let locals = action.instanceLocals
    guard plan.start == locals.count - 1, plan.determined.isEmpty, let node = locals.last, !isSingle(node) else { return nil }
    var whole: String?
    for update in action.updates {
      guard let own = try moving(update, node) else { return nil }
      whole = whole.map { "\($0) | \(own)" } ?? own
    }
    return whole.map { "(\($0))" }
  }

  /// The values of `node` at which an update may do something; elsewhere it does nothing, and is no error.
  private func moving(_ update: Update, _ node: Local) throws(EmissionRefused) -> String? {
    switch update.kind {
    case .forest(let forest, .prune(let root)):
      guard case .local(let named) = root.kind, named.slot == node.slot, root.type == node.type else { return nil }
      return try someBelow(forest, node, chosen: nil)
    case .forEach(let locals, let filter?, _):
      guard locals.count == 1, let below = locals.first, below.type == node.type, emitter.isTotal(filter),
        let lane = body.lane(below)
      else { return nil }
      var forest: VariableID?
      var chosen: String?
      for conjunct in body.conditions(filter) {
        if !conjunct.negated, let found = under(conjunct.expr, [:], below, node) {
          guard forest == nil || forest == found else { return nil }
          forest = found
        } else {
          // What is asked of each node below must be the same for all that may be above.
          guard !conjunct.expr.slots.contains(node.slot), let text = try body.mask(conjunct, lane) else { return nil }
          chosen = chosen.map { body.both($0, text) } ?? text
        }
      }
      guard let forest else { return nil }
      return try someBelow(forest, node, chosen: chosen)
    default: return nil
    }
  }

  /// The forest, if the expression says that `below` is below `node` in it; `names`: what a function's parameters stand for.
  private func under(_ e: Expr, _ names: [Int: Int], _ below: Local, _ node: Local) -> VariableID? {
    func slot(_ e: Expr) -> Int? { if case .local(let local) = e.kind { names[local.slot] ?? local.slot } else { nil } }
    switch e.kind {
    case .under(let forest, let x, let a):
      guard case .variable(let id) = forest.kind, slot(x) == below.slot, slot(a) == node.slot, x.type == below.type,
        a.type == node.type
      else { return nil }
      return id
    case .ifThenElse(let condition, let first, let second):
      guard let truth = emitter.known(condition) else { return nil }
      return under(truth ? first : second, names, below, node)
    case .call(let id, let arguments):
      let function = emitter.model.functions[id]
      var inner: [Int: Int] = [:]
      for (parameter, argument) in zip(function.parameters, arguments) {
        guard let slot = slot(argument), argument.type == parameter.type else { return nil }
        inner[parameter.slot] = slot
      }
      return under(function.body, inner, below, node)
    default: return nil
    }
  }

  /// The nodes with a proper descendant, one of `chosen` if that is given: the ancestor sets of all those together.
  private func someBelow(_ forest: VariableID, _ node: Local, chosen: String?) throws(EmissionRefused) -> String? {
    guard case .forest(node.type) = emitter.model.variables[forest].type, emitter.climbed.contains(forest),
      emitter.isSmall(forest), emitter.instance.cardinality(node.type) == emitter.layout.variables[forest].count
    else { return nil }
    body.note(\.climbs, forest)
    let count = emitter.layout.variables[forest].count
    let bytes = CellRun.pattern(count, stride: 8)
    let from = chosen.map { "PDEP(\($0), \(hex(bytes))) * 0xff" } ?? hex(bytes &* 0xff)
    let name = emitter.fresh("q")
    return """
      ({ U \(name) = s->up_\(emitter.variable(forest)) & (\(from)); \
      \(name) |= \(name) >> 32; \(name) |= \(name) >> 16; \(name) |= \(name) >> 8; \(name) & 0xff; })
      """
  }
}
