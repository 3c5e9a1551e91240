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
}
