/// Judges one state for coverage: which guards are the only false one for some action instance, which antecedents are true.
///
/// In: a state. Out: additions to a tally. The evaluator alone does this, because it asks what no search needs: each conjunct of an
/// action although an earlier one is false. An antecedent that has held is not evaluated again.
public struct CoverageProbe: Sendable {
  public let sites: CoverageSites
  private let evaluator: Evaluator
  /// Transition properties with antecedents.
  private let transitions: [Int]
  private let invariants: [Int]
  /// Elementary evaluations that judging the guards of a state takes, at most.
  public let cost: Double

  public init(_ instance: Instance, _ sites: CoverageSites) {
    self.sites = sites
    evaluator = Evaluator(instance)
    var transitions: [Int] = []
    var invariants: [Int] = []
    for (index, property) in instance.model.properties.enumerated() where !sites.byExpression[index].isEmpty {
      if case .transition = property.kind { transitions.append(index) } else { invariants.append(index) }
    }
    self.transitions = transitions
    self.invariants = invariants
    cost = zip(instance.model.actions, instance.evaluationWork().actions).reduce(1) { sum, action in
      sum + Double(instance.cardinality(of: action.0.instanceLocals.map(\.type))) * Double(max(action.1, 1))
    }
  }

  public var actionCount: Int { evaluator.instance.model.actions.count }

  /// `weight`: how many states it stands for.
  public func judge(_ state: State, _ rigid: RigidValuation, weight: UInt64 = 1, into tally: inout CoverageTally) {
    tally.judged = tally.judged.saturatingSum(1)
    for action in evaluator.instance.model.actions.indices { judge(action, state, rigid, weight, &tally) }
    for property in invariants where isOpen(property, tally) {
      let declaration = evaluator.instance.model.properties[property]
      guard case .invariant(let body) = declaration.kind else { continue }
      let evaluation = evaluator.evaluation(rigid, state: state, frameSize: declaration.frameSize)
      evaluation.note(body, sites.byExpression[property], &tally.held)
    }
    let open = transitions.filter { isOpen($0, tally) }
    if !open.isEmpty { judgeSteps(open, state, rigid, &tally) }
  }

  private func isOpen(_ property: Int, _ tally: CoverageTally) -> Bool {
    sites.byExpression[property].values.contains { !tally.held[$0] }
  }

  // MARK: - Guards

  private func judge(
    _ id: ActionID, _ state: State, _ rigid: RigidValuation, _ weight: UInt64, _ tally: inout CoverageTally
  ) {
    let instance = evaluator.instance
    let action = instance.model.actions[id]
    let locals = action.instanceLocals
    let evaluation = evaluator.evaluation(rigid, state: state, frameSize: action.frameSize)
    for ordinal in 0..<instance.cardinality(of: locals.map(\.type)) {
      var rest = ordinal
      for local in locals.reversed() {
        let cardinality = instance.cardinality(local.type)
        evaluation.frame[local.slot] = instance.value(rest % cardinality, local.type)
        rest /= cardinality
      }
      guard let (place, isDefined) = evaluation.soleFalse(action) else { continue }
      let site = sites.firstGuard[id] + place
      if isDefined {
        tally.onlyFalse[site] = tally.onlyFalse[site].saturatingSum(weight)
      } else {
        tally.guarding[site] = tally.guarding[site].saturatingSum(weight)
      }
    }
  }

  // MARK: - Steps

  private func judgeSteps(_ properties: [Int], _ state: State, _ rigid: RigidValuation, _ tally: inout CoverageTally) {
    let model = evaluator.instance.model
    for edge in evaluator.successors(of: state, rigid) {
      guard case .success(let after) = edge.result else { continue }
      for property in properties {
        guard case .transition(let trigger, let body) = model.properties[property].kind,
          trigger.map({ $0.action == edge.instance.action }) ?? true
        else { continue }
        let evaluation = evaluator.stepEvaluation(model.properties[property], trigger, edge.instance, state, after, rigid)
        evaluation.note(body, sites.byExpression[property], &tally.held)
      }
    }
  }
}

extension Evaluation {
  /// The only guard that is false (its place among the action's guards), and whether everything else can be evaluated without it.
  /// nil if no guard is false, or two are, or a choice's filter is as well.
  fileprivate func soleFalse(_ action: Action) -> (place: Int, isDefined: Bool)? {
    var failed: Int?
    var place = 0
    do throws(SpecError) {
      for conjunct in action.conjuncts {
        switch conjunct {
        case .require(_, let condition, _):
          if try !bool(condition) {
            if failed != nil { return nil }
            failed = place
          }
          place += 1
        case .letIn(let local, let bound): frame[local.slot] = try value(bound)
        }
      }
      guard let failed else { return nil }
      for choice in action.choices { if let filter = choice.filter, try !bool(filter) { return nil } }
      return (failed, true)
    } catch {
      return failed.map { ($0, false) }
    }
  }

  /// Marks the antecedents that are true somewhere in `e`. What cannot be evaluated is a spec error, which the search reports.
  fileprivate func note(_ e: Expr, _ sites: [ObjectIdentifier: Int], _ held: inout [Bool]) {
    do throws(SpecError) { try visit(e, sites, &held) } catch {}
  }

  private func visit(_ e: Expr, _ sites: [ObjectIdentifier: Int], _ held: inout [Bool]) throws(SpecError) {
    switch e.kind {
    case .and(let a, let b):
      try visit(a, sites, &held)
      if try bool(a) { try visit(b, sites, &held) }
    case .implies(let premise, let rest):
      if try bool(premise) {
        if let site = sites[ObjectIdentifier(e)] { held[site] = true }
        try visit(rest, sites, &held)
      }
    case .forall(let locals, let filter, let body):
      // The inout parameter cannot be captured by the closure that binds, so it works on a copy handed back.
      var inner = held
      try forEach(locals, filter) { () throws(SpecError) in
        if filter != nil, let site = sites[ObjectIdentifier(e)] { inner[site] = true }
        try visit(body, sites, &inner)
      }
      held = inner
    case .letIn(let local, let bound, let body):
      frame[local.slot] = try value(bound)
      try visit(body, sites, &held)
    case .ifThenElse(let condition, let a, let b): try visit(try bool(condition) ? a : b, sites, &held)
    case .old(let inner):
      let after = state
      state = before
      defer { state = after }
      try visit(inner, sites, &held)
    case .call(let id, let arguments):
      let function = instance.model.functions[id]
      let values = try values(arguments)
      let caller = frame
      frame = values + Array(repeating: .none, count: max(0, function.frameSize - values.count))
      defer { frame = caller }
      try visit(function.body, sites, &held)
    default: break
    }
  }
}
