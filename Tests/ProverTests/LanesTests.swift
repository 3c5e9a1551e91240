import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

@Suite("A proof shared out among threads")
struct LanesTests {
  /// What is told of a run, times apart.
  private func account(_ path: String, _ settings: [String: Bool] = [:], threads: Int, seconds: Double? = nil) throws -> [String]
  {
    let model = try library(path)
    var options = ProveOptions()
    (options.threads, options.timeoutSeconds) = (threads, seconds)
    return try prove(model, settings: settings, options).values.map { verdict in
      let run = verdict.induction.map { "\($0.rigid) \($0.initial) \($0.steps)" } ?? ""
      return "\(verdict.property): \(verdict.outcome) \(run) \(verdict.notes)"
    }.sorted()
  }

  private static let cases: [(String, [String: Bool])] = [
    ("l4/mapping.kspec", [:]), ("l4/mapping.kspec", ["narrow": false]),
    ("l4/mapping.kspec", ["recursive": false]), ("exokernel/bindings.kspec", [:]), ("l4/ipc.kspec", [:]),
    ("classics/ticket.kspec", [:]),
  ]

  @Test(arguments: cases)
  func `the outcome of every property is the same with one thread and with several`(path: String, settings: [String: Bool]) throws
  {
    func outcomes(_ threads: Int) throws -> [String] { try account(path, settings, threads: threads).map(outcome) }
    let alone = try outcomes(1)
    #expect(alone.count > 1)
    for threads in [2, 3, 7] { #expect(try outcomes(threads) == alone) }
  }

  /// Which counterexample is found may depend on the number of threads: only the kind of outcome is compared.
  private func outcome(_ account: String) -> String { account.components(separatedBy: "(").first ?? account }

  @Test(arguments: cases)
  func `with the same number of threads everything is the same from run to run`(path: String, settings: [String: Bool]) throws {
    let first = try account(path, settings, threads: 3)
    for _ in 0..<2 { #expect(try account(path, settings, threads: 3) == first) }
  }

  @Test func `a run that is stopped ends in all its threads`() throws {
    for seconds in [0, 0.01, 0.05, 0.2] {
      let verdicts = try account("vmm/xen-paging.kspec", threads: 3, seconds: seconds)
      #expect(verdicts.count == 10)
    }
    #expect(try account("vmm/xen-paging.kspec", threads: 3, seconds: 0).allSatisfy { $0.contains("undecided") })
  }

  @Test func `what another lane found is taken for the same name alone, and its work done where it is gone`() throws {
    let exchange = Exchange(2)
    let found = Found()
    let other = try #require(
      LargeThread {
        let lane = Lane(1, of: exchange)
        found.values = lane.share(["a", "another b", "c"], isStopped: true) { "lane 1, \($0)" }
        lane.leave()
      })
    let lane = Lane(0, of: exchange)
    let first = lane.share(["a", "b", "c"], isStopped: false) { "lane 0, \($0)" }
    #expect(lane.isStopped)
    let alone = lane.share(["d", "e"], isStopped: false) { "lane 0, \($0)" }
    other.join()
    #expect(first == ["lane 0, 0", "lane 0, 1", "lane 0, 2"])
    #expect(found.values == ["lane 0, 0", "lane 1, 1", "lane 0, 2"])
    #expect(alone == ["lane 0, 0", "lane 0, 1"])
  }

  /// Written by one thread, and read once that has ended.
  private final class Found: @unchecked Sendable {
    var values: [String] = []
  }
}
