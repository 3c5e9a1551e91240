/// Solvers that judge scripts. In: a script. Out: sat, unsat, or neither, and which way led there.
import Foundation

/// A solver of this host, and the ways to ask it, one after the other.
public struct CheckingSolver: Sendable {
  public enum Answer: String, Sendable {
    case sat, unsat, unknown
  }

  /// How a question was answered.
  public struct Finding: Sendable {
    public var answer: Answer
    /// The way that led to the answer, or the last that was tried: `default`, `--finite-model-find`.
    public var way: String
    /// Why there is no answer.
    public var reason: String?
    public var seconds: Double
  }

  public var name: String
  /// As it says of itself.
  public var version: String
  private let path: String?

  /// What to try for an answer that should be `unsat`; a model is looked for with the ways of `sat` first.
  private static let ways: [String: (unsat: [[String]], sat: [[String]])] = [
    "z3": (unsat: [[], ["smt.auto_config=false"]], sat: [[], ["smt.auto_config=false"]]),
    "cvc5": (
      unsat: [[], ["--finite-model-find"], ["--full-saturate-quant", "--no-e-matching"]], sat: [["--finite-model-find"], []]
    ),
  ]

  /// z3, or the library that kspec itself uses where its program is not installed, through its own parser; and cvc5 where it is.
  public static func installed(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> [CheckingSolver] {
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    func find(_ name: String) -> CheckingSolver? {
      guard let path = folders.lazy.map({ $0 + "/" + name }).first(where: isProgram) else { return nil }
      guard case .printed(let line) = SolverProcess.run([path, "--version"], seconds: 5, isCancelled: { false }) else {
        return nil
      }
      let number = line.split(separator: " ").first { $0.first?.isNumber ?? false }
      return CheckingSolver(name: name, version: number.map(String.init) ?? "?", path: path)
    }
    let library = CheckingSolver(name: "libz3", version: Z3Context.version, path: nil)
    return [find("z3") ?? library, find("cvc5")].compactMap { $0 }
  }

  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && FileManager.default.isExecutableFile(atPath: path)
  }

  /// `seconds`: for each way.
  public func judge(
    script: String, file: String, expecting expected: Answer, seconds: Double, isCancelled: @escaping @Sendable () -> Bool
  ) -> Finding {
    let started = ContinuousClock.now
    var finding = Finding(answer: .unknown, way: "default", reason: nil, seconds: 0)
    for options in ways(expected) where finding.answer == .unknown && !isCancelled() {
      finding.way = options.isEmpty ? "default" : options.joined(separator: " ")
      (finding.answer, finding.reason) = ask(script, file, options, seconds, isCancelled)
    }
    finding.seconds = started.duration(to: .now) / .seconds(1)
    return finding
  }

  private func ways(_ expected: Answer) -> [[String]] {
    guard path != nil, let ways = Self.ways[name] else { return [[]] }
    return expected == .sat ? ways.sat : ways.unsat
  }

  private func ask(
    _ script: String, _ file: String, _ options: [String], _ seconds: Double, _ isCancelled: @escaping @Sendable () -> Bool
  ) -> (Answer, String?) {
    guard let path else { return LibraryCheck.judge(script, seconds: seconds, isCancelled: isCancelled) }
    // The solver's own limit ends it even if kspec is killed.
    let limit =
      name == "z3" ? "-T:\(Int(seconds.rounded(.up)) + 1)" : "--tlimit=\(Int((seconds * 1000).rounded(.up)) + 1000)"
    switch SolverProcess.run([path, limit] + options + [file], seconds: seconds, isCancelled: isCancelled) {
    case .printed("sat"): return (.sat, nil)
    case .printed("unsat"): return (.unsat, nil)
    case .printed("timeout"), .timedOut: return (.unknown, "no answer in \(seconds) s")
    case .printed("unknown"): return (.unknown, "unknown")
    case .printed(let line): return (.unknown, String(line.prefix(200)))
    case .cancelled: return (.unknown, "interrupted")
    case .failed(let reason): return (.unknown, reason)
    }
  }
}
