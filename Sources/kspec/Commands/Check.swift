import ArgumentParser
import Report
import Spec

struct Check: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Explore every reachable state of a scope and judge every property.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @OptionGroup var scope: ScopeOptions

  @Option(
    help: ArgumentHelp(
      "Judge this alone: an invariant, a transition property, a cover, `deadlock` or `error`.", valueName: "name"))
  var property: String?

  @OptionGroup var coverage: CoverageOptions

  @OptionGroup var limits: LimitOptions

  @OptionGroup var checkpoints: CheckpointOptions

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let (instance, scope) = try InstanceChoice(model: model).instance(scope)
    let goal = try property.map { try Goal(named: $0, in: model) } ?? .everything
    var limits = limits.limits
    limits.coverage = coverage.isWanted
    if coverage.isWanted, checkpoints.resume != nil {
      throw CommandError("a search that is resumed covers only what is left", help: "leave out --resume to begin anew")
    }
    if limits.inexactSymmetry, checkpoints.checkpointing != nil {
      throw CommandError(
        "a checkpoint is checked by exact representatives", help: "leave out --inexact-symmetry, or --checkpoint and --resume")
    }
    let verdict = try session.explore(goal, instance, scope: scope, limits, checkpoint: checkpoints.checkpointing)
    let (status, remarks) = coverage.status(verdict, model, session.console.style)
    if json {
      var document = VerdictJson(command: "check", verdict, model, file: file)
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(VerdictText(verdict, model, style: session.console.style).lines() + remarks)
    }
    return status
  }
}
