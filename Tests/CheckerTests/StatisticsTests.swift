import Foundation
import Spec
import Testing

@testable import Checker

/// What `--stats` says adds up, and the estimate of what is left is honest where the truth is known.
@Suite struct StatisticsTests {
  private static let bits = """
    spec Bits
    sort Cell
    var bit: Cell -> bool
    init { bit = [c: Cell => false] }
    action flip(c: Cell) { bit[c] := !bit[c] }
    action stay(c: Cell) { bit[c] := bit[c] }
    scope s { Cell = 8 }
    """

  private func statistics(
    _ instance: Instance, _ options: CheckOptions
  ) throws -> (verdict: Verdict, statistics: SearchStatistics) {
    var options = options
    options.statistics = true
    let verdict = try Checker(instance: instance, options: options).run(.all)
    return (verdict, try #require(verdict.statistics))
  }

  @Test func `layers of a cube are binomial, each of its edges is looked up, and all of it adds up`() throws {
    let instance = try instance(Self.bits)
    for threads in [1, 3] {
      let (verdict, found) = try statistics(instance, .with(threads: threads) { $0.symmetry = false })
      #expect(found.layers == [1, 8, 28, 56, 70, 56, 28, 8, 1])
      // 8 flips a state, and the initial state; 8 self-loops a state.
      #expect(found.successors == 256 * 8 + 1)
      #expect(found.new == 256 && found.duplicates == 256 * 7 + 1)
      #expect(found.selfLoops == 256 * 8)
      #expect(verdict.transitions == found.successors - 1 + found.selfLoops)
      #expect(found.stored == 256 && found.slots >= 256 && found.tableBytes >= 256 * 8)
      #expect(found.threads == threads)
      #expect(found.seconds.reduce(0, +) > 0 && found.estimate == nil)
    }
  }

  @Test func `under symmetry the layers count states, the store representatives`() throws {
    let (verdict, found) = try statistics(try instance(Self.bits), .with())
    #expect(found.layers == [1, 8, 28, 56, 70, 56, 28, 8, 1])
    #expect(found.new == 9 && verdict.symmetry?.orbits == 9)
    // Each of 9 representatives has 8 flips.
    #expect(found.successors == 73 && found.duplicates == 64 && found.selfLoops == 72)
  }

  @Test(arguments: [CheckOptions.with(), .with(threads: 4), .extreme(threads: 2), .with(threads: 2, native: .always)])
  func `counts add up on the mapping model, whatever the buffers`(options: CheckOptions) throws {
    let (verdict, found) = try statistics(try instance(mapping), options)
    #expect(verdict.states == 19_492)
    #expect(found.layers.reduce(0, +) == verdict.states)
    #expect(found.layers.count == verdict.depth + 1)
    #expect(found.new + found.duplicates == found.successors)
    #expect(found.new == verdict.symmetry?.orbits)
  }

  @Test func `a trace that is searched for a second time is not counted`() throws {
    var options = CheckOptions.extreme(threads: 2)
    options.symmetry = false
    let (verdict, found) = try statistics(try instance(mapping, ["recursive": .bool(false)]), options)
    #expect(verdict.trace?.steps.count == 3)
    #expect(found.layers.reduce(0, +) == verdict.states && found.new == verdict.states)
  }

  @Test func `without being asked there are none`() throws {
    #expect(try Checker(instance: try instance(mapping), options: .with()).run(.all).statistics == nil)
  }

  @Test func `a search that a limit ends has an estimate once its layers bend`() throws {
    let cube = try instance(Self.bits.replacing("Cell = 8", with: "Cell = 14"))
    let (verdict, found) = try statistics(
      cube,
      .with {
        $0.symmetry = false
        $0.maxStates = 10_000
      })
    guard case .undecided = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    let estimate = try #require(found.estimate)
    let rest = 16_384 - verdict.states
    #expect(estimate.low <= rest && rest <= estimate.high, "\(estimate) of \(rest)")
  }

  // MARK: - Growth

  /// Layers of products of independent parts: what the estimate assumes, but for its constant bend.
  private static func product(_ parts: [[UInt64]]) -> [UInt64] {
    parts.reduce([1]) { layers, part in
      var result = [UInt64](repeating: 0, count: layers.count + part.count - 1)
      for (i, a) in layers.enumerated() { for (j, b) in part.enumerated() { result[i + j] += a * b } }
      return result
    }
  }

  @Test(arguments: [
    [[UInt64]](repeating: [1, 1], count: 16), .init(repeating: [1, 1], count: 40), .init(repeating: [1, 2, 3, 1], count: 9),
    .init(repeating: [1, 1, 1, 1, 1], count: 12), .init(repeating: [1, 2, 2, 2, 1], count: 6),
  ])
  func `the truth lies in the range, on the way up and on the way down`(parts: [[UInt64]]) {
    let layers = Self.product(parts)
    let all = layers.reduce(0, +)
    var estimates = 0
    for end in 5..<layers.count {
      let found = layers[..<end].reduce(0, +)
      guard let estimate = Growth(Array(layers[..<end])).estimate() else { continue }
      estimates += 1
      #expect(estimate.low <= all - found && all - found <= estimate.high, "layer \(end): \(estimate) of \(all - found)")
    }
    #expect(estimates >= layers.count / 2)
    // Known states of the layer under way are not to come any more.
    let early = Growth(Array(layers[..<(layers.count / 2)]))
    if let estimate = early.estimate(), let less = early.estimate(found: 1) {
      #expect(less.high == estimate.high - 1)
    }
  }

  @Test func `growth that does not slow has no estimate`() {
    #expect(Growth((0..<20).map { 1 << $0 }).estimate() == nil)
    #expect(Growth([1, 4, 6, 4]).estimate() == nil)
    #expect(Growth([]).estimate() == nil)
  }
}
