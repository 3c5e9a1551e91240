import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

/// What a bounded search says, compared with a search of all states by the evaluator, which shares nothing with it.
@Suite struct BoundedTests {
  enum Outcome: Equatable {
    case violated(steps: Int)
    case error(steps: Int)
    case none(depth: Int)
    case undecided(String)
  }

  static func outcome(_ verdict: Verdict) throws -> Outcome {
    switch verdict.outcome {
    case .violated(let broken):
      let trace = try #require(verdict.trace)
      try Replay.check(trace, .breaks(broken))
      if case .error = broken { return .error(steps: trace.steps.count) }
      return .violated(steps: trace.steps.count)
    case .bounded(let depth): return .none(depth: depth)
    case .undecided(let reason): return .undecided(reason)
    case .proved, .exhausted, .reached: return .undecided("what is bounded is called \(verdict.outcome)")
    }
  }

  /// Whether the verdict is right. Beyond a spec error nothing is claimed; of what comes at the same depth either is shown.
  static func isRight(_ outcome: Outcome, property: Int?, error: Int?, bound: Int) -> Bool {
    let property = property.flatMap { $0 <= bound ? $0 : nil }
    let error = error.flatMap { $0 <= bound ? $0 : nil }
    switch outcome {
    case .violated(let steps): return steps == property && steps <= error ?? .max
    case .error(let steps): return steps == error && steps <= property ?? .max
    case .none(let depth): return depth <= bound && depth < min(property ?? .max, error ?? .max)
    case .undecided: return true
    }
  }

  /// The instance without temporal properties and covers, so that errors in them do not count.
  static func provable(_ instance: Instance) -> Instance {
    var model = instance.model
    let kept = model.provable.map { model.properties[$0] }
    model.properties = kept
    return Instance(model: model, sizes: instance.sizes, policies: instance.policies, scope: instance.scope)
  }

  /// By property: what is said at this size, and whether all of it is right and whole.
  static func compare(
    _ instance: Instance, bound: Int, fault: EncodingFault? = nil, _ options: ProveOptions = ProveOptions()
  ) throws -> (wrong: [String], decided: Int, violated: Int) {
    let instance = provable(instance)
    let model = instance.model
    let reference = try ReferenceExploration(instance, to: bound)
    let asked = Array(model.properties.indices)
    let at = Bound(depth: bound, instance: instance, scope: "here")
    let search = try BoundedSearch(model, policies: instance.policies, asked, at, options, fault: fault)
    let result = Result { try search.run() }
    var (wrong, decided, violated): ([String], Int, Int) = ([], 0, 0)
    for id in asked {
      let said = try outcome(search.verdict(id, result))
      if !isRight(said, property: reference.properties[id], error: reference.error, bound: bound) {
        wrong.append(
          "\(model.properties[id].name): \(said), but broken after \(reference.properties[id] ?? -1), error after \(reference.error ?? -1)"
        )
      }
      switch said {
      case .violated, .error: violated += 1
      case .none(let depth): decided += depth == bound ? 1 : 0
      case .undecided: break
      }
    }
    return (wrong, decided, violated)
  }

  // MARK: - Against the evaluator

  @Test(
    "at its smallest sizes the library has the violations that the evaluator finds, and no others",
    arguments: ["l4", "exokernel", "vmm", "conformance", "classics"].flatMap { specTexts(in: $0) })
  func library(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    guard !model.provable.isEmpty else { return }
    let sizes = Dictionary(uniqueKeysWithValues: model.sorts.indices.map { ($0, 2) })
    let instance = try Instance(model, scope: nil, sizes: sizes)
    let result = try Self.compare(instance, bound: 2)
    #expect(result.wrong == [])
    #expect(result.decided + result.violated == model.provable.count)
  }

