import ArgumentParser
import Report
import Spec

struct Simulate: KspecCommand {
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

  func validate() throws {
    if walks < 1 { throw ValidationError("--walks is at least 1") }
    if steps < 1 { throw ValidationError("--steps is at least 1") }
  }

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let (instance, scope) = try InstanceChoice(model: model).instance(scope)
    let verdict = try session.simulate(instance, scope: scope, seed: seed, walks: walks, steps: steps)
    session.console.out(VerdictText(verdict, model, style: session.console.style).lines())
    return ExitStatus(verdict.outcome)
  }
}
