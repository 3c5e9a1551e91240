/// A finished proof as files that others check. In: what was proved, and of what. Out: a folder, whole or not at all.
///
///     for f in DIR/*.smt2; do cvc5 "$f"; done      # each answers as its manifest line says
///     kspec recheck DIR
import Foundation
import Spec

/// What was proved, on which invariants.
struct Proof: Sendable {
  var properties: [Int]
  var invariants: [Int]
  var impossible: Set<ActionID>
}

extension Prover {
  /// The obligations of a proof, from the spec alone: nothing of the search that found it is in them, so that whoever has the
  /// spec can state them again and compare.
  func obligations(of proof: Proof, _ options: ProveOptions = ProveOptions()) throws -> [Obligation] {
    let run = try InductionRun(
      model, policies: policies, asked: proof.properties, only: proof.invariants, isFrugal: false, options)
    run.state(proof.impossible)
    return run.obligations
  }
}

public enum Certificate {
  static let manifestName = "manifest.json"

  public static func isPresent(at directory: String) -> Bool {
    FileManager.default.fileExists(atPath: URL(fileURLWithPath: directory).appendingPathComponent(manifestName).path)
  }

  /// Why nothing can be written there; nil: the folder is empty, or there is none.
  public static func obstacle(at directory: String) -> CertificateFailure? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder) else { return nil }
    guard isFolder.boolValue else { return CertificateFailure("`\(directory)` is not a folder") }
    guard let content = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      return CertificateFailure("cannot read the folder `\(directory)`")
    }
    if content.isEmpty { return nil }
    if content.contains(manifestName) {
      return CertificateFailure(
        "`\(directory)` holds a certificate already",
        help: "`kspec recheck \(directory)` checks it; remove it, or name another folder, to write a new one")
    }
    return CertificateFailure("`\(directory)` is not empty", help: "name a new folder, or an empty one")
  }

  /// Writes beside the folder and renames: a reader finds all of it or nothing.
  static func write(_ obligations: [Obligation], of proof: Proof, _ prover: Prover, program: String, to directory: String) throws
  {
    if let obstacle = obstacle(at: directory) { throw obstacle }
    let path = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    let folder = URL(fileURLWithPath: partial)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try fill(folder, obligations, of: proof, prover, program: program)
      guard rename(partial, path) == 0 else { throw CertificateFailure(String(cString: strerror(errno))) }
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  private static func fill(
    _ folder: URL, _ obligations: [Obligation], of proof: Proof, _ prover: Prover, program: String
  ) throws {
    let model = prover.model
    func put(_ bytes: [UInt8], _ name: String) throws -> String {
      try Data(bytes).write(to: folder.appendingPathComponent(name))
      return SHA256.hex(of: bytes)
    }
    func statement(_ id: Int) -> Manifest.Statement {
      Manifest.Statement(name: model.properties[id].name, text: model.sources.text(model.properties[id].span))
    }
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("spec"), withIntermediateDirectories: true)
    let sources = try model.sources.files.enumerated().map { i, source in
      let name = source.path.split(separator: "/").last.map(String.init) ?? "spec.kspec"
      let file = "spec/\(number(i + 1, digits: 3))-\(slug(name))"
      return Manifest.Source(path: source.path, file: file, sha256: try put(source.bytes, file))
    }
    let entries = try obligations.enumerated().map { i, obligation in
      let file = "\(number(i + 1, digits: 4))-\(slug(obligation.name)).smt2"
      return Manifest.Entry(
        name: obligation.name, kind: obligation.kind.rawValue, file: file, expected: obligation.expected,
        sha256: try put(Array(obligation.smtlib.utf8), file))
    }
    let manifest = Manifest(
      spec: model.name, tools: Manifest.Tools(program: program, solver: "z3 \(Z3Context.version)"), sources: sources,
      policies: zip(model.policies, prover.policies).map {
        Manifest.Setting(name: $0.name, value: model.literal($1, $0.type))
      },
      properties: proof.properties.map(statement), invariants: proof.invariants.map(statement), obligations: entries)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    _ = try put(Array(try encoder.encode(manifest)), manifestName)
  }

  private static func number(_ n: Int, digits: Int) -> String {
    String(repeating: "0", count: max(0, digits - "\(n)".count)) + "\(n)"
  }

  private static func slug(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }.prefix(80))
  }
}