  @Test(
    "the refutations of the library are found at their known lengths",
    arguments: ["l4", "exokernel", "vmm"].flatMap { specTexts(in: $0) })
  func refuted(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    for line in model.verify ?? [] {
      guard case .refute(.property(let property)) = line.goal, model.provable.contains(property), let scope = line.scope,
        let steps = line.pins["steps"], steps <= 4
      else { continue }
      let values = try line.settings.mapValues { (expr) throws(SpecError) in try model.closedValue(expr) }
      let instance = try Instance(model, scope: model.scopes[scope], policies: values)
      let prover = Prover(model: model, policies: instance.policies)
      let verdicts = prover.search([property], Bound(depth: steps, instance: instance, scope: model.scopes[scope].name))
      #expect(try verdicts.map(Self.outcome) == [.violated(steps: steps)], "\(model.properties[property].name)")
      let shorter = prover.search([property], Bound(depth: steps - 1, instance: instance, scope: model.scopes[scope].name))
      #expect(try shorter.map(Self.outcome) == [.none(depth: steps - 1)], "\(model.properties[property].name)")
    }
  }

  @Test func `random specs have the violations that the evaluator finds, and no others`() throws {
    var seed: UInt64 = 900_000
    var options = ProveOptions()
    options.rlimit = 1_000_000
    var (compared, decided, violated, asked) = (0, 0, 0, 0)
    while compared < 60 {
      seed += 1
      guard let model = try? Frontend.check(text: SpecGenerator.text(seed: seed)).model, !model.provable.isEmpty else { continue }
      let instance = try Instance(model, scope: model.scopes.first)
      guard let explored = try? ReferenceExploration(instance, to: 2), (1...2_000).contains(explored.states) else { continue }
      // Most run into an error at once: the other half of those compared do not.
      if compared >= 30, explored.error != nil { continue }
      compared += 1
      let result = try Self.compare(instance, bound: 3, options)
      #expect(result.wrong == [], "seed \(seed)")
      decided += result.decided
      violated += result.violated
      asked += model.provable.count
    }
    #expect(violated > 20)
    #expect(decided > 20)
    // The rest has no encoding.
    #expect(decided + violated > asked * 3 / 4)
  }

  // MARK: - Every size

  @Test func `a run is found at the smallest size that has one, without a scope`() throws {
    // Two different things must have been on.
    let model = try model(
      """
      spec Pairs
      sort Thing
      var on: Thing -> bool
      init { on = [t: Thing => false] }
      action start(t: Thing) { require !on[t]; on[t] := true }
      deadlock allowed
      invariant Apart: forall t, u: Thing :: on[t] && on[u] ==> t == u
      invariant Triple: forall t, u, v: Thing where t != u && u != v && t != v :: !on[t] || !on[u] || !on[v]
      scope one { Thing = 1 }
      """)
    let prover = Prover(model: model, policies: [])
    let verdicts = prover.search([0, 1], Bound(depth: 2))
    #expect(try verdicts.map(Self.outcome) == [.violated(steps: 2), .none(depth: 2)])
    #expect(verdicts[0].sizes.map(\.size) == [2])
    #expect(verdicts[1].sizes.isEmpty)
    let deeper = prover.search([1], Bound(depth: 5))
    #expect(try deeper.map(Self.outcome) == [.violated(steps: 3)])
    #expect(deeper[0].sizes.map(\.size) == [3])
    // At a size without the run there is none, whatever the depth.
    let small = try Instance(model, scope: model.scopes.first)
    let at = prover.search([0, 1], Bound(depth: 9, instance: small, scope: "one"))
    #expect(try at.map(Self.outcome) == [.none(depth: 9), .none(depth: 9)])
  }

  @Test func `a violation larger than the sizes that are looked at ends the depth shown, and is never called absent`() throws {
    let model = try model(
      """
      spec Five
      sort Thing
      var on: Thing -> bool
      init { on = [t: Thing => false] }
      action all() { for t: Thing { on[t] := true } }
      invariant Few: forall a, b, c, d, e: Thing where a != b && a != c && a != d && a != e && b != c && b != d && b != e
        && c != d && c != e && d != e :: !on[a]
      scope one { Thing = 1 }
      """)
    let verdict = try #require(Prover(model: model, policies: []).search([0], Bound(depth: 3)).first)
    #expect(try Self.outcome(verdict) == .none(depth: 0))
    #expect(verdict.notes.contains { $0.hasPrefix("not to depth 3:") }, "\(verdict.notes)")
    #expect(verdict.notes.contains("no violation to depth 3 with 4 of each sort"), "\(verdict.notes)")
  }

