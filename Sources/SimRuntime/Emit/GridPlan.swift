/// In: an action's parameters and the conjuncts at each. Out: which parameters are taken together, and which of them others determine.

import Spec

extension Emitter {
  /// Whether evaluating the expression costs less than deciding whether to: a few operations, no loop, no error.
  func isCheap(_ e: Expr, _ limit: Int = 24) -> Bool { isTotal(e) && cost(e, limit) != nil }

  /// Nodes, those of functions included; nil beyond the limit or where there is a loop.
  private func cost(_ e: Expr, _ limit: Int) -> Int? {
    var total = 1
    switch e.kind {
    case .ifThenElse(let condition, let first, let second) where known(condition) != nil:
      return cost(known(condition) == true ? first : second, limit)
    case .bool, .int, .enumCase, .none, .local, .constant, .policy, .variable, .not, .and, .or, .implies, .iff, .negate,
      .arithmetic,
      .less, .lessOrEqual, .next, .previous, .some, .orElse, .record, .field, .index, .old, .letIn, .ifThenElse, .parent:
      break
    case .equal(let a, _):
      guard let scalar = try? isScalar(a.type), scalar else { return nil }
    case .member(_, let set):
      switch set.kind {
      case .variable, .index, .field, .local, .setLiteral: break
      default: return nil
      }
      if case .queue = set.type { return nil }
    case .call(let id, _):
      guard let own = cost(model.functions[id].body, limit) else { return nil }
      total += own
    default: return nil
    }
    for child in e.children {
      guard total <= limit, let own = cost(child, limit) else { return nil }
      total += own
    }
    return total <= limit ? total : nil
  }
}

extension Expr {
  /// Whether one of the names occurs.
  func mentions(_ slots: Set<Int>) -> Bool {
    if case .local(let local) = kind { return slots.contains(local.slot) }
    return children.contains { $0.mentions(slots) }
  }
}

/// Which parameters are taken together, and how each is.
struct GridPlan {
  /// From this parameter on.
  var start: Int
  /// For each of them: it is another expression's value, which may be none.
  var determined: [Int: (value: Expr, conjunct: Int, optional: Bool)]
  /// Those that deeper conjuncts mention.
  var needed: Set<Int>
}

extension ActionEmitter {
  private static let mostBits = 64
  /// Combinations of the parameters that must be tried one by one.
  private static let mostSteps = 32

  /// nil if no parameter can be taken so.
  func gridPlan(_ schedule: [[Conjunct]]) throws(EmissionRefused) -> GridPlan? {
    let locals = action.instanceLocals
    var best: GridPlan?
    var plan = GridPlan(start: locals.count, determined: [:], needed: [])
    var bits = 1
    var steps = 1
    // Names bound or mentioned by the conjuncts below.
    var mentioned: [Conjunct] = []
    for depth in locals.indices.reversed() {
      let local = locals[depth]
      let own = schedule[depth + 1]
      guard try emitter.isScalar(local.type), own.allSatisfy({ emitter.isTotal($0.expr) }) else { break }
      for conjunct in own {
        if case .bind(let bound, _) = conjunct, try !emitter.isScalar(bound.type) { return best }
      }
      plan.start = depth
      if mentioned.contains(where: { $0.expr.mentions([local.slot]) }) || own.contains(where: \.isBinding) {
        plan.needed.insert(depth)
      }
      if let found = determined(local, own) {
        plan.determined[depth] = found
      } else {
        bits = saturatingMultiply(bits, emitter.instance.cardinality(local.type))
        if plan.needed.contains(depth) { steps = saturatingMultiply(steps, emitter.instance.cardinality(local.type)) }
      }
      mentioned += own
      if bits > Self.mostBits || steps > Self.mostSteps { break }
      best = plan
    }
    return best
  }

  /// The value that a conjunct gives a parameter: `x == e`, or `some(x) == e`.
  private func determined(_ local: Local, _ own: [Conjunct]) -> (value: Expr, conjunct: Int, optional: Bool)? {
    var bound: Set<Int> = [local.slot]
    for case .bind(let inner, _) in own { bound.insert(inner.slot) }
    for (position, conjunct) in own.enumerated() {
      guard case .test(let e) = conjunct, case .equal(let a, let b) = e.kind else { continue }
      for (x, other) in [(a, b), (b, a)] where !other.mentions(bound) {
        if case .local(let named) = x.kind, named.slot == local.slot, x.type == local.type, other.type == local.type {
          return (other, position, false)
        }
        if case .some(let inner) = x.kind, case .local(let named) = inner.kind, named.slot == local.slot,
          case .option(let payload) = other.type, payload == local.type, inner.type == local.type, x.type == other.type
        {
          return (other, position, true)
        }
      }
    }
    return nil
  }
}
