import Spec
import TestSupport
import Testing

@testable import Checker

/// Coverage counted by hand, and the same whatever the engine, the threads and symmetry.
@Suite struct CoverageTests {
  /// Five states: n = 0, 1, 2, 3 with the switch off, and 3 with it on.
  static let hand = """
    spec Hand
    var n: 0..3
    var on: bool
    init { n = 0; on = false }
    action up() { require Room: n < 3; require Off: !on; n := n + 1 }
    action toggle() { require Third: n == 3; on := !on }
    action never() { require Impossible: n == 2 && on; n := 0 }
    action same() { require Below: n < 3; require AtMost: n <= 2; n := n }
    def reached(k: 0..3): bool = n == k ==> n <= k
    invariant Fine: n == 3 ==> n > 2
    invariant Vacuous: n > 0 && (n == 2 && on ==> n == 0) || n == 0
    invariant Empty: n >= 0 && (on && n < 3 ==> (n == 1 ==> n == 0))
    invariant Filtered: (forall k: 0..3 where k > n && on :: k > 0) && (forall k: 0..3 where k > n :: k > 0)
    invariant Called: forall k: 0..3 :: reached(k)
    transition About: on never() :: n == 0
    transition Falls: old(n) == 3 && n < 3 ==> false
    transition Rises: old(n) < n ==> n == old(n) + 1
    scope s { }
    """

  private func coverage(_ instance: Instance, _ options: CheckOptions = .with()) throws -> (Verdict, Coverage) {
    var options = options
    options.coverage = true
    let verdict = try Checker(instance: instance, options: options).run(.all)
    return (verdict, try #require(verdict.coverage))
  }

  private func guards(_ coverage: Coverage) -> [String: UInt64] {
    Dictionary(uniqueKeysWithValues: zip(coverage.sites.guards.map { $0.name ?? "" }, coverage.tally.onlyFalse))
  }

  private func words(_ coverage: Coverage, _ model: Model) -> [String] {
    coverage.findings(in: model).map {
      switch $0 {
      case .dead(let action): "dead \(model.actions[action].name)"
      case .untriggered(let property): "untriggered \(model.properties[property].name)"
      case .vacuous(let site):
        "vacuous \(model.properties[coverage.sites.antecedents[site].property].name): "
          + model.sources.text(coverage.sites.antecedents[site].span)
      }
    }
  }

  @Test(arguments: [CheckOptions.with(), .with(threads: 3), .extreme(threads: 2), .with(native: .always)])
  func `counts and findings are those counted by hand`(options: CheckOptions) throws {
    let instance = try instance(Self.hand)
    let (verdict, coverage) = try coverage(instance, options)
    #expect(verdict.states == 5 && verdict.transitions == 8)
    #expect(coverage.extent == .scope && coverage.states == 5 && coverage.judged == 5)
    // up: n = 0, 1, 2; toggle: both states with n = 3; same: n = 0, 1, 2.
    #expect(coverage.enabled == [3, 2, 0, 3])
    // Room alone is false at n = 3 while off; Off never alone, since it is on at n = 3 only; Below and AtMost are false together.
    #expect(guards(coverage) == ["Room": 1, "Off": 0, "Third": 3, "Impossible": 5, "Below": 0, "AtMost": 0])
    #expect(coverage.tally.guarding.allSatisfy { $0 == 0 })
    #expect(
      words(coverage, instance.model) == [
        "dead never", "vacuous Empty: on && n < 3", "vacuous Filtered: k > n && on", "untriggered About",
        "vacuous Falls: old(n) == 3 && n < 3",
      ])
    #expect(coverage.findings(in: instance.model).allSatisfy { coverage.isCertain($0) })
  }

