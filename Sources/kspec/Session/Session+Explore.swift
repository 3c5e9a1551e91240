import Checker
import Report
import SimRuntime
import Spec

/// Searches: a goal at an instance in, a verdict whose trace the evaluator has followed out.
extension Session {
  func explore(
    _ goal: Goal, _ instance: Instance, scope: String, _ limits: Limits, checkpoint: Checkpointing? = nil
  ) throws -> Verdict {
    var options = CheckOptions()
    options.threads = limits.threads
    options.maxStates = limits.states
    options.maxSeconds = limits.seconds
    options.symmetry = limits.symmetry
    options.inexactSymmetry = limits.inexactSymmetry
    options.sleepSets = limits.sleepSets
    options.statistics = limits.statistics
    options.coverage = limits.coverage
    options.partialOrder = limits.partialOrder
    options.store =
      switch limits.store {
      case .auto: .auto
      case .fast: .fast
      case .compact: .compact
      }
    options.hashCompact = limits.hashCompact
    options.disk = limits.disk
    options.checkpoint = checkpoint
    if let memory = limits.memory { options.maxBytes = Int(clamping: memory) }
    options.useNative = limits.engine.use
    let console = console
    let subject = "\(goal.name(in: instance.model)) at \(scope)"
    var verdict: Verdict
    do {
      verdict = try Checker(instance: instance, options: options)
        .run(goal.checkGoal, cancellation: interruption.cancellation) { console.progress("\(subject): \($0.line)") }
    } catch let missing as NativeUnavailable {
      // `--engine native` asks for what this machine does not have.
      verdict = Verdict(
        .undecided("no native code: \(missing.reason)"), property: goal.name(in: instance.model), scope: scope, engine: "none")
      verdict.sizes = instance.sizesByName
      verdict.policies = instance.policiesByName
    } catch let unusable as CheckpointUnusable {
      console.endProgress()
      throw CommandError(unusable.message, help: unusable.help)
    }
    console.endProgress()
    verdict.scope = scope
    let cover: Int? = if case .cover(let index) = goal { index } else { nil }
    return try Trusted.verdict(verdict, cover: cover)
  }

  func simulate(_ simulation: Simulation, scope: String) throws -> Verdict {
    let instance = simulation.instance
    let console = console
    let walks = Quantities.count(simulation.walks)
    var verdict: Verdict
    do {
      let result = try simulation.run(cancellation: interruption.cancellation) { done, engine in
        console.progress("\(Quantities.count(done)) of \(walks) walks, \(engine)")
      }
      verdict = result.verdict
      // An action that no walk could take is what a reader wants to know first.
      guard verdict.coverage == nil else { return try trusted(verdict, scope) }
      let never = zip(instance.model.actions, result.enabled).filter { $0.1 == 0 }.map(\.0.name)
      if !never.isEmpty { verdict.notes.append("never enabled on these walks: \(never.joined(separator: ", "))") }
    } catch let missing as NativeUnavailable {
      verdict = Verdict(.undecided("no native code: \(missing.reason)"), property: "simulation", scope: scope, engine: "none")
    }
    return try trusted(verdict, scope)
  }
}

extension Session {
  private func trusted(_ verdict: Verdict, _ scope: String) throws -> Verdict {
    console.endProgress()
    var verdict = try Trusted.verdict(verdict)
    verdict.scope = scope
    return verdict
  }
}

extension LimitOptions.Engine {
  var use: CheckOptions.NativeUse {
    switch self {
    case .auto: .auto
    case .native: .always
    case .evaluator: .never
    }
  }
}

extension Goal {
  fileprivate var checkGoal: CheckGoal {
    switch self {
    case .everything: .all
    case .safety: .safety
    case .violation(let target): .refute(target)
    case .cover(let index): .cover(index)
    }
  }
}

extension CheckProgress {
  /// `1,204,331 states, depth 7 (40,112 in this layer), 2.1 million/s, 31.0 MiB, native`
  fileprivate var line: String {
    var parts = ["\(Quantities.count(states)) states", "depth \(depth) (\(Quantities.count(frontier)) in this layer)"]
    if seconds > 0.2 { parts.append("\(Quantities.count(UInt64(Double(states) / seconds)))/s") }
    parts.append(Quantities.bytes(UInt64(clamping: bytes)))
    if let estimate { parts.append("\(StatisticsText.words(estimate)) to come") }
    if valuations > 1 { parts.append("constants \(valuation + 1) of \(valuations)") }
    parts.append(engine)
    return parts.joined(separator: ", ")
  }
}
