import Foundation
import Spec
import TestSupport
import Testing

@testable import SimRuntime

@Suite struct RandomSpecTests {
  /// 52 each, 520 in all; `KSPEC_RANDOM_SPECS` asks for another number, `KSPEC_RANDOM_SEED` for other seeds.
  private static let blocks = 10
  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  /// The type checker refuses a few of what the generator writes (an interval that cannot meet a range, two pushes on one
  /// queue): those are skipped, and their number is bounded.
  @Test("evaluator and native code agree on random specs", arguments: 0..<blocks)
  func random(_ block: Int) throws {
    let wanted = (Self.setting("KSPEC_RANDOM_SPECS") ?? 520) / Self.blocks
    var seed = UInt64(block + Self.blocks * (Self.setting("KSPEC_RANDOM_SEED") ?? 0)) * 1_000_000
    var compared = 0
    var refused = 0
    // So that it is seen that there was something to agree on.
    var (states, transitions, marked) = (0, 0, 0)
    while compared < wanted {
      seed += 1
      let text = SpecGenerator.text(seed: seed)
      let checked: CheckedSpec
      do throws(SpecRejected) { checked = try Frontend.check(text: text) } catch {
        refused += 1
        let why = DiagnosticRenderer(sources: error.sources).render(error.diagnostics)
        try #require(refused < 20 + wanted / 4, "too many specs are refused, the last because\n\(why)")
        continue
      }
      let instance = try Instance(checked.model, scope: checked.model.scopes.first)
      do {
        let comparison = try Comparison(instance, optimization: compared % 8 == 0 ? "-O2" : "-O0")
        // Where `init` or an axiom is itself an error there is nothing to begin with.
        guard (try? comparison.reference.evaluator.rigidValuations()) != nil else { continue }
        do {
          let seen = try comparison.explore(limit: 60, valuations: 2)
          (states, transitions, marked) = (states + seen.states, transitions + seen.transitions, marked + seen.marked)
        } catch is SpecError {}
        try comparison.random(states: 12, seed: seed)
      } catch {
        Issue.record("seed \(seed): \(error)\n\(text)")
        return
      }
      compared += 1
    }
    #expect(states > 3 * wanted)
    #expect(transitions > 10 * wanted)
    #expect(marked > wanted / 2)
  }
}
