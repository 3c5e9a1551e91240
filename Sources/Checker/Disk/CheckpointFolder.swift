import Foundation

/// `--checkpoint` or `--resume` names a folder that cannot be used: the command is wrong, the spec is not.
public struct CheckpointUnusable: Error, Sendable {
  public let message: String
  public let help: String?
}

/// A folder with at most one checkpoint, for one process at a time.
///
///     manifest       what the checkpoint is, replaced by renaming
///     log-N          the states: the manifest says which N, and how much of it
///     lock           held by the process that writes here
///
/// The manifest is replaced only when everything it speaks of is on the medium, and what the old one speaks of goes only then.
final class CheckpointFolder: Sendable {
  let path: String
  private let held: DiskFile
  /// The folder was not there before.
  let isOwn: Bool

  private var manifestPath: String { path + "/manifest" }

  init(_ path: String) throws(CheckpointUnusable) {
    self.path = path
    isOwn = !FileManager.default.fileExists(atPath: path)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw CheckpointUnusable(message: "cannot make the folder \(path)", help: nil) }
    do throws(DiskError) { held = try DiskFile(opening: path + "/lock", creating: true) } catch {
      throw CheckpointUnusable(message: "cannot use the folder of checkpoints: \(error.message)", help: nil)
    }
    guard held.lock() else {
      throw CheckpointUnusable(message: "\(path) is in use by another run of kspec", help: nil)
    }
  }

  var holdsCheckpoint: Bool { FileManager.default.fileExists(atPath: manifestPath) }

  func load() throws(DiskError) -> Manifest {
    let file = try DiskFile(opening: manifestPath, writing: false)
    var bytes = [UInt8](repeating: 0, count: file.size)
    try file.read(into: &bytes, at: 0)
    do throws(DiskError) { return try Manifest(decoding: bytes) } catch {
      throw DiskError("\(manifestPath): \(error.message)")
    }
  }

  /// Makes `manifest` the checkpoint. Its log must be on the medium.
  func save(_ manifest: Manifest) throws(DiskError) {
    let bytes = try manifest.encoded()
    let draft = manifestPath + ".new"
    unlink(draft)
    let file = try DiskFile(creating: draft)
    try bytes.withUnsafeBufferPointer { bytes throws(DiskError) in try file.write(UnsafeRawBufferPointer(bytes), at: 0) }
    try file.sync()
    if rename(draft, manifestPath) != 0 { throw .last(manifestPath) }
    syncFolder()
  }

  /// The path of log `number`.
  func logPath(_ number: Int) -> String { path + "/log-\(number)" }

  /// Removes logs that no checkpoint speaks of.
  func removeLogs(where isOld: (Int) -> Bool) {
    for file in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      guard file.hasPrefix("log-"), let number = Int(file.dropFirst(4)), isOld(number) else { continue }
      unlink(logPath(number))
    }
  }

  /// The search is over: nothing to resume. `isOwn`: it was a search that made the folder.
  func removeCheckpoint(isOwn: Bool) {
    unlink(manifestPath)
    unlink(manifestPath + ".new")
    removeLogs { _ in true }
    unlink(path + "/lock")
    if isOwn { rmdir(path) }
  }

  private func syncFolder() {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder < 0 { return }
    fsync(folder)
    close(folder)
  }
}
