/// Scenarios: straight runs of named action instances.

extension SpecChecker {
  func checkScenarios() {
    for work in work.scenarios {
      let checked = inFrame(Frame()) { () -> ([Local], [Scenario.Step]) in
        let types = work.parameters.map { keyBinderType($0, role: "a parameter of a scenario") }
        let locals = zip(work.parameters, types).map { bind($0.name, $1) }
        return (locals, typeSteps(work.steps))
      }
      model.scenarios.append(
        Scenario(
          name: work.name.text, parameters: checked.result.0, steps: checked.result.1, frameSize: checked.frameSize,
          documentation: work.documentation, span: work.name.span))
    }
  }

  private func typeSteps(_ steps: [ScenarioStepTree]) -> [Scenario.Step] {
    steps.compactMap { step in
      switch step.kind {
      case .error: return nil
      case .perform(let name, let arguments, let choosing): return typeStep(name, arguments, choosing, refuse: false, step.span)
      case .refuse(let name, let arguments, let choosing): return typeStep(name, arguments, choosing, refuse: true, step.span)
      case .assert(let condition): return .assert(checkBool(condition), step.span)
      case .repeatBlock(let count, let body):
        var times: Int?
        if let count {
          if let number = literal(count), number >= 1, number <= Int64(Int32.max) {
            times = Int(number)
          } else {
            report(RuleFact.repeatCount, at: count.span)
          }
        }
        return .repeatBlock(count: times, typeSteps(body), step.span)
      }
    }
  }

  private func typeStep(_ name: Name, _ arguments: [ExprTree], _ choosing: [ChoosingTree], refuse: Bool, _ span: Span) -> Scenario
    .Step?
  {
    guard let id = actionID(name) else {
      for argument in arguments { _ = infer(argument, hint: .error) }
      return nil
    }
    let action = model.actions[id]
    guard arguments.count == action.parameters.count else {
      report(
        TypeFact.argumentCount(what: "`\(name.text)`", expected: action.parameters.count, found: arguments.count), at: span,
        related(action.span, "declared here"))
      for argument in arguments { _ = infer(argument, hint: .error) }
      return nil
    }
    let values = zip(arguments, action.parameters).map { argument, parameter in
      check(argument, parameter.type, related(action.span, "the parameter `\(parameter.name)` is \(describe(parameter.type))"))
    }
    let choices = action.choices.map { (name: model.variables[$0.variable].name, type: $0.local.type) }
    guard let chosen = typeChoosing(choosing, choices, at: name.span) else { return nil }
    return .perform(id, values + chosen, refuse: refuse, span)
  }

  /// One value for each choice, in the order of the choices; of two choices for one variable the first is given first.
  func typeChoosing(_ choosing: [ChoosingTree], _ choices: [(name: String, type: Type)], at span: Span) -> [Expr]? {
    var values: [Expr?] = Array(repeating: nil, count: choices.count)
    for given in choosing {
      guard let index = choices.indices.first(where: { values[$0] == nil && choices[$0].name == given.variable.text }) else {
        let again = choices.contains { $0.name == given.variable.text }
        let near = nearest(given.variable.text, among: choices.map(\.name)).map { "; did you mean `\($0)`?" } ?? ""
        report(
          RuleFact.choosing(
            problem: again
              ? "`\(given.variable.text)` is chosen twice" : "the action makes no choice of `\(given.variable.text)`\(near)"),
          at: given.variable.span)
        _ = infer(given.value, hint: .error)
        continue
      }
      values[index] = check(given.value, choices[index].type)
    }
    let missing = zip(choices, values).filter { $0.1 == nil }.map { "`\($0.0.name)`" }
    if !missing.isEmpty {
      report(RuleFact.choosing(problem: "this step does not say what it chooses for \(listed(missing))"), at: span)
    }
    return missing.isEmpty ? values.compactMap { $0 } : nil
  }
}
