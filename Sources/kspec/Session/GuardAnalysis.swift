import Prover
import Report
import Spec

/// Which guards carry the safety. In: a model, scopes, guards. Out: what becomes of the spec without each, and without two at once.
///
/// Everything rests on the model without a guard (`Model.without`): searched like any other at the scopes, smallest first, and where
/// there is no attack proved like any other. Nothing is inferred from a search that did not end, nor from a proof that is not one.
///
/// A guard that no unsat core of the proof with all guards needs is first proved to be redundant: with such a proof there is nothing to search
/// for. Without one it is judged like the others. So a wrong core costs time, and nothing else.
struct GuardAnalysis {
  let session: Session
  let model: Model
  /// The model at each scope, with the name to report, smallest first; at least one.
  let scopes: [(instance: Instance, name: String)]
  let limits: Limits
  let proofs: ProofOptions
  /// Whether pairs are looked at.
  let findsGroups: Bool
  /// Where the cores are taken from, if not from a proof; for tests.
  var claimed: UnusedGuards?

  func report(on rules: [Guard]) throws -> GuardReport {
    var report = GuardReport(baseline: try baseline(), scopes: scopes.map(\.name))
    report.unnamed = model.guards.count { $0.name == nil }
    if report.isBroken { return report }
    let proofs = try GuardProofs(self, of: rules, isInhabited: report.baseline.states > 0)
    (report.proved, report.unproved) = (proofs.proved, proofs.unproved)
    for rule in rules {
      session.console.progress("without \(model.name(of: rule))")
      let judged = try judge(rule, proofs)
      if let broken = judged.broken {
        report.baseline = broken
        report.entries = []
        return report
      }
      report.entries.append(judged.entry)
    }
    if findsGroups {
      let isFree = proofs.unproved.isEmpty && report.baseline.isExhaustedForCertain
      try CoveringGuards(analysis: self, free: isFree ? proofs.superfluous : []).find(&report)
    }
    return report
  }

  // MARK: - The spec as it is

  /// At the smallest scope: a violation or spec error, or none.
  private func baseline() throws -> Verdict {
    let safety = try search(.safety, without: [], at: 0)
    guard safety.isExhaustedForCertain else { return safety }
    let errors = try search(.violation(.error), without: [], at: 0)
    if case .exhausted = errors.outcome { return safety }
    return errors
  }

  // MARK: - One guard

  private func judge(_ rule: Guard, _ proofs: GuardProofs) throws -> (entry: GuardReport.Entry, broken: Verdict?) {
    var entry = GuardReport.Entry(rule: rule, standing: .unknown("no scope was searched"), explored: [])
    var proof: GuardReport.Standing?
    if proofs.isPromising(rule) {
      let standing = try proofs.standing(without: rule)
      if case .redundant = standing {
        entry.standing = standing
        return (entry, nil)
      }
      proof = standing
    }
    var error: Verdict?
    for index in scopes.indices {
      let (found, isUndefined) = try attack(without: [rule], at: index)
      if case .violated = found.outcome {
        // With the guards as they are this run is none; else the spec is at fault, not the missing guard.
        if let own = asItStands(found) { return (entry, own) }
        entry.standing = .needed(found)
        return (entry, nil)
      }
      entry.explored.append(found)
      if error == nil, found.isExhaustedForCertain || isUndefined {
        let errors = try search(.violation(.error), without: [rule], at: index)
        if case .violated = errors.outcome {
          if let own = asItStands(errors) { return (entry, own) }
          error = errors
        }
      }
      if index == 0, error == nil {
        entry.standing = try proof ?? proofs.standing(without: rule)
        if case .redundant = entry.standing { return (entry, nil) }
      }
      if !found.isExhaustedForCertain { break }
    }
    if let error { entry.standing = .definedness(error) }
    return (entry, nil)
  }

  /// The same run in the spec with all its guards; nil if it is none there.
  private func asItStands(_ found: Verdict) -> Verdict? {
    guard replays(found, without: []) else { return nil }
    var own = found
    own.trace?.instance = instance(model, like: found.trace?.instance ?? scopes[0].instance)
    return own
  }

  /// Whether a run is one of the spec without these guards, too, and breaks there what it breaks.
  func replays(_ found: Verdict, without rules: [Guard]) -> Bool {
    guard var trace = found.trace, case .violated(let broken) = found.outcome else { return false }
    trace.instance = instance(model.without(rules), like: trace.instance)
    return (try? Replay.check(trace, .breaks(broken))) != nil
  }

  private func instance(_ model: Model, like other: Instance) -> Instance {
    Instance(model: model, sizes: other.sizes, policies: other.policies, scope: other.scope)
  }

  /// A shortest run to a broken property. A property that cannot be evaluated somewhere ends a search before others are broken: then
  /// each is looked at alone, and what is true of that one is not known.
  func attack(without rules: [Guard], at index: Int) throws -> (verdict: Verdict, isUndefined: Bool) {
    let all = try search(.safety, without: rules, at: index)
    guard case .violated(.error(let error)) = all.outcome else { return (all, false) }
    var shortest: Verdict?
    for property in model.properties.indices where model.properties[property].isProvable {
      let found = try search(.violation(.property(property)), without: rules, at: index)
      if case .violated(.property) = found.outcome, found.steps < shortest?.steps ?? .max { shortest = found }
    }
    if let shortest { return (shortest, false) }
    var open = all
    open.outcome = .undecided("a property cannot be evaluated everywhere: \(error.detail)")
    open.trace = nil
    return (open, true)
  }

  // MARK: - Searching

  private func search(_ goal: Goal, without rules: [Guard], at index: Int) throws -> Verdict {
    try search(goal, in: model.without(rules), at: index)
  }

  func search(_ goal: Goal, in changed: Model, at index: Int) throws -> Verdict {
    let (like, name) = scopes[index]
    return try session.explore(goal, instance(changed, like: like), scope: name, limits)
  }
}

extension Verdict {
  /// Every state was seen, and there were some.
  var isExhaustedForCertain: Bool { if case .exhausted = outcome { store?.omission == nil && states > 0 } else { false } }

  /// Of its trace; of a violation without one (in `init` itself) none.
  var steps: Int { trace?.steps.count ?? 0 }
}
