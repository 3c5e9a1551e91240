import Foundation
import Prover
import Report
import Spec
import TestSupport
import Testing

@testable import kspec

/// What the unsat cores of a proof spare `kspec guards`, against the same without them and with wrong ones.
@Suite("guards that no core needs")
struct GuardPruningTests {
  /// Where the cores come from.
  private enum Cores: CaseIterable {
    case ofTheProof
    /// Every guard is searched for an attack first.
    case off
    /// No guard is in any core, they say.
    case wrong
  }

  private func report(_ model: Model, _ cores: Cores) throws -> GuardReport {
    let rules = model.guards.filter { $0.name != nil }
    let claimed: UnusedGuards? =
      switch cores {
      case .ofTheProof: nil
      case .off: UnusedGuards()
      case .wrong: UnusedGuards(alone: Set(rules), together: Set(rules))
      }
    let instance = try Instance(model, scope: model.scopes.first)
    let analysis = GuardAnalysis(
      session: Session(console: Console(), interruption: Interruption()), model: model,
      scopes: [(instance, model.scopes.first?.name ?? "only")],
      limits: Limits(threads: 1, states: 200_000, engine: .evaluator), proofs: ProofOptions(), findsGroups: true,
      claimed: claimed)
    return try analysis.report(on: rules)
  }

  /// All that a reader is told, but for the searches that were made.
  private func account(_ report: GuardReport, _ model: Model) -> [String] {
    let text = GuardText(report, model, style: .plain)
    return text.lines(traces: true).filter { !$0.contains(" s, ") }
  }

  private func compare(_ model: Model) throws -> [Cores: GuardReport] {
    var reports: [Cores: GuardReport] = [:]
    for cores in Cores.allCases { reports[cores] = try report(model, cores) }
    let searched = account(try #require(reports[.off]), model)
    for (cores, report) in reports { #expect(account(report, model) == searched, "\(model.name), cores: \(cores)") }
    return reports
  }

  @Test(arguments: [
    "classics/ticket.kspec", "classics/lockserv.kspec", "classics/sharded-kv.kspec", "classics/decentralized-lock.kspec",
    "classics/firewall.kspec", "classics/two-phase-commit.kspec", "vmm/xsa-148-182.kspec",
  ])
  func `cores, none and wrong ones lead to the same account of every guard and pair`(path: String) throws {
    _ = try compare(library(path))
  }

  @Test(arguments: 0..<24)
  func `of random guards, too`(seed: UInt64) throws {
    guard let text = try GuardTests.RandomGuards.text(seed: seed) else { return }
    _ = try compare(try Frontend.check(text: text).model)
  }

  @Test func `of two guards that say the same, one is left out at a time`() throws {
    let reports = try compare(
      try Frontend.check(
        text: """
          spec Test.Twice
          var n: 0..5
          init { n = 0 }
          action up() { require Low: n < 3; require Below: n < 3; n := n + 1 }
          action down() { require Up: n > 0; require Some: n != 5; n := n - 1 }
          invariant Small: n <= 3
          deadlock allowed
          scope only { }
          """
      ).model)
    let pruned = try #require(reports[.ofTheProof])
    #expect(pruned.entries.map(\.standing.word) == ["redundant", "redundant", "needed for definedness", "redundant"])
    #expect(pruned.groups.count == 1 && pruned.groups.first?.rules.map(\.name) == ["Low", "Below"])
    #expect(pruned.entries.allSatisfy { $0.standing.word != "redundant" || $0.explored.isEmpty })
    #expect(try #require(reports[.off]).entries.allSatisfy { $0.standing.word != "redundant" || $0.explored.count == 1 })
  }

  @Test func `mapping: nothing is searched for where the proof does without, and wrong cores make no needed guard redundant`()
    throws
  {
    let model = try library("l4/mapping.kspec")
    let reports = try [Cores.ofTheProof, .wrong].map { try report(model, $0) }
    for report in reports {
      let redundant = report.entries.filter { $0.standing.word == "redundant" }
      // As before there were cores.
      #expect(
        redundant.map { model.name(of: $0.rule) } == [
          "map.Present", "map.Apart", "grant.Present", "grant.Apart", "unmap.Present", "flush.Present", "downgrade.Present",
        ])
      #expect(redundant.dropFirst().allSatisfy { $0.explored.isEmpty })
      #expect(report.entries.count { $0.standing.word == "needed" } == 6)
      #expect(report.groups.isEmpty)
      guard case .none = report.covering else {
        Issue.record("\(report.covering)")
        continue
      }
    }
  }

  private func library(_ path: String) throws -> Model {
    try Frontend.load(path: specPath(path)) { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }.model
  }
}
