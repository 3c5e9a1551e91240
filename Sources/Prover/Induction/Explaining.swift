/// `kspec prove --explain`. In: goals with their assumptions. Out: for each, whether it is in the decidable fragment, and if not, the
/// cycle of sorts with the places in the text that close it.
import Spec

extension Prover {
  /// For every obligation of the properties under all invariants, in the order in which they are stated; nothing is solved.
  public func explain(_ properties: [Int]) throws -> [Decidability] {
    let (model, policies) = (model, policies)
    return try withLargeStack {
      Result {
        let run = try InductionRun(model, policies: policies, asked: properties, isFrugal: false, ProveOptions())
        run.state()
        return run.decidability
      }
    }.get()
  }
}

extension InductionRun {
  var decidability: [Decidability] {
    groups.flatMap { group in group.goals.map { decidability(of: $0, group) } }
  }

  private func decidability(of goal: Goal, _ group: GoalGroup) -> Decidability {
    let assertions = group.assertions(of: goal, theory.vocabulary)
    let fragment = Fragment(assertions.map(\.term), theory.vocabulary)
    let cycle = fragment.cycle()?.map { link($0, fragment, assertions) } ?? []
    let numbers = fragment.numbers.map { found in
      Decidability.Link(
        from: "numbers", to: "numbers", function: nil, declaration: .none, assertion: assertions[found.assertion].name,
        quantifier: place(of: found.variable, assertions[found.assertion]))
    }
    var obstacles: [Decidability.Obstacle] = []
    if !cycle.isEmpty { obstacles.append(.cycle) }
    if numbers != nil { obstacles.append(.numbers) }
    if fragment.hasProducts { obstacles.append(.products) }
    return Decidability(
      obligation: goal.name, kind: goal.kind.rawValue, obstacles: obstacles, cycle: cycle, numbers: numbers)
  }

  private func link(_ edge: Fragment.Edge, _ fragment: Fragment, _ assertions: [Assertion]) -> Decidability.Link {
    var link = Decidability.Link(
      from: fragment.name(edge.source), to: fragment.name(edge.target), function: nil, declaration: .none, assertion: nil,
      quantifier: .none)
    switch edge.origin {
    case .function(let symbol):
      let name = theory.store.functions[symbol.id].name
      link.function = name
      link.declaration = declaration(of: name)
    case .existential(let variable, let assertion):
      link.assertion = assertions[assertion].name
      link.quantifier = place(of: variable, assertions[assertion])
    }
    return link
  }

  /// The quantifier that binds a variable, else the assertion, else what the assertion is about.
  private func place(of variable: Term, _ assertion: Assertion) -> Span {
    let known = theory.vocabulary.places[variable] ?? assertion.span
    return known == .none ? declaration(of: assertion.name) : known
  }

  /// Symbols and facts are named after what they belong to: `tree.parent`, `right.range~2`.
  private func declaration(of name: String) -> Span {
    let owner = name.prefix { $0 != "." && $0 != "~" }
    if let variable = model.variables.first(where: { $0.name == owner }) { return variable.span }
    if let constant = model.constants.first(where: { $0.name == owner }) { return constant.span }
    if let action = model.actions.first(where: { $0.name == owner }) { return action.span }
    if let sort = model.sorts.first(where: { $0.name == owner }) { return sort.span }
    return .none
  }
}
