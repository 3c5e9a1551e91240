/// In: a grid's parameters and what decides which of their combinations are enabled. Out: the parameters that decide nothing, whose values come
/// together or not at all, and what it takes to go through them one after another in the text.
///
/// A message to be sent, a word to be stored: no guard asks for it. Edges that differ in it alone share all but a few instructions, which a
/// compiler sees once they follow each other; and the loop over the others ends half as often. On ipc an eighth of all instructions of expansion, and
/// a fifth of its mispredicted branches; half of that where the code judges transition properties, too.

import Spec

/// Parameters of a grid of which every value is enabled where one is.
struct FreeParameters {
  /// Of each: the values, and what one more of it adds to the number in a run.
  var digits: [Int: (count: Int, stride: Int)] = [:]
  /// What each combination of them adds to the grid's, in the evaluator's order.
  var offsets: [Int] = []
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
    var free = FreeParameters()
    var copies = 1
    for depth in (plan.start..<locals.count).reversed() where !isSingle(locals[depth]) {
      let count = emitter.instance.cardinality(locals[depth].type)
      let more = saturatingMultiply(copies, count)
      if plan.determined[depth] == nil, folded?[depth - plan.start] != 0, more <= Self.mostCopies,
        saturatingMultiply(more, emitter.applyWeights[id] ?? 0) <= Self.mostText,
        !asked.contains(where: { $0.mentions([locals[depth].slot]) })
      {
        free.digits[depth] = (count, copies)
        copies = more
      } else if isOrdered {
        break
      }
    }
    if copies == 1 { return nil }
    free.offsets = bits(of: combinations(plan) { free.digits[$0] != nil })
    free.firsts = combinations(plan) { free.digits[$0] == nil }
    return free
  }
}

/// The bits of a named word at so many places, put over each other.
func folded(_ word: String, _ places: [Int]) -> String {
  places.map { $0 == 0 ? word : "\(word) >> \($0)" }.joined(separator: " | ")
}

extension FreeParameters {
  /// Goes through a word's bits. `point`: the names; `edge`: the text at each. What is asleep need not be so for all values.
  func loop(_ mask: String, _ point: ActionEmitter.GridPoint, _ edge: String, _ emitter: Emitter) -> String {
    let (all, rest, table) = (emitter.fresh("q"), emitter.fresh("q"), emitter.fresh("t"))
    emitter.unrolledExtra[point.run] = (count - 1) * emitter.weight(of: edge)
    return """
      { static const u8 \(table)[] = {\(offsets.map { "\($0)" }.joined(separator: ", "))};
      const U \(all) = \(mask);
      for (U \(rest) = (SLEEPS ? \(folded(all, offsets)) : \(all)) & \(hex(firsts)); \(rest); \(rest) &= \(rest) - 1) { const I \(point.base) = LOWEST(\(rest));
      \(point.names)UNROLL for (I \(point.run) = 0; \(point.run) < \(count); \(point.run)++) { const I \(point.index) = \(point.base) + \(table)[\(point.run)];
      if (SLEEPS && !(\(all) >> \(point.index) & 1)) continue;
      \(point.freeNames)\(edge) } } }

      """
  }
}
