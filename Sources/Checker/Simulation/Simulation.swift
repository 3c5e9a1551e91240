import Foundation
import SimRuntime
import Spec

/// Random walks: for scopes too large to exhaust, and for a first look at a spec.
///
/// In: an instance and a seed. Out: the first violation in the order of the walks' numbers, with a shortened trace, and how often
/// each action was enabled and taken. The same seed gives the same walks everywhere: in native code and in the evaluator, with any
/// number of threads. Finding nothing decides nothing.
public struct Simulation: Sendable {
  public let instance: Instance
  public var seed: UInt64 = 0
  /// Steps of a walk, at most: a deadlock that is allowed ends it earlier.
  public var steps = 100
  public var walks = 100
  public var threads = 1
  public var maxSeconds: Double?
  public var useNative = CheckOptions.NativeUse.never
  /// Take `Verdict.coverage`; guards and antecedents are judged in the first walks, within so many elementary evaluations.
  public var coverage = false
  public var coverageBudget = 30_000_000
  /// Elementary evaluations that shortening a trace may take: some seconds of them.
  public var shorteningBudget = 30_000_000

  public init(instance: Instance) { self.instance = instance }

  public struct Result: Sendable {
    /// `.violated`, or `.undecided` with the reason.
    public var verdict: Verdict
    /// By action: instances that were enabled in the states visited, and steps taken.
    public var enabled: [UInt64]
    public var taken: [UInt64]
    /// Walks begun and states visited, repetitions included.
    public var walks: Int
    public var visits: UInt64
  }

  /// `progress` is called a few times a second, from this thread, with the number of walks done and the engine's name.
  public func run(
    cancellation: Cancellation = Cancellation(), progress: @escaping (Int, String) -> Void = { _, _ in }
  ) throws -> Result {
    let start = ContinuousClock.now
    func isOver() -> Bool {
      cancellation.isCancelled || maxSeconds.map { (ContinuousClock.now - start) / .seconds(1) >= $0 } ?? false
    }
    var verdict = Verdict(.undecided(""), property: "simulation", scope: instance.scope?.name, engine: "none")
    verdict.sizes = instance.namedSizes
    verdict.policies = instance.namedPolicies
    var summary = WalkSummary(seed: seed, walks: 0, steps: steps)
    var tally = WalkTally(actions: instance.model.actions.count)
    do {
      if let excess = instance.excessiveWork() { throw excess }
      let rigids = try Evaluator(instance).rigidValuations()
      guard let numbering = ActionNumbering(instance) else {
        throw SpecError(.unbounded, at: .none, "there are more than 2^32 action instances")
      }
      if rigids.isEmpty {
        verdict.outcome = .undecided("vacuous: no values of the constants satisfy the axioms and this scope")
      } else if let source = try LateNative.first(instance, useNative, { _ in .labelled }, isOver) {
        let ground = WalkGround(source, numbering, rigids)
        let stroll = Stroll(self, ground, isOver, progress)
        let (found, end, covers) = stroll.run()
        tally = found
        summary.walks = found.walks
        summary.visits = found.visits
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        verdict.engine = stroll.engine
        verdict.notes = stroll.notes
        verdict.coverage = stroll.coverage(found)
        verdict.covers = covers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        verdict.rigidValuations = rigids.count
        try conclude(end, ground, cancellation, &verdict, &summary, isInterrupted: stroll.isInterrupted)
      } else {
        verdict.outcome = .undecided("stopped before native code was compiled")
      }
    } catch let error as SpecError {
      verdict.outcome = error.kind == .unbounded ? .undecided(error.detail) : .violated(.error(error))
    }
    verdict.walks = summary
    verdict.seconds = (ContinuousClock.now - start) / .seconds(1)
    return Result(verdict: verdict, enabled: tally.enabled, taken: tally.taken, walks: tally.walks, visits: tally.visits)
  }

  /// Turns the end of the walks into a verdict: the walk is walked again by the evaluator, shortened, and certified.
  private func conclude(
    _ end: WalkEnd?, _ ground: WalkGround, _ cancellation: Cancellation, _ verdict: inout Verdict, _ summary: inout WalkSummary,
    isInterrupted: Bool
  ) throws {
    guard let end else {
      let walked = "\(summary.walks) random walks met no violation"
      verdict.outcome = .undecided(
        summary.visits == 0 && !isInterrupted
          ? "vacuous: there is no initial state"
          : isInterrupted ? "stopped; \(walked) until then" : "\(walked), which proves nothing")
      return
    }
    summary.metBy = end.walk
    if case .beginning(let error) = end.what { throw error }
    let met = try Meeting(end, ground)
    summary.metAfter = met.trace.steps.count
    let short = try met.shortened(budget: shorteningBudget, cancellation)
    try short.finding.certify(short.trace)
    if case .broken(let broken) = short.finding.what { verdict.outcome = .violated(broken) }
    verdict.trace = short.trace
    verdict.explanation = short.finding.explanation(short.trace)
    let (before, after) = (met.trace.steps.count, short.trace.steps.count)
    if after == 0 {
      verdict.notes.append("the trace is a shortest one: it has no step")
    } else {
      verdict.notes.append(
        (after < before ? "shortened from \(before) to \(after) \(after == 1 ? "step" : "steps")" : "could not be shortened")
          + ", not known to be shortest")
    }
    if isInterrupted {
      verdict.notes.append("stopped while earlier walks were under way: another seed's walk might be shown next time")
    }
  }
}
