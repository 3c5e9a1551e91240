import Foundation
import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// Whole searches do not depend on how visited states are stored, nor on where the frontier is kept.
@Suite struct StoreComparisonTests {
  /// A compact table whose every rare path is common, and a frontier that is in the table alone.
  private static func forms(threads: Int) -> [(name: String, options: CheckOptions)] {
    var forms: [(String, CheckOptions)] = []
    for frontier in [0, 100, 1 << 20] {
      forms.append(
        (
          "compact, frontier of \(frontier)",
          .with(threads: threads) {
            $0.store = .compact
            $0.tuning.tableSlots = 4
            $0.tuning.frontierBytes = frontier
            $0.tuning.logBytes = frontier == 100 ? 1 << 20 : 0
          }
        ))
    }
    var crowded = CheckOptions.extreme(threads: threads)
    crowded.store = .compact
    crowded.tuning.frontierBytes = 0
    forms.append(("crowded", crowded))
    for form in [CheckOptions.StoreForm.fast, .compact] {
      forms.append(
        (
          "\(form), in another order",
          .with(threads: threads) {
            $0.store = form
            $0.tuning.tableSlots = 4
            $0.tuning.chunk = 3
            $0.tuning.frontierBytes = 200
            $0.tuning.logBytes = 0
            $0.tuning.ordersSmallSearches()
          }
        ))
    }
    for depth in -1..<5 {
      forms.append(
        (
          "converted before layer \(depth)",
          .with(threads: threads) {
            $0.tuning.tableSlots = 2
            $0.tuning.convertsAt = depth
            $0.tuning.frontierBytes = depth % 2 == 0 ? 0 : 64
            $0.tuning.logBytes = depth % 3 == 0 ? 0 : 1 << 20
            if depth > 2 { $0.tuning.ordersSmallSearches() }
          }
        ))
    }
    return forms
  }

  /// Of two words, and of so many that they are folded. Without their invariant the counters would have 16^17 states.
  @Test(arguments: [
    (HashCompactionTests.wide, false), (HashCompactionTests.tokens, false),
    (HashCompactionTests.tokens.replacingOccurrences(of: "0..63", with: "0..4095"), true),
  ]) func `of wide states, too`(_ text: String, isFolded: Bool) throws {
    let instance = try instance(text)
    let layout = try StateLayout(instance)
    let options = StateStore.Options(form: .compact, bits: layout.usedBits(ofWord: 0), secondBits: layout.usedBits(ofWord: 1))
    #expect(StateStore(words: layout.wordsPerState, options: options)?.foldsStates == isFolded)
    let fast = essence(try Checker(instance: instance, options: .with { $0.store = .fast }).run(.all))
    for (name, options) in Self.forms(threads: 2) {
      #expect(essence(try Checker(instance: instance, options: options).run(.all)) == fast, "\(name)")
    }
  }

  @Test(arguments: IndependenceTests.cases) func `verdict, counts and trace are the fast store's`(_ given: IndependenceTests.Case)
    throws
  {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      let fast = essence(try Checker(instance: instance, options: .with { $0.store = .fast }).run(goal))
      for (name, options) in Self.forms(threads: goal == .all ? 2 : 1) {
        #expect(essence(try Checker(instance: instance, options: options).run(goal)) == fast, "\(name)")
      }
    }
  }

  static let library = ["l4", "exokernel", "vmm"].flatMap { specTexts(in: $0) }

  @Test(arguments: library) func `on the spec library at its smallest scopes`(_ spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    var compared = 0
    for scope in model.scopes {
      let instance = try Instance(model, scope: scope)
      var options = CheckOptions.with(threads: 1, native: .always) { $0.store = .fast }
      options.symmetry = compared == 0
      options.maxStates = 60_000
      let fast = try Checker(instance: instance, options: options).run(.all)
      if case .undecided(let why) = fast.outcome, why.contains("limit") { continue }
      #expect(fast.store?.form == .fast)
      for threads in [1, 2] {
        options.threads = threads
        options.store = .compact
        options.tuning.frontierBytes = threads == 1 ? 0 : 4096
        options.tuning.logBytes = 0
        if threads == 2 { options.tuning.ordersSmallSearches() }
        let compact = try Checker(instance: instance, options: options).run(.all)
        #expect(essence(compact) == essence(fast))
        if instance.model.name == "L4.Mapping" { #expect(compact.store?.form == .compact) }
      }
      compared += 1
    }
    #expect(compared > 0)
  }

  @Test func `random specs`() throws {
    var seed: UInt64 = 7_000_000
    var compared = 0
    while compared < 25 && seed < 7_000_600 {
      seed += 1
      guard let model = try? Frontend.check(text: SpecGenerator.text(seed: seed)).model,
        let instance = try? Instance(model, scope: model.scopes.first)
      else { continue }
      let fast = try Checker(instance: instance, options: .with { $0.maxStates = 2000 }).run(.all)
      guard (5...2000).contains(fast.states) else { continue }
      if case .undecided = fast.outcome { continue }
      for (name, options) in Self.forms(threads: 2) {
        let verdict = try Checker(instance: instance, options: options).run(.all)
        #expect(essence(verdict) == essence(fast), "seed \(seed), \(name)")
      }
      compared += 1
    }
    #expect(compared == 25)
  }

  @Test(arguments: [1, 2]) func `a large store turns compact, unless the fast form was asked for`(threads: Int) throws {
    // 12^5 states with 5 * 11 * 12^4 steps, as below. The table doubles from 32 KiB on.
    let whole = try instance(counters(5, 12))
    for (form, expected) in [(CheckOptions.StoreForm.auto, Verdict.Store.Form.converted), (.fast, .fast)] {
      let verdict = try Checker(
        instance: whole,
        options: .with(threads: threads, native: .always) {
          $0.store = form
          $0.tuning.compactFrom = 1 << 18
        }
      ).run(.all)
      #expect("\(verdict.outcome)" == "exhausted" && verdict.store?.form == expected)
      #expect(verdict.states == 248_832 && verdict.transitions == 1_140_480)
    }
    // A violation is found and its trace replayed beside the store that was converted: five counters at 7 are 35 steps away.
    let broken = try instance(counters(5, 12, more: "deadlock allowed\ninvariant Low: exists k: Counter :: c[k] != 7"))
    let verdict = try Checker(
      instance: broken, options: .with(threads: threads, native: .always) { $0.tuning.compactFrom = 1 << 18 }
    ).run(.all)
    #expect(verdict.store?.form == .converted && verdict.trace?.steps.count == 35)
  }

  @Test(arguments: [1, 2]) func `the store turns compact when memory asks, and the search ends all the same`(threads: Int) throws
  {
    // 12^5 = 248,832 states of 20 bits: 2 MB and more as they are, half of it compact.
    let instance = try instance(counters(5, 12))
    func run(_ form: CheckOptions.StoreForm) throws -> Verdict {
      try Checker(
        instance: instance,
        options: .with(threads: threads, native: .always) {
          $0.store = form
          $0.maxBytes = 3 << 20
        }
      ).run(.all)
    }
    guard case .undecided(let why) = try run(.fast).outcome else {
      Issue.record("the fast store fits")
      return
    }
    #expect(why.contains("3 MiB"))
    let verdict = try run(.auto)
    #expect(verdict.store?.form == .converted)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    // A step for each counter that is not at its end: 5 * 11 * 12^4.
    #expect(verdict.states == 248_832 && verdict.transitions == 1_140_480)
    #expect(verdict.peakBytes <= 3 << 20)
  }
}
