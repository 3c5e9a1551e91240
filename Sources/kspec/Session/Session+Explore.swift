import Checker
import Report
import Spec

/// Searches: a goal at an instance in, a verdict whose trace the evaluator has followed out.
extension Session {
  func explore(_ goal: Goal, _ instance: Instance, scope: String, _ limits: Limits) throws -> Verdict {
    var options = CheckOptions()
    options.threads = limits.threads
    options.maxStates = limits.states
    options.maxSeconds = limits.seconds
    if let memory = limits.memory { options.maxBytes = Int(clamping: memory) }
    options.useNative =
      switch limits.engine {
      case .auto: .auto
      case .native: .always
      case .evaluator: .never
      }
    let console = console
    let subject = "\(goal.name(in: instance.model)) at \(scope)"
    var verdict = try Checker(instance: instance, options: options)
      .run(goal.checkGoal, cancellation: interruption.cancellation) { console.progress("\(subject): \($0.line)") }
    console.endProgress()
    verdict.scope = scope
    let cover: Int? = if case .cover(let index) = goal { index } else { nil }
    return try Trusted.verdict(verdict, cover: cover)
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
    if valuations > 1 { parts.append("constants \(valuation + 1) of \(valuations)") }
    parts.append(engine)
    return parts.joined(separator: ", ")
  }
}
