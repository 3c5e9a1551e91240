import Prover
import Report
import Spec

/// What is proved with all guards, and without one. In: a model and guards. Out: whether one is redundant, or why that is not proved.
///
/// The unsat cores of the proof with all guards say which guards are worth a proof at once (`isPromising`). If everything is proved without all of
/// those together, then it holds of the model without one of them as well, whose runs are among those, and need not be proved again.
struct GuardProofs {
  let proved: [Int]
  let unproved: [Int]
  /// What holds of the spec without all of these at once was proved: every property of `proved`.
  private(set) var superfluous: [Guard] = []
  private var unused = UnusedGuards()
  private let analysis: GuardAnalysis
  private let isInhabited: Bool
  private var model: Model { analysis.model }

  /// `isInhabited`: the spec has a state, so that proofs are not vacuous.
  init(_ analysis: GuardAnalysis, of rules: [Guard], isInhabited: Bool) throws {
    self.analysis = analysis
    self.isInhabited = isInhabited
    let model = analysis.model
    let provable = model.properties.indices.filter { model.properties[$0].isProvable }
    let verdicts = try analysis.proved(provable, model)
    proved = zip(provable, verdicts).filter(\.1).map(\.0)
    unproved = zip(provable, verdicts).filter { !$0.1 }.map(\.0)
    if !isInhabited || proved.isEmpty { return }
    unused = try analysis.claimed ?? analysis.unused(rules, proving: proved)
    let together = rules.filter(unused.together.contains)
    if together.count > 1, try analysis.proved(proved, model.without(together)).allSatisfy({ $0 }) { superfluous = together }
  }

  /// Whether a proof without it is likelier than an attack.
  func isPromising(_ rule: Guard) -> Bool { unused.alone.contains(rule) }

  func standing(without rule: Guard) throws -> GuardReport.Standing {
    func names(_ properties: [Int]) -> String { properties.map { model.properties[$0].name }.joined(separator: ", ") }
    if proved.isEmpty { return .unknown("nothing is proved, with it or without") }
    if !isInhabited { return .unknown("no state was found at \(analysis.scopes[0].name), so that a proof would be vacuous") }
    let results = try analysis.proved(
      proved + [model.properties.count], model.withoutButStating(rule), established: superfluous.contains(rule) ? proved : [])
    let lost = zip(proved, results).filter { !$0.1 }.map(\.0)
    if !lost.isEmpty { return .unknown("without it there is no proof of \(names(lost))") }
    let isImplied = results.last == true
    if !isImplied && !unproved.isEmpty {
      return .unknown("\(names(unproved)) is not proved even with it; everything else is proved without it")
    }
    guard try happens(rule) else {
      return .unknown("without it \(model.actions[rule.action].name) was not seen to happen, so that a proof may be vacuous")
    }
    return .redundant(isImplied ? .implied : .harmless)
  }

  /// Whether the guard's action happens at all without it.
  private func happens(_ rule: Guard) throws -> Bool {
    let forbidding = model.without([rule]).forbidding(rule.action)
    for index in analysis.scopes.indices {
      let found = try analysis.search(.violation(.property(model.properties.count)), in: forbidding, at: index)
      if case .violated(.property) = found.outcome { return true }
      if !found.isExhaustedForCertain { return false }
    }
    return false
  }
}

extension GuardAnalysis {
  fileprivate func proved(_ properties: [Int], _ model: Model, established: [Int] = []) throws -> [Bool] {
    if properties.isEmpty { return [] }
    return try session.proveAlone(
      properties, model, policies: scopes[0].instance.policies, established: established, proofs
    ).map(\.outcome.isProved)
  }

  fileprivate func unused(_ rules: [Guard], proving properties: [Int]) throws -> UnusedGuards {
    session.unusedGuards(rules, proving: properties, model, policies: scopes[0].instance.policies, proofs)
  }
}
