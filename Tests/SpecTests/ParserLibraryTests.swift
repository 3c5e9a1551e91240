import Foundation
import TestSupport
import Testing

@testable import Spec

/// Every spec of the library and every example of the language reference, whoever wrote it.
enum Library {
  static func files(under folder: String) -> [String] {
    let root = packageRoot.appendingPathComponent("specs").appendingPathComponent(folder)
    guard let names = FileManager.default.enumerator(atPath: root.path) else { return [] }
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".kspec") }.sorted().map {
      root.appendingPathComponent($0).path
    }
  }

  /// `specs/errors` holds wrong specs on purpose.
  static var wellFormed: [String] { files(under: "").filter { !$0.contains("/specs/errors/") } }
}

@Suite("Parser: the spec library")
struct ParserLibraryTests {
  @Test("every spec parses without a diagnostic", arguments: Library.wellFormed)
  func parses(path: String) throws {
    let parsed = Parsed(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(parsed.reports == [])
    #expect(!parsed.shape.contains("<error>"))
  }
}
