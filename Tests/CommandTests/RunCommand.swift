import Foundation
import TestSupport

/// What a run of the built command left behind.
struct CommandResult {
  var code: Int32
  var out: String
  var error: String
  /// False if a signal ended it: a trap.
  var exited: Bool
}

/// The command that was built with these tests: it stands beside the test bundle.
let kspecPath: String = {
  let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("kspec").path
}()

/// Runs kspec as its user does. `whileRunning` may send signals.
func kspec(
  _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil, whileRunning: (Process) -> Void = { _ in }
) throws -> CommandResult {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: kspecPath)
  process.arguments = arguments
  process.currentDirectoryURL = folder ?? packageRoot
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  // Files, not pipes: a full pipe would stop the command.
  let folder = try TemporaryFolder()
  let out = folder.url.appendingPathComponent("out")
  let error = folder.url.appendingPathComponent("error")
  for file in [out, error] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
  process.standardOutput = try FileHandle(forWritingTo: out)
  process.standardError = try FileHandle(forWritingTo: error)
  process.standardInput = FileHandle.nullDevice
  try process.run()
  whileRunning(process)
  process.waitUntilExit()
  return CommandResult(
    code: process.terminationStatus, out: String(decoding: try Data(contentsOf: out), as: UTF8.self),
    error: String(decoding: try Data(contentsOf: error), as: UTF8.self), exited: process.terminationReason == .exit)
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
}
