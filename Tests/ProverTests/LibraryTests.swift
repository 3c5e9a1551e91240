import Spec
import TestSupport
import Testing

@testable import Prover

/// What the library says of itself in its `verify` blocks, as far as the prover has a part in it.
@Suite struct LibraryTests {
  private static let specs = ["l4", "exokernel", "vmm"].flatMap { specTexts(in: $0) }

  private func values(_ line: VerifyLine, _ model: Model) throws -> [Value] {
    try Instance(model, scope: nil, policies: line.settings.mapValues { (expr) throws(SpecError) in try model.closedValue(expr) })
      .policies
  }

  @Test("what the library says is proved is proved", arguments: specs + specTexts(in: "classics"))
  func proved(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    var lines = 0
    for line in model.verify ?? [] {
      guard case .prove(let properties) = line.goal else { continue }
      lines += 1
      for verdict in Prover(model: model, policies: try values(line, model)).prove(properties) {
        #expect(verdict.isProved, "\(verdict.property): \(verdict.outcome)")
        #expect(!verdict.notes.contains { $0.contains("never happen") || $0.contains("no initial state") }, "\(verdict.notes)")
      }
    }
    #expect(lines > 0)
  }

  /// Otherwise there would be nothing to find.
  @Test("the safety property of a classic protocol alone is not inductive", arguments: specTexts(in: "classics"))
  func alone(_ text: SpecText) throws {
    let start = try #require(text.text.range(of: "// What carries it\n"))
    let end = try #require(text.text.range(of: "\ncover ", range: start.upperBound..<text.text.endIndex))
    let bare = String(text.text[..<start.lowerBound] + text.text[end.lowerBound...])
    let model = try Frontend.check(text: bare, path: text.path).model
    #expect(model.provable.map { model.properties[$0].name } == ["Safe"])
    let safe = try #require(model.provable.first)
    let verdict = Prover(model: model, policies: try Instance(model, scope: nil).policies).refute(safe)
    #expect(verdict.induction != nil, "\(verdict.outcome)")
  }

  /// The refutations are pinned by the exhaustive checker: a proof of one of them would be false.
  @Test("what the library refutes is not proved", arguments: specs)
  func refuted(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    var options = ProveOptions()
    options.rlimit = 2_000_000
    options.seeds = 1
    var lines = 0
    for line in model.verify ?? [] {
      guard case .refute(.property(let property)) = line.goal, model.provable.contains(property) else { continue }
      lines += 1
      let verdict = Prover(model: model, policies: try values(line, model)).refute(property, options)
      #expect(!verdict.isProved, "\(verdict.property)")
    }
    #expect(lines > 0)
  }
}
