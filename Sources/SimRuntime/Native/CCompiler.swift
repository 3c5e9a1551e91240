/// In: C text. Out: a shared library. Finds the host's compiler and runs it.

import Foundation

/// A C compiler of this host.
public struct CCompiler: Sendable, Hashable {
  public let path: String
  /// Changes when the compiler does: its resolved path, size and time. Asking it for its version would cost a process at every
  /// start, even where the library is in the cache.
  public let version: String
  public var optimization = "-O2"
  /// The same without optimisation: a fifth of the time, and code that runs some ten times slower.
  var quick: CCompiler {
    var quick = self
    quick.optimization = "-O0"
    return quick
  }
  /// Extra definitions, `VERIFY=1` in tests.
  public var definitions: [String] = []

  /// `KSPEC_CC` if set (`none`: no compiler), else clang of the path, clang beside swift, cc of the path.
  public static func find(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> CCompiler? {
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    func inPath(_ name: String) -> String? {
      if name.contains("/") { return executable(name) }
      return folders.lazy.compactMap { executable($0 + "/" + name) }.first
    }
    if let wanted = environment["KSPEC_CC"], !wanted.isEmpty {
      return wanted == "none" ? nil : inPath(wanted).flatMap(CCompiler.init)
    }
    func besideSwift() -> String? {
      inPath("swift").flatMap { executable(String(resolved($0).reversed().drop { $0 != "/" }.reversed()) + "clang") }
    }
    return (inPath("clang") ?? besideSwift() ?? inPath("cc")).flatMap(CCompiler.init)
  }

  // By system calls: Foundation's ways to ask take a millisecond together, at every start.
  private static func executable(_ path: String) -> String? {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT != S_IFDIR && access(path, X_OK) == 0 ? path : nil
  }

  /// Without symbolic links; as it is where there is nothing.
  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  init?(_ path: String) {
    let resolved = Self.resolved(path)
    var facts = stat()
    guard stat(resolved, &facts) == 0 else { return nil }
    self.path = path
    self.version = "\(resolved) \(facts.st_size) \(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)"
  }

  public var flags: [String] {
    // Arithmetic wraps after a spec error was noticed (its value is never used); nested expressions are deep.
    ["-std=gnu11", optimization, "-march=native", "-fPIC", "-shared", "-nostdlib", "-w", "-fwrapv"]
      + (version.contains("clang") ? ["-fbracket-depth=100000"] : []) + definitions.map { "-D\($0)" }
  }

  /// A child inherits the mask of the thread that starts it, and a pool's threads block SIGTERM: such a compiler could not be
  /// ended.
  private static func withoutBlockedSignals(_ body: () throws -> Void) throws {
    var none = sigset_t()
    var previous = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    try body()
  }

  /// Compiles one file into another. `started` gets the process, so that it can be ended.
  func compile(_ source: URL, to library: URL, started: (Process) -> Bool) throws(NativeUnavailable) {
    let messages = library.appendingPathExtension("log")
    _ = FileManager.default.createFile(atPath: messages.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: messages) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = flags + ["-o", library.path, source.path]
    // What a compiler that was killed leaves behind lies in the cache, which is swept.
    var environment = ProcessInfo.processInfo.environment
    environment["TMPDIR"] = library.deletingLastPathComponent().path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let log = FileHandle(forWritingAtPath: messages.path)
    process.standardError = log ?? FileHandle.nullDevice
    defer { try? log?.close() }
    do { try Self.withoutBlockedSignals { try process.run() } } catch {
      throw .compiler("\(path) did not start: \(error)")
    }
    guard started(process) else {
      process.terminate()
      process.waitUntilExit()
      throw .cancelled
    }
    process.waitUntilExit()
    guard process.terminationReason == .exit else { throw .compiler("ended by signal \(process.terminationStatus)") }
    guard process.terminationStatus == 0 else {
      let text = (try? Data(contentsOf: messages)).map { String(decoding: $0.prefix(2000), as: UTF8.self) } ?? ""
      throw .compiler("status \(process.terminationStatus): \(text)")
    }
  }
}
