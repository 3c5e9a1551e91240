/// How much work one evaluation can be at a size: so that a spec whose formulas nobody could evaluate is refused
/// at once, with its place, and not met as a hang.

extension Instance {
  /// The most elementary evaluations that one formula, or one action instance, may take.
  public static let workLimit = 1 << 32

  /// The first formula or action that is too much work at this size, as an `unbounded` error.
  public func excessiveWork() -> SpecError? {
    var bound = WorkBound(instance: self)
    for function in model.functions { bound.functions.append(bound.work(function.body)) }
    for (body, span, name) in formulas where bound.work(body) > Instance.workLimit { return tooMuch(name, span) }
    for property in model.properties {
      guard case .temporal(let formula) = property.kind, bound.work(formula) > Instance.workLimit else { continue }
      return tooMuch(property.name, property.span)
    }
    for action in model.actions {
      if bound.step(action) > Instance.workLimit { return tooMuch("a step of \(action.name)", action.span) }
      let instances = cardinality(of: action.instanceLocals.map(\.type))
      if instances > Instance.workLimit { return tooMuch("the instances of \(action.name)", action.span) }
    }
    return nil
  }

  /// The most elementary evaluations (some hundred nanoseconds each) that judging each property once, and one instance of each action,
  /// may take: for budgets of work that must not depend on a clock.
  public func evaluationWork() -> (properties: [Int], actions: [Int]) {
    var bound = WorkBound(instance: self)
    for function in model.functions { bound.functions.append(bound.work(function.body)) }
    let properties = model.properties.map { property in
      switch property.kind {
      case .invariant(let body), .cover(let body), .transition(_, let body): bound.work(body)
      case .temporal: 1
      }
    }
    return (properties, model.actions.map { bound.step($0) })
  }

  private func tooMuch(_ what: String, _ span: Span) -> SpecError {
    SpecError(.unbounded, at: span, "\(what): more than \(Instance.workLimit) evaluations at this size")
  }

  private var formulas: [(Expr, Span, String)] {
    var result: [(Expr, Span, String)] = []
    for axiom in model.axioms { result.append((axiom.body, axiom.span, axiom.name)) }
    for property in model.properties {
      switch property.kind {
      case .invariant(let body), .cover(let body), .transition(_, let body):
        result.append((body, property.span, property.name))
      case .temporal: break
      }
    }
    for assignment in model.initial.assignments {
      if case .expression(let e) = assignment.value {
        result.append((e, assignment.span, "the initial value of \(model.variables[assignment.variable].name)"))
      }
    }
    return result
  }
}

private struct WorkBound {
  let instance: Instance
  /// Of each function already bounded; callees come first.
  var functions: [Int] = []

  func work(_ e: Expr) -> Int {
    let below = e.children.reduce(1) { Instance.sum($0, work($1)) }
    switch e.kind {
    case .forall(let locals, _, _), .exists(let locals, _, _), .count(let locals, _), .mapLiteral(let locals, _, _):
      return Instance.product(instance.cardinality(of: locals.map(\.type)), below)
    case .setBuilder(let local, _): return Instance.product(instance.cardinality(local.type), below)
    case .closure(let x, let y, _, _, _): return Instance.product(instance.cardinality(of: [x.type, y.type]), below)
    case .setLiteral, .empty: return Instance.sum(below, size(e.type))
    case .call(let id, _): return Instance.sum(below, id < functions.count ? functions[id] : 0)
    default: return below
    }
  }

  /// Of one instance.
  func step(_ action: Action) -> Int {
    var total = 0
    for conjunct in action.conjuncts {
      switch conjunct {
      case .require(_, let e, _), .letIn(_, let e): total = Instance.sum(total, work(e))
      }
    }
    for choice in action.choices { if let filter = choice.filter { total = Instance.sum(total, work(filter)) } }
    return Instance.sum(total, work(action.updates))
  }

  func work(_ formula: TemporalFormula) -> Int {
    switch formula {
    case .atom(let e): return work(e)
    case .not(let a), .always(let a), .eventually(let a): return Instance.sum(1, work(a))
    case .and(let a, let b), .or(let a, let b), .implies(let a, let b), .iff(let a, let b), .until(let a, let b),
      .leadsTo(let a, let b):
      return Instance.sum(work(a), work(b))
    case .forall(let locals, let filter, let body), .exists(let locals, let filter, let body):
      let inner = Instance.sum(filter.map { work($0) } ?? 1, work(body))
      return Instance.product(instance.cardinality(of: locals.map(\.type)), inner)
    }
  }

  func work(_ updates: [Update]) -> Int { updates.reduce(0) { Instance.sum($0, work($1)) } }

  private func work(_ update: Update) -> Int {
    switch update.kind {
    case .assign(_, let e), .add(_, let e), .remove(_, let e), .push(_, let e): return work(e)
    case .pop, .forest: return 1
    case .removeAll(let location, _, let filter):
      guard case .queue(let capacity, _) = location.type else { return work(filter) }
      return Instance.product(capacity, work(filter))
    case .forEach(let locals, let filter, let body):
      let inner = Instance.sum(filter.map { work($0) } ?? 1, work(body))
      return Instance.product(instance.cardinality(of: locals.map(\.type)), inner)
    case .conditional(let condition, let then, let otherwise):
      return Instance.sum(work(condition), Instance.sum(work(then), work(otherwise)))
    case .letIn(_, let e, let body): return Instance.sum(work(e), work(body))
    }
  }

  private func size(_ type: Type) -> Int {
    switch type {
    case .set(let element), .forest(let element): return instance.cardinality(element)
    default: return 1
    }
  }
}
