import Foundation
import TestSupport
import Testing

@testable import Spec

@Suite("docs/Diagnostics.md says what the sources say")
struct TypingDiagnosticsPageTests {
  private struct Row {
    var code: String
    var meaning: String
    var example: String
    var remedy: String
  }

  private func rows() throws -> [Row] {
    let page = try String(contentsOf: packageRoot.appendingPathComponent("docs/Diagnostics.md"), encoding: .utf8)
    return page.split(separator: "\n").compactMap { line in
      // Cells are split at bars that are not escaped.
      let cells = line.replacing("\\|", with: "\u{1}").split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{1}", with: "|") }
      guard cells.count == 6, cells[1].wholeMatch(of: #/[EW]\d{4}/#) != nil else { return nil }
      return Row(code: cells[1], meaning: cells[2], example: cells[3], remedy: cells[4])
    }
  }

  @Test("one row for each code, in order")
  func codes() throws {
    #expect(try rows().map(\.code) == (try Codes.inSources()))
  }

  @Test("each row has a meaning and a remedy, and its example is a line of a wrong spec")
  func examples() throws {
    var lines: Set<String> = []
    for file in Marks.files + ["parts/common.kspec", "parts/ring2.kspec", "parts/selfish.kspec"] {
      for line in String(decoding: try Marks.bytes(file), as: UTF8.self).split(separator: "\n") {
        lines.insert(line.trimmingCharacters(in: .whitespaces))
      }
    }
    for row in try rows() {
      #expect(!row.meaning.isEmpty && !row.remedy.isEmpty)
      if !row.example.isEmpty {
        #expect(lines.contains(row.example.trimmingCharacters(in: ["`"])), "\(row.code): \(row.example)")
      }
    }
  }
}
