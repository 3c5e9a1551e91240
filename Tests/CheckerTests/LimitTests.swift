import Foundation
import Spec
import Testing

@testable import Checker

/// A limit ends in an honest `undecided` with what was covered, and never in a verdict.
@Suite struct LimitTests {
  private func run(_ options: CheckOptions, _ cancellation: Cancellation = Cancellation()) throws -> Verdict {
    // 7^6 = 117,649 states.
    try Checker(instance: try instance(counters(6, 7)), options: options).run(.all, cancellation: cancellation)
  }

  private func expectUndecided(_ verdict: Verdict, _ reason: String) {
    guard case .undecided(let why) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(why.contains(reason))
    #expect(verdict.states < 117_649)
    #expect(verdict.trace == nil)
  }

  @Test(arguments: [1, 2]) func `of states`(threads: Int) throws {
    let verdict = try run(.with(threads: threads) { $0.maxStates = 500 })
    expectUndecided(verdict, "500 states")
    #expect(verdict.states >= 500)
  }

  @Test(arguments: [1, 2]) func `of memory`(threads: Int) throws {
    let verdict = try run(.with(threads: threads) { $0.maxBytes = 1 << 17 })
    expectUndecided(verdict, "MiB")
    #expect(verdict.states > 0)
    // Grows are refused before they happen; what may pass the limit is a chunk a worker.
    #expect(verdict.peakBytes < 1 << 18)
  }

  @Test func `of time`() throws {
    expectUndecided(try run(.with { $0.maxSeconds = 0 }), "limit of 0 s")
  }

  @Test func `by interruption, even before the beginning`() throws {
    let cancellation = Cancellation()
    cancellation.cancel()
    expectUndecided(try run(.with(), cancellation), "interrupted")
    expectUndecided(try run(.with(native: .auto), cancellation), "interrupted")
  }

  @Test func `a violation found before the limit is still shown`() throws {
    let instance = try instance(counters(6, 7, more: "invariant Low: forall k: Counter :: c[k] < 2\ndeadlock allowed"))
    let verdict = try Checker(instance: instance, options: .with { $0.maxStates = 2 }).run(.all)
    // The limit is noticed between batches; whichever comes first, nothing but these two may be said.
    switch verdict.outcome {
    case .violated(.property(0)): #expect(verdict.trace?.steps.count == 2)
    case .undecided: break
    default: Issue.record("\(verdict.outcome)")
    }
  }

  @Test func `memory is given back when a search ends in the middle`() throws {
    for maxStates in [1, 10, 100, 1000, nil] as [UInt64?] {
      for options in [CheckOptions.with(threads: 2), .extreme(threads: 2)] {
        let instance = try instance(counters(4, 4))
        var options = options
        options.maxStates = maxStates
        let watch = Watch(options, Cancellation(), { _ in })
        let source = try ReferenceSourceForTests(instance)
        let search = try #require(Search(source, watch, threads: 2, options.tuning))
        let result = try search.explore(RigidValuation(constants: []), Judging(.all, instance.model))
        if let log = result.log { search.free(log) }
        #expect(search.memory.current == search.store.bytes)
        // 4^4 = 256 states.
        #expect(result.isComplete == ((maxStates ?? 1000) > 256))
      }
    }
  }

  @Test func `progress is told from the calling thread and only grows`() throws {
    var seen: [CheckProgress] = []
    let caller = Thread.current
    let instance = try instance(counters(5, 6))
    _ = try Checker(instance: instance, options: .with(threads: 2)).run(.all) {
      #expect(Thread.current === caller)
      seen.append($0)
    }
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.states <= $1.states && $0.depth <= $1.depth && $0.seconds <= $1.seconds })
  }
}
