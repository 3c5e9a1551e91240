import ArgumentParser
import Report

/// A command that judges something and says so in its exit code.
protocol KspecCommand: ParsableCommand {
  func execute(_ session: Session) throws -> ExitStatus
}

/// A command with `--json`: whatever happens, one object is printed.
protocol JsonCommand: KspecCommand {
  var json: Bool { get }
}

/// The program. Each command stands in a file of its own.
struct Kspec: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kspec",
    abstract: "Specify a kernel mechanism once; check it at small sizes, prove it for every size, and run it.",
    discussion: """
      Exit codes: 0 every line came out as stated, 1 a property is violated, 2 the spec or the command is wrong, 3 undecided, \
      70 a fault of kspec itself.
      """,
    version: "kspec \(kspecVersion)",
    subcommands: [
      Verify.self, Check.self, Prove.self, Recheck.self, Infer.self, Test.self, Bench.self, Simulate.self, Guards.self,
      Policies.self,
      Format.self,
      Show.self,
    ])

  static var names: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } }
}
