import Spec
import Testing

@testable import Checker

/// Random walks: reproducible, replayed, and never a proof.
@Suite struct SimulationTests {
  private func simulate(_ instance: Instance, seed: UInt64, steps: Int = 20, walks: Int = 20) throws -> Simulation.Result {
    var simulation = Simulation(instance: instance)
    simulation.seed = seed
    simulation.steps = steps
    simulation.walks = walks
    return try simulation.run()
  }

  @Test func `a seed gives the same walks, another seed others`() throws {
    let instance = try instance(mapping)
    let first = try simulate(instance, seed: 1, walks: 2)
    let again = try simulate(instance, seed: 1, walks: 2)
    let other = try simulate(instance, seed: 2, walks: 2)
    #expect(first.enabled == again.enabled && first.taken == again.taken && first.visits == again.visits)
    #expect(first.enabled != other.enabled)
  }

  @Test func `walks that meet nothing decide nothing`() throws {
    let result = try simulate(try instance(counters(2, 3)), seed: 7)
    guard case .undecided = result.verdict.outcome else {
      Issue.record("\(result.verdict.outcome)")
      return
    }
    // Two counters of 3 values: every walk has 4 steps through 5 states and then stands still, as it may.
    #expect(result.walks == 20 && result.visits == 100 && result.taken == [80])
    #expect(result.enabled[0] >= 80 && result.enabled[0] <= 160)
  }

  @Test(arguments: ["bad", "wrong", "stuck", "undefined", "jump"])
  func `every kind of event is met sooner or later, with its trace`(setting: String) throws {
    let instance = try instance(EventTests.covered, [setting: .bool(true)])
    let result = try simulate(instance, seed: 3, steps: 200)
    guard case .violated(let broken) = result.verdict.outcome else {
      Issue.record("\(result.verdict.outcome)")
      return
    }
    let trace = try #require(result.verdict.trace)
    try Finding(what: .broken(broken)).certify(trace)
    let shortest = try #require(try Checker(instance: instance, options: .with()).run(.all).trace)
    #expect(trace.steps.count >= shortest.steps.count)
  }

  @Test func `nothing to walk is vacuous`() throws {
    let text = "spec V\nvar n: 0..3\ninit { n = any x: 0..3 where x > 3 }\naction a() { n := 0 }\nscope s { }"
    guard case .undecided(let why) = try simulate(try instance(text), seed: 0).verdict.outcome else {
      Issue.record("not undecided")
      return
    }
    #expect(why.hasPrefix("vacuous"))
  }
}
