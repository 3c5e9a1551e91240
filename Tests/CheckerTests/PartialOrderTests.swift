import Foundation
import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Partial order reduction changes the number of states visited, and no verdict.
@Suite struct PartialOrderTests {
  static func processes(_ seed: UInt64) throws -> Instance? {
    guard let model = try? Frontend.check(text: ProcessGenerator.text(seed: seed)).model else { return nil }
    return try Instance(model, scope: model.scopes.first)
  }

  // MARK: - How much it saves

  struct Closed: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var goal: CheckGoal
    /// Of the scope, and expanded.
    var states: UInt64
    var expanded: UInt64
    var testDescription: String { name }
  }

  static let closed = [
    // One process after the other goes all its way: n (k - 1) + 1 of k^n states.
    Closed(name: "counters", text: counters(5, 4), goal: .refute(.deadlock), states: 1024, expanded: 16),
    // Nothing is judged that anybody can change.
    Closed(name: "counters that nobody looks at", text: counters(5, 4), goal: .all, states: 1024, expanded: 1),
    // One goes round for ever, so there is no deadlock.
    Closed(
      name: "counters in circles",
      text: """
        spec Circles
        ordered sort Process
        type Value = 0..3
        var at: Process -> Value
        init { at = [p: Process => 0] }
        action step(p: Process) { at[p] := if at[p] == 3 then 0 else at[p] + 1 }
        scope s { Process = 4 }
        """, goal: .refute(.deadlock), states: 256, expanded: 4),
    // The space that the properties are about, alone: 8 states. See the spec.
    Closed(
      name: "spaces", text: specTexts(in: "conformance").first { $0.path.hasSuffix("spaces.kspec") }?.text ?? "", goal: .all,
      states: 4096, expanded: 8),
  ]

  @Test(arguments: closed) func `what cannot matter is not visited`(_ given: Closed) throws {
    let instance = try instance(given.text)
    let plain = try Checker(instance: instance, options: .with { $0.symmetry = false }).run(given.goal)
    #expect(plain.states == given.states)
    let reduced = try Checker(instance: instance, options: .ordering()).run(given.goal)
    #expect(reduced.partialOrder?.expanded == given.expanded)
    // Counters get stuck: that is searched again.
    #expect(reduced.trace != nil || reduced.states == given.expanded)
  }

  /// The watched space has three sets of pages up to renaming, and waits for a page with or without the other: 5 orbits.
  @Test func `both reductions together save more than either`() throws {
    let spaces = try #require(Self.closed.last)
    let verdict = try Checker(instance: try instance(spaces.text), options: .ordering(symmetry: true)).run(.all)
    #expect(verdict.states == 8)
    #expect(verdict.symmetry?.orbits == 5)
  }

  // MARK: - That it changes nothing else

  @Test(arguments: IndependenceTests.cases) func `verdicts and traces are those without reduction`(
    _ given: IndependenceTests.Case
  )
    throws
  {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      let comparison = try #require(try PartialOrderComparison(instance, goal))
      #expect(comparison.differences(.ordering()) == [])
      #expect(comparison.differences(.ordering(threads: 2, symmetry: true)) == [])
    }
  }

  /// Native code, both reductions and each property alone; lines beyond 5,000 states are left out: they take a minute.
  @Test(
    "each line of the spec library has the verdict and trace that it has without reduction",
    arguments: LibraryTests.specs + ConformanceTests.specs)
  func library(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    var seen: Set<String> = []
    for line in try #require(model.verify) {
      guard let (instance, goal) = try scopedGoal(line, model) else { continue }
      for goal in Set([goal] + goals(model)) where seen.insert("\(instance.sizes) \(instance.policies) \(goal)").inserted {
        guard let comparison = try PartialOrderComparison(instance, goal, limit: 5_000, native: .always) else { continue }
        let place = "\(model.sources.text(line.span)): \(goal)"
        #expect(comparison.differences(.ordering(threads: 2, native: .always)) == [], "\(place)")
        #expect(comparison.differences(.ordering(native: .always, symmetry: true)) == [], "\(place)")
      }
    }
  }

  /// 500; `KSPEC_RANDOM_SPECS` asks for another number. Two thirds are of processes, where there is something to reduce.
  @Test("random specs have the verdict and trace that they have without reduction", arguments: 0..<4)
  func random(block: Int) throws {
    let wanted = RandomSpecs.wanted / 4
    var compared = 0
    var saved = 0
    for seed in UInt64(block * 1_000_000)... {
      if compared == wanted { break }
      guard let (text, instance) = RandomSpecs.mixed(seed) else { continue }
      guard try PartialOrderComparison(instance, .refute(.deadlock), limit: 400) != nil else { continue }
      compared += 1
      for goal in goals(instance.model) {
        guard let comparison = try PartialOrderComparison(instance, goal, limit: 400) else { continue }
        let ordered = comparison.compare(.ordering())
        let differences =
          ordered.differences + comparison.differences(.ordering(threads: 2, symmetry: true))
        #expect(differences == [], "seed \(seed), \(goal)\n\(text)")
        if !differences.isEmpty { return }
        if let order = ordered.verdict?.partialOrder, order.reduced > 0 { saved += 1 }
      }
    }
    // So that it is seen that there was something to reduce.
    #expect(saved >= wanted / 4)
  }

  /// 125 values of `goal`: then the relations are made once for all of them.
  @Test func `with many values of the constants, relations hold of any`() throws {
    let text = """
      spec Many
      sort Process
      type Value = 0..4
      const goal: Process -> Value
      var at: Process -> Value
      var flag: Process -> bool
      init { at = [p: Process => 0]; flag = [p: Process => false] }
      action step(p: Process) { require at[p] < goal[p]; at[p] := at[p] + 1 }
      action mark(p: Process) { require at[p] == goal[p] && !flag[p]; flag[p] := true }
      action back(p: Process) { require flag[p] && goal[p] == 2; flag[p] := false; at[p] := 0 }
      invariant Low: forall p: Process :: at[p] <= goal[p]
      cover All: forall p: Process :: flag[p]
      invariant Wrong: exists p: Process :: at[p] < 4
      deadlock allowed
      scope s { Process = 3 }
      """
    let instance = try instance(text)
    for goal in goals(instance.model) {
      let comparison = try #require(try PartialOrderComparison(instance, goal, native: .always))
      #expect(comparison.plain.rigidValuations > PartialOrderPlan.valuationsApart || comparison.plain.trace != nil)
      #expect(comparison.differences(.ordering(native: .always)) == [])
    }
    let low = try Checker(instance: instance, options: .ordering(native: .always)).run(.refute(.property(0)))
    #expect((low.partialOrder?.reduced ?? 0) > 0)
  }

  // MARK: - Threads, limits, and what is said

  @Test("the reduced search visits the same states whatever the threads and buffers", arguments: UInt64(0)..<20)
  func deterministic(seed: UInt64) throws {
    guard let instance = try Self.processes(seed) else { return }
    for symmetry in [false, true] {
      func run(_ options: CheckOptions) throws -> String {
        var options = options
        options.symmetry = symmetry
        options.partialOrder = true
        let verdict = try Checker(instance: instance, options: options).run(.refute(.deadlock))
        return essence(verdict) + "\(String(describing: verdict.partialOrder))"
      }
      let reference = try run(.with())
      for options in [.with(threads: 2), .with(threads: 3), .extreme(threads: 1), .extreme(threads: 3)] as [CheckOptions] {
        #expect(try run(options) == reference)
      }
    }
  }

  /// Four processes of three steps each, then one that fails: 13 steps and, in one order, 14 states of 256. With room for the reduced
  /// search alone, its own trace is shown.
  @Test func `a trace that could not be made shortest is marked`() throws {
    let text = """
      spec Marked
      ordered sort Process
      type Value = 0..3
      var at: Process -> Value
      var bad: bool
      init { at = [p: Process => 0]; bad = false }
      action step(p: Process) { require at[p] < 3; at[p] := at[p] + 1 }
      action fail { require forall p: Process :: at[p] == 3; bad := true }
      invariant Good: !bad
      deadlock allowed
      scope s { Process = 4 }
      """
    let instance = try instance(text)
    let free = try Checker(instance: instance, options: .ordering()).run(.refute(.property(0)))
    #expect(free.trace?.steps.count == 13)
    #expect(free.partialOrder?.isSearchedAgain == true)
    var options = CheckOptions.ordering()
    options.maxStates = 100
    let limited = try Checker(instance: instance, options: options).run(.refute(.property(0)))
    guard case .violated(.property(0)) = limited.outcome else {
      Issue.record("\(limited.outcome)")
      return
    }
    #expect(limited.trace?.steps.count == 13)
    #expect(limited.partialOrder?.isShortest == false)
    #expect(limited.partialOrder?.isReduced == true)
    #expect(limited.states == 14)
  }

  @Test func `where edges are judged it is off, and the verdict says why`() throws {
    let instance = try instance(mapping)
    let all = try Checker(instance: instance, options: .ordering(native: .always)).run(.all)
    #expect(all.partialOrder?.obstacle == "transition properties cannot be judged under it")
    #expect(all.states == 19_492)
    let alone = try Checker(instance: instance, options: .ordering(native: .always)).run(.refute(.deadlock))
    #expect(alone.partialOrder?.obstacle == nil)
  }
}
