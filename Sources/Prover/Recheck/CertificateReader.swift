/// A certificate read with suspicion. In: a folder. Out: its manifest and scripts, or what is wrong with it.
///
/// Three questions before any solver runs: are the files those of the manifest (hashes); does the manifest list everything that
/// must be proved of the spec in it; and does each script say what this program makes of that spec. The first finds damage, the
/// other two a certificate of something else, which may be flawless in itself.
import Foundation
import Spec

/// A certificate whose files are what its manifest says.
public struct CertificateContent: Sendable {
  public var manifest: Manifest
  /// SHA-256 of manifest.json: stands for all of it.
  public var fingerprint: String
  /// By obligation.
  public var scripts: [String]
  /// Empty: it is a proof of its spec, if solvers confirm each script.
  public var problems: [String] = []
  public var notes: [String] = []
}

public struct CertificateReader {
  private let root: URL
  private let directory: String

  public init(_ directory: String) {
    self.directory = directory
    root = URL(fileURLWithPath: directory)
  }

  /// `program`: who reads; scripts that another version wrote may differ from those that it would write.
  public func read(program: String) throws -> CertificateContent {
    let bytes = try manifestBytes()
    let manifest = try decode(bytes)
    var content = CertificateContent(manifest: manifest, fingerprint: SHA256.hex(of: bytes), scripts: [])
    var sources: [String: [UInt8]] = [:]
    for source in manifest.sources {
      if let bytes = verified(source.file, source.sha256, &content.problems) { sources[source.path] = bytes }
    }
    for entry in manifest.obligations {
      let bytes = verified(entry.file, entry.sha256, &content.problems) ?? []
      content.scripts.append(String(decoding: bytes, as: UTF8.self))
    }
    let named = Set(manifest.obligations.map(\.file))
    let present = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for file in present.sorted() where file.hasSuffix(".smt2") && !named.contains(file) {
      content.notes.append("\(file) is not in the manifest")
    }
    if content.problems.isEmpty { compare(&content, sources, program) }
    return content
  }

