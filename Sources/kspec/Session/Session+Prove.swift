import Checker
import Prover
import Report
import Spec

/// Proofs: properties and policies in, a verdict each out. A property that is not inductive is looked for at the size of the
/// counterexample: reachable there is a violation, not reachable there a hint that the invariant needs strengthening.
extension Session {
  func prove(_ properties: [Int], _ model: Model, _ policies: [PolicyID: Value], _ options: ProofOptions) throws -> [Verdict] {
    let prover = Prover(model: model, policies: try InstanceChoice(model: model).instance(nil, [:], policies).policies)
    console.progress("proving \(properties.map { model.properties[$0].name }.joined(separator: ", "))")
    let isVacuous = Inhabited.isVacuous(model, policies)
    var options = options
    if isVacuous { options.certificates = nil }
    let runs = BrokenRuns(session: self, model: model, policies: prover.policies)
    var limited = proveOptions(options)
    limited.isBroken = { runs.find($0) != nil }
    let verdicts = prover.prove(properties, limited)
    console.endProgress()
    let judged = try zip(properties, verdicts).map { try triaged(try Trusted.verdict($1), property: $0, runs) }
    return !isVacuous
      ? judged
      : judged.map { verdict in
        guard verdict.outcome.isProved else { return verdict }
        var verdict = verdict
        verdict.outcome = .undecided(Inhabited.withoutStates)
        return verdict
      }
  }

  /// Runs of at most so many steps: at a size, or at every size if there is none.
  func searchBounded(
    _ properties: [Int], _ model: Model, _ policies: [PolicyID: Value], depth: Int,
    at choice: (instance: Instance, scope: String)?,
    _ options: ProofOptions
  ) throws -> [Verdict] {
    let values = try choice?.instance.policies ?? InstanceChoice(model: model).instance(nil, [:], policies).policies
    let console = console
    let bound = Bound(depth: depth, instance: choice?.instance, scope: choice?.scope) { reached, place in
      console.progress("depth \(reached) of \(depth), \(place)")
    }
    let verdicts = Prover(model: model, policies: values).search(properties, bound, proveOptions(options))
    console.endProgress()
    return try verdicts.map { try Trusted.verdict($0) }
  }

  /// Proofs alone: a property that is not proved is not looked for at any size.
  /// `established`: properties known to hold of every run of this model.
  func proveAlone(
    _ properties: [Int], _ model: Model, policies: [Value], established: [Int] = [], _ options: ProofOptions
  ) throws -> [Verdict] {
    console.progress("proving \(Quantities.counted(properties.count, "property", plural: "properties"))")
    let prover = Prover(model: model, policies: policies)
    let verdicts = prover.prove(properties, established: established, proveOptions(options))
    console.endProgress()
    return try verdicts.map { try Trusted.verdict($0) }
  }

  /// Guards that the proof of the properties does not use: a hint, and no proof.
  func unusedGuards(
    _ rules: [Guard], proving properties: [Int], _ model: Model, policies: [Value], _ options: ProofOptions
  ) -> UnusedGuards {
    console.progress("which guards do the proofs use?")
    defer { console.endProgress() }
    return Prover(model: model, policies: policies).unusedGuards(rules, proving: properties, proveOptions(options))
  }

  /// A refutation for every size: `.reached` with a step that the evaluator confirms to break the property.
  func refuteByInduction(_ property: Int, _ model: Model, _ policies: [PolicyID: Value], _ options: ProofOptions) throws
    -> Verdict
  {
    let prover = Prover(model: model, policies: try InstanceChoice(model: model).instance(nil, [:], policies).policies)
    var verdict = try Trusted.verdict(prover.refute(property, proveOptions(options)))
    // The prover also reports steps into a spec error: those refute something else.
    if let induction = verdict.induction, induction.breaks(property) {
      verdict.outcome = .reached
    }
    return verdict
  }

  /// Every obligation as one SMT-LIB script after the other.
  func obligations(_ model: Model, _ policies: [PolicyID: Value]) throws -> String {
    let prover = Prover(model: model, policies: try InstanceChoice(model: model).instance(nil, [:], policies).policies)
    let properties = model.properties.indices.filter { model.properties[$0].isProvable }
    return try prover.obligations(properties).map {
      "; \($0.name), expected: \($0.expected)\n\($0.smtlib)\n"
    }
    .joined(separator: "\n")
  }

