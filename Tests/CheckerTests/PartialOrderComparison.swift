import Spec

@testable import Checker

/// The same question asked with and without partial order reduction: what must be equal and is not.
struct PartialOrderComparison {
  let instance: Instance
  let goal: CheckGoal
  /// Neither reduction.
  let plain: Verdict

  /// nil if the search without reductions is not over within `limit` states.
  init?(_ instance: Instance, _ goal: CheckGoal, limit: UInt64? = nil, native: CheckOptions.NativeUse = .never) throws {
    self.instance = instance
    self.goal = goal
    let options = CheckOptions.with(native: native) {
      $0.symmetry = false
      $0.maxStates = limit
    }
    plain = try Checker(instance: instance, options: options).run(goal)
    // A limit may also end it in the middle of a layer in which there is something.
    if let limit, plain.states >= limit { return nil }
  }

  struct Result {
    var differences: [String] = []
    var verdict: Verdict?
  }

  func compare(_ options: CheckOptions) -> Result {
    let reduced: Verdict
    do { reduced = try Checker(instance: instance, options: options).run(goal) } catch {
      return Result(differences: ["\(error)"])
    }
    var differences: [String] = []
    func compare<T: Equatable>(_ what: String, _ plain: T, _ reduced: T) {
      if plain != reduced { differences.append("\(what): \(plain) without reduction, \(reduced) with") }
    }
    compare("outcome", "\(plain.outcome)", "\(reduced.outcome)")
    compare("trace", steps(plain), steps(reduced))
    compare(
      "covers", plain.covers.map(\.property), plain.trace == nil ? reduced.covers.map(\.property) : plain.covers.map(\.property))
    if let order = reduced.partialOrder, order.obstacle == nil {
      if order.isReduced && reduced.states > plain.states {
        differences.append("\(reduced.states) states with reduction, \(plain.states) without")
      }
      // A search again finds what the first one found, no later.
      compare("shortest", true, order.isShortest)
      // An atom without a value is found on the graph of a temporal property, which is not reduced.
      let hasGraph = instance.model.properties.contains { if case .temporal = $0.kind { true } else { false } }
      if !hasGraph { compare("searched again", plain.trace.map { !$0.steps.isEmpty } ?? false, order.isSearchedAgain) }
    }
    return Result(differences: differences, verdict: reduced)
  }

  func differences(_ options: CheckOptions) -> [String] { compare(options).differences }

  private func steps(_ verdict: Verdict) -> String {
    verdict.trace.map { "\($0.rigid) \($0.initial) \($0.steps)" } ?? "none"
  }
}

extension CheckOptions {
  /// With partial order reduction. With symmetry as well, all images of a state are computed, so that traces are the very same.
  static func ordering(
    threads: Int = 1, native: NativeUse = .never, symmetry: Bool = false, fault: PartialOrderFault = []
  ) -> CheckOptions {
    .with(threads: threads, native: native) {
      $0.symmetry = symmetry
      $0.partialOrder = true
      $0.partialOrderFault = fault
    }
  }
}
