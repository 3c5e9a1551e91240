/// Which guards a proof does not use. In: a model, properties that are proved together, guards. Out: those that the unsat cores do without.
///
/// Each guard is assumed under a marker of its own, in its action's step and in whatever is evaluated only where it holds. So the core of an
/// obligation says which guards its proof used. A core is not least; a guard that is in one is put to the question whether the proof can do without.
///
/// An obligation speaks of one action, so that guards of different actions have nothing to do with each other here.
///
/// Nothing rests on this: it says what is worth proving without the guard, and what is not.
import Spec

public struct UnusedGuards: Sendable {
  /// Everything is proved without one of them, as long as all others stay.
  public var alone: Set<Guard> = []
  /// Of these, some without which everything is proved all the same when they are all gone.
  public var together: Set<Guard> = []

  public init(alone: Set<Guard> = [], together: Set<Guard> = []) { (self.alone, self.together) = (alone, together) }
}

extension Prover {
  /// `properties`: invariants that carry themselves, and transition properties that hold under these. What has no encoding uses all guards.
  public func unusedGuards(
    _ rules: [Guard], proving properties: [Int], _ options: ProveOptions = ProveOptions()
  ) -> UnusedGuards {
    withLargeStack {
      guard
        let run = try? InductionRun(
          model, policies: policies, asked: properties, only: properties, tracking: rules, isFrugal: false, options)
      else { return UnusedGuards() }
      run.state()
      guard run.failures.isEmpty, run.commonFailures.isEmpty else { return UnusedGuards() }
      var result = UnusedGuards()
      for (action, rules) in Dictionary(grouping: rules, by: \.action).sorted(by: { $0.key < $1.key }) {
        if run.engine.isStopped { break }
        var cores = ActionCores(run, action, rules)
        let found = cores.unused()
        result.alone.formUnion(found.alone)
        result.together.formUnion(found.together)
      }
      return result
    }
  }
}

/// The obligations of one action, each with the cores of its proofs so far.
private struct ActionCores {
  private struct Duty {
    let goal: Goal
    let solvers: [Z3Solver]
    var cores: [Set<Guard>] = []
  }
  private let run: InductionRun
  private let rules: [Guard]
  private var duties: [Duty] = []

  /// Parts of the limit: of a proof with all guards, and of one with fewer, which most often there is none of.
  private static let (firstShare, share): (UInt32, UInt32) = (40, 100)

  init(_ run: InductionRun, _ action: ActionID, _ rules: [Guard]) {
    self.run = run
    self.rules = rules
    let kinds: Set<Obligation.Kind> = [.preservation, .transition, .definedness]
    for group in run.groups {
      let goals = group.goals.filter { $0.action == action && kinds.contains($0.kind) && $0.term != run.theory.store.yes }
      if goals.isEmpty { continue }
      let solvers = run.decision.sharedSolvers(group)
      duties += goals.map { Duty(goal: $0, solvers: solvers) }
    }
  }

  mutating func unused() -> UnusedGuards {
    var result = UnusedGuards()
    if run.engine.isStopped || !holds(under: Set(rules), Self.firstShare) { return result }
    for rule in rules {
      let rest = Set(rules).subtracting(result.together)
      if holds(under: rest.subtracting([rule]), Self.share) {
        result.together.insert(rule)
        result.alone.insert(rule)
      } else if !result.together.isEmpty, holds(under: Set(rules).subtracting([rule]), Self.share) {
        result.alone.insert(rule)
      }
    }
    return result
  }

  /// Whether every obligation is proved under some of the guards. What is known to fail under more of them is asked first.
  private mutating func holds(under kept: Set<Guard>, _ share: UInt32) -> Bool {
    for place in duties.indices where !duties[place].cores.contains(where: { $0.isSubset(of: kept) }) {
      let literals = rules.filter(kept.contains).compactMap { run.theory.markers[$0] }
      let (look, core) = run.decision.look(at: duties[place].goal, duties[place].solvers, assuming: literals, share: share)
      guard look == .proved else {
        duties.swapAt(place, 0)
        return false
      }
      duties[place].cores.append(Set(rules.filter { run.theory.markers[$0].map(core.contains) ?? true }))
    }
    return true
  }
}