  @Test func `what time ends keeps the depth that was finished`() throws {
    let model = try ProverTests.library("l4/mapping.kspec")
    let prover = Prover(model: model, policies: try policies(model))
    var options = ProveOptions()
    options.isCancelled = { true }
    // The search is stopped from another thread: at once, or some depths later.
    for verdict in prover.search(model.provable, Bound(depth: 1000), options) {
      switch verdict.outcome {
      case .bounded(let depth):
        #expect(depth < 1000)
        #expect(verdict.notes.contains("not to depth 1000: the run was stopped"), "\(verdict.notes)")
      case .undecided(let reason): #expect(reason == "no depth was finished: the run was stopped")
      default: Issue.record("\(verdict.outcome)")
      }
    }
    var weak = ProveOptions()
    weak.rlimit = 1
    let weaker = prover.search([model.property("Backed")], Bound(depth: 3), weak)
    guard case .undecided = weaker[0].outcome else {
      Issue.record("\(weaker)")
      return
    }
  }

  // MARK: - Mistakes

  /// By mistake: a spec whose verdicts it changes.
  static let faults: [(EncodingFault, String)] = [
    (
      .dropsFrame,
      "var a: Thing -> bool\ninit { a = [t: Thing => false] }\naction on(t: Thing) { a[t] := true }\ninvariant P: (forall t: Thing :: !a[t]) || exists t: Thing :: !a[t]"
    ),
    (.dropsRequire, "var n: 0..3\ninit { n = 0 }\naction up() { require n < 2; n := n + 1 }\ninvariant P: n < 3"),
    (.negatesGuard, "var n: 0..3\ninit { n = 0 }\naction up() { require n < 2; n := n + 1 }\ninvariant P: n < 2"),
    (
      .forgetsElse,
      "var a: bool\nvar b: bool\ninit { a = false; b = false }\naction go() { if a { b := true } else { a := true } }\ninvariant P: !b"
    ),
    (
      .swapsQuantifiers,
      "var a: Thing -> bool\ninit { a = [t: Thing => false] }\naction on(t: Thing) { a[t] := true }\ninvariant P: exists t: Thing :: !a[t]"
    ),
    (
      .narrowsRange,
      "var n: 0..2\nvar m: bool\ninit { n = 0; m = false }\naction up() { require n < 2; n := n + 1 }\naction top() { require n == 2; m := true }\ninvariant P: !m"
    ),
    (
      .readsOldAfter,
      "var n: 0..2\ninit { n = 0 }\naction up() { require n < 2; n := n + 1 }\ntransition P: n == old(n) || n == 1"
    ),
    (
      .swapsParameters,
      "var a: Thing -> Thing\ninit { a = [t: Thing => t] }\naction put(t: Thing, u: Thing) { require a[t] == t; a[t] := u }\ntransition P: on put(t, u) :: a[t] == u"
    ),
    (
      .forgetsDefinedness,
      "var a: Thing -> Thing?\nvar x: Thing?\ninit { a = [t: Thing => none]; x = none }\naction go(t: Thing) { a[t] := x! }\ninvariant P: x == none"
    ),
    (.forgetsInitialFilter, "var n: 0..2\ninit { n = any m: 0..2 where m != 2 }\naction stay() { n := n }\ninvariant P: n != 2"),
    (
      .prunesTheNodeToo,
      "var f: forest Thing\ninit { f = empty }\naction join(t: Thing, u: Thing) { require t != u && f.lone(t) && f.lone(u); f.attach(t, under: u) }\naction cut(t: Thing) { f.prune(t) }\ntransition P: on cut(t) :: forall u: Thing :: old(f.under(t, u)) ==> f.under(t, u)"
    ),
  ]

  @Test(arguments: faults.indices) func `a wrong encoding is noticed`(_ number: Int) throws {
    let (fault, text) = Self.faults[number]
    let model = try model("spec Wrong\nsort Thing\n\(text)\ndeadlock allowed\nscope s { Thing = 2 }")
    let instance = try Instance(model, scope: model.scopes.first)
    let right = try Self.compare(instance, bound: 4)
    #expect(right.wrong == [])
    #expect(right.decided + right.violated == model.provable.count)
    let wrong = try Self.compare(instance, bound: 4, fault: fault)
    #expect(!wrong.wrong.isEmpty || wrong.decided + wrong.violated < model.provable.count)
  }
}
