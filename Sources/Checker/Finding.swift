import SimRuntime
import Spec

/// What an event is, in the spec's terms: the evaluator judges the state or its edges again and names the property, the
/// action and the reason. An event that the evaluator does not see is a fault of ours.
struct Finding {
  enum What {
    case broken(Broken)
    /// The cover that was sought.
    case reached(Int)
  }
  var what: What
  /// The last step, for an event on an edge.
  var step: Trace.Step?

  /// Believes a trace only once the evaluator has run it and seen the finding at its end.
  func certify(_ trace: Trace) throws(EngineFault) {
    let ending: Replay.Ending
    switch what {
    case .broken(let broken): ending = .breaks(broken)
    case .reached(let cover): ending = .reaches(cover: cover)
    }
    do throws(Replay.Failure) {
      try Replay.check(trace, ending)
    } catch {
      throw EngineFault("a trace of \(trace.steps.count) steps does not replay (\(error))")
    }
  }

  func explanation(_ trace: Trace) -> Explanation? {
    guard case .broken(.property(let index)) = what else { return nil }
    let states = [trace.initial] + trace.steps.compactMap(\.state)
    var step: (action: ActionInstance, before: State)?
    if let last = trace.steps.last, states.count > 1 { step = (last.instance, states[states.count - 2]) }
    return Evaluator(trace.instance).explain(index, in: states[states.count - 1], step: step, trace.rigid)
  }
}

extension Judging {
  /// The first thing in the order of the properties that makes a state an event; nil if nothing does.
  func finding(at state: State, _ evaluator: Evaluator, _ rigid: RigidValuation) -> Finding? {
    for index in evaluated where evaluator.isStateProperty(index) {
      do throws(SpecError) {
        let holds = try evaluator.holds(index, in: state, rigid)
        if !holds && required.contains(index) { return Finding(what: .broken(.property(index))) }
        if holds && sought == index { return Finding(what: .reached(index)) }
      } catch {
        return Finding(what: .broken(.error(error)))
      }
    }
    return nil
  }

  /// The least action instance whose edge is an event, and of its findings the first.
  func finding(onEdgesOf state: State, _ evaluator: Evaluator, _ rigid: RigidValuation) -> Finding? {
    finding(on: evaluator.successors(of: state, rigid), of: state, evaluator, rigid)
  }

  func finding(
    on edges: [Evaluator.Edge], of state: State, _ evaluator: Evaluator, _ rigid: RigidValuation
  ) -> Finding? {
    for edge in edges {
      switch edge.result {
      case .failure(let error):
        if errors { return Finding(what: .broken(.error(error)), step: Trace.Step(instance: edge.instance, state: nil)) }
      case .success(let after):
        let step = Trace.Step(instance: edge.instance, state: after)
        for index in evaluated where !evaluator.isStateProperty(index) {
          do throws(SpecError) {
            let holds = try evaluator.holds(transition: index, edge.instance, from: state, to: after, rigid)
            if !holds && required.contains(index) { return Finding(what: .broken(.property(index)), step: step) }
          } catch {
            if errors { return Finding(what: .broken(.error(error)), step: step) }
          }
        }
      }
    }
    return nil
  }
}

extension Evaluator {
  func isStateProperty(_ index: Int) -> Bool {
    switch instance.model.properties[index].kind {
    case .invariant, .cover: true
    case .transition, .temporal: false
    }
  }
}

// Where several properties share a bit, the evaluator is asked as well, so that a cover is not taken for a broken invariant.
extension Judging {
  /// Whether the edges of a state are an event, given the bits that say so.
  func confirms(_ found: PropertySet, edgesOf state: @autoclosure () -> State, _ evaluator: Evaluator, _ rigid: RigidValuation)
    -> Bool
  {
    if !sharesLastBit || found.subtracting(.deadlock) != Judging.lastBit { return true }
    return finding(onEdgesOf: state(), evaluator, rigid) != nil
  }

  /// Whether a state is an event, and which covers it reaches.
  func resolve(_ state: State, _ evaluator: Evaluator, _ rigid: RigidValuation) -> (isEvent: Bool, covers: [Int]) {
    let reached = covers.filter { (try? evaluator.holds($0, in: state, rigid)) ?? false }
    return (finding(at: state, evaluator, rigid) != nil, Array(reached))
  }
}

extension Phase {
  func confirms(_ found: PropertySet, edgesOf state: UnsafePointer<UInt64>) -> Bool {
    judging.confirms(found, edgesOf: source.layout.unpack(state), Evaluator(source.instance), rigid.valuation)
  }

  func resolve(_ state: UnsafePointer<UInt64>) -> (isEvent: Bool, covers: [Int]) {
    judging.resolve(source.layout.unpack(state), Evaluator(source.instance), rigid.valuation)
  }
}
