import Foundation

/// A spec to test with: where it came from, and its text.
public struct SpecText: Sendable, CustomStringConvertible {
  public var path: String
  public var text: String
  public var description: String { path }

  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// The specs below a folder of `specs/`, in the order of their paths. Wrong specs (`specs/errors`) are left out.
public func specTexts(in folder: String) -> [SpecText] {
  let root = packageRoot.appendingPathComponent("specs").appendingPathComponent(folder)
  let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
  let files = (walk?.compactMap { $0 as? URL } ?? []).filter {
    $0.pathExtension == "kspec" && !$0.pathComponents.contains("errors")
  }
  return files.sorted { $0.path < $1.path }.compactMap { file in
    (try? String(contentsOf: file, encoding: .utf8)).map { SpecText(path: file.path, text: $0) }
  }
}

/// The `kspec` blocks of docs/Language.md: each is a complete spec.
public func languageReferenceSpecs() -> [SpecText] {
  let page = packageRoot.appendingPathComponent("docs/Language.md")
  guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
  return text.components(separatedBy: "```kspec\n").dropFirst().enumerated().compactMap { number, rest in
    rest.components(separatedBy: "\n```").first.map { SpecText(path: "docs/Language.md block \(number + 1)", text: $0 + "\n") }
  }
}
