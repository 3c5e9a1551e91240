import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

/// A certificate in a folder that goes away with its owner.
private final class Certified {
  let url: URL
  var path: String { url.path }

  /// Of everything that the text claims.
  init(_ model: Model, program: String = "test") throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-certificate-\(UUID().uuidString)")
    var options = ProveOptions()
    options.certificateDirectory = url.path
    options.program = program
    #expect(unproved(try prove(model, nil, options)) == [])
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func read(program: String = "test") throws -> CertificateContent { try CertificateReader(path).read(program: program) }
  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func change(_ edit: (inout Manifest) throws -> Void) throws {
    let file = file("manifest.json")
    var manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: file))
    try edit(&manifest)
    try JSONEncoder().encode(manifest).write(to: file)
  }
}

@Suite struct CertificateTests {
  @Test func `a certificate holds the spec, what is proved, and one script an obligation`() throws {
    let certified = try Certified(model(mappingText))
    let content = try certified.read()
    #expect(content.problems == [] && content.notes == [])
    let manifest = content.manifest
    #expect(manifest.schema == "kspec/certificate" && manifest.version == 2 && manifest.spec == "L4.Mapping")
    #expect(manifest.sources.count == 1)
    #expect(try Data(contentsOf: certified.file(manifest.sources[0].file)) == Data(mappingText.utf8))
    #expect(manifest.policies == [.init(name: "narrow", value: "true"), .init(name: "recursive", value: "true")])
    #expect(manifest.properties.allSatisfy { mappingText.contains($0.text) && $0.text.contains($0.name) })
    // 3 invariants, one of 2 conjuncts, initially and after 3 actions; 1 transition property of one action; 3 actions
    // and init possible. Spec errors: attach and replace (the type checker leaves no range here), and no conflict that is not
    // folded away.
    let kinds = Dictionary(grouping: manifest.obligations, by: \.kind).mapValues(\.count)
    #expect(kinds["initial"] == 3)
    #expect(kinds["preservation"] == 9)
    #expect(kinds["transition"] == 1)
    #expect(kinds["consistency"] == 4)
    for entry in manifest.obligations { #expect(entry.expected == (entry.kind == "consistency" ? "sat" : "unsat")) }
    // Whoever states it again states the same.
    let again = try Certified(model(mappingText))
    #expect(try again.read().fingerprint == content.fingerprint)
  }

  @Test func `an action that can never happen is stated to be impossible`() throws {
    let certified = try Certified(
      model(
        """
        spec Dead
        var x: bool
        init { x = false }
        action never() { require x; x := false }
        action stay() { x := false }
        invariant Off: !x
        """))
    let content = try certified.read()
    #expect(content.problems == [])
    #expect(
      content.manifest.obligations.filter { $0.name.contains("possible/") }.map { "\($0.name) \($0.expected)" }
        == ["possible/init sat", "impossible/never unsat", "possible/stay sat"])
  }

