import Spec
import TestSupport
import Testing

@testable import Prover

/// k-induction: what it proves is true, and what plain induction proves it proves as before.
@Suite struct DeepeningTests {
  private func prove(_ model: Model, depth: Int, settings: [String: Bool] = [:]) throws -> [String: Verdict] {
    var options = ProveOptions()
    options.depth = depth
    return try ProverTests.prove(model, settings: settings, options)
  }

  /// A value takes as many steps from the last place to the first as there are places before it: where the first is seen, the last
  /// is known to have been right so many states ago.
  private func shift(_ places: Int) throws -> Model {
    let names = (0..<places).map { "p\($0)" }
    return try model(
      """
      spec Shift
      sort Thing
      \(names.map { "var \($0): Thing -> bool" }.joined(separator: "\n"))
      init { \(names.map { "\($0) = [t: Thing => true]" }.joined(separator: "; ")) }
      action shift() {
        for t: Thing { \(zip(names, names.dropFirst() + ["true"]).map { "\($0)[t] := \($1)\($1 == "true" ? "" : "[t]")" }.joined(separator: "; ")) }
      }
      invariant First: forall t: Thing :: p0[t]
      scope one { Thing = 1 }
      """)
  }

  @Test(arguments: 1...4) func `a register of k places takes k states in a row, and no fewer`(_ places: Int) throws {
    let model = try shift(places)
    for depth in 1...4 {
      let verdict = try #require(try prove(model, depth: depth)["First"])
      #expect(verdict.isProved == (depth >= places), "\(depth): \(verdict.outcome)")
      if verdict.isProved { #expect(verdict.inductionDepth == places) }
      guard depth < places else { continue }
      #expect(verdict.reason == (depth == 1 ? "not inductive: shift can break it" : "not \(depth)-inductive: shift can break it"))
      // As many steps as states in a row, and the property holds in all of them but the last.
      let trace = try #require(verdict.induction)
      #expect(trace.steps.count == depth)
      try Replay.check(steps: trace, .breaks(.property(0)))
      let evaluator = Evaluator(trace.instance)
      for state in [trace.initial] + trace.steps.dropLast().compactMap(\.state) {
        #expect(try evaluator.holds(0, in: state, trace.rigid))
      }
    }
  }

  @Test func `a run that breaks a base is a violation`() throws {
    // Broken after 2 steps: 3 states in a row that satisfy it would carry it.
    let model = try model(
      """
      spec Base
      var n: 0..2
      init { n = 0 }
      action up() { require n < 2; n := n + 1 }
      deadlock allowed
      invariant Low: n < 2
      scope one { }
      """)
    let verdict = try #require(try prove(model, depth: 3)["Low"])
    guard case .violated(.property(0)) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    let trace = try #require(verdict.trace)
    #expect(trace.steps.count == 2)
    try Replay.check(trace, .breaks(.property(0)))
  }

  @Test func `what rests on a deeper induction says so, and errors count as before`() throws {
    let text = { (update: String) in
      """
      spec Resting
      var a: bool
      var b: bool
      var n: 0..3
      init { a = true; b = true; n = 0 }
      action shift() { a := b; b := true; n := \(update) }
      invariant First: a
      transition Stays: a
      scope one { }
      """
    }
    let verdicts = try prove(try model(text("if a then 0 else 3")), depth: 2)
    #expect(unproved(verdicts) == [])
    #expect(verdicts["First"]?.inductionDepth == 2)
    #expect(verdicts["Stays"]?.inductionDepth == 2)
    #expect(unproved(try prove(try model(text("n + 1")), depth: 2)) == ["First", "Stays"])
  }

  @Test("what plain induction proves is proved as before", arguments: ["l4", "exokernel", "vmm"].flatMap { specTexts(in: $0) })
  func plain(_ text: SpecText) throws {
    let model = try Frontend.check(text: text.text, path: text.path).model
    let (plain, deep) = (try prove(model, depth: 1), try prove(model, depth: 2))
    for (name, verdict) in plain {
      guard verdict.isProved else { continue }
      #expect(verdict.inductionDepth == 1)
      #expect(deep[name]?.isProved == true, "\(name)")
      #expect(deep[name]?.inductionDepth == 1, "\(name)")
    }
  }

  /// The refutations are pinned by the exhaustive checker.
  @Test func `what the mapping spec refutes is not proved`() throws {
    let model = try library("l4/mapping.kspec")
    var options = ProveOptions()
    options.rlimit = 200_000
    options.seeds = 1
    options.depth = 2
    var lines = 0
    for line in model.verify ?? [] {
      guard case .refute(.property(let property)) = line.goal, model.provable.contains(property) else { continue }
      let values = try line.settings.mapValues { (expr) throws(SpecError) in try model.closedValue(expr) }
      let instance = try Instance(model, scope: nil, policies: values)
      let verdict = try #require(Prover(model: model, policies: instance.policies).prove([property], options).first)
      #expect(!verdict.isProved, "\(verdict.property)")
      lines += 1
    }
    #expect(lines == 6)
  }
}
