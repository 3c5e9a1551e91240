import Foundation
import Spec
import TestSupport
import Testing

@testable import Checker
@testable import SimRuntime

/// The evaluator with a class for each instance of every action that has at most 64: it leaves out what a relation says.
private struct SleepingReference: SuccessorSource {
  let inner: ReferenceSource
  let classes: SleepClasses
  let numbering: ActionNumbering
  let sleep: SleepTable?
  var layout: StateLayout { inner.layout }
  var instance: Instance { inner.instance }
  var name: String { "sleeping" }

  init(_ instance: Instance, fault: PartialOrderFault) throws {
    inner = try ReferenceSource(instance)
    numbering = try #require(ActionNumbering(instance))
    var classes = SleepClasses(instance)
    for (id, action) in instance.model.actions.enumerated() {
      let cardinalities = action.instanceLocals.map { instance.cardinality($0.type) }
      let width = cardinalities.reduce(1, *)
      guard width <= 64 else { continue }
      let strides = cardinalities.indices.map { cardinalities[($0 + 1)...].reduce(1, *) }
      _ = classes.add(id, start: 0, width: width, strides: [strides])
    }
    self.classes = classes
    sleep = SleepRelation(classes, inner.layout, fault: fault)?.table
  }

  func makeScratch() -> Scratch { inner.makeScratch() }
  func pack(_ rigid: RigidValuation) -> PackedRigid { inner.pack(rigid) }
  func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    try inner.initialStates(rigid, into: &states)
  }
  func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch
  ) { inner.judge(states, rigid, judging: judging, into: masks, scratch) }

  func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    var edges = LabelledBuffer(words: layout.wordsPerState, capacity: 64)
    var expansion = inner.expandLabelled(parents, rigid, judging: judging, into: &edges, marks: marks, scratch)
    let asksEdges = !judging.subtracting([.error, .deadlock]).isEmpty
    var edge = 0
    for index in 0..<parents.count {
      while edge < marks[index].end {
        let state = edges.states[edge]
        let own = classes.classes(of: numbering.instance(Int(edges.labels[edge]))).first
        edge += 1
        if (0..<parents.words).allSatisfy({ state[$0] == parents[index][$0] }) { continue }
        if let own, let sleep, let origin = parents.origins?[index], !asksEdges {
          let (slot, bit) = classes.place(of: own)
          if sleep.rows[Int(origin) * classes.slots + slot] >> UInt64(bit) & 1 == 1 {
            expansion.asleep += 1
            continue
          }
        }
        successors.append(state)
        successors.origins[successors.count - 1] = own.map { UInt16($0 + 1) } ?? 0
      }
      marks[index].end = successors.count
    }
    return expansion
  }
}

/// Sleep sets leave out successors, never states: everything but the number of states looked up is as it is without.
@Suite struct SleepSetTests {
  private static func options(
    threads: Int = 1, store: CheckOptions.StoreForm = .auto, limit: UInt64? = nil, fault: PartialOrderFault? = nil
  ) -> CheckOptions {
    .with(threads: threads, native: .never) {
      $0.symmetry = false
      $0.statistics = true
      $0.store = store
      $0.maxStates = limit
      if let fault { $0.source = { try SleepingReference($0, fault: fault) } }
    }
  }

  /// What must be equal.
  private static func found(_ verdict: Verdict) -> String {
    let trace = verdict.trace.map { "\($0.rigid) \($0.initial) \($0.steps)" } ?? "none"
    let layers = verdict.statistics?.layers.map { "\($0)" }.joined(separator: " ") ?? ""
    return """
      \(verdict.outcome), \(verdict.states) states, \(verdict.transitions) transitions, depth \(verdict.depth), \
      covers \(verdict.covers.map { "\($0.property) \($0.steps)" }), layers \(layers), trace \(trace)
      """
  }

  private static func run(_ instance: Instance, _ goal: CheckGoal, _ options: CheckOptions) throws -> Verdict {
    try Checker(instance: instance, options: options).run(goal)
  }

  /// 500; `KSPEC_RANDOM_SPECS` asks for another number.
  @Test("random specs have the states, counts and traces that they have where every successor is made", arguments: 0..<4)
  func random(block: Int) throws {
    let wanted = RandomSpecs.wanted / 4
    var compared = 0
    var saved = 0
    for seed in UInt64(block * 1_000_000)... {
      if compared == wanted { break }
      guard let (text, instance) = RandomSpecs.mixed(seed) else { continue }
      let whole = try Self.run(instance, .refute(.deadlock), Self.options(limit: 400))
      if whole.states >= 400 { continue }
      compared += 1
      var asleep: UInt64 = 0
      for goal in [.all] + goals(instance.model).prefix(2) {
        let plain = Self.found(try Self.run(instance, goal, Self.options()))
        for options in [Self.options(fault: []), Self.options(threads: 2, store: .compact, fault: [])] {
          let verdict = try Self.run(instance, goal, options)
          #expect(Self.found(verdict) == plain, "seed \(seed), \(goal)\n\(text)")
          if Self.found(verdict) != plain { return }
          asleep += verdict.statistics?.asleep ?? 0
        }
      }
      if asleep > 0 { saved += 1 }
    }
    // So that it is seen that there was something to leave out.
    #expect(saved >= wanted / 10)
  }

