/// Obligations as files that another solver checks. In: obligations and a directory. Out: one SMT-LIB script each and manifest.json.
///
///     for f in DIR/*.smt2; do cvc5 "$f"; done      # each answers as its manifest line says
import Foundation
import Spec

enum Certificate {
  private struct Entry: Codable {
    var name: String
    var kind: String
    var file: String
    var expected: String
    var sha256: String
  }

  private struct Manifest: Codable {
    var version = 1
    var spec: String
    var obligations: [Entry]
  }

  static func write(_ obligations: [Obligation], to directory: String, _ model: Model) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let root = URL(fileURLWithPath: directory)
    var manifest = Manifest(spec: model.name, obligations: [])
    for (i, obligation) in obligations.enumerated() {
      let file = String(repeating: "0", count: max(0, 4 - "\(i + 1)".count)) + "\(i + 1)-" + slug(obligation.name) + ".smt2"
      let bytes = Array(obligation.smtlib.utf8)
      try Data(bytes).write(to: root.appendingPathComponent(file))
      manifest.obligations.append(
        Entry(
          name: obligation.name, kind: obligation.kind.rawValue, file: file, expected: obligation.expected,
          sha256: SHA256.hex(of: bytes)))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(manifest).write(to: root.appendingPathComponent("manifest.json"))
  }

  private static func slug(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }
}
