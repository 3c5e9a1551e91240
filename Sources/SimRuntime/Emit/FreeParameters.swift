/// In: a grid's parameters and what decides which of their combinations are enabled. Out: the parameters that decide nothing, whose values come
/// together or not at all, and what it takes to go through them one after another in the text.
///
/// A message to be sent, a word to be stored: no guard asks for it. Edges that differ in it alone share all but a few instructions, which a
/// compiler sees once they follow each other; and the loop over the others ends half as often. On ipc a sixth of all instructions of expansion, and
/// a quarter of its mispredicted branches.

import Spec

/// Parameters of a grid of which every value is enabled where one is.
struct FreeParameters {
  /// Of each: the values, and what one more of it adds to the number in a run.
  var digits: [Int: (count: Int, stride: Int)] = [:]
  /// What each combination of them adds to the grid's, in the evaluator's order.
  var offsets = [0]
  /// The grid's combinations in which all of them have their first value.
  var firsts: UInt64 = 1

  var count: Int { offsets.count }
}

extension ActionEmitter {
  /// Combinations that follow each other in the text, at most, and the characters of their updates.
  private static let mostCopies = 4
  private static let mostText = 1 << 15

  /// Those of a grid, if any. `conditions`: asked besides its conjuncts. `folded`: what one more of each parameter adds, 0 where one value stands for all.
  /// `isOrdered`: only the last parameters, so that edges come in the evaluator's order.
  func freeParameters(
    _ schedule: [[Conjunct]], _ plan: GridPlan, conditions: [Expr], folded: [Int]?, isOrdered: Bool
  ) -> FreeParameters? {
    let locals = action.instanceLocals
    let asked = schedule.joined().map(\.expr) + conditions
    let strides = strides(plan)
    var free = FreeParameters()
    for depth in (plan.start..<locals.count).reversed() where !isSingle(locals[depth]) {
      let count = emitter.instance.cardinality(locals[depth].type)
      let position = depth - plan.start
      let copies = saturatingMultiply(free.count, count)
      if plan.determined[depth] == nil, folded?[position] != 0, copies <= Self.mostCopies,
        saturatingMultiply(copies, emitter.applyWeights[id] ?? 0) <= Self.mostText,
        !asked.contains(where: { $0.mentions([locals[depth].slot]) })
      {
        free.digits[depth] = (count, free.count)
        free.offsets = (0..<count).flatMap { digit in free.offsets.map { $0 + digit * strides[position] } }
      } else if isOrdered {
        break
      }
    }
    if free.count == 1 { return nil }
    for depth in plan.start..<locals.count where plan.determined[depth] == nil && free.digits[depth] == nil {
      let count = emitter.instance.cardinality(locals[depth].type)
      free.firsts = free.firsts &* CellRun.pattern(count, stride: strides[depth - plan.start])
    }
    return free
  }
}

extension FreeParameters {
  /// Goes through a word's bits. `point`: the names; `edge`: the text at each. What is asleep need not be so for all values.
  func loop(_ mask: String, _ point: ActionEmitter.GridPoint, _ edge: String, _ emitter: Emitter) -> String {
    let (all, rest, table) = (emitter.fresh("q"), emitter.fresh("q"), emitter.fresh("t"))
    let some = offsets.map { $0 == 0 ? all : "\(all) >> \($0)" }.joined(separator: " | ")
    emitter.unrolledExtra[point.run] = (count - 1) * emitter.weight(of: edge)
    return """
      { static const u8 \(table)[] = {\(offsets.map { "\($0)" }.joined(separator: ", "))};
      const U \(all) = \(mask);
      for (U \(rest) = (SLEEPS ? \(some) : \(all)) & \(hex(firsts)); \(rest); \(rest) &= \(rest) - 1) { const I \(point.base) = LOWEST(\(rest));
      \(point.names)UNROLL for (I \(point.run) = 0; \(point.run) < \(count); \(point.run)++) { const I \(point.index) = \(point.base) + \(table)[\(point.run)];
      if (SLEEPS && !(\(all) >> \(point.index) & 1)) continue;
      \(point.freeNames)\(edge) } } }

      """
  }
}
