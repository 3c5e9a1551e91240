import Checker
import Spec

/// The verdict on one scoped line of a `verify` block; nil for proofs and scenarios.
func scopedVerdict(_ line: VerifyLine, _ model: Model, _ native: CheckOptions.NativeUse) throws -> Verdict? {
  guard let (instance, goal) = try scopedGoal(line, model) else { return nil }
  var options = CheckOptions()
  options.useNative = native
  return try Checker(instance: instance, options: options).run(goal)
}

/// What a scoped line asks, at which instance; nil for proofs and scenarios.
func scopedGoal(_ line: VerifyLine, _ model: Model) throws -> (Instance, CheckGoal)? {
  let goal: CheckGoal
  switch line.goal {
  case .check: goal = .all
  case .refute(let target): goal = .refute(target)
  case .cover(let index): goal = .cover(index)
  case .unreachable(let index): goal = .unreachable(index)
  case .prove, .proveNoninterference, .test: return nil
  }
  guard let scope = line.scope else { return nil }
  let policies = try line.settings.mapValues { try model.closedValue($0) }
  return (try Instance(model, scope: model.scopes[scope], policies: policies), goal)
}
