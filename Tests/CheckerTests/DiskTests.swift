import Foundation
import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// A search whose visited states are on disk gives what one in memory gives.
@Suite struct DiskTests {
  /// Everything that is rare made common: a spill every few states, a merge with every spill, a window of three parents.
  private static let tiny = DiskSizes(table: 2, window: 3, merging: 8, runs: 2, block: 16)
  private static let small = DiskSizes(table: 700, window: 100, merging: 64, runs: 4, block: 256)

  private func compare(
    _ instance: Instance, _ goal: CheckGoal, _ options: CheckOptions, _ sizes: DiskSizes, _ comment: String = "",
    against whole: Verdict? = nil
  ) throws {
    let whole = try whole ?? Checker(instance: instance, options: options).run(goal)
    var options = options
    options.disk = FileManager.default.temporaryDirectory.path
    options.tuning.disk = sizes
    let onDisk = try Checker(instance: instance, options: options).run(goal)
    #expect(essence(onDisk) == essence(whole), "\(comment) \(goal)")
    #expect(onDisk.symmetry == whole.symmetry, "\(comment) \(goal)")
    #expect(onDisk.rigidValuations == whole.rigidValuations)
    if whole.states > 0, !goal.isTemporalAlone(instance.model) { #expect(onDisk.notes.contains { $0.contains("files") }) }
  }

  @Test("from the first state on, with a spill every few states", arguments: IndependenceTests.cases)
  func tiny(_ given: IndependenceTests.Case) throws {
    let instance = try instance(given.text, given.settings)
    for goal in goals(instance.model) {
      for options in [CheckOptions.with(), .extreme(threads: 2), .with(threads: 2) { $0.symmetry = false }] {
        try compare(instance, goal, options, Self.tiny)
      }
    }
  }

  @Test("each line of the spec library", arguments: LibraryTests.specs)
  func library(spec: SpecText) throws {
    let model = try Frontend.check(text: spec.text, path: spec.path).model
    for line in try #require(model.verify) {
      guard let (instance, goal) = try scopedGoal(line, model) else { continue }
      let options = CheckOptions.with(threads: 2, native: .always)
      let whole = try Checker(instance: instance, options: .with(threads: 2, native: .always) { $0.maxStates = 30_000 }).run(goal)
      if case .undecided = whole.outcome { continue }
      if whole.states >= 30_000 { continue }
      try compare(instance, goal, options, Self.small, model.sources.text(line.span), against: whole)
    }
  }

  @Test("random specs", arguments: 0..<2)
  func random(block: Int) throws {
    var compared = 0
    for seed in UInt64(block * 1_000_000 + 250_000)... {
      if compared == 25 { break }
      guard let model = try? Frontend.check(text: SpecGenerator.text(seed: seed)).model,
        let instance = try? Instance(model, scope: model.scopes.first)
      else { continue }
      let whole = try Checker(instance: instance, options: .with { $0.maxStates = 400 }).run(.all)
      if case .undecided = whole.outcome { continue }
      // A limit may show a violation in the middle of a layer.
      if whole.states >= 400 { continue }
      try compare(instance, .all, .with(threads: 2), Self.tiny, "seed \(seed)", against: whole)
      compared += 1
    }
  }

  @Test("from the middle of a search on, when memory is used up", arguments: [nil, 0] as [Int?])
  func middle(logBytes: Int?) throws {
    // 6^6 = 46,656 states; the violation is in layer 24.
    let instance = try instance(
      counters(6, 6, more: "invariant Low: count(k: Counter where c[k] == 5) < 5\ndeadlock allowed"))
    for goal in [CheckGoal.all, .refute(.deadlock)] {
      let whole = try Checker(instance: instance, options: .with(threads: 2, native: .always)).run(goal)
      for maxBytes in [1 << 15, 1 << 16, 100_000, 1 << 17, 300_000, 1 << 19] {
        for threads in [1, 2] {
          let options = CheckOptions.with(threads: threads, native: .always) {
            $0.maxBytes = maxBytes
            $0.disk = FileManager.default.temporaryDirectory.path
            if let logBytes { $0.tuning.logBytes = logBytes }
          }
          let onDisk = try Checker(instance: instance, options: options).run(goal)
          #expect(essence(onDisk) == essence(whole), "\(maxBytes) bytes, \(threads) threads")
          #expect(onDisk.notes.contains { $0.contains("files") }, "\(maxBytes) bytes, \(threads) threads")
        }
      }
    }
  }

