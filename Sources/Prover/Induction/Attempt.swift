/// A run and its verdicts. In: what a run found. Out: verdicts by the rules of the language: `proved` rests on proved
/// invariants alone, and a spec that may run into an error proves nothing.
import Spec

struct Attempt {
  let model: Model
  let policies: [Value]
  let properties: [Int]
  private let run: InductionRun?
  private let fault: String?
  private var certificateNote: String?

  init(model: Model, policies: [Value], properties: [Int], established: [Int] = [], _ options: ProveOptions) {
    self.model = model
    self.policies = policies
    self.properties = properties
    do {
      var plain = options
      plain.depth = 1
      var run = try InductionRun.solved(
        model, policies: policies, asked: properties, established: established, isFrugal: true, plain)
      let failed = properties.filter { run.failures[$0] != nil }
      func isHopeless() -> Bool {
        guard let isBroken = options.isBroken, run.commonFailures.isEmpty else { return false }
        return failed.allSatisfy { run.failures[$0]?.isStep == true && isBroken($0) }
      }
      if run.leftSomeOut || options.depth > 1, !run.commonFailures.isEmpty || !failed.isEmpty, !isHopeless() {
        var rest = options
        rest.timeoutSeconds = options.timeoutSeconds.map { max(0, $0 - run.engine.seconds) }
        run = try InductionRun.solved(
          model, policies: policies, asked: properties, established: established, isFrugal: false, rest)
      }
      self.run = run
      fault = nil
      if let directory = options.certificateDirectory {
        do {
          guard established.isEmpty else { throw CertificateFailure("the proof rests on another one") }
          let prover = Prover(model: model, policies: policies)
          guard let proof else { throw CertificateFailure("nothing is proved") }
          guard run.depths.isEmpty else { throw CertificateFailure("a proof by k-induction has no certificate") }
          try Certificate.write(
            prover.obligations(of: proof, options), of: proof, prover, program: options.program, to: directory)
        } catch let failure as CertificateFailure {
          certificateNote = "no certificate was written: \(failure.reason)"
        } catch {
          certificateNote = "no certificate was written: \(error)"
        }
      }
    } catch let failure as EncodingFailure {
      run = nil
      fault = "the spec has no sound encoding: \(failure.reason)"
    } catch {
      run = nil
      fault = "\(error)"
    }
  }

  var verdicts: [Verdict] { properties.map(verdict) }

  /// What is proved, if anything is.
  private var proof: Proof? {
    guard let run, run.commonFailures.isEmpty, !run.isVacuous else { return nil }
    let proved = properties.filter { id in
      guard model.properties.indices.contains(id), run.failures[id] == nil else { return false }
      switch model.properties[id].kind {
      case .invariant, .transition: return true
      case .temporal, .cover: return false
      }
    }
    return proved.isEmpty ? nil : Proof(properties: proved, invariants: run.hypotheses, impossible: run.impossible)
  }

  private func verdict(_ property: Int) -> Verdict {
    let name = model.properties.indices.contains(property) ? model.properties[property].name : "property \(property)"
    var verdict = Verdict(.undecided(fault ?? "not judged"), property: name, scope: nil, engine: "z3")
    verdict.policies = zip(model.policies, policies).map { ($0.name, model.literal($1, $0.type)) }
    guard let run, model.properties.indices.contains(property) else { return verdict }
    verdict.seconds = run.engine.seconds
    verdict.notes = run.notes + [certificateNote].compactMap { $0 }
    switch model.properties[property].kind {
    case .temporal:
      verdict.outcome = .undecided("the prover has no engine for temporal properties")
      return verdict
    case .cover:
      verdict.outcome = .undecided("reaching a cover is not claimed by a proof")
      return verdict
    case .invariant, .transition: break
    }
    if run.isVacuous {
      verdict.outcome = .undecided("vacuous: the axioms and init contradict each other, so that there is no initial state")
    } else if let failure = run.failures[property] {
      report(failure, property, run, &verdict)
    } else if let failure = run.commonFailures.first {
      verdict.outcome = .undecided("\(name) holds unless the spec runs into an error, but: \(failure.reason)")
      verdict.induction = failure.counterexample?.trace
    } else {
      verdict.outcome = .proved
      verdict.inductionDepth = run.depth(of: property)
      verdict.notes += finiteTypes.map { "for \($0)" }
    }
    return verdict
  }

  private func report(_ failure: Failure, _ property: Int, _ run: InductionRun, _ verdict: inout Verdict) {
    verdict.explanation = failure.counterexample?.explanation
    if let trace = failure.counterexample?.trace, failure.isReal {
      verdict.outcome = .violated(.property(property))
      verdict.trace = trace
      return
    }
    verdict.induction = failure.counterexample?.trace
    if let dropped = run.assuming[property] {
      let names = dropped.map { model.properties[$0].name }.joined(separator: ", ")
      verdict.outcome = .undecided("proved assuming \(names), not proved here; without: \(failure.reason)")
    } else {
      verdict.outcome = .undecided(failure.reason)
    }
  }

  /// What a proof does not generalise over: the enums, ranges and queue bounds of the spec.
  private var finiteTypes: [String] {
    var result: [String] = []
    func add(_ text: String) { if !result.contains(text) { result.append(text) } }
    func visit(_ type: Type) {
      switch type {
      case .bool, .sort, .error: break
      case .int: add("numbers in \(model.describe(type))")
      case .enumeration(let id): add("\(model.enumerations[id].name) of \(model.enumerations[id].cases.count) cases")
      case .record(let id): model.records[id].fields.forEach { visit($0.type) }
      case .option(let inner), .set(let inner), .forest(let inner): visit(inner)
      case .map(let keys, let value):
        keys.forEach(visit)
        visit(value)
      case .queue(let capacity, let element):
        add("queues of at most \(capacity)")
        visit(element)
      }
    }
    model.constants.forEach { visit($0.type) }
    model.variables.forEach { visit($0.type) }
    model.actions.flatMap(\.instanceLocals).forEach { visit($0.type) }
    return result
  }
}
