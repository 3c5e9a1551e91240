import Foundation
import SimRuntime
import Spec
import Synchronization
import TestSupport
import Testing

@testable import Checker

/// A search that is interrupted and goes on from its checkpoint, any number of times, gives what one without interruption gives.
@Suite struct CheckpointTests {
  /// Specs with a violation at some depth, with covers, with several rigid valuations, and with nothing to find.
  static let cases: [IndependenceTests.Case] = IndependenceTests.cases

  /// Runs to the end in stretches of `step` states, each but the first from the checkpoint of the one before.
  private func inStretches(
    _ instance: Instance, _ goal: CheckGoal, _ options: CheckOptions, step: UInt64, _ folder: URL
  ) throws -> (verdict: Verdict, resumptions: Int, isLimited: Bool) {
    var options = options
    var resumptions = 0
    options.maxStates = step
    while true {
      options.checkpoint = Checkpointing(folder: folder.path, seconds: 0.000_001, resumes: resumptions > 0)
      let verdict = try Checker(instance: instance, options: options).run(goal)
      guard case .undecided(let why) = verdict.outcome, why.hasPrefix("the limit") else {
        return (verdict, resumptions, options.maxStates.map { verdict.states >= $0 } ?? false)
      }
      resumptions += 1
      options.maxStates = verdict.states + step
      try #require(resumptions < 10_000)
    }
  }

  /// A violation that a limit finds in the middle of a layer is shown: it has as many steps, but need not be the least.
  private func compare(_ pieces: Verdict, _ whole: Verdict, isLimited: Bool, _ comment: String) {
    if isLimited && whole.trace != nil {
      #expect(pieces.trace?.steps.count == whole.trace?.steps.count, "\(comment)")
      return
    }
    #expect(essence(pieces) == essence(whole), "\(comment)")
    #expect(pieces.symmetry?.orbits == whole.symmetry?.orbits, "\(comment)")
    #expect(pieces.rigidValuations == whole.rigidValuations, "\(comment)")
  }

  @Test("any number of interruptions changes nothing", arguments: cases)
  func interrupted(_ given: IndependenceTests.Case) throws {
    let instance = try instance(given.text, given.settings)
    let folder = try Folder()
    for goal in goals(instance.model) {
      for options in [CheckOptions.with(), .with(threads: 2), .extreme(threads: 2)] {
        let whole = try Checker(instance: instance, options: options).run(goal)
        let step = max(whole.states / 12, 1)
        let pieces = try inStretches(instance, goal, options, step: step, folder.url)
        compare(pieces.verdict, whole, isLimited: pieces.isLimited, "\(goal)")
        #expect(!FileManager.default.fileExists(atPath: folder.url.path), "a decided search leaves nothing")
      }
    }
  }

  @Test func `one state at a time`() throws {
    // 4^3 = 64 states in 10 layers.
    let instance = try instance(counters(3, 4))
    let folder = try Folder()
    for options in [CheckOptions.with(), .extreme(threads: 2)] {
      let pieces = try inStretches(instance, .all, options, step: 1, folder.url)
      #expect(pieces.verdict.states == 64)
      #expect(pieces.verdict.transitions == 144)
      #expect(pieces.verdict.depth == 9)
      #expect(pieces.resumptions > 5)
    }
  }

  @Test func `native code takes over in the middle, and the other way round`() throws {
    // 7^6 = 117,649 states and 6 * 6 * 7^5 transitions.
    let instance = try instance(counters(6, 7))
    let folder = try Folder()
    for (index, native) in [CheckOptions.NativeUse.always, .never, .auto, .always].enumerated() {
      var options = CheckOptions.with(threads: 2, native: native)
      options.checkpoint = Checkpointing(folder: folder.url.path, seconds: 0.01, resumes: index > 0)
      options.maxStates = index < 3 ? UInt64(index + 1) * 30_000 : nil
      let verdict = try Checker(instance: instance, options: options).run(.all)
      if index < 3 {
        guard case .undecided = verdict.outcome else { throw EngineFault("\(verdict.outcome)") }
        #expect(verdict.notes.contains { $0.contains("--resume") })
      } else {
        #expect(verdict.states == 117_649)
        #expect(verdict.transitions == 605_052)
        #expect(verdict.depth == 36)
      }
    }
  }

