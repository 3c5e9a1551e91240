/// In: a scenario with a `repeat`. Out: what a round of it costs natively on this host, beside a pipe round trip.
///
/// The steps before the `repeat` run in the evaluator. The native rounds are first compared with the evaluator's, state by
/// state; every guard is tested in every round, and a run that cannot take a step says so instead of a number.

import CNative
import Spec

public struct ScenarioMeasurement: Sendable {
  public var scenario: String
  /// Steps of one round.
  public var operations: Int
  public var nanosecondsPerRound: Spread
  public var nanosecondsPerOperation: Spread
  public var rounds: Int
  public var batches: Int
  /// A byte there and back between two threads over pipes, measured in the same run; nil if the host has no pipes.
  public var pipeRoundTrip: Spread?
}

public enum BenchFault: Error, Sendable {
  case noRepeat
  case unavailable(NativeUnavailable)
  /// The scenario does not pass as a test.
  case failed(ScenarioResult)
  /// A native round could not be completed; a fault of kspec if the scenario passes as a test.
  case stopped(afterRounds: Int, reason: String)
  /// Native code and evaluator disagree: a fault of kspec.
  case disagrees(afterRounds: Int)
}

public struct ScenarioBench: Sendable {
  let layout: StateLayout
  let compiler: CCompiler?
  /// Rounds compared with the evaluator before anything is measured.
  private static let comparedRounds = 3

  public init(_ layout: StateLayout, compiler: CCompiler? = .find()) {
    self.layout = layout
    self.compiler = compiler
  }

  /// Measures for about `seconds`, and the pipe for half as long.
  public func measure(_ scenario: Int, seconds: Double = 0.5) throws(BenchFault) -> ScenarioMeasurement {
    let runner = ScenarioRunner(layout.instance)
    let declaration = layout.instance.model.scenarios[scenario]
    guard
      let position = declaration.steps.firstIndex(where: { if case .repeatBlock = $0 { true } else { false } }),
      case .repeatBlock(_, let body, _) = declaration.steps[position]
    else { throw .noRepeat }
    let tested = runner.run(scenario)
    guard tested.passed else { throw .failed(tested) }
    let prefix = Array(declaration.steps[..<position])
    let prepared = withLargeStack { () -> Result<ScenarioRunner.Run, ScenarioRunner.Fault> in
      runner.begin(scenario).flatMap { begun in
        var run = begun
        do throws(ScenarioRunner.Fault) { try runner.run(prefix, &run) } catch { return .failure(error) }
        return .success(run)
      }
    }
    guard case .success(let run) = prepared else { throw .failed(tested) }
    let workload = Workload(parameters: Array(zip(declaration.parameters, run.parameters).map { ($0, $1) }), steps: body)
    let library = try load(workload)
    let rigid = NativeRigid(run.trace.rigid, layout.instance)
    try compare(library, rigid, run, body, runner, tested)
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: layout.wordsPerState)
    defer { words.deallocate() }
    layout.pack(run.state, into: words)
    let (spread, rounds, batches) = try Stopwatch.measure(seconds: seconds) { (rounds) throws(BenchFault) in
      try Self.run(library, words, rigid, rounds)
    }
    return ScenarioMeasurement(
      scenario: declaration.name, operations: workload.operations, nanosecondsPerRound: spread,
      nanosecondsPerOperation: spread.divided(by: max(1, workload.operations)), rounds: rounds, batches: batches,
      pipeRoundTrip: PipeRoundTrip.measure(seconds: seconds / 2))
  }

  private func load(_ workload: Workload) throws(BenchFault) -> NativeLibrary {
    guard let compiler else { throw .unavailable(.noCompiler) }
    let text: NativeText
    do { text = try NativeText(layout, workload: workload) } catch { throw .unavailable(.refused(error.reason)) }
    do { return try text.load(compiler) } catch { throw .unavailable(error) }
  }

  private static func run(
    _ library: NativeLibrary, _ words: UnsafeMutablePointer<UInt64>, _ rigid: NativeRigid, _ rounds: Int
  ) throws(BenchFault) {
    guard let entry = library.table.pointee.run else { throw .unavailable(.load("the library has no workload")) }
    var result = kspec_run()
    entry(words, rigid.cells, Int64(rounds), &result)
    guard result.fault == 0, result.rounds == Int64(rounds) else {
      let reasons = [1: "is not enabled", 2: "is a spec error", 3: "is enabled though refused", 4: "failed its assertion"]
      let reason = "step \(result.step + 1) \(reasons[Int(result.fault)] ?? "stopped")"
      throw .stopped(afterRounds: Int(result.rounds), reason: reason)
    }
  }

  /// The same rounds in the evaluator and in C, from the same state.
  private func compare(
    _ library: NativeLibrary, _ rigid: NativeRigid, _ begun: ScenarioRunner.Run, _ body: [Scenario.Step],
    _ runner: ScenarioRunner, _ tested: ScenarioResult
  ) throws(BenchFault) {
    let native = UnsafeMutablePointer<UInt64>.allocate(capacity: layout.wordsPerState)
    defer { native.deallocate() }
    layout.pack(begun.state, into: native)
    var run = begun
    for round in 1...Self.comparedRounds {
      try Self.run(library, native, rigid, 1)
      let before = run
      let next = withLargeStack { () -> ScenarioRunner.Run? in
        var run = before
        do throws(ScenarioRunner.Fault) { try runner.run(body, &run) } catch { return nil }
        return run
      }
      guard let next else { throw .failed(tested) }
      run = next
      if layout.unpack(native) != run.state { throw .disagrees(afterRounds: round) }
    }
  }
}
