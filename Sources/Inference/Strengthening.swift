/// What clauses carry. In: a spec's goals, clauses. Out: those that carry themselves, the few that the goals rest on, and whether induction proves them from their text.
import Prover
import Spec

struct Strengthening {
  let model: Model
  let policies: [Value]
  let goals: [Int]
  let budget: InferenceBudget

  /// `lemmas`: a few clauses that carry the goals, if there are such. nil if it was stopped.
  func strengthen(_ clauses: [Clause], _ atoms: [TypedAtom]) throws -> (lemmas: [Clause]?, carried: [Clause])? {
    let lines = clauses.enumerated().map { "invariant KspecLemma\($0): \($1.text(atoms, model))" }
    guard let (accepted, kept) = ExtendedSpec.accepted(model, of: lines) else { return nil }
    var extended = accepted
    let first = extended.properties.count - kept.count
    extended.verify = nil
    let houdini = try Houdini(
      extended, policies: policies, candidates: goals + (first..<extended.properties.count), budget.proving)
    guard houdini.run() else { return nil }
    func chosen(_ ids: [Int]) -> [Clause] { ids.filter { $0 >= first }.map { clauses[kept[$0 - first]] } }
    return (houdini.minimal(goals).map { chosen($0) }, chosen(houdini.carried))
  }

  func declarations(_ clauses: [Clause], _ atoms: [TypedAtom]) -> [String] {
    let taken = Set(model.properties.map(\.name))
    var number = 0
    return clauses.map { clause in
      repeat { number += 1 } while taken.contains("Lemma\(number)")
      return "invariant Lemma\(number): \(clause.text(atoms, model))"
    }
  }

  /// Whether the goals with these declarations, and nothing else of the spec's properties, are proved by plain induction.
  func holds(_ declarations: [String]) throws -> Bool {
    guard var extended = ExtendedSpec.check(model, adding: declarations) else { return false }
    let lemmas = extended.properties.suffix(declarations.count)
    extended.properties = goals.map { model.properties[$0] } + lemmas
    extended.verify = nil
    let verdicts = Prover(model: extended, policies: policies).prove(Array(extended.properties.indices), budget.proving)
    return verdicts.allSatisfy { if case .proved = $0.outcome { true } else { false } }
  }
}
