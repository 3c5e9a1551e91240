import Foundation

/// The root of the package: two folders above this file's folder.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A file of the spec library, by its path below `specs/`.
public func specPath(_ relative: String) -> String {
  packageRoot.appendingPathComponent("specs").appendingPathComponent(relative).path
}
