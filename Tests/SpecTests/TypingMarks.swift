import Foundation
import TestSupport

@testable import Spec

/// The diagnostics that a wrong spec says it has, and those that it gets.
///
/// A mark is a comment line below the line it speaks of: carets under the span and the code, or columns and the code where the
/// span begins too far left for carets or is too long.
///
///       level := 9
///     //~        ^ E0302
///     //~ 3-8 E0201
struct MarkedDiagnostic: Hashable, Comparable, CustomStringConvertible {
  var file: String
  var line: Int
  /// Columns from 1; `last` is one past the span (which may lie on a later line).
  var first: Int
  var last: Int
  var code: String

  var description: String { "\(file):\(line):\(first)-\(last) \(code)" }

  static func < (a: Self, b: Self) -> Bool {
    (a.file, a.line, a.first, a.last, a.code) < (b.file, b.line, b.first, b.last, b.code)
  }
}

enum Marks {
  static let folder = packageRoot.appendingPathComponent("specs/errors").path

  /// The specs to check; what they import lies in a folder below.
  static var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".kspec") }.sorted()
  }

  static func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))) }

  /// The marks of a file. Lines are split by bytes: the file may hold what is no text.
  static func expected(in file: String) throws -> [MarkedDiagnostic] {
    var result: [MarkedDiagnostic] = []
    var marked = 0
    for (index, line) in lines(of: try bytes(file)).enumerated() {
      guard line.hasPrefix("//~") else {
        marked = index + 1
        continue
      }
      let words = line.dropFirst(3).split(separator: " ")
      guard words.count == 2, let columns = columns(words[0], in: line) else { throw BadMark(file: file, line: index + 1) }
      result.append(MarkedDiagnostic(file: file, line: marked, first: columns.0, last: columns.1, code: String(words[1])))
    }
    return result
  }

  /// The line that each mark of a code speaks of.
  static func examples() throws -> [String: [String]] {
    var result: [String: [String]] = [:]
    let parts = try FileManager.default.contentsOfDirectory(atPath: folder + "/parts").sorted().map { "parts/" + $0 }
    for file in files + parts {
      let lines = lines(of: try bytes(file))
      for mark in try expected(in: file) {
        result[mark.code, default: []].append(lines[mark.line - 1].trimmingCharacters(in: .whitespaces))
      }
    }
    return result
  }

  private static func lines(of bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func columns(_ word: Substring, in line: String) -> (Int, Int)? {
    if word.allSatisfy({ $0 == "^" }) {
      let first = line.distance(from: line.startIndex, to: word.startIndex) + 1
      return (first, first + word.count)
    }
    let numbers = word.split(separator: "-").compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }

  struct BadMark: Error {
    var file: String
    var line: Int
  }

  /// What the front end says, in all files of the run.
  static func found(in file: String) -> (diagnostics: [Diagnostic], sources: SourceSet) {
    do {
      let spec = try Frontend.load(path: file) { try bytes($0) }
      return (spec.warnings, spec.model.sources)
    } catch {
      return (error.diagnostics, error.sources)
    }
  }

  static func mark(_ diagnostic: Diagnostic, _ sources: SourceSet) -> MarkedDiagnostic {
    guard diagnostic.span.file >= 0 else { return MarkedDiagnostic(file: "", line: 0, first: 0, last: 0, code: diagnostic.code) }
    let file = sources.files[Int(diagnostic.span.file)]
    let (start, end) = (file.position(of: diagnostic.span.start), file.position(of: diagnostic.span.end))
    return MarkedDiagnostic(file: file.path, line: start.line, first: start.column, last: end.column, code: diagnostic.code)
  }
}
