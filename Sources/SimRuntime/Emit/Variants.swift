/// In: an action's updates. Out: the same without what the policies decide; and, where a conditional chooses between long lists, the
/// *variants*: what each way through the conditionals does, and when it is taken.
///
/// With its variants apart, an action has no branch for each of its instances, and an instance whose parameters do not matter on one
/// way (a send that fails does not depend on the word) is done once for all that differ in them.

import Spec

struct Variant {
  /// In order: what must hold, or must not.
  var conditions: [Condition] = []
  var updates: [Update]
}

extension Emitter {
  /// More ways than this stay together.
  private static let mostVariants = 4
  /// Single updates in both branches together from which on a conditional makes variants: fewer are done faster than asked for.
  private static let longUpdates = 16
  /// Nodes of a condition that is judged for all instances at once.
  private static let longCondition = 64

  /// A truth value that the instance decides: a policy, or that two values of a sort of one element are equal.
  func known(_ e: Expr) -> Bool? {
    switch e.kind {
    case .bool(let flag): flag
    case .equal(let a, let b): instance.cardinality(join(a.type, b.type)) == 1 && isTotal(a) && isTotal(b) ? true : nil
    case .policy(let id) where e.type == .bool: instance.ordinal(instance.policies[id], .bool) != 0
    case .not(let inner): known(inner).map { !$0 }
    default: nil
    }
  }

  /// Without branches that are never taken, and without what does nothing and cannot be an error.
  func simplified(_ updates: [Update]) -> [Update] {
    updates.flatMap { update -> [Update] in
      switch update.kind {
      case .conditional(let condition, let first, let second):
        if let truth = known(condition) { return simplified(truth ? first : second) }
        let (first, second) = (simplified(first), simplified(second))
        if first.isEmpty && second.isEmpty && isTotal(condition) { return [] }
        return [Update(.conditional(condition, first, second), update.span)]
      case .forEach(let locals, let filter, let body):
        let body = simplified(body)
        if body.isEmpty && filter.map({ isTotal($0) }) ?? true { return [] }
        return [Update(.forEach(locals, filter: filter, body), update.span)]
      case .letIn(let local, let bound, let body):
        let body = simplified(body)
        if body.isEmpty && isTotal(bound) { return [] }
        return [Update(.letIn(local, bound, body), update.span)]
      default: return [update]
      }
    }
  }

  func variants(_ updates: [Update]) -> [Variant] { variants(updates, Self.mostVariants) }

  private func variants(_ updates: [Update], _ most: Int) -> [Variant] {
    guard most > 1, let (condition, first, second) = branched(updates) else { return [Variant(updates: updates)] }
    let taken = variants(first, most - 1)
    let other = variants(second, most - taken.count)
    func under(_ variant: Variant, negated: Bool) -> Variant {
      Variant(conditions: [Condition(expr: condition, negated: negated)] + variant.conditions, updates: variant.updates)
    }
    return taken.map { under($0, negated: false) } + other.map { under($0, negated: true) }
  }

  /// The first long conditional that is no part of a loop, and the updates with either branch in its place.
  private func branched(_ updates: [Update]) -> (condition: Expr, first: [Update], second: [Update])? {
    for (position, update) in updates.enumerated() {
      let (before, after) = (updates[..<position], updates[(position + 1)...])
      switch update.kind {
      case .conditional(let condition, let first, let second):
        guard isCheap(condition, Self.longCondition), length(first) + length(second) >= Self.longUpdates else { continue }
        return (condition, before + first + after, before + second + after)
      case .letIn(let local, let bound, let body):
        guard isCheap(bound), let scalar = try? isScalar(local.type), scalar, let (condition, first, second) = branched(body)
        else {
          continue
        }
        func inside(_ body: [Update]) -> [Update] { before + [Update(.letIn(local, bound, body), update.span)] + after }
        return (Expr(.letIn(local, bound, condition), .bool, condition.span), inside(first), inside(second))
      default: continue
      }
    }
    return nil
  }

  private func length(_ updates: [Update]) -> Int {
    updates.reduce(0) { sum, update in
      switch update.kind {
      case .conditional(_, let first, let second): sum + length(first) + length(second)
      case .forEach(_, _, let body), .letIn(_, _, let body): sum + length(body)
      default: sum + 1
      }
    }
  }

  /// The names that updates depend on.
  static func mentioned(_ updates: [Update]) -> Set<Int> {
    var slots: Set<Int> = []
    for update in updates { visitExpressions(update) { slots.formUnion($0.slots) } }
    return slots
  }
}

extension Expr {
  /// The names that occur.
  var slots: Set<Int> {
    if case .local(let local) = kind { return [local.slot] }
    return children.reduce(into: []) { $0.formUnion($1.slots) }
  }
}
