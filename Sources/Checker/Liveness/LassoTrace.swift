import SimRuntime
import Spec

/// From numbers of states to a trace that the evaluator has run again: it names each action, closes the loop, finds the formula
/// false on the run and the run fair. Whatever it does not confirm is a fault of ours.
struct LassoTrace {
  let instance: Instance
  let rigid: RigidValuation
  let layout: StateLayout
  let graph: StateGraph
  let numbering: ActionNumbering

  func violation(
    of property: Int, _ path: LassoFinder.Path, _ conjunct: TemporalExpansion.Conjunct
  ) throws(EngineFault) -> Liveness.Found {
    var trace = try self.trace(path.states, path.labels)
    trace.loop = min(path.loop, trace.steps.count)
    let broken = Broken.property(property)
    try certify(trace, broken)
    let explanation = Explanation(conjunct: instance.model.properties[property].span, witness: conjunct.witness)
    return Liveness.Found(broken: broken, trace: trace, explanation: explanation)
  }

  /// An atom is undefined in a state. nil if memory is refused.
  func error(_ error: SpecError, at state: Int, _ memory: MemoryGauge) throws(EngineFault) -> Liveness.Found? {
    guard let path = shortestPath(to: state, memory) else { return nil }
    let trace = try trace(path, path.dropFirst().map { _ in nil })
    try certify(trace, .error(error))
    return Liveness.Found(broken: .error(error), trace: trace)
  }

  /// Some action instance runs into an error in a state whose edges are not known. nil if memory is refused.
  func errorAfter(_ state: Int, _ memory: MemoryGauge) throws(EngineFault) -> Liveness.Found? {
    guard let path = shortestPath(to: state, memory) else { return nil }
    var trace = try trace(path, path.dropFirst().map { _ in nil })
    for edge in Evaluator(instance).successors(of: self.state(state), rigid) {
      guard case .failure(let error) = edge.result else { continue }
      trace.steps.append(Trace.Step(instance: edge.instance, state: nil))
      try certify(trace, .error(error))
      return Liveness.Found(broken: .error(error), trace: trace)
    }
    throw EngineFault("an edge is said to be a spec error that the evaluator does not see")
  }

  private func state(_ number: Int) -> State { layout.unpack(graph.state(number)) }

  /// A state that is reached by no action stays: the end of a run that stutters for ever.
  private func trace(_ path: [Int], _ labels: [UInt32?]) throws(EngineFault) -> Trace {
    let evaluator = Evaluator(instance)
    var trace = Trace(instance: instance, rigid: rigid, initial: state(path[0]), steps: [])
    var before = trace.initial
    for (number, label) in zip(path.dropFirst(), labels) {
      let after = state(number)
      let edges = evaluator.successors(of: before, rigid)
      if edges.isEmpty && after == before { continue }
      let edge = edges.first { edge in
        guard case .success(after) = edge.result else { return false }
        return label == nil || label == graph.classes.label(UInt32(truncatingIfNeeded: numbering.number(edge.instance)))
      }
      guard let edge else { throw EngineFault("the graph has an edge that the evaluator does not make") }
      trace.steps.append(Trace.Step(instance: edge.instance, state: after))
      before = after
    }
    return trace
  }

  private func certify(_ trace: Trace, _ broken: Broken) throws(EngineFault) {
    do throws(Replay.Failure) {
      try Replay.check(trace, .breaks(broken))
    } catch {
      throw EngineFault("a trace of \(trace.steps.count) steps does not replay (\(error))")
    }
  }

  /// Breadth first over the graph, as far as its edges are known.
  private func shortestPath(to goal: Int, _ memory: MemoryGauge) -> [Int]? {
    let none = UInt32.max
    guard let parents = Storage<UInt32>(memory, count: graph.states.count / graph.words, of: none) else { return nil }
    for state in 0..<graph.initial { parents[state] = UInt32(truncatingIfNeeded: state) }
    // Numbers are in the order of discovery: a state's first predecessor by number is one layer before it.
    for state in 0..<graph.count where parents[goal] == none {
      for edge in graph.edges(state) where parents[Int(graph.targets[edge])] == none {
        parents[Int(graph.targets[edge])] = UInt32(truncatingIfNeeded: state)
      }
    }
    guard parents[goal] != none else { return nil }
    var path = [goal]
    while let last = path.last, Int(parents[last]) != last { path.append(Int(parents[last])) }
    return path.reversed()
  }
}
