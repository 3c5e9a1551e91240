import Checker
import Report
import SimRuntime
import Spec

/// Searches: a goal at an instance in, a verdict whose trace the evaluator has followed out.
extension Session {
  func explore(_ goal: Goal, _ instance: Instance, scope: String, _ limits: Limits) throws -> Verdict {
    var options = CheckOptions()
    options.threads = limits.threads
    options.maxStates = limits.states
    options.maxSeconds = limits.seconds
    options.symmetry = limits.symmetry
    options.statistics = limits.statistics
    if let memory = limits.memory { options.maxBytes = Int(clamping: memory) }
    options.useNative =
      switch limits.engine {
      case .auto: .auto
      case .native: .always
      case .evaluator: .never
      }
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
    }
    console.endProgress()
    verdict.scope = scope
    let cover: Int? = if case .cover(let index) = goal { index } else { nil }
    return try Trusted.verdict(verdict, cover: cover)
  }

  func simulate(_ instance: Instance, scope: String, seed: UInt64, walks: Int, steps: Int) throws -> Verdict {
    var simulation = Simulation(instance: instance)
    simulation.seed = seed
    simulation.walks = walks
    simulation.steps = steps
    let console = console
    let result = try simulation.run(cancellation: interruption.cancellation) { done in
      if done % 16 == 0 { console.progress("\(done) of \(walks) walks") }
    }
    console.endProgress()
    var verdict = try Trusted.verdict(result.verdict)
    verdict.scope = scope
    // An action that no walk could take is what a reader wants to know first.
    let never = zip(instance.model.actions, result.enabled).filter { $0.1 == 0 }.map(\.0.name)
    if !never.isEmpty { verdict.notes.append("never enabled on these walks: \(never.joined(separator: ", "))") }
    return verdict
  }
}

extension Goal {
  fileprivate var checkGoal: CheckGoal {
    switch self {
    case .everything: .all
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
