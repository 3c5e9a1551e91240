import ArgumentParser
import Checker
import Foundation
import Report
import Spec

struct Simulate: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Walk at random through a scope that is too large to exhaust. Finds violations, excludes none.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @OptionGroup var scope: ScopeOptions

  @Option(help: ArgumentHelp("Where the random choices begin; the same seed gives the same walks.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Number of walks.", valueName: "n"))
  var walks: Int = 1000

  @Option(help: ArgumentHelp("Steps of a walk at most.", valueName: "n"))
  var steps: Int = 100

  @Option(help: ArgumentHelp("Worker threads; the result does not depend on them. Default: one a processor.", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp("Stop after this time: 60s, 5m. Then the walks done depend on the machine.", valueName: "time"),
    transform: { try TimeLimit(parsing: $0) })
  var maxTime: TimeLimit?

  @Option(help: ArgumentHelp("What executes the spec. The walks are the same."))
  var engine: LimitOptions.Engine = .auto

  @OptionGroup var coverage: CoverageOptions

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    if walks < 1 { throw ValidationError("--walks is at least 1") }
    if steps < 1 { throw ValidationError("--steps is at least 1") }
  }

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let (instance, scope) = try InstanceChoice(model: model).instance(scope)
    var simulation = Simulation(instance: instance)
    simulation.seed = seed
    simulation.walks = walks
    simulation.steps = steps
    simulation.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    simulation.maxSeconds = maxTime?.seconds
    simulation.useNative = engine.use
    simulation.coverage = coverage.isWanted
    let verdict = try session.simulate(simulation, scope: scope)
    let (status, remarks) = coverage.status(verdict, model, session.console.style)
    if json {
      var document = VerdictJson(command: "simulate", verdict, model, file: file)
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(VerdictText(verdict, model, style: session.console.style).lines() + remarks)
    }
    return status
  }
}
