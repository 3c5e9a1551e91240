import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Several rigid valuations at once, a thread each, give what one after the other gives.
@Suite struct TeamTests {
  /// Two counters up to bounds that are rigid: 16 valuations of 1 to 16 states each, 100 in all, since (1 + 2 + 3 + 4)^2 = 100.
  /// A state of bounds (m, n) has a transition for each counter below its bound: m (n + 1) + n (m + 1) in all, 2 * 36 + 48 = 120 over all valuations.
  private static func bounded(_ more: String) -> String {
    """
    spec Bounded
    ordered sort P
    const bound: P -> 0..3
    var x: P -> 0..3
    init { x = [p: P => 0] }
    deadlock allowed
    action step(p: P) by p {
      require Below: x[p] < bound[p]
      x[p] := x[p] + 1
    }
    \(more)
    scope two { P = 2 }
    """
  }

  /// With these options one valuation is searched after the other.
  private func alone(_ native: CheckOptions.NativeUse = .never, _ change: @escaping (inout CheckOptions) -> Void = { _ in })
    -> CheckOptions
  {
    .with(native: native) {
      change(&$0)
      $0.tuning.teamBytes = 0
    }
  }

  private func compare(
    _ instance: Instance, _ goals: [CheckGoal], _ native: CheckOptions.NativeUse = .never,
    _ change: @escaping (inout CheckOptions) -> Void = { _ in }
  ) throws {
    for goal in goals {
      let expected = try Checker(instance: instance, options: alone(native, change)).run(goal)
      for threads in [2, 3, 5] {
        let verdict = try Checker(instance: instance, options: .with(threads: threads, native: native, change)).run(goal)
        #expect(essence(verdict) == essence(expected), "\(goal), \(threads) threads")
        #expect(verdict.rigidValuations == expected.rigidValuations)
        #expect(verdict.symmetry == expected.symmetry)
        #expect(verdict.notes == expected.notes)
      }
    }
  }

  @Test func `all states of all valuations are counted`() throws {
    let instance = try instance(Self.bounded(""))
    for threads in [1, 2, 4] {
      let verdict = try Checker(instance: instance, options: .with(threads: threads) { $0.statistics = true }).run(.all)
      #expect(verdict.states == 100 && verdict.transitions == 120 && verdict.depth == 6 && verdict.rigidValuations == 16)
      let statistics = try #require(verdict.statistics)
      #expect(statistics.layers.reduce(0, +) == 100 && statistics.new == 100)
      // A look for each transition and each initial state.
      #expect(statistics.successors == 136 && statistics.threads == threads)
      #expect((16...(16 * threads)).contains(statistics.stored))
    }
  }

  @Test(arguments: [
    // In the last valuation alone; in several, at different depths; nearest in a later one; at once; nowhere.
    "invariant Never: exists p: P :: x[p] < 3",
    "invariant Never: forall p: P :: x[p] + 1 != bound[p]",
    "invariant Never: forall p: P :: bound[p] < 2 || x[p] + 3 != bound[p] + bound[p]",
    "invariant Never: forall p: P :: bound[p] != 2", "invariant Always: forall p: P :: x[p] <= bound[p]",
    "property Slow: always(next(forall p: P :: x[p] < 3))",
  ])
  func `a shortest violation over all valuations is found, and the same one`(_ property: String) throws {
    let text = Self.bounded(property.hasPrefix("property") ? "cover Far: forall p: P :: x[p] == 3" : property)
    let instance = try instance(text)
    try compare(instance, goals(instance.model))
    try compare(instance, [.all]) { $0.tuning.logBytes = 0 }
    try compare(instance, [.all]) { $0.store = .compact }
    try compare(instance, [.all]) { $0.tuning.leavesFrom = 0 }
  }

  /// Of three valuations the first has a violation after 3 steps; the others would take 9, and are searched to depth 3: 3 * 4 states.
  @Test func `after a violation the rest is searched no deeper`() throws {
    let instance = try instance(
      """
      spec Early
      const kind: 0..2
      var x: 0..9
      init { x = 0 }
      deadlock allowed
      action step { require x < 9; x := x + 1 }
      invariant Soon: kind != 0 || x < 3
      """)
    try compare(instance, goals(instance.model))
    for threads in [1, 2, 3] {
      let verdict = try Checker(instance: instance, options: .with(threads: threads)).run(.all)
      #expect(verdict.trace?.steps.count == 3 && verdict.states == 12)
    }
  }

