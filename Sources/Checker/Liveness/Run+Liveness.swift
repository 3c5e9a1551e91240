import SimRuntime
import Spec

/// Temporal properties as the last part of a run: every rigid valuation in turn, the first violation ends it.
extension Run {
  /// Unless nothing else was asked, states were counted before, perhaps under symmetry: then the graphs, which are unreduced, must agree.
  mutating func judge(_ properties: [Int], _ plan: SymmetryPlan, _ search: Search) throws -> Verdict.Outcome {
    try search.reset()
    let isAlone = goal.isTemporalAlone(instance.model)
    var states: UInt64 = 0
    var transitions: UInt64 = 0
    var edges = 0
    /// Every graph was built.
    var isWhole = true
    for (number, orbit) in plan.orbits.enumerated() {
      watch.valuation = number
      let liveness = Liveness(
        search: search, properties: properties, before: states, errorsAlone: goal == .refute(.error),
        usesSymmetry: options.symmetry, skipsTrivial: !isAlone)
      let result = try liveness.judge(orbit.representative)
      states = states.saturatingSum(result.states, times: orbit.size)
      transitions = transitions.saturatingSum(result.transitions, times: orbit.size)
      edges = max(edges, result.edges)
      if isAlone {
        totals.add(states: result.states, transitions: result.transitions, orbits: result.states)
        depth = max(depth, result.depth)
        valuations += 1
      }
      switch result.outcome {
      case .holds: break
      case .trivial: isWhole = false
      case .undecided(let why): return .undecided(why)
      case .violated(let found):
        trace = found.trace
        explanation = found.explanation
        return .violated(found.broken)
      }
    }
    if isAlone && states == 0 { return .undecided("vacuous: there is no initial state") }
    let countsLess = (partialOrder.map { $0.obstacle == nil } ?? false) || !(symmetry?.isExact ?? true)
    guard !isWhole || countsLess || states == totals.states && transitions == totals.transitions else {
      throw EngineFault(
        "the graph has \(states) states and \(transitions) transitions, the search found \(totals.states) and \(totals.transitions)"
      )
    }
    if plan.isOn, symmetry != nil, edges > 0 {
      notes.append("temporal properties: judged without symmetry, on up to \(edges) edges")
    }
    return .exhausted
  }
}
