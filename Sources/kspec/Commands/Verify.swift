import ArgumentParser
import Report
import Spec

struct Verify: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Run every verify block; succeed if each line comes out as stated.")

  @Argument(help: ArgumentHelp("Spec files, or folders with spec files.", valueName: "path"))
  var paths: [String]

  @Flag(help: "Write what each line found into the file: states, transitions, depth, steps.")
  var record = false

  @Flag(help: "Show the trace of every refutation and cover, not only of lines that fail.")
  var traces = false

  @Flag(help: "What is dead or vacuous in every check line of a file is a failure: exit 1.")
  var strict = false

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  @OptionGroup var limits: LimitOptions

  func execute(_ session: Session) throws -> ExitStatus {
    var limits = limits.limits
    limits.coverage = strict
    let run = VerifyRun(session: session, limits: limits, traces: traces, record: record, json: json)
    return try run.run(paths)
  }
}