  @Test func `covers are reached in the same steps`() throws {
    let covers = (0..<4).map { "cover C\($0): exists p: P :: x[p] == \($0)" }.joined(separator: "\n")
    try compare(instance(Self.bounded(covers)), [.all])
    try compare(instance(Self.bounded(covers)), [.all]) { $0.tuning.leavesFrom = 0 }
  }

  @Test func `an error of the spec is that of the first valuation with one`() throws {
    let instance = try instance(
      Self.bounded("invariant Fine: forall p: P :: bound[p] != 3 || 6 / (3 - x[p]) > 0"))
    try compare(instance, [.all, .safety, .refute(.error)])
  }

  @Test func `a table that outgrows what is small is for all threads`() throws {
    // At most 4 tables of the beginning: the larger valuations are given up and searched again.
    try compare(instance(Self.bounded("")), [.all]) {
      $0.tuning.tableSlots = 2
      $0.tuning.teamBytes = 32
    }
    try compare(instance(mapping), [.all], .always) {
      $0.symmetry = false
      $0.tuning.tableSlots = 4
      $0.tuning.teamBytes = 1 << 12
    }
  }

  @Test func `memory that suffices for one after the other suffices`() throws {
    let instance = try instance(mapping)
    let change = { (options: inout CheckOptions) in
      options.symmetry = false
      options.tuning.tableSlots = 4
    }
    let peak = try Checker(instance: instance, options: alone(.always, change)).run(.all).peakBytes
    for more in [0, 1 << 14, 1 << 16, 1 << 18] {
      try compare(instance, [.all], .always) {
        change(&$0)
        $0.maxBytes = Int(peak) + more
      }
    }
  }

  @Test(arguments: [1, 17, 60, 99]) func `a limit of states ends all searches, and nothing found is lost`(limit: UInt64) throws {
    for threads in [2, 4] {
      let verdict = try Checker(
        instance: try instance(Self.bounded("")), options: .with(threads: threads) { $0.maxStates = limit }
      )
      .run(.all)
      guard case .undecided(let why) = verdict.outcome else {
        // It is looked at between batches: all may be found by then.
        guard case .exhausted = verdict.outcome, verdict.states == 100 else {
          Issue.record("\(verdict.outcome) of \(verdict.states) states")
          continue
        }
        continue
      }
      #expect(why.contains("limit of \(limit) states"))
      #expect(verdict.states >= limit && verdict.states <= 100)
    }
  }

  @Test func `an interruption ends all searches`() throws {
    let cancellation = Cancellation()
    let instance = try instance(counters(4, 9, more: "const choice: 0..9\ndeadlock allowed"))
    // Ten valuations of 6,561 states: interrupted in the team, as progress is told from it.
    var told: [Int] = []
    let verdict = try Checker(instance: instance, options: .with(threads: 3) { $0.tuning.chunk = 2 }).run(
      .all, cancellation: cancellation
    ) {
      told.append($0.valuation)
      if $0.valuation > 0 { cancellation.cancel() }
    }
    #expect("\(verdict.outcome)".contains("interrupted"))
    #expect(verdict.states > 6561 && verdict.states < 65_610)
    #expect(told.contains { $0 > 0 } && told.allSatisfy { $0 < 10 })
  }

  @Test func `on random specs, wherever there are several valuations`() throws {
    var compared = 0
    for seed in 0..<UInt64(RandomSpecs.wanted) {
      guard let (text, instance) = RandomSpecs.mixed(seed), let valuations = try? Evaluator(instance).rigidValuations().count,
        valuations > 2
      else { continue }
      compared += 1
      for goal in [CheckGoal.all, .safety] {
        let change = { (options: inout CheckOptions) in
          options.symmetry = seed % 2 == 0
          options.maxStates = 3000
          options.tuning.leavesFrom = seed % 3 == 0 ? 0 : nil
        }
        let expected = try Checker(instance: instance, options: alone(.never, change)).run(goal)
        if case .undecided = expected.outcome { continue }
        let verdict = try Checker(instance: instance, options: .with(threads: 3, change)).run(goal)
        #expect(essence(verdict) == essence(expected), "seed \(seed), \(goal): \(text)")
      }
    }
    #expect(compared >= RandomSpecs.wanted / 10)
  }