  @Test("each line of the spec library goes on as it would have", arguments: LibraryTests.specs)
  func library(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    let folder = try Folder()
    for line in try #require(model.verify) {
      guard let (instance, goal) = try scopedGoal(line, model) else { continue }
      // What is temporal alone is judged on a graph, of which there are no checkpoints.
      if goal.isTemporalAlone(model) { continue }
      let options = CheckOptions.with(threads: 2, native: .always)
      let whole = try Checker(instance: instance, options: options.limited(to: 30_000)).run(goal)
      if case .undecided = whole.outcome { continue }
      if whole.states >= 30_000 { continue }
      let pieces = try inStretches(instance, goal, options, step: max(whole.states / 4, 1), folder.url)
      compare(pieces.verdict, whole, isLimited: pieces.isLimited, model.sources.text(line.span))
    }
  }

  @Test func `the layers on disk serve the walk back`() throws {
    let instance = try instance(counters(6, 7, more: "invariant Low: exists k: Counter :: c[k] < 3\ndeadlock allowed"))
    let folder = try Folder()
    var options = CheckOptions.with(threads: 2)
    let whole = try Checker(instance: instance, options: options).run(.all)
    let expansions = ExpansionCount()
    options.source = { CountingSource(inner: try ReferenceSource($0), expansions: expansions) }
    options.tuning.logBytes = 0
    _ = try Checker(instance: instance, options: options).run(.all)
    let twice = expansions.take()
    options.checkpoint = Checkpointing(folder: folder.url.path)
    let logged = try Checker(instance: instance, options: options).run(.all)
    #expect(essence(logged) == essence(whole))
    // The second search expands again what the first one has; the walk then expands each layer once more.
    #expect(expansions.take() < twice * 3 / 4)
  }

  @Test func `a checkpoint of something else is refused, with what it is of`() throws {
    let folder = try Folder()
    let text = counters(4, 5)
    var options = CheckOptions.with { $0.maxStates = 100 }
    options.checkpoint = Checkpointing(folder: folder.url.path)
    _ = try Checker(instance: try instance(text), options: options).run(.all)
    options.checkpoint?.resumes = true
    func refused(_ text: String, _ goal: CheckGoal, _ words: String, _ change: (inout CheckOptions) -> Void = { _ in }) throws {
      var options = options
      change(&options)
      let checker = Checker(instance: try instance(text), options: options)
      let error = #expect(throws: CheckpointUnusable.self) { try checker.run(goal) }
      #expect(error?.message.contains(words) ?? false, "\(error?.message ?? "")")
    }
    try refused(text + " ", .all, "another text")
    try refused(text, .refute(.deadlock), "another property")
    try refused(text, .all, "with symmetry") { $0.symmetry = false }
    try refused(text, .all, "holds a checkpoint already") { $0.checkpoint?.resumes = false }
    try refused(text, .all, "no checkpoint") { $0.checkpoint?.folder += "-other" }
    // It is as good as before.
    options.maxStates = nil
    #expect(try Checker(instance: try instance(text), options: options).run(.all).states == 625)
  }

  @Test("a flipped byte or a missing end is always noticed", arguments: 0..<4)
  func damaged(block: Int) throws {
    let folder = try Folder()
    let instance = try instance(counters(5, 5))
    var options = CheckOptions.with { $0.maxStates = 1500 }
    options.checkpoint = Checkpointing(folder: folder.url.path)
    _ = try Checker(instance: instance, options: options).run(.all)
    let files = ["manifest", "log-1"].map { folder.url.appendingPathComponent($0) }
    let good = try files.map { try Data(contentsOf: $0) }
    options.maxStates = nil
    options.checkpoint?.resumes = true
    var generator = SeededGenerator(seed: UInt64(block) + 1)
    for round in 0..<60 {
      let which = Int.random(in: 0...1, using: &generator)
      var bytes = good[which]
      if round % 4 == 0 {
        bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
      } else {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
      }
      for (file, data) in zip(files, good) { try data.write(to: file) }
      try bytes.write(to: files[which])
      #expect(throws: CheckpointUnusable.self, "round \(round)") { try Checker(instance: instance, options: options).run(.all) }
    }
    for (file, data) in zip(files, good) { try data.write(to: file) }
    // Bytes after the noted length are those of a run that was killed.
    let log = try FileHandle(forWritingTo: files[1])
    try log.seekToEnd()
    try log.write(contentsOf: Data([1, 2, 3]))
    try log.close()
    #expect(try Checker(instance: instance, options: options).run(.all).states == 3125)
  }

  @Test func `what stands in the log is found by its place in the layer`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var places = LayerPlaces()
      var expected: [Int] = []
      var next = 0
      for _ in 0..<Int.random(in: 0...12, using: &generator) {
        let count = Int.random(in: 0...5, using: &generator)
        next += Int.random(in: 0...2, using: &generator)
        places.append(count, at: next)
        expected += next..<(next + count)
        next += count
      }
      #expect(places.count == expected.count)
      let start = Int.random(in: 0...expected.count, using: &generator)
      let end = Int.random(in: start...expected.count, using: &generator)
      #expect(places.places(of: start..<end).flatMap { $0[0]..<($0[0] + $0[1]) } == Array(expected[start..<end]))
    }
  }
}

extension CheckOptions {
  fileprivate func limited(to states: UInt64) -> CheckOptions {
    var options = self
    options.maxStates = states
    return options
  }
}

/// The evaluator, with a count of the states that it expands.
private struct CountingSource: SuccessorSource {
  let inner: ReferenceSource
  let expansions: ExpansionCount
  var instance: Instance { inner.instance }
  var layout: StateLayout { inner.layout }
  var name: String { inner.name }

  func makeScratch() -> Scratch { inner.makeScratch() }
  func pack(_ rigid: RigidValuation) -> PackedRigid { inner.pack(rigid) }
  func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    try inner.initialStates(rigid, into: &states)
  }
  func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    let expansion = inner.expand(parents, rigid, judging: judging, into: &successors, marks: marks, scratch)
    expansions.add(expansion.consumed)
    return expansion
  }
  func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch
  ) { inner.judge(states, rigid, judging: judging, into: masks, scratch) }
}

private final class ExpansionCount: Sendable {
  private let count = Atomic(0)
  func add(_ n: Int) { count.add(n, ordering: .relaxed) }
  func take() -> Int { count.exchange(0, ordering: .relaxed) }
}

/// A place for a checkpoint that goes away with its owner.
private final class Folder {
  let url: URL
  init() throws { url = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-test-\(UUID().uuidString)") }
  deinit { try? FileManager.default.removeItem(at: url) }
}
