import Spec

/// Makes the run to a violation short: a random walk wanders, and its reader should not.
///
/// In: a run as its action instances. Out: one from the same initial state to the same kind of end, with no more steps. Four
/// ways in turn, the cheap ones first: cut out loops; leave out chunks of steps, skipping later ones that are then not enabled
/// (delta debugging: Zeller and Hildebrandt, TSE 2002); search breadth first among the states that the remaining instances alone
/// reach; look for shortcuts, one or two steps of any action, between the states of the run. All of it by the evaluator and within a
/// budget of steps, so that the result depends on the run alone.
struct Shortening {
  private let target: Target
  private let initial: State
  private let cancellation: Cancellation
  private var budget: Int
  private let instances: [ActionInstance]

  init(_ target: Target, _ initial: State, budget: Int, _ cancellation: Cancellation) {
    self.target = target
    self.initial = initial
    self.budget = budget
    self.cancellation = cancellation
    // More instances than this cannot all be tried anywhere.
    instances = Array(target.evaluator.actionInstances.prefix(budget / 20))
  }

  /// A run that shows the target at its end and nowhere before.
  private struct Run {
    var steps: [ActionInstance] = []
    /// The initial state and the state after each step but, for an end on an edge, the last.
    var states: [State]
  }

  mutating func shorten(_ steps: [ActionInstance]) -> [ActionInstance] {
    guard var best = replay(steps) else { return steps }
    best = withoutLoops(best)
    var length = Int.max
    while best.steps.count < length, best.steps.count > 1, !isSpent {
      length = best.steps.count
      best = withoutChunks(best)
      best = amongItsInstances(best)
      best = withShortcuts(best)
    }
    return best.steps.count < steps.count ? best.steps : steps
  }

  /// Trying a step, and looking at what it leads to.
  private mutating func spend(_ step: ActionInstance) {
    budget = max(budget, 0) - max(1, min(target.stepWork[step.action].saturatingSum(target.lookWork), 1 << 60))
  }

  private var isSpent: Bool { budget <= 0 || cancellation.isCancelled }

  /// Takes the steps in turn, skipping those that are not enabled, until the target shows. nil if it does not.
  private mutating func replay(_ steps: some Sequence<ActionInstance>) -> Run? {
    var run = Run(states: [initial])
    var state = initial
    if target.finding(at: state) != nil { return run }
    for step in steps {
      spend(step)
      if isSpent { return nil }
      guard let edge = target.edge(step, from: state) else { continue }
      if target.finding(on: edge, from: state) != nil {
        run.steps.append(step)
        return run
      }
      guard case .success(let after) = edge.result, after != state else { continue }
      run.steps.append(step)
      run.states.append(after)
      state = after
      if target.finding(at: state) != nil { return run }
    }
    return nil
  }

  /// Goes on from the last visit of each state. No step needs to be tried again.
  private func withoutLoops(_ run: Run) -> Run {
    var last: [State: Int] = [:]
    for (position, state) in run.states.enumerated() { last[state] = position }
    var short = Run(states: [])
    var position = 0
    while position < run.states.count {
      position = last[run.states[position]] ?? position
      short.states.append(run.states[position])
      if position < run.steps.count { short.steps.append(run.steps[position]) }
      position += 1
    }
    return short
  }

  private mutating func withoutChunks(_ run: Run) -> Run {
    var best = run
    var size = max(best.steps.count / 2, 1)
    while !isSpent {
      var end = best.steps.count
      var hasImproved = false
      while end > 0, !isSpent {
        let start = max(end - size, 0)
        if let shorter = replay(best.steps[..<start] + best.steps[end...]), shorter.steps.count < best.steps.count {
          best = withoutLoops(shorter)
          hasImproved = true
          end = min(start, best.steps.count)
        } else {
          end = start
        }
      }
      if size == 1 && !hasImproved { return best }
      if !hasImproved { size = max(size / 2, 1) }
    }
    return best
  }

