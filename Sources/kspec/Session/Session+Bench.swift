import Report
import SimRuntime
import Spec

/// Scenarios as workloads. Where one cannot be measured the others still are.
extension Session {
  func bench(_ scenarios: [Int], _ instance: Instance, scope: String, file: String, json: Bool) throws -> ExitStatus {
    let model = instance.model
    let layout: StateLayout
    do { layout = try StateLayout(instance) } catch { throw CommandError("this instance has no packed layout: \(error.detail)") }
    var results: [VerdictJson] = []
    var statuses: [ExitStatus] = []
    for scenario in scenarios where !interruption.isRequested {
      var result = VerdictJson(command: "bench", verdict: "measured")
      result.property = model.scenarios[scenario].name
      result.specFile = file
      result.specName = model.name
      result.scope = scope
      result.sizes = instance.sizesByName
      result.policies = instance.policiesByName
      result.engine = "native"
      let started = ContinuousClock.now
      console.progress("measuring \(model.scenarios[scenario].name)")
      do throws(BenchFault) {
        let measured = Measured(try ScenarioBench(layout).measure(scenario))
        result.measurement = measured.json
        statuses.append(.asStated)
        if !json { console.out(measured.lines(style: console.style)) }
      } catch {
        let (status, reason) = try explained(error, scenario, instance, scope: scope, alone: scenarios.count == 1)
        statuses.append(status)
        result.verdict = status.word
        result.reason = reason
        if !json { console.out("\(model.scenarios[scenario].name)  not measured: \(reason)") }
      }
      result.seconds = started.duration(to: .now).seconds
      result.exitCode = statuses.last?.rawValue ?? 0
      results.append(result)
    }
    if interruption.isRequested { statuses.append(.undecided) }
    let status = ExitStatus.worst(statuses)
    if json { try print(summary(results, status, file, model)) }
    return status
  }

  private func summary(_ results: [VerdictJson], _ status: ExitStatus, _ file: String, _ model: Model) -> VerdictJson {
    var document = VerdictJson(command: "bench", verdict: status == .asStated ? "measured" : status.word)
    document.property = results.compactMap(\.property).joined(separator: ", ")
    document.specFile = file
    document.specName = model.name
    document.scope = results.first?.scope
    document.sizes = results.first?.sizes ?? []
    document.policies = results.first?.policies ?? []
    document.engine = "native"
    document.results = results
    document.sum(results)
    document.seconds = results.map(\.seconds).reduce(0, +)
    document.exitCode = status.rawValue
    return document
  }

  private func explained(
    _ fault: BenchFault, _ scenario: Int, _ instance: Instance, scope: String, alone: Bool
  ) throws -> (ExitStatus, String) {
    switch fault {
    // A scenario without a `repeat` is a test only; asked for by name it is a mistake of the command.
    case .noRepeat: return (alone ? .rejected : .asStated, "it has no `repeat` block")
    case .unavailable(let why): return (.undecided, why.reason)
    case .failed:
      let verdict = try test(scenario, instance, scope: scope)
      console.error(VerdictText(verdict, instance.model, style: console.errorStyle).lines().joined(separator: "\n"))
      return (ExitStatus(verdict.outcome), "it fails as a test")
    case .stopped(let rounds, let reason): return (.violated, "after \(rounds) rounds \(reason)")
    case .disagrees(let rounds): throw EngineFault("native code and evaluator disagree after \(rounds) rounds")
    }
  }
}

extension Measured {
  fileprivate init(_ measurement: ScenarioMeasurement) {
    self.init(
      scenario: measurement.scenario, operations: measurement.operations, round: Spread(measurement.nanosecondsPerRound),
      operation: Spread(measurement.nanosecondsPerOperation), rounds: measurement.rounds, batches: measurement.batches,
      pipe: measurement.pipeRoundTrip.map { Spread($0) })
  }
}

extension Measured.Spread {
  fileprivate init(_ spread: SimRuntime.Spread) { self.init(median: spread.median, low: spread.low, high: spread.high) }
}