  @Test func `a premise below a disjunction is no antecedent, one in a function is`() throws {
    let model = try Frontend.check(text: Self.hand).model
    let sites = CoverageSites(model).antecedents
    #expect(
      sites.map { "\(model.properties[$0.property].name) \(model.sources.text($0.span))" } == [
        "Fine n == 3", "Empty on && n < 3", "Empty n == 1", "Filtered k > n && on", "Filtered k > n", "Called n == k",
        "Falls old(n) == 3 && n < 3", "Rises old(n) < n",
      ])
    #expect(sites.map(\.outer) == [nil, nil, 1, nil, nil, nil, nil, nil])
  }

  @Test func `a guard that others need to be defined is no idle one`() throws {
    let text = """
      spec Defined
      var o: (0..3)?
      init { o = none }
      action put() { require Vacant: o == none; o := 2 }
      action use() { require Some: o != none; require Small: o! < 3; o := o }
      scope s { }
      """
    let (_, coverage) = try coverage(try instance(text))
    #expect(coverage.enabled == [1, 1])
    #expect(guards(coverage) == ["Vacant": 1, "Some": 0, "Small": 0])
    #expect(coverage.tally.guarding == [0, 1, 0])
  }

  /// The first cell stays off, the others are free.
  private static func bits(_ cells: Int) -> String {
    """
    spec Bits
    sort Cell
    const first: Cell
    var bit: Cell -> bool
    init { bit = [c: Cell => false] }
    action set(c: Cell) { require Off: !bit[c]; require Free: c != first || bit[c]; bit[c] := true }
    action clear(c: Cell) { require On: bit[c]; bit[c] := false }
    invariant Kept: forall c: Cell where c == first :: !bit[c]
    scope s { Cell = \(cells) }
    """
  }

  @Test func `with and without symmetry the counts are the same`() throws {
    for symmetry in [true, false] {
      for use in [CheckOptions.NativeUse.never, .always] {
        let (verdict, coverage) = try coverage(
          try instance(Self.bits(6)),
          .with(threads: 2, native: use) { $0.symmetry = symmetry })
        // Five free cells: 32 states, and five halves of them for each action.
        #expect(verdict.states == 32)
        #expect(coverage.enabled == [80, 80])
        // Off alone: the 80 pairs of a free cell that is on; Free alone: the first cell in every state; On: 80 + 32.
        #expect(guards(coverage) == ["Off": 80, "Free": 32, "On": 112])
        #expect(coverage.states == coverage.judged && coverage.states == (symmetry ? 6 : 32))
      }
    }
  }

  @Test func `beyond the budget guards are sampled, the same states whoever judges, and actions counted all the same`() throws {
    // Layers of up to 126 states.
    let instance = try instance(Self.bits(10))
    func run(_ threads: Int, _ budget: Int, _ native: CheckOptions.NativeUse = .never) throws -> (Verdict, Coverage) {
      try coverage(
        instance,
        .with(threads: threads, native: native) {
          $0.symmetry = false
          $0.tuning.coverageBudget = budget
        })
    }
    let (verdict, all) = try run(2, .max, .always)
    #expect(all.judged == verdict.states && all.states == verdict.states)
    #expect(all.enabled.reduce(0, +) == verdict.transitions)
    let (_, sample) = try run(1, 0)
    #expect(sample.isSample && sample.judged > 0 && sample.enabled == all.enabled)
    #expect(zip(sample.tally.onlyFalse, all.tally.onlyFalse).allSatisfy { $0 <= $1 })
    let (_, again) = try run(3, 0, .always)
    #expect(again.tally == sample.tally)
    #expect(!sample.isCertain(.vacuous(antecedent: 0)) && sample.isCertain(.dead(action: 0)))
  }

  @Test func `a search that does not end is certain of nothing`() throws {
    let (_, part) = try coverage(try instance(mapping), .with { $0.maxStates = 100 })
    #expect(part.extent == .part && !part.isCertain(.dead(action: 0)))
  }

  @Test func `a second search for the trace is not counted twice`() throws {
    var options = CheckOptions.extreme(threads: 2)
    options.symmetry = false
    let (verdict, coverage) = try coverage(try instance(mapping, ["recursive": .bool(false)]), options)
    #expect(verdict.trace?.steps.count == 3 && coverage.extent == .part)
    #expect(coverage.enabled.reduce(0, +) == verdict.transitions)
  }

  @Test(arguments: LibraryTests.specs)
  func `actions counted by native code are those of the evaluator, and add up to the transitions`(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    let instance = try Instance(model, scope: model.scopes.first)
    func run(_ use: CheckOptions.NativeUse) throws -> (Verdict, Coverage) {
      try coverage(
        instance,
        .with(threads: 2, native: use) {
          $0.maxStates = 500
          $0.tuning.coverageBudget = 1_000_000
        })
    }
    let (verdict, native) = try run(.always)
    #expect(native.enabled.reduce(0, +) == verdict.transitions)
    if native.extent == .scope, verdict.states < 500 {
      let (_, slow) = try run(.never)
      #expect(native.enabled == slow.enabled && native.tally == slow.tally)
    }
  }

  // MARK: - Walks

  @Test func `coverage of walks depends on the seed alone`() throws {
    var simulation = Simulation(instance: try instance(Self.hand))
    simulation.seed = 3
    simulation.walks = 200
    simulation.steps = 20
    simulation.coverage = true
    simulation.coverageBudget = 0
    let alone = try #require(try simulation.run().verdict.coverage)
    #expect(alone.extent == .walks && alone.isSample && alone.judged > 0)
    #expect(alone.enabled[2] == 0 && alone.taken?[2] == 0)
    #expect(words(alone, simulation.instance.model).contains("dead never"))
    simulation.threads = 4
    simulation.useNative = .always
    let other = try #require(try simulation.run().verdict.coverage)
    #expect(other.tally == alone.tally && other.enabled == alone.enabled && other.taken == alone.taken)
    #expect(other.judged == alone.judged && other.states == alone.states)
  }
}
