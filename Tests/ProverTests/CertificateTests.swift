import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

/// Another solver, if this machine has one.
private let cvc5: String? = ["/usr/bin/cvc5", "/usr/local/bin/cvc5"].first { FileManager.default.isExecutableFile(atPath: $0) }

private func answer(_ solver: String, _ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: solver)
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = Pipe()
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
}

private func temporaryDirectory() -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent("kspec-certificate-\(UUID().uuidString)").path
}

private struct Manifest: Decodable {
  struct Entry: Decodable {
    var name: String
    var kind: String
    var file: String
    var expected: String
    var sha256: String
  }
  var version: Int
  var spec: String
  var obligations: [Entry]
}

@Suite struct CertificateTests {
  @Test func `SHA-256 is the standard's`() {
    // FIPS 180-4, examples of NIST: the empty message, "abc", and one of two blocks.
    #expect(SHA256.hex(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hex(of: Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex(of: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test func `a certificate has one script an obligation and says what each must answer`() throws {
    let directory = temporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var options = ProveOptions()
    options.certificateDirectory = directory
    let verdicts = try prove(model(mappingText), nil, options)
    #expect(unproved(verdicts).isEmpty)
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: directory + "/manifest.json")))
    #expect(manifest.version == 1 && manifest.spec == "L4.Mapping")
    // 3 invariants, one of 2 conjuncts, initially and after 3 actions; 1 transition property of one action; 3 actions
    // possible. Spec errors: attach and replace (the type checker leaves no range here), and no conflict that is not folded away.
    let kinds = Dictionary(grouping: manifest.obligations, by: \.kind).mapValues(\.count)
    #expect(kinds["initial"] == 3)
    #expect(kinds["preservation"] == 9)
    #expect(kinds["transition"] == 1)
    #expect(kinds["consistency"] == 3)
    for entry in manifest.obligations {
      let text = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + entry.file))
      #expect(SHA256.hex(of: Array(text)) == entry.sha256)
      #expect(entry.expected == (entry.kind == "consistency" ? "sat" : "unsat"))
    }
  }

  @Test(.enabled(if: cvc5 != nil, "cvc5 is not installed"), arguments: ["l4/mapping.kspec", "vmm/xsa-148-182.kspec"])
  func `another solver confirms every obligation`(_ path: String) throws {
    let solver = try #require(cvc5)
    let directory = temporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var options = ProveOptions()
    options.certificateDirectory = directory
    #expect(unproved(try prove(library(path), nil, options)).isEmpty)
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: directory + "/manifest.json")))
    #expect(!manifest.obligations.isEmpty)
    for entry in manifest.obligations {
      let file = directory + "/" + entry.file
      // Default first; finding a finite model is what confirms `sat`.
      var found = try answer(solver, ["--tlimit=10000", file])
      if found != entry.expected { found = try answer(solver, ["--finite-model-find", "--tlimit=20000", file]) }
      #expect(found == entry.expected, "\(entry.name)")
    }
  }

  @Test func `obligations can be shown without being written`() throws {
    let model = try model(mappingText)
    let obligations = try Prover(model: model, policies: try policies(model)).obligations([model.property("Backed")])
    #expect(obligations.contains { $0.name == "Backed/map" && $0.kind == .preservation && $0.smtlib.contains("(check-sat)") })
    // Also of what is false: its script then answers sat.
    let loose = try Prover(model: model, policies: try policies(model, ["narrow": false])).obligations([
      model.property("Narrowed")
    ])
    #expect(loose.contains { $0.name == "Narrowed/map" })
  }
}
