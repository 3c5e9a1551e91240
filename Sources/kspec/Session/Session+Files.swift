import Foundation
import Report
import Spec

/// Files in and out.
extension Session {
  func source(_ path: String) throws(CommandError) -> SourceText {
    try SpecFiles.checkReadable(path)
    do {
      return SourceText(path: path, bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    } catch {
      throw CommandError("cannot read `\(path)`: \(error.localizedDescription)")
    }
  }

  /// In one step: a reader sees the old text or the new, never a part. A link stays a link.
  func replace(_ path: String, with bytes: [UInt8]) throws(CommandError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path).resolvingSymlinksInPath(), options: .atomic)
    } catch {
      throw CommandError("cannot write `\(path)`: \(error.localizedDescription)")
    }
  }

  func print(_ document: VerdictJson) throws(EngineFault) {
    do {
      console.out(try document.json().text())
    } catch {
      throw EngineFault("the JSON document could not be written: \(error)")
    }
  }
}
