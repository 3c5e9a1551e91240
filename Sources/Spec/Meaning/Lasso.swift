/// The meaning of temporal properties and of fairness on one infinite run that repeats itself: slow, by definition, and what the
/// liveness engine's counterexamples are judged by.
///
/// In: a trace with a loop. Out: the truth of a formula at its beginning; for each fair action how the run treats it.

/// A run s0 … sn that goes on from s`start` after sn. Its positions are the different places on the run.
struct Lasso {
  let states: [State]
  let actions: [ActionInstance]
  /// The first position of the loop.
  let start: Int
  /// The run ends in a deadlock and repeats its last state.
  let stutters: Bool

  /// nil if the trace has no loop, or its ends do not meet.
  init?(_ trace: Trace) {
    let all = [trace.initial] + trace.steps.compactMap(\.state)
    guard let loop = trace.loop, all.count == trace.steps.count + 1, all.indices.contains(loop), all[loop] == all[all.count - 1]
    else { return nil }
    stutters = loop == trace.steps.count
    states = stutters ? all : Array(all.dropLast())
    actions = trace.steps.map(\.instance)
    start = loop
  }

  func next(_ position: Int) -> Int { position + 1 < states.count ? position + 1 : start }
  /// Positions that are visited again and again; each has one step from it, unless the run stutters.
  var loop: Range<Int> { start..<states.count }
}

extension Evaluator {
  /// Whether a temporal property is true of the run; nil if the trace has no loop, or an atom that matters is undefined on it.
  public func holds(temporal property: Int, on trace: Trace) -> Bool? {
    let declaration = instance.model.properties[property]
    guard case .temporal(let formula) = declaration.kind, let run = Lasso(trace) else { return nil }
    let meaning = LassoMeaning(evaluator: self, run: run, rigid: trace.rigid)
    return meaning.truth(formula, Array(repeating: .none, count: declaration.frameSize))[0]
  }
}

extension Evaluator {
  /// The errors of a temporal property's atoms in a state, for all values of the variables quantified around them.
  func atomErrors(_ property: Int, in state: State, _ rigid: RigidValuation) -> Set<SpecError> {
    let declaration = instance.model.properties[property]
    guard case .temporal(let formula) = declaration.kind else { return [] }
    var errors: Set<SpecError> = []
    func judge(_ e: Expr, _ frame: [Value]) {
      let evaluation = evaluation(rigid, state: state, frameSize: 0)
      evaluation.frame = frame
      do throws(SpecError) { _ = try evaluation.bool(e) } catch { errors.insert(error) }
    }
    func visit(_ formula: TemporalFormula, _ frame: [Value]) {
      switch formula {
      case .atom(let e): judge(e, frame)
      case .not(let a), .always(let a), .eventually(let a): visit(a, frame)
      case .and(let a, let b), .or(let a, let b), .implies(let a, let b), .iff(let a, let b), .until(let a, let b),
        .leadsTo(let a, let b):
        visit(a, frame)
        visit(b, frame)
      case .forall(let locals, let filter, let body), .exists(let locals, let filter, let body):
        let types = locals.map(\.type)
        for ordinal in 0..<instance.cardinality(of: types) {
          var frame = frame
          for (local, value) in zip(locals, instance.values(ordinal, types)) { frame[local.slot] = value }
          if let filter { judge(filter, frame) }
          visit(body, frame)
        }
      }
    }
    visit(formula, Array(repeating: .none, count: declaration.frameSize))
    return errors
  }
}

/// Truth at every position at once. `until` is the least fixpoint of its unfolding, `always` the greatest; on a run with
/// finitely many positions both are reached after as many rounds.
private struct LassoMeaning {
  let evaluator: Evaluator
  let run: Lasso
  let rigid: RigidValuation

  /// nil: undefined there. Logic is conditional from left to right, as everywhere.
  func truth(_ formula: TemporalFormula, _ frame: [Value]) -> [Bool?] {
    switch formula {
    case .atom(let e): return atom(e, frame)
    case .not(let a): return truth(a, frame).map { $0.map { !$0 } }
    case .and(let a, let b): return zip(truth(a, frame), truth(b, frame)).map { $0 == true ? $1 : $0 }
    case .or(let a, let b): return zip(truth(a, frame), truth(b, frame)).map { $0 == false ? $1 : $0 }
    case .implies(let a, let b): return truth(.or(.not(a), b), frame)
    case .iff(let a, let b):
      return zip(truth(a, frame), truth(b, frame)).map { a, b in a.flatMap { a in b.map { a == $0 } } }
    case .forall(let locals, let filter, let body):
      return quantified(locals, filter, body, frame).map {
        $0.reduce(true) { all, one in all.flatMap { a in one.map { a && $0 } } }
      }
    case .exists(let locals, let filter, let body):
      return truth(.not(.forall(locals, filter: filter, .not(body))), frame)
    case .eventually(let a): return until(run.states.map { _ in true }, truth(a, frame))
    case .until(let a, let b): return until(truth(a, frame), truth(b, frame))
    case .always(let a): return truth(.not(.eventually(.not(a))), frame)
    case .leadsTo(let a, let b): return truth(.always(.implies(a, .eventually(b))), frame)
    }
  }

