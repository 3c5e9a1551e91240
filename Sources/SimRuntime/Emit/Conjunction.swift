/// In: names and conditions on them. Out: loops over the combinations that satisfy all conditions: at each name the conditions that
/// have a mask become one, whose bits are walked; the others are tested value by value.

import Spec

/// A conjunct, maybe negated.
struct Condition {
  var expr: Expr
  var negated = false
}

extension Body {
  /// The conjuncts of an expression or of its negation.
  func conditions(_ e: Expr, negated: Bool = false) -> [Condition] {
    switch (e.kind, negated) {
    case (.not(let inner), _): conditions(inner, negated: !negated)
    case (.and(let a, let b), false), (.or(let a, let b), true):
      conditions(a, negated: negated) + conditions(b, negated: negated)
    case (.implies(let a, let b), true): conditions(a) + conditions(b, negated: true)
    default: [Condition(expr: e, negated: negated)]
    }
  }

  func mask(_ condition: Condition, _ lane: Lane) throws(EmissionRefused) -> String? {
    try mask(condition.negated ? Expr(.not(condition.expr), .bool, condition.expr.span) : condition.expr, lane)
  }

  func test(_ condition: Condition) throws(EmissionRefused) -> String {
    condition.negated ? "!\(try operand(condition.expr))" : try operand(condition.expr)
  }

  /// A loop over the bits of a mask.
  func eachBit(_ mask: String, _ lane: Lane, _ name: String, _ body: String) -> String {
    let (rest, index) = (emitter.fresh("q"), emitter.fresh("i"))
    return """
      for (U \(rest) = \(both(mask, lane.all)); \(rest); \(rest) &= \(rest) - 1) { const I \(index) = LOWEST(\(rest)); \
      const I \(name) = \(emitter.scalar(index, lane.type));
      \(body) }
      """
  }

  /// Loops that reach `found` at each combination, or with the mask of the last name's values all at once.
  func search(
    _ binders: [Local], _ conditions: [Condition], found: String, foundAll: (String) -> String
  ) throws(EmissionRefused) -> String {
    var byDepth = [[Condition]](repeating: [], count: binders.count + 1)
    for condition in conditions { byDepth[depth(condition.expr, binders)].append(condition) }
    func nest(_ depth: Int) throws(EmissionRefused) -> String {
      guard depth < binders.count else { return found }
      let local = binders[depth]
      guard try emitter.isScalar(local.type) else { throw EmissionRefused("\(local.name) ranges over too many values") }
      var masked: [String] = []
      var tested: [Condition] = []
      let lane = lane(local)
      for condition in byDepth[depth + 1] {
        if let lane, let text = try mask(condition, lane) { masked.append(text) } else { tested.append(condition) }
      }
      let all = masked.reduce("~(U)0") { both($0, $1) }
      if let lane, depth == binders.count - 1, !masked.isEmpty, tested.isEmpty { return foundAll(both(all, lane.all)) }
      let name = emitter.fresh("l")
      locals[local.slot] = .scalar(name)
      var tests: [String] = []
      for condition in tested { tests.append(try test(condition)) }
      let inner = try nest(depth + 1)
      let body = tests.isEmpty ? inner : "if (\(tests.joined(separator: " && "))) {\n\(inner) }"
      if let lane, !masked.isEmpty { return eachBit(all, lane, name, body) }
      let index = emitter.fresh("i")
      let bound = "const I \(name) = \(emitter.scalar(index, local.type));\n\(body)"
      return emitter.loop(index, instance.cardinality(local.type), bound)
    }
    var first: [String] = []
    for condition in byDepth[0] { first.append(try test(condition)) }
    let loops = try nest(0)
    return first.isEmpty ? loops : "if (\(first.joined(separator: " && "))) {\n\(loops) }"
  }

  /// One past the last binder that an expression mentions.
  private func depth(_ e: Expr, _ binders: [Local]) -> Int {
    var deepest = 0
    if case .local(let local) = e.kind, let position = binders.lastIndex(where: { $0.slot == local.slot }) {
      deepest = position + 1
    }
    for child in e.children { deepest = max(deepest, depth(child, binders)) }
    return deepest
  }
}
