import Report
import Spec

/// Every setting of the policies against every property. In: a model at a scope, and which policies are fixed. Out: the lattice, and
/// the verdict of each cell.
struct PolicyAnalysis {
  let session: Session
  let model: Model
  /// The model at the scope; its policies are the fixed ones, and the rest is replaced.
  let instance: Instance
  let scope: String
  let fixed: Set<PolicyID>
  let goals: [Goal]
  let limits: Limits
  let proofs: ProofOptions

  static let most = 4096

  /// What `policies` judges: all but covers, which are not safety.
  static func goals(_ model: Model) -> [Goal] {
    let properties: [Goal] = model.properties.indices.compactMap {
      if case .cover = model.properties[$0].kind { nil } else { .violation(.property($0)) }
    }
    return properties + [.violation(.error)] + (model.deadlockAllowed ? [] : [.violation(.deadlock)])
  }

  func lattice() throws -> (lattice: PolicyLattice, verdicts: [[Verdict]]) {
    let free = model.policies.indices.filter { !fixed.contains($0) }
    if free.isEmpty { throw CommandError("no policy is left to vary", help: "leave out --policy, or use `kspec check`") }
    let counts = free.map { instance.cardinality(model.policies[$0].type) }
    let total = instance.cardinality(of: free.map { model.policies[$0].type })
    if total > Self.most {
      let each = zip(free, counts).map { "\(model.policies[$0].name) \($1 == .max ? "too many" : String($1))" }
      throw CommandError(
        "\(total == .max ? "too many" : Quantities.count(total)) settings of the policies; at most \(Quantities.count(Self.most)) are looked at",
        help: "fix some with --policy; values of each: \(each.joined(separator: ", "))")
    }
    let values = zip(free, counts).map { policy, count in
      (0..<count).map { instance.value($0, model.policies[policy].type) }
    }
    var verdicts: [[Verdict]] = []
    let lattice = try PolicyLattice(free, values, properties: goals.map { $0.name(in: model) }) { choice in
      var policies = instance.policies
      for (place, policy) in free.enumerated() { policies[policy] = values[place][choice[place]] }
      let found = try judge(policies)
      verdicts.append(found)
      return found.map(PolicyLattice.Cell.init)
    }
    return (lattice, verdicts)
  }

  /// One setting: a verdict for each goal, searched at the scope, and proved where nothing was found.
  private func judge(_ policies: [Value]) throws -> [Verdict] {
    let at = Instance(model: model, sizes: instance.sizes, policies: policies, scope: instance.scope)
    var verdicts = try searched(at)
    // A proof about a spec without states would say nothing.
    let open = goals.indices.filter { !verdicts[$0].outcome.isViolated && verdicts[$0].states > 0 }
    let provable = open.compactMap { place -> (place: Int, property: Int)? in
      guard case .violation(.property(let property)) = goals[place], model.properties[property].isProvable else { return nil }
      return (place, property)
    }
    if provable.isEmpty { return verdicts }
    let proved = try session.proveAlone(provable.map(\.property), model, policies: policies, proofs)
    for ((place, _), verdict) in zip(provable, proved) {
      if case .proved = verdict.outcome { verdicts[place] = verdict }
    }
    return verdicts
  }

  /// All at once if nothing is wrong, and what is found on the way; the rest one after the other.
  private func searched(_ at: Instance) throws -> [Verdict] {
    let all = goals.count > 1 ? try session.explore(.everything, at, scope: scope, limits) : nil
    return try goals.map { goal in
      if let all, let known = self.known(of: goal, in: all) { return known }
      return try session.explore(goal, at, scope: scope, limits)
    }
  }

  /// What a search for everything says of one goal; nil if nothing.
  private func known(of goal: Goal, in all: Verdict) -> Verdict? {
    guard case .violation(let target) = goal else { return nil }
    var known = all
    known.property = goal.name(in: model)
    switch (all.outcome, target) {
    case (.exhausted, _) where all.isExhaustedForCertain: return known
    // A cover that is missing says so only once everything else is known, but for what is temporal.
    case (.violated(.coverUnreached), _) where all.states > 0 && all.store?.omission == nil && !isTemporal:
      known.outcome = .exhausted
      known.trace = nil
      return known
    case (.violated(.property(let found)), .property(let property)) where found == property: return known
    case (.violated(.deadlock), .deadlock), (.violated(.error), .error): return known
    default: return nil
    }
  }

  private var isTemporal: Bool { model.properties.contains { if case .temporal = $0.kind { true } else { false } } }
}

extension PolicyLattice.Cell {
  init(_ verdict: Verdict) {
    switch verdict.outcome {
    case .proved: self = .proved
    case .exhausted where verdict.isExhaustedForCertain: self = .exhausted
    case .exhausted: self = .undecided("exhausted with a probability of omission, or without a state")
    case .violated: self = .refuted(steps: verdict.steps)
    case .undecided(let why): self = .undecided(why)
    case .bounded, .reached: self = .undecided("not explored")
    }
  }
}

extension Verdict.Outcome {
  var isViolated: Bool { if case .violated = self { true } else { false } }
  var isProved: Bool { if case .proved = self { true } else { false } }
}
