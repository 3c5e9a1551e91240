import ArgumentParser
import Foundation

/// How a search runs, and what ends it before it is exhausted.
struct LimitOptions: ParsableArguments {
  enum Engine: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, native, evaluator }

  enum Store: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, fast, compact }

  @Option(help: ArgumentHelp("Worker threads. Default: one a processor.", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Stop, undecided, or with --disk go on in files, before more memory than this is used: 512M, 2G.", valueName: "bytes"),
    transform: { try ByteCount(parsing: $0) })
  var maxMemory: ByteCount?

  @Option(help: ArgumentHelp("Go on in files in this folder once memory is used up.", valueName: "folder"))
  var disk: String?

  @Option(
    help: ArgumentHelp("Stop, undecided, after this time: 60s, 5m. A limit for each search.", valueName: "time"),
    transform: { try TimeLimit(parsing: $0) })
  var maxTime: TimeLimit?

  @Option(help: ArgumentHelp("Stop, undecided, after this many distinct states.", valueName: "n"))
  var maxStates: UInt64?

  @Option(help: ArgumentHelp("What executes the spec: native code, the evaluator, or native code where it can be compiled."))
  var engine: Engine = .auto

  @Option(help: "How visited states are stored: compact (5 to 9 bytes), fast (10 to 15 and more), or fast while that pays.")
  var store: Store = .auto

  @Option(
    help: ArgumentHelp(
      "Store hashes of so many bits, 32 to 64, instead of states wider than that. Then nothing is exhausted for certain.",
      valueName: "bits"))
  var hashCompact: Int?

  @Flag(help: "Store every state as it is, instead of one for all that differ by a renaming of sort elements.")
  var noSymmetry = false

  @Flag(
    help: "Of states that differ by a renaming, store what is quick to find, for some several: counts are of what is stored.")
  var inexactSymmetry = false

  @Flag(help: "Make all successors, also those that are sure to be found from another state.")
  var noSleepSets = false

  @Flag(help: "Show what limits the search: rates, duplicates, the table, where the time goes, how the layers grow.")
  var stats = false

  @Flag(help: "Partial order reduction: follow only some successors of a state where the others can come later.")
  var por = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    if let hashCompact, !(32...64).contains(hashCompact) { throw ValidationError("--hash-compact is a number from 32 to 64") }
    if let disk, !Self.isUsable(disk) { throw ValidationError("`\(disk)` is not a folder that files can be written to") }
    if disk != nil && (store == .compact || hashCompact != nil) {
      throw ValidationError("--disk goes with the fast store: leave out --store and --hash-compact")
    }
    if noSymmetry && inexactSymmetry {
      throw ValidationError("--no-symmetry and --inexact-symmetry exclude each other: leave out one")
    }
    if maxStates == 0 { throw ValidationError("--max-states is at least 1") }
  }

  var limits: Limits {
    Limits(
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, memory: maxMemory?.bytes, seconds: maxTime?.seconds,
      states: maxStates, engine: engine, store: store, hashCompact: hashCompact, symmetry: !noSymmetry,
      inexactSymmetry: inexactSymmetry, sleepSets: !noSleepSets, statistics: stats, partialOrder: por, disk: disk)
  }

  private static func isUsable(_ folder: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) && isFolder.boolValue
      && FileManager.default.isWritableFile(atPath: folder)
  }
}

/// The same as plain values, for the session.
struct Limits: Sendable {
  var threads: Int
  var memory: UInt64?
  var seconds: Double?
  var states: UInt64?
  var engine: LimitOptions.Engine
  var store = LimitOptions.Store.auto
  var hashCompact: Int?
  var symmetry = true
  var inexactSymmetry = false
  var sleepSets = true
  var statistics = false
  var coverage = false
  var partialOrder = false
  /// Where files go once memory is used up; nil: the search ends.
  var disk: String?
}
