/// Proofs for every size. In: a model, policies, and what to prove. Out: verdicts; nothing is printed here.
///
///     let prover = Prover(model: model, policies: policies)
///     for verdict in prover.prove([backed, narrowed], ProveOptions()) { … }
///
/// Sorts are uninterpreted, so that `proved` holds for every number of their elements. Each obligation (initial states,
/// each action × each conjunct, spec errors) is one formula: solved by Z3, and printed for any other solver.
import Spec

public struct Prover: Sendable {
  let model: Model
  public let policies: [Value]

  /// `policies`: one value for each policy of the model.
  public init(model: Model, policies: [Value]) {
    self.model = model
    self.policies = policies
  }

  /// A verdict for each property (invariant or transition), in the order asked.
  ///
  /// `established`: properties that hold of every run and are defined there, as the caller knows from elsewhere: of a model that has all the runs of
  /// this one, say. They are assumed, and not proved again; that this model runs into no error is.
  public func prove(
    _ properties: [Int], established: [Int] = [], _ options: ProveOptions = ProveOptions()
  ) -> [Verdict] {
    withLargeStack { attempt(properties, established: established, options).verdicts }
  }

  /// Looks for a counterexample to induction: `verdict.induction` if there is one, `.proved` if there is none.
  public func refute(_ property: Int, _ options: ProveOptions = ProveOptions()) -> Verdict {
    let verdicts = prove([property], options)
    return verdicts.first ?? Verdict(.undecided("nothing was asked"), property: "", scope: nil, engine: "z3")
  }

  /// Everything that a proof of the properties has to show, under all invariants, as scripts for any solver. Nothing is
  /// solved: a script of something false answers `sat`.
  public func obligations(_ properties: [Int]) throws -> [Obligation] {
    let (model, policies) = (model, policies)
    return try withLargeStack {
      Result {
        let run = try InductionRun(model, policies: policies, asked: properties, isFrugal: false, ProveOptions())
        run.state()
        return run.obligations
      }
    }.get()
  }

  private func attempt(_ properties: [Int], established: [Int], _ options: ProveOptions) -> Attempt {
    Attempt(model: model, policies: policies, properties: properties, established: established, options)
  }
}
