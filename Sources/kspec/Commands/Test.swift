import ArgumentParser
import Report
import Spec

struct Test: KspecCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run scenarios as tests: each step is enabled, each assert holds.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("A scenario. Default: all of them.", valueName: "scenario"))
  var scenario: String?

  @OptionGroup var scope: ScopeOptions

  @Flag(help: "Show the trace of scenarios that pass, too.")
  var traces = false

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let wanted = try ScenarioChoice.scenarios(scenario, in: model)
    let (instance, scope) = try InstanceChoice(model: model).instance(scope)
    var statuses: [ExitStatus] = []
    for index in wanted {
      let verdict = try session.test(index, instance, scope: scope)
      let status = ExitStatus(verdict.outcome)
      statuses.append(status)
      let style = session.console.style
      let name = model.scenarios[index].name
      switch status {
      case .asStated: session.console.out("\(style.good("passed"))  \(name) at \(scope), \(Quantities.seconds(verdict.seconds))")
      default: break
      }
      if status != .asStated || traces { session.console.out(VerdictText(verdict, model, style: style).lines()) }
    }
    return .worst(statuses)
  }
}

/// Which scenarios a command means.
enum ScenarioChoice {
  static func scenarios(_ name: String?, in model: Model) throws(CommandError) -> [Int] {
    guard let name else {
      if model.scenarios.isEmpty { throw CommandError("\(model.name) declares no scenario") }
      return Array(model.scenarios.indices)
    }
    guard let index = model.scenarios.firstIndex(where: { $0.name == name }) else {
      throw .unknown("scenario", name, in: model.name, candidates: model.scenarios.map(\.name))
    }
    return [index]
  }
}