  /// The shortest run that uses no other instances than this one does.
  private mutating func amongItsInstances(_ run: Run) -> Run {
    var alphabet: [ActionInstance] = []
    for step in run.steps where !alphabet.contains(step) { alphabet.append(step) }
    // At most half of what is left: the search may be large, and shortcuts are still to come.
    let reserve = budget / 2
    var parents: [State: Origin] = [initial: Origin(previous: nil)]
    var layer = [initial]
    var depth = 0
    while !layer.isEmpty, depth + 1 < run.steps.count {
      var next: [State] = []
      for state in layer {
        for step in alphabet {
          spend(step)
          if budget < reserve || isSpent { return run }
          guard let edge = target.edge(step, from: state) else { continue }
          if target.finding(on: edge, from: state) != nil { return path(to: state, then: step, parents) }
          guard case .success(let after) = edge.result, parents[after] == nil else { continue }
          parents[after] = Origin(previous: (state, step))
          if target.finding(at: after) != nil { return path(to: after, then: nil, parents) }
          next.append(after)
        }
      }
      layer = next
      depth += 1
    }
    return run
  }

  /// How a state was first reached; the initial one was not.
  private struct Origin {
    var previous: (state: State, step: ActionInstance)?
  }

  private func path(
    to state: State, then last: ActionInstance?, _ parents: [State: Origin]
  ) -> Run {
    var run = Run(steps: last.map { [$0] } ?? [], states: [state])
    var state = state
    while let parent = parents[state]?.previous {
      run.steps.append(parent.step)
      run.states.append(parent.state)
      state = parent.state
    }
    let reversed = last == nil ? run.steps.reversed() : run.steps.dropFirst().reversed() + run.steps.prefix(1)
    return Run(steps: Array(reversed), states: run.states.reversed())
  }

  /// One or two steps of any action instance from a state of the run to a later one, or to the target.
  private mutating func withShortcuts(_ run: Run) -> Run {
    var best = run
    var start = 0
    while start + 1 < best.steps.count, !isSpent {
      guard let shortcut = shortcut(in: best, from: start) else {
        start += 1
        continue
      }
      best = shortcut
    }
    return best
  }

  private mutating func shortcut(in run: Run, from start: Int) -> Run? {
    var places: [State: Int] = [:]
    for (position, state) in run.states.enumerated() where position > start { places[state] = position }
    func joined(_ steps: [ActionInstance], _ states: [State], at position: Int) -> Run {
      Run(
        steps: Array(run.steps[..<start]) + steps + run.steps[position...],
        states: Array(run.states[...start]) + states + run.states[(position + 1)...])
    }
    var beyond: [(step: ActionInstance, state: State)] = []
    // One step: to a place two or more ahead, or to the target before the run reaches it.
    for step in instances {
      spend(step)
      if isSpent { return nil }
      guard let edge = target.edge(step, from: run.states[start]) else { continue }
      if start + 1 < run.steps.count, target.finding(on: edge, from: run.states[start]) != nil {
        return Run(steps: run.steps[..<start] + [step], states: Array(run.states[...start]))
      }
      guard case .success(let after) = edge.result else { continue }
      if let place = places[after], place > start + 1 { return joined([step], [after], at: place) }
      if start + 1 < run.steps.count, target.finding(at: after) != nil {
        return Run(steps: run.steps[..<start] + [step], states: run.states[...start] + [after])
      }
      if places[after] == nil { beyond.append((step, after)) }
    }
    // Two steps.
    guard start + 2 < run.steps.count else { return nil }
    for (step, middle) in beyond {
      for second in instances {
        spend(second)
        if isSpent { return nil }
        guard let edge = target.edge(second, from: middle) else { continue }
        if target.finding(on: edge, from: middle) != nil {
          return Run(steps: run.steps[..<start] + [step, second], states: run.states[...start] + [middle])
        }
        guard case .success(let after) = edge.result else { continue }
        if let place = places[after], place > start + 2 { return joined([step, second], [middle, after], at: place) }
        if target.finding(at: after) != nil {
          return Run(steps: run.steps[..<start] + [step, second], states: run.states[...start] + [middle, after])
        }
      }
    }
    return nil
  }
}
