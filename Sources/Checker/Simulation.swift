import Spec

/// Random walks through the evaluator: for scopes too large to exhaust, and for a first look at a spec.
///
/// In: an instance and a seed. Out: the first violation met, with its trace (not a shortest one), and how often each action was
/// enabled and taken. The same seed gives the same walks everywhere. Finding nothing decides nothing.
public struct Simulation: Sendable {
  public let instance: Instance
  public var seed: UInt64 = 0
  /// Steps of a walk, at most: a deadlock that is allowed ends it earlier.
  public var steps = 100
  public var walks = 100

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

  /// `progress` is called after each walk, with the number of walks done.
  public func run(
    cancellation: Cancellation = Cancellation(), progress: (Int) -> Void = { _ in }
  ) throws(EngineFault) -> Result {
    var walker = Walker(instance, seed: seed)
    let start = ContinuousClock.now
    var outcome = Verdict.Outcome.undecided("")
    var walked = 0
    do throws(SpecError) {
      if let excess = instance.excessiveWork() { throw excess }
      try walker.prepare()
      while walked < walks, walker.finding == nil, !cancellation.isCancelled {
        walked += 1
        try walker.walk(steps: steps, cancellation)
        progress(walked)
      }
      outcome = .undecided(walker.excuse ?? "\(walked) random walks met no violation, which proves nothing")
    } catch {
      outcome = error.kind == .unbounded ? .undecided(error.detail) : .violated(.error(error))
    }
    var verdict = Verdict(
      outcome, property: "simulation", scope: instance.scope?.name, engine: "evaluator")
    if let (finding, trace) = walker.finding {
      try finding.certify(trace)
      if case .broken(let broken) = finding.what { verdict.outcome = .violated(broken) }
      verdict.trace = trace
      verdict.explanation = finding.explanation(trace)
      verdict.notes = ["the trace is not a shortest one"]
    }
    verdict.sizes = instance.namedSizes
    verdict.policies = instance.namedPolicies
    verdict.covers = walker.covers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    verdict.seconds = (ContinuousClock.now - start) / .seconds(1)
    return Result(
      verdict: verdict, enabled: walker.enabled, taken: walker.taken, walks: walked, visits: walker.visits)
  }
}

private struct Walker {
  let evaluator: Evaluator
  let judging: Judging
  let deadlockAllowed: Bool
  var random: SplitMix64
  var rigids: [RigidValuation] = []
  var beginnings: [Int: [State]] = [:]

  var finding: (Finding, Trace)?
  /// Fewest steps in which a walk reached each cover.
  var covers: [Int: Int] = [:]
  var enabled: [UInt64]
  var taken: [UInt64]
  var visits: UInt64 = 0
  /// Why there is nothing to walk.
  var excuse: String?

  init(_ instance: Instance, seed: UInt64) {
    evaluator = Evaluator(instance)
    judging = Judging(.all, instance.model)
    deadlockAllowed = instance.model.deadlockAllowed
    random = SplitMix64(state: seed)
    enabled = instance.model.actions.map { _ in 0 }
    taken = enabled
  }

  mutating func prepare() throws(SpecError) {
    rigids = try evaluator.rigidValuations()
    if rigids.isEmpty { excuse = "vacuous: no values of the constants satisfy the axioms and this scope" }
  }

  mutating func walk(steps: Int, _ cancellation: Cancellation) throws(SpecError) {
    guard !rigids.isEmpty else { return }
    let choice = random.below(rigids.count)
    let rigid = rigids[choice]
    let initial: [State]
    if let known = beginnings[choice] { initial = known } else { initial = try evaluator.initialStates(rigid) }
    beginnings[choice] = initial
    guard !initial.isEmpty else {
      excuse = "vacuous: there is no initial state"
      return
    }
    var state = initial[random.below(initial.count)]
    var trace = Trace(instance: evaluator.instance, rigid: rigid, initial: state, steps: [])
    while !cancellation.isCancelled {
      visits += 1
      note(state, rigid, after: trace.steps.count)
      if let found = judging.finding(at: state, evaluator, rigid) {
        finding = (found, trace)
        return
      }
      guard trace.steps.count < steps else { return }
      let edges = evaluator.successors(of: state, rigid)
      for edge in edges { enabled[edge.instance.action] += 1 }
      if edges.isEmpty {
        if !deadlockAllowed { finding = (Finding(what: .broken(.deadlock)), trace) }
        return
      }
      if let found = judging.finding(on: edges, of: state, evaluator, rigid) {
        if let step = found.step { trace.steps.append(step) }
        finding = (found, trace)
        return
      }
      let edge = edges[random.below(edges.count)]
      guard case .success(let after) = edge.result else { return }
      taken[edge.instance.action] += 1
      trace.steps.append(Trace.Step(instance: edge.instance, state: after))
      state = after
    }
  }

  private mutating func note(_ state: State, _ rigid: RigidValuation, after steps: Int) {
    for cover in judging.covers where steps < covers[cover] ?? .max {
      if (try? evaluator.holds(cover, in: state, rigid)) ?? false { covers[cover] = steps }
    }
  }
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same numbers on every machine, unlike the system's generator.
struct SplitMix64: Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `0 ..< bound`, near enough uniform for walks (the bias is bound / 2^64).
  mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(max(bound, 1))).high) }
}
