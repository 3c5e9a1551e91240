import ArgumentParser
import Report
import Spec

struct Show: KspecCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what kspec makes of a spec: the model, the generated C, the obligations for the solver.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @Flag(help: "Declarations with their types, guards and written variables (the default).")
  var model = false

  @Flag(help: "The C that is compiled for a scope.")
  var c = false

  @Flag(help: "The proof obligations as SMT-LIB.")
  var smt = false

  @OptionGroup var scope: ScopeOptions

  func validate() throws {
    if [model, c, smt].count(where: { $0 }) > 1 { throw ValidationError("choose one of --model, --c and --smt") }
  }

  func execute(_ session: Session) throws -> ExitStatus {
    let spec = try session.load(file)
    if c {
      let (instance, _) = try InstanceChoice(model: spec).instance(scope)
      session.console.verbatim(try session.generatedC(instance))
    } else if smt {
      let policies = try InstanceChoice(model: spec).policyValues(scope.policies)
      session.console.verbatim(try session.obligations(spec, policies))
    } else {
      session.console.out(ModelText(spec, style: session.console.style).lines())
    }
    return .asStated
  }
}
