import Report
import Spec

/// How one line of a `verify` block came out.
struct LineOutcome {
  var judgement: Judgement
  var verdicts: [Verdict]
  var status: ExitStatus

  var verdictWord: String {
    judgement.standing == .asStated && !verdicts.isEmpty && verdicts.allSatisfy { $0.outcome.word == "proved" }
      ? "proved" : status.word
  }
}

/// One line in, the engines' verdicts and the judgement out. Never throws: a line that could not be run is undecided, a trace that
/// does not replay a fault, and the next line runs all the same.
struct LineRunner {
  let session: Session
  let model: Model
  let limits: Limits

  func run(_ line: VerifyLine) -> LineOutcome {
    if session.interruption.isRequested {
      return LineOutcome(judgement: Judgement(.undecided, "undecided: interrupted"), verdicts: [], status: .undecided)
    }
    do {
      let verdicts = try verdicts(line)
      var judgement = line.judge(all: verdicts, in: model)
      if case .prove = line.goal, judgement.standing == .asStated, let objection = Inhabited.objection(model) {
        judgement = Judgement(.undecided, "undecided: vacuous, \(objection)")
      }
      return LineOutcome(judgement: judgement, verdicts: verdicts, status: ExitStatus(judgement.standing))
    } catch let fault as EngineFault {
      return LineOutcome(judgement: Judgement(.fault, "FAULT OF KSPEC: \(fault.message)"), verdicts: [], status: .fault)
    } catch let error as CommandError {
      return LineOutcome(judgement: Judgement(.undecided, "undecided: \(error.message)"), verdicts: [], status: .rejected)
    } catch {
      return LineOutcome(judgement: Judgement(.fault, "FAULT OF KSPEC: \(error)"), verdicts: [], status: .fault)
    }
  }

  private func verdicts(_ line: VerifyLine) throws -> [Verdict] {
    let policies = try policies(line)
    let scope = line.scope.flatMap { model.scopes.indices.contains($0) ? model.scopes[$0] : nil }
    switch (line.goal, scope) {
    case (.check, let scope?): return [try explore(.everything, scope, policies)]
    case (.refute(let target), let scope?): return [try explore(.violation(target), scope, policies)]
    case (.cover(let cover), let scope?), (.unreachable(let cover), let scope?):
      return [try explore(.cover(cover), scope, policies)]
    case (.prove(let properties), _): return try session.prove(properties, model, policies, ProofOptions())
    case (.proveNoninterference, _):
      let name = model.noninterference?.name ?? "noninterference"
      return [
        Verdict(.undecided("the engine for noninterference is not built yet"), property: name, scope: nil, engine: "none")
      ]
    case (.refute(.property(let property)), nil):
      return [try session.refuteByInduction(property, model, policies, ProofOptions())]
    case (.refute(let target), nil):
      let name = Goal.violation(target).name(in: model)
      return [Verdict(.undecided("\(name) can only be refuted in a scope"), property: name, scope: nil, engine: "none")]
    case (.test(let scenario), let scope?):
      return [try session.test(scenario, try instance(scope, policies), scope: scope.name)]
    case (.check, nil), (.cover, nil), (.unreachable, nil), (.test, nil):
      throw CommandError("the line names no scope")
    }
  }

  private func explore(_ goal: Goal, _ scope: Scope, _ policies: [PolicyID: Value]) throws -> Verdict {
    var limits = limits
    // What is dead while one property is refuted says nothing.
    if case .everything = goal {} else { limits.coverage = false }
    return try session.explore(goal, try instance(scope, policies), scope: scope.name, limits)
  }

  private func instance(_ scope: Scope, _ policies: [PolicyID: Value]) throws -> Instance {
    try InstanceChoice(model: model).instance(scope, [:], policies)
  }

  private func policies(_ line: VerifyLine) throws -> [PolicyID: Value] {
    var values: [PolicyID: Value] = [:]
    for (policy, expr) in line.settings {
      do {
        values[policy] = try model.closedValue(expr)
      } catch {
        throw CommandError("the value of \(model.policies[policy].name) is a spec error (\(error.kind.words)): \(error.detail)")
      }
    }
    return values
  }
}

/// Limits of the prover.
struct ProofOptions: Sendable {
  /// Z3's resource units for one obligation; nil: the prover's default.
  var resourceLimit: UInt32?
  /// A folder for the obligations as SMT-LIB.
  var certificates: String?
  /// The most states in a row that an induction may take; 1 is plain induction.
  var depth = 1
  var seconds: Double?
  /// That share the obligations; nil: the prover's default. So for the bytes of all solvers.
  var threads: Int?
  var memory: UInt64?
}
