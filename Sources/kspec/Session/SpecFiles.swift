import Foundation

/// From the paths of a command line to spec files: a file stands for itself, a folder for every `.kspec` file in it and below, in
/// the order of their names. A folder named `errors` below a given one is skipped: it holds specs that are wrong on purpose.
enum SpecFiles {
  struct Found {
    var files: [String] = []
    var problems: [CommandError] = []
  }

  static func find(_ paths: [String]) -> Found {
    var found = Found()
    for path in paths {
      switch kind(path) {
      case .directory?:
        let before = found.files.count
        let problemsBefore = found.problems.count
        descend(path, &found)
        if found.files.count == before, found.problems.count == problemsBefore {
          found.problems.append(CommandError("no spec in `\(path)`", help: "a folder is searched for files that end in .kspec"))
        }
      default:
        do {
          try checkReadable(path)
          found.files.append(path)
        } catch { found.problems.append(error) }
      }
    }
    var seen: Set<String> = []
    found.files = found.files.filter { seen.insert($0).inserted }
    return found
  }

  /// Throws if the path is not a file that can be read. Devices and pipes are refused: they may never end.
  static func checkReadable(_ path: String) throws(CommandError) {
    switch kind(path) {
    case nil: throw missing(path)
    case .directory?: throw CommandError("`\(path)` is a folder", help: "name a spec file; `kspec verify` takes folders")
    case .regular?:
      guard access(path, R_OK) == 0 else { throw CommandError("cannot read `\(path)`: \(String(cString: strerror(errno)))") }
    case .other?: throw CommandError("`\(path)` is not a regular file")
    }
  }

  private enum Kind { case regular, directory, other }

  private static func kind(_ path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .regular
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  private static func missing(_ path: String) -> CommandError {
    let reason = String(cString: strerror(errno))
    let folder = (path as NSString).deletingLastPathComponent
    let beside = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let name = (path as NSString).lastPathComponent
    let nearest = nearestFile(name, beside)
    return CommandError(
      "cannot read `\(path)`: \(reason)",
      help: nearest.map { "did you mean `\((folder as NSString).appendingPathComponent($0))`?" })
  }

  private static func descend(_ folder: String, _ found: inout Found) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      found.problems.append(CommandError("cannot read the folder `\(folder)`: \(String(cString: strerror(errno)))"))
      return
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = (folder as NSString).appendingPathComponent(name)
      switch kind(path) {
      // A linked folder may lead back up; what it holds is found where it stands.
      case .directory? where name != "errors" && !isLink(path): descend(path, &found)
      case .regular? where name.hasSuffix(".kspec"):
        do {
          try checkReadable(path)
          found.files.append(path)
        } catch { found.problems.append(error) }
      default: break
      }
    }
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}

import Spec

private func nearestFile(_ name: String, _ beside: [String]) -> String? {
  Suggestion.nearest(name, among: beside.sorted()) ?? (beside.contains(name + ".kspec") ? name + ".kspec" : nil)
}