  private func manifestBytes() throws(CertificateFailure) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), isFolder.boolValue else {
      throw CertificateFailure("`\(directory)` is not a folder", help: "`kspec prove FILE --certificate FOLDER` writes one")
    }
    let file = root.appendingPathComponent(Certificate.manifestName)
    do {
      return Array(try Data(contentsOf: file))
    } catch {
      throw CertificateFailure(
        "`\(directory)` has no \(Certificate.manifestName) that can be read: it is no certificate, or half of one",
        help: "`kspec prove FILE --certificate FOLDER` writes one")
    }
  }

  private func decode(_ bytes: [UInt8]) throws(CertificateFailure) -> Manifest {
    struct Head: Decodable {
      var schema: String?
      var version: Int?
    }
    let head = try? JSONDecoder().decode(Head.self, from: Data(bytes))
    if let version = head?.version, version != Manifest.version {
      throw CertificateFailure(
        "the certificate is of version \(version); this kspec reads version \(Manifest.version)", help: "write it again")
    }
    do {
      let manifest = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
      guard manifest.schema == Manifest.schema else { throw CertificateFailure("schema \(manifest.schema)") }
      return manifest
    } catch {
      throw CertificateFailure("\(Certificate.manifestName) is damaged, or no manifest of a certificate")
    }
  }

  /// The bytes of a file in the folder, if they are the ones that were written.
  private func verified(_ file: String, _ hash: String, _ problems: inout [String]) -> [UInt8]? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    guard !file.isEmpty, !parts.contains(".."), !parts.contains("") else {
      problems.append("`\(file)` does not lie in the certificate")
      return nil
    }
    guard let data = try? Data(contentsOf: root.appendingPathComponent(file)) else {
      problems.append("\(file) is missing, or cannot be read")
      return nil
    }
    guard SHA256.hex(of: Array(data)) == hash else {
      problems.append("\(file) was changed: its SHA-256 is not the manifest's")
      return nil
    }
    return Array(data)
  }

  // MARK: - Against the spec

  private func compare(_ content: inout CertificateContent, _ sources: [String: [UInt8]], _ program: String) {
    let manifest = content.manifest
    func object(_ problem: String) { content.problems.append(problem) }
    guard let first = manifest.sources.first else { return object("it holds no spec") }
    let model: Model
    do {
      model = try Frontend.load(path: first.path) { path in
        guard let bytes = sources[path] else { throw CertificateFailure("not in the certificate") }
        return bytes
      }.model
    } catch {
      return object("the spec in it has \(Counted.errors(error.diagnostics.count))")
    }
    if model.name != manifest.spec { object("it is said to be of \(manifest.spec), and holds \(model.name)") }
    guard let policies = settings(manifest, model, object), let proof = proof(manifest, model, object) else { return }
    let expected = ExpectedObligations(model, proof)
    content.problems += expected.missing(in: manifest.obligations)
    guard content.problems.isEmpty else { return }
    do {
      let stated = try withLargeStack {
        Result { try Prover(model: model, policies: policies).obligations(of: proof) }
      }.get()
      compare(stated, &content, isSameProgram: program == manifest.tools.program)
    } catch {
      object("its obligations cannot be stated again: \((error as? EncodingFailure)?.reason ?? "\(error)")")
    }
  }

  /// By kind and name: what this program would write.
  private func compare(_ stated: [Obligation], _ content: inout CertificateContent, isSameProgram: Bool) {
    var scripts: [String: String] = [:]
    for (entry, script) in zip(content.manifest.obligations, content.scripts) {
      scripts["\(entry.kind) \(entry.name)"] = script
    }
    var missing: [String] = []
    var different: [String] = []
    for obligation in stated {
      switch scripts["\(obligation.kind.rawValue) \(obligation.name)"] {
      case nil: missing.append(obligation.name)
      case obligation.smtlib: break
      default: different.append(obligation.name)
      }
    }
    // Where evaluation may be an error is found while encoding, so another version may name it otherwise; it is needed all the same.
    content.problems += missing.map { "the obligation \($0) is missing" }
    let texts = different.map { "the script of \($0) is not what this kspec makes of the spec" }
    if isSameProgram { content.problems += texts } else { content.notes += texts }
  }

  private func settings(_ manifest: Manifest, _ model: Model, _ object: (String) -> Void) -> [Value]? {
    let any = Instance(model: model, sizes: model.sorts.map { _ in 1 }, policies: [], scope: nil)
    var values: [Value] = []
    for policy in model.policies {
      guard let text = manifest.policies.first(where: { $0.name == policy.name })?.value else {
        object("policy \(policy.name) has no value in it")
        return nil
      }
      if case .int(let low, let high) = policy.type, let number = Int64(text), low <= number, number <= high {
        values.append(.int(number))
        continue
      }
      let known = (0..<min(any.cardinality(policy.type), 4096)).lazy.map { any.value($0, policy.type) }
      guard let value = known.first(where: { model.literal($0, policy.type) == text }) else {
        object("`\(text)` is no value of policy \(policy.name)")
        return nil
      }
      values.append(value)
    }
    return values
  }

  private func proof(_ manifest: Manifest, _ model: Model, _ object: (String) -> Void) -> Proof? {
    func indices(_ statements: [Manifest.Statement]) -> [Int]? {
      var result: [Int] = []
      for statement in statements {
        guard let id = model.properties.firstIndex(where: { $0.name == statement.name }) else {
          object("the spec in it has no property \(statement.name)")
          return nil
        }
        if model.sources.text(model.properties[id].span) != statement.text {
          object("\(statement.name) reads otherwise in the manifest than in the spec")
        }
        result.append(id)
      }
      return result
    }
    guard let properties = indices(manifest.properties), let invariants = indices(manifest.invariants) else { return nil }
    if properties.isEmpty { object("it proves no property") }
    var impossible: Set<ActionID> = []
    for entry in manifest.obligations where entry.kind == Obligation.Kind.impossibility.rawValue {
      if let id = model.actions.firstIndex(where: { "impossible/\($0.name)" == entry.name }) { impossible.insert(id) }
    }
    return Proof(properties: properties, invariants: invariants, impossible: impossible)
  }
}

private enum Counted {
  static func errors(_ n: Int) -> String { n == 1 ? "an error" : "\(n) errors" }
}
