import SimRuntime
import Spec
import TestSupport
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

  // MARK: - Reproducibility

  /// All that must depend on the seed alone.
  private func essenceOf(_ result: Simulation.Result) -> String {
    "\(essence(result.verdict)) \(result.enabled) \(result.taken) \(result.walks) \(result.visits)"
      + " \(String(describing: result.verdict.walks?.metBy)) \(result.verdict.notes)"
  }

  private func compare(_ instance: Instance, seed: UInt64, walks: Int, native: Bool) throws -> Simulation.Result {
    var simulation = Simulation(instance: instance)
    simulation.seed = seed
    simulation.walks = walks
    simulation.steps = 30
    let alone = try simulation.run()
    for threads in [2, 5] {
      simulation.threads = threads
      #expect(essenceOf(try simulation.run()) == essenceOf(alone), "\(threads) threads")
    }
    guard native, (try? NativeSource(StateLayout(instance), .labelled)) != nil else { return alone }
    for use in [CheckOptions.NativeUse.always, .auto] {
      simulation.useNative = use
      let other = try simulation.run()
      #expect(use == .auto || other.verdict.engine == "native")
      #expect(essenceOf(other) == essenceOf(alone), "\(use)")
    }
    return alone
  }

  @Test(arguments: [[:], ["narrow": Value.bool(false)], ["recursive": .bool(false)]])
  func `threads and engine change nothing`(settings: [String: Value]) throws {
    let result = try compare(try instance(mapping, settings), seed: 11, walks: 24, native: true)
    #expect((result.verdict.trace == nil) == settings.isEmpty)
  }

  @Test(arguments: LibraryTests.specs)
  func `threads and engine change nothing in the library`(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    let instance = try Instance(model, scope: model.scopes.first)
    #expect((try? NativeSource(StateLayout(instance), .labelled)) != nil)
    _ = try compare(instance, seed: 4, walks: 10, native: true)
  }

  @Test func `threads and engine change nothing on random specs`() throws {
    var compared = 0
    var seed: UInt64 = 9_000_000
    while compared < 24 {
      seed += 1
      guard let model = try? Frontend.check(text: SpecGenerator.text(seed: seed)).model,
        let instance = try? Instance(model, scope: model.scopes.first), (try? StateLayout(instance)) != nil,
        instance.excessiveWork() == nil
      else { continue }
      // Each native one costs half a second of the C compiler.
      _ = try compare(instance, seed: seed, walks: 40, native: compared < 4)
      compared += 1
    }
  }

  @Test func `many properties share a bit, and the walks are the same`() throws {
    let more = (0..<70).map { "invariant Below\($0): n <= 4 + \($0)\ncover Is\($0): n == \($0 % 4)" }.joined(separator: "\n")
    let text = """
      spec Many
      var n: 0..9
      init { n = 0 }
      action up() { require n < 9; n := n + 1 }
      action down() { require n > 0; n := n - 1 }
      \(more)
      scope s { }
      """
    let result = try compare(try instance(text), seed: 1, walks: 40, native: true)
    #expect(result.verdict.trace?.steps.count == 5)
  }

  @Test func `the first walk in the order of the numbers wins`() throws {
    let instance = try instance(mapping, ["recursive": .bool(false)])
    var simulation = Simulation(instance: instance)
    simulation.seed = 5
    simulation.steps = 3
    simulation.walks = 2000
    simulation.threads = 3
    var found = try simulation.run()
    while found.verdict.walks?.metBy == 0 {
      simulation.seed += 1
      found = try simulation.run()
    }
    let by = try #require(found.verdict.walks?.metBy)
    #expect(by > 0 && found.walks == by + 1)
    simulation.walks = by
    #expect(try simulation.run().verdict.trace == nil)
    simulation.walks = by + 1
    #expect(essenceOf(try simulation.run()) == essenceOf(found))
  }

  @Test func `an interrupted simulation tells what it knows`() throws {
    var simulation = Simulation(instance: try instance(mapping))
    simulation.walks = 1_000_000
    simulation.threads = 2
    let cancellation = Cancellation()
    let result = try simulation.run(cancellation: cancellation) { _, _ in cancellation.cancel() }
    guard case .undecided(let why) = result.verdict.outcome else {
      Issue.record("\(result.verdict.outcome)")
      return
    }
    #expect(why.hasPrefix("stopped"))
    #expect(result.walks > 0 && result.walks < 1_000_000 && result.visits > 0)
    simulation.maxSeconds = 0.05
    #expect(try simulation.run().walks < 1_000_000)
  }

  // MARK: - Shortening

  /// Two counters wander up and down; only the steps up of the first lead to the end.
  private static let wandering = """
    spec Wandering
    policy atEdge: bool = false
    policy anError: bool = false
    policy stops: bool = false
    var x: 0..9
    var y: 0..9
    init { x = 0; y = 5 }
    action up() { require x < 9 && !(stops && x == 5); x := x + 1 }
    action down() { require x > 0 && !(stops && x == 5); x := x - 1 }
    action right() { require y < 9 && !(stops && x == 5); y := if anError && x == 5 then y + 9 else y + 1 }
    action left() { require y > 0 && !(stops && x == 5); y := y - 1 }
    action turn() { require y < 9 && x < 5; x := x; y := y + 1 }
    invariant Low: atEdge || anError || stops || x < 5
    transition Slow: atEdge && old(x) == 5 ==> x == 5
    scope s { }
    """

  @Test(arguments: [("none", 5), ("atEdge", 6), ("anError", 6), ("stops", 5)])
  func `a wandering run is cut to its shortest`(setting: String, shortest: Int) throws {
    let instance = try instance(Self.wandering, [setting: .bool(true)])
    let exhaustive = try #require(try Checker(instance: instance, options: .with()).run(.all).trace)
    #expect(exhaustive.steps.count == shortest)
    for seed in UInt64(0)..<4 {
      let result = try simulate(instance, seed: seed, steps: 400)
      let trace = try #require(result.verdict.trace)
      #expect(trace.steps.count == shortest)
      let met = try #require(result.verdict.walks?.metAfter)
      #expect(met >= shortest)
      if met > shortest {
        #expect(result.verdict.notes.contains("shortened from \(met) to \(shortest) steps, not known to be shortest"))
      }
      guard case .violated(let broken) = result.verdict.outcome else { continue }
      try Replay.check(trace, .breaks(broken))
    }
  }

  @Test func `without a budget the run stays as it was met, and still replays`() throws {
    var simulation = Simulation(instance: try instance(Self.wandering))
    simulation.steps = 400
    simulation.shorteningBudget = 0
    let result = try simulation.run()
    let trace = try #require(result.verdict.trace)
    #expect(trace.steps.count == result.verdict.walks?.metAfter)
    #expect(result.verdict.notes.contains("could not be shortened, not known to be shortest"))
    try Replay.check(trace, .breaks(.property(0)))
  }

  @Test func `shortened runs of the library replay and are no longer`() throws {
    for (settings, shortest) in [(["narrow": Value.bool(false)], 2), (["recursive": .bool(false)], 3)] {
      for seed in UInt64(0)..<5 {
        let result = try simulate(try instance(mapping, settings), seed: seed, steps: 60, walks: 300)
        let trace = try #require(result.verdict.trace)
        // What the exhaustive search finds is a lower bound; the shortening reaches it here.
        #expect(trace.steps.count == shortest)
        #expect(result.verdict.walks?.metAfter ?? 0 >= trace.steps.count)
      }
    }
  }
}