  /// Native code; lines beyond 20,000 states are left out.
  @Test(
    "each line of the spec library has the counts and trace that it has where every successor is made",
    arguments: LibraryTests.specs + ConformanceTests.specs)
  func library(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    var seen: Set<String> = []
    for line in try #require(model.verify) {
      guard let (instance, goal) = try scopedGoal(line, model), seen.insert("\(instance.sizes) \(instance.policies)").inserted
      else { continue }
      func options(_ sleepSets: Bool, threads: Int = 1) -> CheckOptions {
        .with(threads: threads, native: .always) {
          $0.symmetry = false
          $0.statistics = true
          $0.maxStates = 20_000
          $0.sleepSets = sleepSets
          $0.tuning.leastSleep = 0
        }
      }
      for goal in Set([goal] + goals(model)) {
        let plain = try Self.run(instance, goal, options(false))
        if plain.states >= 20_000 { break }
        for threads in [1, 2] {
          let verdict = try Self.run(instance, goal, options(true, threads: threads))
          #expect(Self.found(verdict) == Self.found(plain), "\(model.sources.text(line.span)): \(goal)")
        }
      }
    }
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var fault: PartialOrderFault
    var text: String
    var testDescription: String { name }
  }

  static let cases = [
    // After `enter`, `close` is left out; but after `close` nobody enters.
    Case(
      name: "interference without the reads of guards", fault: .ignoresGuardReads,
      text: """
        spec Door
        ordered sort Guest
        var open: bool
        var inside: Guest -> bool
        init { open = true; inside = [g: Guest => false] }
        action close { require open; open := false }
        action enter(g: Guest) { require open; inside[g] := true }
        deadlock allowed
        scope s { Guest = 2 }
        """),
    // Nobody leads to where both are.
    Case(
      name: "each of two leaves the other out", fault: .sleepsBothWays,
      text: """
        spec Both
        var x: bool
        var y: bool
        init { x = false; y = false }
        action first { require !x; x := true }
        action second { require !y; y := true }
        deadlock allowed
        """),
    // After `grab`, `sweep` is left out; but after `sweep` nothing is grabbed.
    Case(
      name: "a write set that forgets loops", fault: .forgetsLoops,
      text: """
        spec Sweep
        ordered sort Place
        var swept: Place -> bool
        var got: bool
        init { swept = [p: Place => false]; got = false }
        action sweep { for p: Place { swept[p] := true } }
        action grab(p: Place) { require !swept[p]; got := true }
        scope s { Place = 2 }
        """),
  ]

  @Test(arguments: cases) func `each mistake in the relation is noticed`(_ given: Case) throws {
    let model = try Frontend.check(text: given.text).model
    let instance = try Instance(model, scope: model.scopes.first)
    let plain = Self.found(try Self.run(instance, .all, Self.options()))
    #expect(Self.found(try Self.run(instance, .all, Self.options(fault: []))) == plain)
    #expect(Self.found(try Self.run(instance, .all, Self.options(fault: given.fault))) != plain)
  }

  /// `arm` enables `fire`, and no state enables both: for stubborn sets they do not interfere, here they do.
  @Test func `what an action enables is not left out after it`() throws {
    let model = try Frontend.check(
      text: """
        spec Gun
        var armed: bool
        var shots: 0..3
        init { armed = false; shots = 0 }
        action fire { require armed; require shots < 3; armed := false; shots := shots + 1 }
        action arm { require !armed; armed := true }
        deadlock allowed
        """
    ).model
    let instance = try Instance(model, scope: model.scopes.first)
    let verdict = try Self.run(instance, .all, Self.options(fault: []))
    #expect(verdict.states == 8)
    #expect(verdict.statistics?.asleep == 0)
  }

  /// Three places that are turned on once each, in any order. A state remembers the last one, and where places are turned on in their order, earlier
  /// ones are left out: of the 12 edges of the cube 7 are made, one to each corner but the first.
  @Test func `of independent steps one order is made`() throws {
    let model = try Frontend.check(
      text: """
        spec Cube
        ordered sort Place
        var on: Place -> bool
        init { on = [p: Place => false] }
        action turn(p: Place) { require !on[p]; on[p] := true }
        deadlock allowed
        scope s { Place = 3 }
        """
    ).model
    let instance = try Instance(model, scope: model.scopes.first)
    for native in [CheckOptions.NativeUse.never, .always] {
      let options = CheckOptions.with(native: native) {
        $0.statistics = true
        if native == .never { $0.source = { try SleepingReference($0, fault: []) } }
      }
      let verdict = try Self.run(instance, .all, options)
      #expect(verdict.states == 8)
      #expect(verdict.transitions == 12)
      #expect(verdict.statistics?.asleep == 5)
      #expect(verdict.statistics?.successors == 8)
    }
  }
}
