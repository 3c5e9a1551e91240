import ArgumentParser
import Foundation
import Report
import Spec

struct Format: KspecCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Write specs in the standard form. Comments stay.")

  @Argument(help: ArgumentHelp("Spec files, or folders with spec files.", valueName: "path"))
  var paths: [String]

  @Flag(help: "Change nothing; exit 1 if a file is not in the standard form.")
  var check = false

  @Flag(help: "Print the formatted text instead of writing it.")
  var stdout = false

  func execute(_ session: Session) throws -> ExitStatus {
    let found = SpecFiles.find(paths)
    var statuses = found.problems.map { problem -> ExitStatus in
      session.report(problem)
      return .rejected
    }
    for path in found.files {
      do {
        statuses.append(try format(path, session))
      } catch let error as SpecRejected {
        session.report(error)
        statuses.append(.rejected)
      } catch let error as CommandError {
        session.report(error)
        statuses.append(.rejected)
      }
    }
    return .worst(statuses)
  }

  private func format(_ path: String, _ session: Session) throws -> ExitStatus {
    let (old, new) = try session.format(path)
    if stdout {
      session.console.verbatim(new)
      return .asStated
    }
    if old == Array(new.utf8) { return .asStated }
    if check {
      session.console.out("\(path): not in the standard form")
      return .violated
    }
    try session.replace(path, with: Array(new.utf8))
    session.console.out("\(path): formatted")
    return .asStated
  }
}
