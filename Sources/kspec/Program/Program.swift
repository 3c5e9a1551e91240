import ArgumentParser
import Report
import Spec

/// From arguments to an exit code. Every way to end a run passes through here; nothing else exits.
enum Program {
  static func run(_ arguments: [String]) -> Int32 {
    LastResort.install()
    let interruption = Interruption()
    interruption.install()
    let console = Console()
    let status = execute(arguments, console, interruption)
    console.endProgress()
    return status.rawValue
  }

  private static func execute(_ arguments: [String], _ console: Console, _ interruption: Interruption) -> ExitStatus {
    let session = Session(console: console, interruption: interruption)
    var parsed: (any ParsableCommand)?
    do {
      try checkSubcommand(arguments)
      var command = try parse(arguments)
      parsed = command
      if let command = command as? any KspecCommand { return try command.execute(session) }
      try command.run()
      return .asStated
    } catch {
      return failure(error, parsed, session)
    }
  }

  /// What is right its own command can read, a millisecond sooner than by way of all commands; only they have messages and help
  /// that are about `kspec` and its command.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    let named = Kspec.configuration.subcommands.first { $0.configuration.commandName == arguments.first }
    if let named, let command = try? named.parseAsRoot(Array(arguments.dropFirst())), type(of: command) == named {
      return command
    }
    return try Kspec.parseAsRoot(arguments)
  }

  /// Says on standard error what ended the run, and with `--json` on standard output, too.
  private static func failure(_ error: any Error, _ command: (any ParsableCommand)?, _ session: Session) -> ExitStatus {
    let status: ExitStatus
    var document = VerdictJson(command: command.map { type(of: $0).configuration.commandName ?? "" } ?? "", verdict: "rejected")
    switch error {
    case let error as CommandError:
      session.report(error)
      document.reason = error.message
      status = .rejected
    case let error as SpecRejected:
      session.report(error)
      document.diagnostics = error.diagnostics.map { VerdictJson.diagnostic($0, in: error.sources) }
      document.specFile = error.sources.files.first?.path
      status = .rejected
    case let error as EngineFault:
      session.console.error(session.console.errorStyle.bad("kspec: internal fault: ") + error.message)
      document.reason = error.message
      status = .fault
    default: return argumentError(error, session.console)
    }
    document.verdict = status.word
    document.exitCode = status.rawValue
    if let command = command as? any JsonCommand, command.json { try? session.print(document) }
    return status
  }

  /// The argument parser's own errors, help and version included. Its code for a wrong command (64) is 2 here.
  private static func argumentError(_ error: any Error, _ console: Console) -> ExitStatus {
    let text = Kspec.fullMessage(for: error)
    switch Kspec.exitCode(for: error) {
    case .success:
      console.out(text)
      return .asStated
    case .validationFailure:
      console.error(text)
      return .rejected
    default:
      console.error(console.errorStyle.bad("kspec: internal fault: ") + text)
      return .fault
    }
  }

  /// The parser would call a mistyped command an unexpected argument; its reader wants to know which command was meant.
  private static func checkSubcommand(_ arguments: [String]) throws(CommandError) {
    guard let first = arguments.first else {
      throw CommandError("no command", help: "commands: \(Kspec.names.joined(separator: ", ")); `kspec help` explains them")
    }
    guard !first.hasPrefix("-"), first != "help", !Kspec.names.contains(first) else { return }
    throw .unknown("command", first, in: "kspec", candidates: Kspec.names)
  }
}
