import Spec
import TestSupport
import Testing

@testable import Checker

/// Specs that nobody wrote, against the reference exploration: every property, deadlock, error and cover, and all counts.
@Suite struct RandomSpecTests {
  @Test("the checker agrees with the reference exploration on random specs", arguments: 0..<4)
  func agrees(block: Int) throws {
    var seed = UInt64(block) * 1_000_000 + 500_000
    var compared = 0
    var tried = 0
    while compared < 12 {
      seed += 1
      tried += 1
      try #require(tried < 400, "too few random specs have small state spaces")
      guard let model = try? Frontend.check(text: SpecGenerator.text(seed: seed)).model,
        let instance = try? Instance(model, scope: model.scopes.first)
      else { continue }
      // Only those that can be exhausted in a moment, and are not over at once.
      let probe = try Checker(instance: instance, options: .with { $0.maxStates = 300 }).run(.refute(.deadlock))
      if case .undecided = probe.outcome { continue }
      guard (5...1000).contains(probe.states), (try? ReferenceExploration(instance)) != nil else { continue }
      do {
        try compare(instance)
        let plain = essence(try Checker(instance: instance, options: .with()).run(.all))
        #expect(essence(try Checker(instance: instance, options: .extreme(threads: 2)).run(.all)) == plain, "seed \(seed)")
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      compared += 1
    }
  }
}
