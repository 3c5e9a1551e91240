/// The places of a spec that coverage asks about: guards that could be the only false one, antecedents that could never hold.
///
/// In: a model. Out: guards, action by action in the order of the text; antecedents, property by property: the premises of `==>`
/// and the filters of `forall` that stand where the whole is true only if the part is (below conjunctions, quantifiers, `let`,
/// branches, consequents and the bodies of functions called there). A premise below `!` or `||` is no antecedent.
public struct CoverageSites: Sendable {
  public struct Antecedent: Sendable {
    public var property: Int
    public var isFilter: Bool
    public var span: Span
    /// The antecedent that it stands below, if any.
    public var outer: Int?
  }

  public let guards: [Guard]
  public private(set) var antecedents: [Antecedent] = []
  /// By action: the index of its first guard, and for each conjunct the place among the action's guards.
  let firstGuard: [Int]
  /// By property: the antecedents by the expression that they belong to. A function called twice has its sites once.
  private(set) var byExpression: [[ObjectIdentifier: Int]] = []

  public init(_ model: Model) {
    guards = model.guards
    var firstGuard: [Int] = []
    for id in model.actions.indices { firstGuard.append(guards.firstIndex { $0.action >= id } ?? guards.count) }
    self.firstGuard = firstGuard
    for (index, property) in model.properties.enumerated() {
      byExpression.append([:])
      switch property.kind {
      case .invariant(let body), .transition(_, let body): collect(body, index, below: nil, model)
      case .temporal, .cover: break
      }
    }
  }

  private mutating func collect(_ e: Expr, _ property: Int, below outer: Int?, _ model: Model) {
    switch e.kind {
    case .and(let a, let b):
      collect(a, property, below: outer, model)
      collect(b, property, below: outer, model)
    case .implies(let premise, let rest):
      guard let site = add(e, premise.span, false, property, outer) else { return }
      collect(rest, property, below: site, model)
    case .forall(_, let filter, let body):
      var outer = outer
      if let filter {
        guard let site = add(e, filter.span, true, property, outer) else { return }
        outer = site
      }
      collect(body, property, below: outer, model)
    case .letIn(_, _, let body), .old(let body): collect(body, property, below: outer, model)
    case .ifThenElse(_, let a, let b):
      collect(a, property, below: outer, model)
      collect(b, property, below: outer, model)
    case .call(let function, _): collect(model.functions[function].body, property, below: outer, model)
    default: break
    }
  }

  /// nil if it is there already, by another call of the same function.
  private mutating func add(_ e: Expr, _ span: Span, _ isFilter: Bool, _ property: Int, _ outer: Int?) -> Int? {
    guard byExpression[property][ObjectIdentifier(e)] == nil else { return nil }
    byExpression[property][ObjectIdentifier(e)] = antecedents.count
    antecedents.append(Antecedent(property: property, isFilter: isFilter, span: span, outer: outer))
    return antecedents.count - 1
  }
}
