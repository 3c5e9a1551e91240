import SimRuntime
import Spec

/// Exhaustive exploration of an instance.
///
///     let verdict = try Checker(instance: instance).run(.all)
///
/// In: a model at a size and a goal. Out: a verdict with exact counts and, where there is something to show, a shortest trace
/// that the evaluator has replayed. Throws `EngineFault`, which is never the spec's fault, `NativeUnavailable` if native code
/// was demanded, and `CheckpointUnusable` if there is nothing to go on with or no place for a checkpoint.
public struct Checker {
  public let instance: Instance
  public var options: CheckOptions

  public init(instance: Instance, options: CheckOptions = CheckOptions()) {
    self.instance = instance
    self.options = options
  }

  /// `progress` is called a few times a second, from this thread.
  public func run(
    _ goal: CheckGoal, cancellation: Cancellation = Cancellation(), progress: @escaping (CheckProgress) -> Void = { _ in }
  ) throws -> Verdict {
    let watch = Watch(options, cancellation, progress)
    var outcome: Verdict.Outcome
    var run = Run(instance, goal, options, watch)
    do {
      outcome = try run.explore()
    } catch let error as SpecError {
      // Enumerating the constants or laying out a state: nothing was explored.
      outcome = error.kind == .unbounded ? .undecided(error.detail) : .violated(.error(error))
    }
    if let missing = goal.missingEngine(instance.model), !outcome.isViolation { outcome = .undecided(missing) }
    if let refusal = options.refusal(goal, instance.model) { outcome = .undecided(refusal) }

    var verdict = Verdict(
      outcome, property: goal.name(in: instance.model), scope: instance.scope?.name, engine: run.engines.last ?? "none")
    verdict.sizes = instance.namedSizes
    verdict.policies = instance.namedPolicies
    verdict.states = run.totals.states
    verdict.transitions = run.totals.transitions
    verdict.depth = run.depth
    verdict.symmetry = run.symmetry
    verdict.partialOrder = run.partialOrder
    verdict.store = run.store
    if let omission = run.store?.omissionText, case .violated(.coverUnreached(let cover)) = outcome {
      let name = instance.model.properties[cover].name
      verdict.outcome = .undecided("cover \(name) was not reached, with an omission probability of at most \(omission)")
    }
    verdict.rigidValuations = run.valuations
    verdict.seconds = watch.seconds
    verdict.peakBytes = UInt64(run.peakBytes)
    verdict.trace = run.trace
    verdict.explanation = run.explanation
    verdict.covers = run.reached.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    verdict.notes = run.notes
    verdict.statistics = run.statistics
    verdict.coverage = run.coverage
    return verdict
  }
}

extension CheckGoal {
  func name(in model: Model) -> String {
    switch self {
    case .all: "check"
    case .safety: "safety"
    case .refute(.property(let index)), .cover(let index), .unreachable(let index): model.properties[index].name
    case .refute(.deadlock): "deadlock"
    case .refute(.error): "error"
    case .refute(.noninterference): model.noninterference?.name ?? "noninterference"
    }
  }

  /// The temporal properties that it asks for, or whose atoms it asks for; they are judged after everything else.
  func temporalProperties(_ model: Model) -> [Int] {
    func isTemporal(_ index: Int) -> Bool { if case .temporal = model.properties[index].kind { true } else { false } }
    switch self {
    case .all, .refute(.error): return model.properties.indices.filter(isTemporal)
    case .refute(.property(let index)): return isTemporal(index) ? [index] : []
    case .safety, .refute, .cover, .unreachable: return []
    }
  }

  /// Nothing but one temporal property.
  func isTemporalAlone(_ model: Model) -> Bool {
    if case .refute(.property) = self { return !temporalProperties(model).isEmpty }
    return false
  }

  /// What the goal asks that no engine can answer yet: then the rest is explored, and the verdict is never green.
  func missingEngine(_ model: Model) -> String? {
    var missing: [String] = []
    switch self {
    case .all:
      if model.noninterference != nil { missing.append("noninterference") }
      if !model.refinements.isEmpty { missing.append("refinement") }
    case .refute(.noninterference): missing.append("noninterference")
    case .safety, .refute, .cover, .unreachable: break
    }
    if missing.isEmpty { return nil }
    let engine = "the engine for \(missing.joined(separator: " and ")) is not built yet"
    return self == .all ? engine + "; everything else was explored" : engine
  }
}

extension CheckOptions {
  /// Why the goal is not looked into with these options.
  func refusal(_ goal: CheckGoal, _ model: Model) -> String? {
    hashCompact != nil && !goal.temporalProperties(model).isEmpty
      ? "hash compaction is refused where temporal properties are judged: a cycle may hang on a state that was omitted" : nil
  }
}

extension Verdict.Outcome {
  var isViolation: Bool { if case .violated = self { true } else { false } }
}
