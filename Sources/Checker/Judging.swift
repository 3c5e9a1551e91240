import SimRuntime
import Spec

/// What one run of the checker is asked.
public enum CheckGoal: Hashable, Sendable {
  /// Every invariant, transition property, spec error and deadlock; every cover must be reached.
  case all
  /// The shortest trace to a violation of any invariant or transition property. Spec errors on edges, deadlocks and covers are not looked for.
  case safety
  /// The shortest trace to a violation of one property.
  case refute(VerifyLine.Target)
  /// The shortest trace to a state that satisfies a cover (index into `Model.properties`).
  case cover(Int)
  /// That no state satisfies it: `.exhausted`, or `.violated(.property(…))` with the trace to it.
  case unreachable(Int)
}

/// A goal spelled out for the search: what is evaluated where, and which findings are events that end the search.
struct Judging: Sendable {
  /// Properties evaluated: an error in evaluating one is a spec error.
  private(set) var evaluated: [Int] = []
  /// Invariants and transition properties whose violation is an event.
  private(set) var required: Set<Int> = []
  /// Covers that are noted when reached; the search goes on.
  private(set) var covers: Set<Int> = []
  /// The cover whose first state is an event.
  private(set) var sought: Int?
  private(set) var deadlock = false
  /// Spec errors on edges are events. Those in evaluating a property of states always are.
  private(set) var errors = false

  /// For `expand`: transition properties, spec errors, deadlock.
  private(set) var edges: PropertySet = []
  /// Whether edges are judged by transition properties.
  var judgesEdges: Bool { !edges.subtracting([.error, .deadlock]).isEmpty }
  /// For `judge`: invariants, covers, and errors in evaluating them.
  private(set) var states: PropertySet = []
  /// The part of a mark or mask that is an event.
  private(set) var events: PropertySet = []
  /// Property 59 and later ones share a bit: what it means must be asked of the evaluator.
  let sharesLastBit: Bool

  static let lastBit = PropertySet.property(.max)

  init(_ goal: CheckGoal, _ model: Model) {
    sharesLastBit = model.properties.count > 60
    switch goal {
    case .all, .refute(.error):
      errors = true
      for (index, property) in model.properties.enumerated() {
        if case .temporal = property.kind { continue }
        evaluated.append(index)
        if goal != .all { continue }
        if case .cover = property.kind { covers.insert(index) } else { required.insert(index) }
      }
      deadlock = goal == .all && !model.deadlockAllowed
    case .safety:
      for (index, property) in model.properties.enumerated() {
        switch property.kind {
        case .invariant, .transition:
          evaluated.append(index)
          required.insert(index)
        case .temporal, .cover: break
        }
      }
    case .refute(.deadlock): deadlock = true
    case .refute(.noninterference): break
    case .refute(.property(let index)):
      evaluated = [index]
      required = [index]
    case .cover(let index), .unreachable(let index):
      evaluated = [index]
      sought = index
    }
    for index in evaluated {
      switch model.properties[index].kind {
      case .transition: edges.insert(.property(index))
      case .invariant, .cover: states.insert(.property(index))
      case .temporal: break
      }
    }
    if errors { edges.insert(.error) }
    if deadlock { edges.insert(.deadlock) }
    if !states.isEmpty { states.insert(.error) }
    for index in required.union(sought.map { [$0] } ?? []) { events.insert(.property(index)) }
    events.formUnion([.deadlock, .error])
  }

  /// The same once some covers have been reached: they are not evaluated again, which on covers with several quantifiers is
  /// most of the cost of a state. Done at layer boundaries only, so that it does not depend on threads.
  func without(_ reached: some Sequence<Int>) -> Judging {
    var rest = self
    for index in reached where covers.contains(index) {
      rest.covers.remove(index)
      rest.evaluated.removeAll { $0 == index }
      if !sharesLastBit || index < 59 { rest.states.remove(.property(index)) }
    }
    if rest.states == .error { rest.states = [] }
    return rest
  }

  /// Judges nothing: for a search that only records its layers.
  static func nothing(_ model: Model) -> Judging { Judging(.refute(.noninterference), model) }
}