  @Test func `what is not proved has no certificate`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-certificate-\(UUID().uuidString)")
    var options = ProveOptions()
    options.certificateDirectory = folder.path
    let verdicts = try prove(model(mappingText), ["Narrowed"], settings: ["narrow": false], options)
    #expect(verdicts["Narrowed"]?.isProved == false)
    #expect(verdicts["Narrowed"]?.notes.contains("no certificate was written: nothing is proved") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test func `nothing is written where something is`() throws {
    let certified = try Certified(model(mappingText))
    #expect(Certificate.obstacle(at: certified.path)?.reason.hasSuffix("holds a certificate already") == true)
    #expect(Certificate.obstacle(at: certified.path + "/spec")?.reason.hasSuffix("is not empty") == true)
    #expect(Certificate.obstacle(at: certified.path + "/manifest.json")?.reason.hasSuffix("is not a folder") == true)
    #expect(Certificate.obstacle(at: certified.path + "/new") == nil)
    // Written beside it, and renamed: nothing is left over.
    let name = certified.url.lastPathComponent
    let beside = try FileManager.default.contentsOfDirectory(atPath: certified.url.deletingLastPathComponent().path)
    #expect(beside.filter { $0.hasPrefix(name) } == [name])
  }

  // MARK: - Suspicion

  @Test func `half of a certificate is none`() throws {
    let certified = try Certified(model(mappingText))
    let manifest = try Data(contentsOf: certified.file("manifest.json"))
    try manifest.prefix(manifest.count / 2).write(to: certified.file("manifest.json"))
    #expect(throws: CertificateFailure.self) { try certified.read() }
    try FileManager.default.removeItem(at: certified.file("manifest.json"))
    #expect(throws: CertificateFailure.self) { try certified.read() }
    #expect(throws: CertificateFailure.self) { try CertificateReader(certified.path + "/none").read(program: "test") }
  }

  @Test func `files that are not the manifest's are noticed`() throws {
    let certified = try Certified(model(mappingText))
    let manifest = try certified.read().manifest
    let script = certified.file(manifest.obligations[2].file)
    let text = try Data(contentsOf: script)
    var damaged = text
    damaged[damaged.count / 2] ^= 1
    try damaged.write(to: script)
    #expect(try certified.read().problems == ["\(manifest.obligations[2].file) was changed: its SHA-256 is not the manifest's"])
    try FileManager.default.removeItem(at: script)
    #expect(try certified.read().problems == ["\(manifest.obligations[2].file) is missing, or cannot be read"])
    try text.write(to: script)
    #expect(try certified.read().problems == [])
    try text.write(to: certified.file("9999-stray.smt2"))
    #expect(try certified.read().notes == ["9999-stray.smt2 is not in the manifest"])
    try certified.change { $0.obligations[0].file = "../a.smt2" }
    #expect(try certified.read().problems == ["`../a.smt2` does not lie in the certificate"])
  }

  @Test func `a certificate of something else is noticed`() throws {
    let original = try Certified(model(mappingText))
    let manifest = try original.read().manifest
    func problems(_ program: String = "test", _ edit: (inout Manifest) throws -> Void) throws -> [String] {
      try original.change { $0 = manifest }
      try original.change(edit)
      return try original.read(program: program).problems
    }
    // Each of the obligations, spec errors among them, is needed.
    for i in manifest.obligations.indices {
      let name = manifest.obligations[i].name
      #expect(try problems { $0.obligations.remove(at: i) } == ["the obligation \(name) is missing"])
    }
    #expect(try problems { $0.obligations.append(manifest.obligations[0]) } == ["\(manifest.obligations[0].name) occurs twice"])
    #expect(try problems { $0.obligations[0].expected = "unknown" }.count == 1)
    #expect(try problems { $0.properties[0].text += " && true" }.count == 1)
    #expect(try problems { $0.properties = [] }.contains("it proves no property"))
    #expect(try problems { $0.properties[0].name = "Nothing" } == ["the spec in it has no property Nothing"])
    #expect(try !problems { $0.invariants.removeLast() }.isEmpty)
    #expect(try problems { $0.policies.removeFirst() } == ["policy narrow has no value in it"])
    #expect(try problems { $0.policies[0].value = "perhaps" } == ["`perhaps` is no value of policy narrow"])
    // With another policy the scripts are others.
    #expect(
      try problems { $0.policies[0].value = "false" }.allSatisfy { $0.hasSuffix("is not what this kspec makes of the spec") })
    #expect(try problems { $0.spec = "Other" } == ["it is said to be of Other, and holds L4.Mapping"])
    #expect(try problems { $0.sources = [] } == ["it holds no spec"])
  }

  @Test func `a script that proves something else is noticed, whatever its hash`() throws {
    let certified = try Certified(model(mappingText))
    let forged = Array("(assert false)\n(check-sat)\n".utf8)
    let entry = try certified.read().manifest.obligations[1]
    try Data(forged).write(to: certified.file(entry.file))
    try certified.change { $0.obligations[1].sha256 = SHA256.hex(of: forged) }
    let text = "the script of \(entry.name) is not what this kspec makes of the spec"
    #expect(try certified.read().problems == [text])
    // Another version may put it otherwise: then it is a note.
    let content = try certified.read(program: "another")
    #expect(content.problems == [] && content.notes == [text])
  }

  /// Read off the model alone, what must be proved is what the prover states; whatever is left out is missed.
  @Test(
    "the list of obligations is complete", arguments: ["l4", "exokernel", "vmm", "conformance"].flatMap { specTexts(in: $0) })
  func complete(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    let invariants = model.provable.filter { if case .invariant = model.properties[$0].kind { true } else { false } }
    let proof = Proof(properties: model.provable, invariants: invariants, impossible: [])
    guard let stated = try? Prover(model: model, policies: try policies(model)).obligations(of: proof) else { return }
    let entries = stated.map {
      Manifest.Entry(name: $0.name, kind: $0.kind.rawValue, file: "", expected: $0.expected, sha256: "")
    }
    let expected = ExpectedObligations(model, proof)
    #expect(expected.missing(in: entries) == [])
    for (i, entry) in entries.enumerated() where entry.kind != "definedness" {
      var fewer = entries
      fewer.remove(at: i)
      #expect(expected.missing(in: fewer) == ["the obligation \(entry.name) is missing"])
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

  // MARK: - Solvers

  private static let solvers = CheckingSolver.installed()
  private static let hasCvc5 = solvers.contains { $0.name == "cvc5" }

  @Test(.enabled(if: hasCvc5, "cvc5 is not installed"), arguments: ["l4/mapping.kspec", "vmm/xsa-148-182.kspec"])
  func `another solver confirms every obligation`(_ path: String) throws {
    let certified = try Certified(library(path))
    let check = CertificateCheck(solvers: Self.solvers.filter { $0.name == "cvc5" }, threads: 2, seconds: 20)
    let rows = check.run(try certified.read().questions(in: certified.path), isCancelled: { false })
    #expect(!rows.isEmpty)
    for row in rows { #expect(row.isConfirmed && !row.isContradicted, "\(row.question.name)") }
  }

  @Test func `without its program z3 reads the scripts as a library, with the same answers`() throws {
    let library = try #require(CheckingSolver.installed(["PATH": "/nowhere"]).first)
    #expect(library.name == "libz3" && library.version == Z3Context.version)
    let certified = try Certified(model(mappingText))
    let check = CertificateCheck(solvers: [library], threads: 2, seconds: 2)
    let rows = check.run(try certified.read().questions(in: certified.path), isCancelled: { false })
    #expect(rows.count == 17 + rows.count { $0.question.kind == "definedness" })
    // It is slow to find models of quantified formulas.
    for row in rows {
      #expect(row.isConfirmed || row.question.kind == "consistency", "\(row.question.name)")
      #expect(!row.isContradicted, "\(row.question.name)")
    }
  }

  private func question(_ script: String, _ expected: CheckingSolver.Answer) throws -> CertificateCheck.Question {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-script-\(UUID().uuidString).smt2")
    try Data(script.utf8).write(to: file)
    return CertificateCheck.Question(name: "q", kind: "preservation", expected: expected, script: script, file: file.path)
  }

  @Test("the wrong answer is a contradiction, and no answer is none", arguments: [true, false])
  func contradiction(_ asLibrary: Bool) throws {
    let solvers = asLibrary ? CheckingSolver.installed([:]) : Self.solvers
    let questions = [
      try question("(declare-fun x () Bool)\n(assert x)\n(check-sat)\n", .unsat),
      try question("(declare-fun x () Bool)\n(assert (and x (not x)))\n(check-sat)\n", .sat),
      try question("(declare-fun x () Bool)\n(assert (and x (not x)))\n(check-sat)\n", .unsat),
      try question("(assert (nonsense))\n(check-sat)\n", .unsat),
    ]
    defer { for question in questions { try? FileManager.default.removeItem(atPath: question.file) } }
    let check = CertificateCheck(solvers: solvers, threads: 2, seconds: 5)
    let rows = check.run(questions, isCancelled: { false })
    #expect(rows.map(\.isContradicted) == [true, true, false, false])
    #expect(rows.map(\.isConfirmed) == [false, false, true, false])
    #expect(rows[3].findings.allSatisfy { $0?.answer == .unknown && $0?.reason != nil })
    // Stopped before it began: nothing was asked.
    #expect(check.run(questions, isCancelled: { true }).allSatisfy { $0.findings.allSatisfy { $0 == nil } })
  }

  @Test("a solver that takes too long gives no answer", arguments: [true, false])
  func slow(_ asLibrary: Bool) throws {
    // Whether 2^61 - 1 has a divisor: nobody knows within 50 ms by these means.
    let script = """
      (declare-fun a () Int)
      (declare-fun b () Int)
      (assert (and (> a 1) (> b 1) (= (* a b) 2305843009213693951)))
      (check-sat)

      """
    let question = try question(script, .unsat)
    defer { try? FileManager.default.removeItem(atPath: question.file) }
    let solvers = asLibrary ? CheckingSolver.installed([:]) : Self.solvers
    let started = ContinuousClock.now
    let rows = CertificateCheck(solvers: solvers, threads: 2, seconds: 0.05).run([question], isCancelled: { false })
    #expect(rows[0].findings.allSatisfy { $0?.answer == .unknown && $0?.reason == "no answer in 0.05 s" })
    #expect(started.duration(to: .now) < .seconds(8))
  }
}