  @Test("a checkpoint of a search on disk is gone on with on disk or in memory", arguments: [1, 2])
  func checkpoints(threads: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let instance = try instance(
      counters(
        5, 5,
        more:
          "invariant Low: count(k: Counter where c[k] == 4) < 4\ncover Three: exists k: Counter :: c[k] == 3\ndeadlock allowed"))
    let whole = try Checker(instance: instance, options: .with()).run(.all)
    var stretch = 0
    var last: UInt64 = 0
    while true {
      var options = CheckOptions.with(threads: threads)
      options.disk = FileManager.default.temporaryDirectory.path
      // On disk from its first state on, from some state on, or not at all.
      if stretch % 3 == 0 { options.tuning.disk = Self.small }
      if stretch % 3 == 1 { options.maxBytes = 40_000 }
      options.maxStates = last + 300
      options.checkpoint = Checkpointing(folder: folder.path, seconds: stretch % 2 == 0 ? 0.000_001 : 60, resumes: stretch > 0)
      let verdict = try Checker(instance: instance, options: options).run(.all)
      guard case .undecided(let why) = verdict.outcome, why.hasPrefix("the limit of") else {
        #expect(essence(verdict) == essence(whole))
        break
      }
      stretch += 1
      last = verdict.states
      try #require(stretch < 1000)
    }
    #expect(stretch > 3)
  }

  @Test func `a folder that cannot be written to ends the search undecided, with the reason`() throws {
    for forced in [true, false] {
      let options = CheckOptions.with(threads: 2) {
        $0.maxBytes = 100_000
        $0.disk = "/nowhere"
        if forced { $0.tuning.disk = Self.small }
      }
      let verdict = try Checker(instance: try instance(counters(6, 6)), options: options).run(.all)
      guard case .undecided(let why) = verdict.outcome else { throw EngineFault("\(verdict.outcome)") }
      #expect(why.contains("/nowhere") && why.contains("No such file"), "\(why)")
    }
  }

  @Test(arguments: 1...5) func `states are sorted as Swift sorts them`(words: Int) {
    var generator = SeededGenerator(seed: UInt64(words))
    for round in 0..<60 {
      let count = Int.random(in: 0...3000, using: &generator)
      // Few bits set in few words: long common prefixes; or all of them.
      let mask: UInt64 = round % 3 == 0 ? .max : round % 3 == 1 ? 0x8000_0000_0000_00FF : 0x0F0F
      var states = (0..<count).map { _ in (0..<words).map { _ in UInt64.random(in: 0...(.max), using: &generator) & mask } }
      var flat = states.flatMap { $0 }
      flat.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { StateSort.sort(base, count, words: words) }
      }
      states.sort { $0.lexicographicallyPrecedes($1) }
      #expect(flat == states.flatMap { $0 })
    }
  }

  @Test(arguments: 1...3) func `what was never visited comes out once and in order`(words: Int) throws {
    var generator = SeededGenerator(seed: UInt64(words) + 10)
    let pool = WorkerPool(count: 2)
    defer { pool.close() }
    func portion() -> Set<[UInt64]> {
      Set(
        (0..<Int.random(in: 0...300, using: &generator)).map { _ in
          (0..<words).map { _ in UInt64.random(in: 0...(words == 1 ? 2000 : 40), using: &generator) }
        })
    }
    for _ in 0..<20 {
      let set = DiskSet(
        in: FileManager.default.temporaryDirectory.path, words: words, DiskSizes(table: 0, window: 0, merging: 40, runs: 3))
      var visited: Set<[UInt64]> = []
      for _ in 0..<12 {
        var candidates: Set<[UInt64]> = []
        for _ in 0..<Int.random(in: 0...9, using: &generator) {
          let some = portion()
          candidates.formUnion(some)
          var flat = some.flatMap { $0 }
          try flat.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { try set.addCandidates(base, some.count, pool) }
          }
        }
        var found: [[UInt64]] = []
        let finished = try set.settle(
          goesOn: { true }, { state in found.append((0..<words).map { state[$0] }) })
        #expect(finished)
        #expect(found == candidates.subtracting(visited).sorted { $0.lexicographicallyPrecedes($1) })
        visited.formUnion(candidates)
      }
    }
  }
}
