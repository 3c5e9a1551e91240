import ArgumentParser
import Report
import Spec

struct Bench: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Run a scenario's repeat body natively, guards checked, and measure it.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("A scenario. Default: all of them.", valueName: "scenario"))
  var scenario: String?

  @OptionGroup var scope: ScopeOptions

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let wanted = try ScenarioChoice.scenarios(scenario, in: model)
    let (instance, scope) = try InstanceChoice(model: model).instance(scope)
    return try session.bench(wanted, instance, scope: scope, file: file, json: json)
  }
}
