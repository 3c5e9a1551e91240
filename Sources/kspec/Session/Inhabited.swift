import Spec

/// A proof about a spec without states says nothing: at least one `check` line must have a scope with values for the constants and
/// an initial state, else what is proved is proved of nothing.
enum Inhabited {
  /// Why the `verify` block shows no state; nil if some `check` line does.
  static func objection(_ model: Model) -> String? {
    var sawCheck = false
    for line in model.verify ?? [] {
      guard case .check = line.goal, let index = line.scope, model.scopes.indices.contains(index) else { continue }
      sawCheck = true
      if hasState(model, model.scopes[index], line) { return nil }
    }
    return sawCheck
      ? "no `check` scope has values for the constants and an initial state" : "no `check` line shows that the spec has a state"
  }

  private static func hasState(_ model: Model, _ scope: Scope, _ line: VerifyLine) -> Bool {
    withLargeStack {
      var policies: [PolicyID: Value] = [:]
      for (policy, expr) in line.settings { policies[policy] = try? model.closedValue(expr) }
      guard let instance = try? Instance(model, scope: scope, policies: policies) else { return false }
      let evaluator = Evaluator(instance)
      let rigid = (try? evaluator.rigidValuations()) ?? []
      return rigid.contains { (try? evaluator.initialStates($0))?.isEmpty == false }
    }
  }
}