  @Test func `in native code, with and without symmetry`() throws {
    let instance = try instance(mapping)
    for symmetry in [true, false] {
      try compare(instance, goals(instance.model), .always) { $0.symmetry = symmetry }
      // Each thread's table begins with the key and the sizes of the one before.
      try compare(instance, goals(instance.model), .always) {
        $0.symmetry = symmetry
        $0.store = .compact
        $0.tuning.largeCompactTable = 0
        $0.tuning.partitionBytes = 64
        $0.tuning.groupsFrom = 2
        $0.tuning.leavesFrom = 1
      }
    }
  }

  /// The last two valuations of `bounded` have five or six layers after the first, the first two none and one.
  @Test(arguments: [CheckOptions.StoreForm.fast, .compact], [CheckOptions.NativeUse.never, .always])
  func `what one thread leaves off between two layers, all threads finish`(
    _ store: CheckOptions.StoreForm, _ native: CheckOptions.NativeUse
  )
    throws
  {
    let instance = try instance(Self.bounded(""))
    let orbits = try Evaluator(instance).rigidValuations().map { RigidOrbit(alone: $0, instance) }
    var options = CheckOptions.with(threads: 3, native: native) {
      $0.store = store
      $0.tuning.leavesFrom = 0
    }
    options.symmetry = false
    let source: any SuccessorSource =
      native == .always ? try NativeSource(try StateLayout(instance)) : try ReferenceSource(instance)
    let watch = Watch(options, Cancellation()) { _ in }
    let main = try #require(Search(source, watch, threads: 3, options.tuning, store: store))
    let judging = Judging(.all, instance.model)
    _ = try main.explore(orbits[0].representative, judging)
    // Two valuations for three threads: one of these has nothing to do from the start.
    let team = try #require(Team(beside: main, valuations: 2))
    for (pair, joined) in [(14..<16, 2), (0..<2, 2 + 1)] {
      let attempts = team.run(orbits[pair], pair.map { _ in .none }, judging, Totals())
      #expect(attempts.count == 2 && team.isWhole)
      for index in pair {
        let attempt = try #require(attempts[index])
        let alone = Totals()
        let result = try main.explore(orbits[index].representative, judging, alone)
        #expect(attempt.totals.states == alone.states && attempt.totals.transitions == alone.transitions)
        #expect(try attempt.result.get().depth == result.depth && attempt.isComplete)
      }
      #expect(team.joined == joined, "\(pair)")
    }
  }

  /// Twice 9^6 states: enough for threads to meet at a slot, where one that takes itself to be alone would count its state again.
  @Test(arguments: [CheckOptions.StoreForm.fast, .compact])
  func `threads that go on together with what was one thread's table count each state once`(_ store: CheckOptions.StoreForm)
    throws
  {
    let instance = try instance(counters(6, 9, more: "const choice: 0..2\ndeadlock allowed"))
    let orbits = try Evaluator(instance).rigidValuations().map { RigidOrbit(alone: $0, instance) }
    let options = CheckOptions.with(threads: 3, native: .always) {
      $0.store = store
      $0.tuning.leavesFrom = 0
    }
    let watch = Watch(options, Cancellation()) { _ in }
    let source = try NativeSource(try StateLayout(instance))
    let main = try #require(Search(source, watch, threads: 3, options.tuning, store: store))
    let judging = Judging(.all, instance.model)
    _ = try main.explore(orbits[0].representative, judging)
    let team = try #require(Team(beside: main, valuations: 2))
    let attempts = team.run(orbits[1..<3], [.none, .none], judging, Totals())
    #expect(team.joined == 2 && attempts.count == 2)
    for attempt in attempts.values { #expect(attempt.totals.states == 531_441) }
  }
}