  /// Of every obligation whether it is decided, and what in the text may keep it from that.
  func explain(_ properties: [Int], _ model: Model, _ policies: [PolicyID: Value]) throws -> [Decidability] {
    let prover = Prover(model: model, policies: try InstanceChoice(model: model).instance(nil, [:], policies).policies)
    do {
      return try prover.explain(properties)
    } catch {
      throw CommandError("nothing to explain: the spec has no encoding (\(error))")
    }
  }

  /// Before a proof that may take minutes.
  func checkCertificateFolder(_ folder: String) throws(CommandError) {
    if let obstacle = Certificate.obstacle(at: folder) { throw CommandError(obstacle.reason, help: obstacle.help) }
  }

  func hasCertificate(_ folder: String) -> Bool { Certificate.isPresent(at: folder) }

  private func proveOptions(_ options: ProofOptions) -> ProveOptions {
    var result = ProveOptions()
    if let limit = options.resourceLimit { result.rlimit = limit }
    if let threads = options.threads { result.threads = threads }
    if let memory = options.memory { result.memory = memory }
    result.certificateDirectory = options.certificates
    result.depth = options.depth
    result.timeoutSeconds = options.seconds
    result.program = Self.programName
    let interruption = interruption
    result.isCancelled = { interruption.isRequested }
    return result
  }

  /// States and seconds that a search for a real run to the broken property may take.
  private static let triageLimits = Limits(threads: 1, memory: 1 << 30, seconds: 5, states: 200_000, engine: .auto)

  /// Looks for a real run that breaks the property: at the size of the counterexample, then at the spec's first scope, since a step
  /// needs fewer elements than a run that leads to it.
  private func triaged(_ verdict: Verdict, property: Int, _ runs: BrokenRuns) throws -> Verdict {
    guard case .undecided = verdict.outcome, let induction = verdict.induction, induction.breaks(property) else { return verdict }
    func violated(_ found: Verdict, _ notes: [String]) -> Verdict {
      var violated = found
      violated.induction = induction
      violated.notes = notes + ["the counterexample to induction is no accident: this run breaks the property"]
      return violated
    }
    if let found = runs.known(property) { return violated(found, verdict.notes) }
    var verdict = verdict
    for (instance, scope) in candidates(induction.instance) where !interruption.isRequested {
      let found = try explore(.violation(.property(property)), instance, scope: scope, Self.triageLimits)
      let states = "\(Quantities.count(found.states)) states"
      switch found.outcome {
      case .violated: return violated(found, verdict.notes)
      case .exhausted: verdict.notes.append("no run at \(scope) breaks it (\(states), exhausted)")
      default: verdict.notes.append("no run at \(scope) was found to break it within \(states)")
      }
    }
    verdict.notes.append("either a larger size breaks it, or it holds and needs a stronger invariant")
    return verdict
  }

  private func candidates(_ instance: Instance) -> [(Instance, String)] {
    let size = instance.sizesByName.map { "\($0.sort) = \($0.size)" }.joined(separator: ", ")
    var result = [(instance, size.isEmpty ? "this size" : size)]
    if let scope = instance.model.scopes.first {
      let policies = Dictionary(uniqueKeysWithValues: instance.policies.enumerated().map { ($0, $1) })
      if let larger = try? Instance(instance.model, scope: scope, policies: policies) { result.append((larger, scope.name)) }
    }
    return result
  }
}

extension Trace {
  /// Whether this single step, possible by the evaluator, leads from a state where the property holds to one where it does not, or
  /// is itself a step that the property forbids.
  func breaks(_ property: Int) -> Bool {
    guard (try? Replay.check(steps: self, .breaks(.property(property)))) != nil,
      (try? Evaluator(instance).allows(rigid)) == true
    else { return false }
    guard case .invariant = instance.model.properties[property].kind, !steps.isEmpty else { return true }
    return (try? Evaluator(instance).holds(property, in: initial, rigid)) == true
  }
}