  private func atom(_ e: Expr, _ frame: [Value]) -> [Bool?] {
    run.states.map { state in
      let evaluation = evaluator.evaluation(rigid, state: state, frameSize: 0)
      evaluation.frame = frame
      return try? evaluation.bool(e)
    }
  }

  private func until(_ a: [Bool?], _ b: [Bool?]) -> [Bool?] {
    let (first, second) = (a.compactMap(\.self), b.compactMap(\.self))
    guard first.count == a.count, second.count == b.count else { return a.map { _ in nil } }
    var truth = a.map { _ in false }
    for _ in truth.indices {
      truth = truth.indices.map { second[$0] || (first[$0] && truth[run.next($0)]) }
    }
    return truth
  }

  /// For each position the truth of the body for each tuple that satisfies the filter there.
  private func quantified(
    _ locals: [Local], _ filter: Expr?, _ body: TemporalFormula, _ frame: [Value]
  ) -> [[Bool?]] {
    var result: [[Bool?]] = run.states.map { _ in [] }
    let types = locals.map(\.type)
    for ordinal in 0..<evaluator.instance.cardinality(of: types) {
      var frame = frame
      for (local, value) in zip(locals, evaluator.instance.values(ordinal, types)) { frame[local.slot] = value }
      let wanted = filter.map { atom($0, frame) } ?? run.states.map { _ in true }
      let truth = truth(body, frame)
      for position in result.indices where wanted[position] != false {
        result[position].append(wanted[position].flatMap { _ in truth[position] })
      }
    }
    return result
  }
}

/// How a run treats one fair action with one choice of its parameters.
public struct FairTreatment: Sendable {
  public enum How: Sendable, Equatable {
    /// Again and again, in the step with this number (from 1).
    case taken(step: Int)
    /// Again and again it is not enabled, in the state after this many steps.
    case disabled(after: Int)
    /// From some time on it is never enabled.
    case neverEnabled
    /// From some time on it is enabled (often enough) and never taken: the run is unfair.
    case starved
  }
  /// With the arguments of the parameters alone: choices are existential.
  public var action: ActionInstance
  public var fairness: Fairness
  public var how: How
}

extension Evaluator {
  /// One for each fair action and each choice of its parameters; nil if the trace has no loop.
  public func fairness(of trace: Trace) -> [FairTreatment]? {
    guard let run = Lasso(trace) else { return nil }
    var classes: [(action: ActionInstance, instances: [ActionInstance])] = []
    for instance in actionInstances where self.instance.model.actions[instance.action].fairness != .none {
      let parameters = self.instance.model.actions[instance.action].parameters.count
      let head = ActionInstance(action: instance.action, arguments: Array(instance.arguments.prefix(parameters)))
      if classes.last?.action == head {
        classes[classes.count - 1].instances.append(instance)
      } else {
        classes.append((head, [instance]))
      }
    }
    return classes.map { head, instances in
      let fairness = self.instance.model.actions[head.action].fairness
      return FairTreatment(action: head, fairness: fairness, how: treatment(fairness, instances, run, trace.rigid))
    }
  }

  private func treatment(
    _ fairness: Fairness, _ instances: [ActionInstance], _ run: Lasso, _ rigid: RigidValuation
  ) -> FairTreatment.How {
    if !run.stutters, let step = run.loop.first(where: { instances.contains(run.actions[$0]) }) { return .taken(step: step + 1) }
    let enabled = run.loop.map { position in instances.contains { isEnabled($0, in: run.states[position], rigid) } }
    if !enabled.contains(true) { return .neverEnabled }
    if fairness == .weak, let position = enabled.firstIndex(of: false) { return .disabled(after: run.start + position) }
    return .starved
  }

  /// A step that runs into a spec error is enabled.
  private func isEnabled(_ action: ActionInstance, in state: State, _ rigid: RigidValuation) -> Bool {
    do throws(SpecError) { return try step(action, from: state, rigid) != nil } catch { return true }
  }
}
