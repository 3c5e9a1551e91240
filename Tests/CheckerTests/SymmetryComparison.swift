import SimRuntime
import Spec
import TestSupport

@testable import Checker

/// The same question asked with and without symmetry: what must be equal and is not.
struct SymmetryComparison {
  let instance: Instance
  let goal: CheckGoal
  let plain: Verdict

  /// nil if the search without symmetry is not over within `limit` states.
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

  /// `samePath`: the trace is the very same, which holds as long as all images of a state are computed. `sameCounts`: representatives are exact.
  func differences(_ options: CheckOptions, samePath: Bool = true, sameCounts: Bool = true) -> [String] {
    let reduced: Verdict
    do { reduced = try Checker(instance: instance, options: options).run(goal) } catch { return ["\(error)"] }
    var differences: [String] = []
    func compare<T: Equatable>(_ what: String, _ plain: T, _ reduced: T) {
      if plain != reduced { differences.append("\(what): \(plain) without symmetry, \(reduced) with") }
    }
    if samePath || plain.trace == nil {
      compare("outcome", "\(plain.outcome)", "\(reduced.outcome)")
      compare("trace", steps(plain), steps(reduced))
    }
    compare("outcome", outcomeWord(plain), outcomeWord(reduced))
    compare("steps", plain.trace?.steps.count, reduced.trace?.steps.count)
    // After a violation later valuations are explored only as deep as it: then counts depend on the order of valuations.
    if !sameCounts {
      if reduced.states > plain.states { differences.append("\(reduced.states) of \(plain.states) states") }
    } else if plain.trace == nil || plain.rigidValuations == 1 {
      compare("states", plain.states, reduced.states)
      compare("transitions", plain.transitions, reduced.transitions)
      compare("depth", plain.depth, reduced.depth)
      compare("valuations", plain.rigidValuations, reduced.rigidValuations)
      compare("covers", "\(plain.covers)", "\(reduced.covers)")
    }
    if let symmetry = reduced.symmetry, symmetry.orbits > reduced.states || (reduced.states > 0 && symmetry.orbits == 0) {
      differences.append("\(symmetry.orbits) orbits of \(reduced.states) states")
    }
    return differences
  }

  private func steps(_ verdict: Verdict) -> String {
    verdict.trace.map { "\($0.rigid) \($0.initial) \($0.steps)" } ?? "none"
  }

  private func outcomeWord(_ verdict: Verdict) -> String { String("\(verdict.outcome)".prefix { $0 != "(" }) }
}

extension CheckOptions {
  /// With symmetry, representatives in a form.
  static func reducing(
    form: Canonicalizer.Form?, exact: Bool = true, threads: Int = 1, native: NativeUse = .never, fault: SymmetryFault = []
  )
    -> CheckOptions
  {
    .with(threads: threads, native: native) {
      $0.tuning.canonicalForm = form
      $0.inexactSymmetry = !exact
      $0.symmetryFault = fault
    }
  }
}
