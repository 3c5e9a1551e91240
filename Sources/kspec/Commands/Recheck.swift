import ArgumentParser
import Foundation
import Report
import Spec

struct Recheck: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "recheck", abstract: "Check a certificate of `kspec prove --certificate` again, with other solvers.",
    discussion: """
      Verifies the hashes, that no obligation is missing and that each script is what this kspec makes of the spec in the \
      certificate; then puts every script to z3 and, where it is installed, to cvc5. Succeeds if each obligation is confirmed by at \
      least one solver and contradicted by none.
      """)

  @Argument(help: ArgumentHelp("The certificate.", valueName: "folder"))
  var folder: String

  @Option(
    help: ArgumentHelp(
      "How long each way of asking a solver may take for one obligation: 10s, 1m. Default: 10s.", valueName: "time"),
    transform: { try TimeLimit(parsing: $0) })
  var timeout: TimeLimit?

  @Option(help: ArgumentHelp("Obligations judged at the same time. Default: one a processor.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func validate() throws {
    if let timeout, timeout.seconds > 86_400 { throw ValidationError("--timeout is a day at most") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
  }

  func execute(_ session: Session) throws -> ExitStatus {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let (result, status) = try session.recheck(folder, seconds: timeout?.seconds ?? 10, threads: threads)
    if json {
      var document = VerdictJson(command: "recheck", verdict: status == .asStated ? "confirmed" : status.word)
      document.property = result.properties.joined(separator: ", ")
      document.specName = result.spec
      document.policies = result.policies
      document.engine = result.solvers.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
      document.seconds = result.seconds
      document.reason = result.problems.first
      document.notes = result.notes
      document.recheck = result.json
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(result.lines(style: session.console.style))
    }
    return status
  }
}
