/// Goals, named and placed. In: conjuncts and error sites of a theory. Out: what has to be proved of them.
import Spec

/// The goals of one action: each keeps the term it had when the action was encoded.
struct StepGoals {
  var id: ActionID
  var theory: ActionTheory
  /// By property.
  var preservation: [Int: [Goal]] = [:]
  /// That judging an invariant after the step is no error: a lemma about all states in an induction, a goal of its own on a run.
  var judgement: [Int: [Goal]] = [:]
  var transitions: [Int: [Goal]] = [:]
  var transitionDefinedness: [Int: [Goal]] = [:]
  var definedness: [Goal] = []

  /// What is to be shown of some transition properties, in their order.
  func transitionGoals(_ properties: [Int]) -> [Goal] {
    properties.flatMap { (transitionDefinedness[$0] ?? []) + (transitions[$0] ?? []) }
  }
}

struct GoalBuilder {
  let theory: Theory
  private var model: Model { theory.model }

  init(_ theory: Theory) { self.theory = theory }

  /// One goal a conjunct: `Narrowed/map`, `Backed/init/2`.
  func goals(of conjuncts: [Conjunct], _ kind: Obligation.Kind, _ property: Int, action: ActionID?) -> [Goal] {
    let place = "\(model.properties[property].name)/\(action.map { model.actions[$0].name } ?? "init")"
    return conjuncts.enumerated().map { i, conjunct in
      Goal(
        name: place + (conjuncts.count > 1 ? "/\(i + 1)" : ""), kind: kind, property: property, action: action, error: nil,
        span: conjunct.span, term: conjunct.term)
    }
  }

  /// One goal a site; sites that say the same are one.
  func goals(of sites: [ErrorSite], name: String, property: Int?, action: ActionID?) -> [Goal] {
    var seen: Set<Term> = []
    return sites.filter { $0.isFine != theory.store.yes && seen.insert($0.isFine).inserted }.enumerated().map { i, site in
      Goal(
        name: "\(name)/\(site.kind.rawValue)/\(i + 1)", kind: .definedness, property: property, action: action,
        error: site.kind, span: site.span, term: site.isFine)
    }
  }

  /// Everything about one action. A property that has no encoding after it is handed to `failed`.
  func goals(
    ofStep id: ActionID, from start: SymbolicState? = nil, keeping invariants: [Int], satisfying transitions: Set<Int>,
    failed: (Int, any Error) -> Void
  ) throws -> StepGoals {
    let step = try theory.action(id, from: start)
    let action = model.actions[id].name
    var result = StepGoals(id: id, theory: step)
    result.definedness = goals(of: step.sites, name: "defined/\(action)", property: nil, action: id)
    for (property, declaration) in model.properties.enumerated() {
      do {
        switch declaration.kind {
        case .invariant where invariants.contains(property):
          let encoded = try theory.invariant(property, in: step.after)
          result.preservation[property] = goals(of: encoded.conjuncts, .preservation, property, action: id)
          result.judgement[property] = goals(
            of: encoded.sites, name: "defined/\(declaration.name)/\(action)", property: property, action: id)
        case .transition where transitions.contains(property):
          guard let encoded = try theory.transition(property, step: id, step) else { continue }
          result.transitions[property] = goals(of: encoded.conjuncts, .transition, property, action: id)
          result.transitionDefinedness[property] = goals(
            of: encoded.sites, name: "defined/\(declaration.name)/\(action)", property: property, action: id)
        default: break
        }
      } catch {
        failed(property, error)
      }
    }
    return result
  }
}
