/// In: generated C and a compiler. Out: the path of its compiled library, compiled at most once a host.
///
/// The folder belongs to the user alone, since what is in it will be run: if it does not, a private temporary one is used.
/// A library is written under another name and renamed, so that processes that race both win.

import Foundation
import Spec

struct NativeCache: Sendable {
  let folder: URL
  /// Libraries kept; the least recently compiled go first.
  private static let limit = 512

  /// `$XDG_CACHE_HOME/kspec`, `~/.cache/kspec`, or a temporary folder of this process.
  static let shared = NativeCache()

  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    var base: URL?
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      base = URL(fileURLWithPath: cache)
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      base = URL(fileURLWithPath: home).appendingPathComponent(".cache")
    }
    if let wanted = base?.appendingPathComponent("kspec"), Self.prepare(wanted) {
      folder = wanted
    } else {
      let name = "kspec-\(getuid())-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
      folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
      _ = Self.prepare(folder)
    }
  }

  /// Creates the folder if needed; false unless it is a real folder of this user that nobody else may enter.
  private static func prepare(_ folder: URL) -> Bool {
    try? FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return isPrivate(folder.path, kind: S_IFDIR) && access(folder.path, W_OK) == 0
  }

  private static func isPrivate(_ path: String, kind: mode_t) -> Bool {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { return false }
    return facts.st_mode & S_IFMT == kind && facts.st_uid == getuid() && facts.st_mode & 0o022 == 0
      && (kind != S_IFDIR || facts.st_mode & 0o077 == 0)
  }

  /// Text, emitter, flags, compiler and processor: whatever the library depends on.
  func key(_ text: NativeText, _ compiler: CCompiler) -> String {
    SHA256.hex(
      [text.hash, text.table, "\(emitterVersion)", compiler.version, compiler.flags.joined(separator: " "), Self.processor]
        .joined(separator: "\u{0}"))
  }

  /// The path of the library of a text if it is there.
  func held(_ text: NativeText, _ compiler: CCompiler) -> String? { held(key(text, compiler)) }

  private func held(_ key: String) -> String? {
    let path = path(key)
    return Self.isPrivate(path, kind: S_IFREG) ? path : nil
  }

  private func path(_ key: String) -> String { folder.appendingPathComponent(key + ".so").path }

  /// The path of the library of a text; compiles it unless it is there.
  func library(
    _ text: NativeText, _ compiler: CCompiler, fresh: Bool = false, started: (Process) -> Bool
  ) throws(NativeUnavailable) -> String {
    let key = key(text, compiler)
    if !fresh, let held = held(key) { return held }
    let own = "\(key).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
    let source = folder.appendingPathComponent(own + ".c")
    let draft = folder.appendingPathComponent(own + ".so")
    defer {
      try? FileManager.default.removeItem(at: source)
      try? FileManager.default.removeItem(at: draft)
    }
    do { try Data(text.text.utf8).write(to: source) } catch { throw .compiler("cannot write \(source.path)") }
    try compiler.compile(source, to: draft, started: started)
    chmod(draft.path, 0o700)
    let library = path(key)
    guard rename(draft.path, library) == 0 else { throw .compiler("cannot write \(library)") }
    prune()
    return library
  }

  private func prune() {
    let manager = FileManager.default
    let dated = ((try? manager.contentsOfDirectory(atPath: folder.path)) ?? []).map { name -> (name: String, time: Int) in
      var facts = stat()
      return stat(folder.appendingPathComponent(name).path, &facts) == 0 ? (name, facts.st_mtim.tv_sec) : (name, 0)
    }
    // A library's name is its key alone; whatever else lies there for an hour was left by a process that was killed.
    let libraries = dated.filter { $0.name.utf8.count == 64 + 3 && $0.name.hasSuffix(".so") }
    let old = time(nil) - 3600
    var doomed = dated.filter { file in file.time < old && !libraries.contains { $0.name == file.name } }
    if libraries.count > Self.limit {
      doomed += libraries.sorted { $0.time < $1.time }.prefix(libraries.count - Self.limit / 2)
    }
    for file in doomed { try? manager.removeItem(at: folder.appendingPathComponent(file.name)) }
  }

  /// The processor's model and features, since code is compiled for this very one.
  private static let processor: String = {
    guard let file = FileHandle(forReadingAtPath: "/proc/cpuinfo") else { return "unknown" }
    defer { try? file.close() }
    let head = String(decoding: (try? file.read(upToCount: 1 << 14)) ?? Data(), as: UTF8.self)
    let lines = head.split(separator: "\n").filter {
      $0.hasPrefix("model name") || $0.hasPrefix("flags") || $0.hasPrefix("CPU part") || $0.hasPrefix("Features")
    }
    return Set(lines).sorted().joined(separator: "\n")
  }()
}
