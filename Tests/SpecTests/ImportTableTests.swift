import Foundation
import TestSupport
import Testing

/// ARCHITECTURE.md's table of imports, read back: SwiftPM's incremental builds let an undeclared import through.
@Suite struct ImportTableTests {
  @Test("each target imports only what ARCHITECTURE.md's table allows")
  func importsFollowTheTable() throws {
    let allowed = try table()
    #expect(allowed.count == 9)
    let ours = Set(allowed.keys)
    for (target, permitted) in allowed {
      let folder = packageRoot.appendingPathComponent("Sources").appendingPathComponent(target)
      for file in try swiftFiles(in: folder) {
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
          let words = line.split(separator: " ").filter { $0 != "public" && $0 != "@preconcurrency" && $0 != "internal" }
          guard words.first == "import", let module = words.dropFirst().first.map(String.init), ours.contains(module) else {
            continue
          }
          #expect(permitted.contains(module), "\(target) imports \(module) in \(file.lastPathComponent)")
        }
      }
    }
  }

  @Test("only Report, kspec and tests print")
  func onlyReportPrints() throws {
    for target in ["Spec", "SimRuntime", "Checker", "Prover"] {
      let folder = packageRoot.appendingPathComponent("Sources").appendingPathComponent(target)
      for file in try swiftFiles(in: folder) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for line in text.split(separator: "\n") where !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
          // A method of that name prints nothing by being declared.
          #expect(!line.contains(" print(") || line.contains("func print("), "\(file.lastPathComponent): \(line)")
          #expect(!line.contains(" exit("), "\(file.lastPathComponent): \(line)")
        }
      }
    }
  }

  private func table() throws -> [String: Set<String>] {
    let text = try String(contentsOf: packageRoot.appendingPathComponent("ARCHITECTURE.md"), encoding: .utf8)
    var result: [String: Set<String>] = [:]
    var inside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("| target |") { inside = true }
      guard inside else { continue }
      if !line.hasPrefix("|") { break }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2, cells[0].hasPrefix("`") else { continue }
      let names = cells[1].split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
      result[cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "`"))] = Set(names.filter { !$0.isEmpty })
    }
    // `kspec` imports all of these.
    result["kspec"] = Set(result.keys)
    return result
  }

  private func swiftFiles(in folder: URL) throws -> [URL] {
    let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (walk?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }
}
