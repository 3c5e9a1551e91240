import CNative
import Spec
import TestSupport
import Testing

@testable import Checker

/// Hashes instead of states: the same counts where nothing collides, and a verdict that never says more than it knows.
@Suite struct HashCompactionTests {
  /// Seventeen counters of four bits each need two words, so that hashes are stored.
  static let wide = counters(17, 16, more: "invariant Few: count(k: Counter where c[k] > 0) < 2\ndeadlock allowed")

  private func run(_ text: String, _ bits: Int?, threads: Int = 1, _ goal: CheckGoal = .all) throws -> Verdict {
    try Checker(
      instance: try instance(text),
      options: .with(threads: threads) {
        $0.hashCompact = bits
        $0.symmetry = false
        $0.tuning.logBytes = threads == 1 ? 0 : 1 << 20
      }
    ).run(goal)
  }

  /// Two tokens on a board of 12 places, with 72 bits of scenery that never changes.
  static let tokens = """
    spec Tokens
    ordered sort Place
    var a: Place
    var b: Place
    var scenery: Place -> 0..63
    init { a = any; b = any; scenery = [p: Place => 0] }
    action move(to: Place) { a := to }
    action swap { a := b; b := a }
    cover Together: a == b
    scope s { Place = 12 }
    """

  @Test(arguments: [1, 2]) func `counts are those of the exact store, and the verdict states the bound`(threads: Int) throws {
    let exact = try run(Self.tokens, nil, threads: threads)
    // 12 places for each of two tokens.
    #expect(exact.states == 144 && exact.store?.omission == nil)
    let hashed = try run(Self.tokens, 64, threads: threads)
    #expect(essence(hashed) == essence(exact))
    #expect(hashed.store?.form == .hashed)
    // 144 * 145 / 2 / 2^64 = 5.660e-16, rounded up.
    #expect(hashed.store?.omissionText == "5.7e-16")
  }

  @Test func `a violation found is as certain as ever, trace and all`() throws {
    let exact = try run(Self.wide, nil)
    let hashed = try run(Self.wide, 64, threads: 2)
    #expect(exact.trace?.steps.count == 2)
    #expect(essence(hashed) == essence(exact))
  }

  @Test func `where states are omitted nothing is claimed to be exhausted, and nothing to be unreachable`() throws {
    // Of 144 states with keys of 7 bits some have to be lost.
    let verdict = try run(Self.tokens, 7)
    #expect(verdict.states <= 128)
    #expect(verdict.store?.omission == 1)
    let line = "verify { check s }"
    let model = try Frontend.check(text: Self.tokens + "\n" + line).model
    let judged = try #require(model.verify?.first).judge(verdict, in: model)
    #expect(judged.standing == .undecided)
    #expect(judged.words == "exhausted, omission probability at most 1")

    let never = Self.tokens.replacing("cover Together: a == b", with: "cover Nowhere: a == b && scenery[a] == 1")
    guard case .undecided(let why) = try run(never, 64).outcome else {
      Issue.record("a cover is called unreachable")
      return
    }
    #expect(why.contains("Nowhere") && why.contains("5.7e-16"))
  }

  @Test func `states of one word are stored exactly`() throws {
    let verdict = try run(counters(3, 4), 64)
    #expect(verdict.states == 64 && verdict.store?.omission == nil)
    #expect(verdict.notes.contains { $0.contains("6 bits are stored as they are") })
  }

  @Test func `temporal properties refuse it`() throws {
    let verdict = try run(Self.tokens + "\ntemporal Often: always eventually a == b", 64)
    guard case .undecided(let why) = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(why.contains("hash compaction is refused"))
  }

  @Test func `keys of neighbouring states do not collide, and every bit of a state matters`() {
    var keys: Set<UInt64> = []
    let words = 3
    for first in 0..<64 as Range<UInt64> {
      for second in 0..<64 as Range<UInt64> {
        for third in 0..<16 as Range<UInt64> {
          var key: UInt64 = 0
          kspec_hash_states([first, second << 20, third << 60], 1, words, 64, &key)
          keys.insert(key)
        }
      }
    }
    #expect(keys.count == 65_536)
    var bits: Set<UInt64> = []
    for bit in 0..<(64 * words) {
      var state = [UInt64](repeating: 0, count: words)
      state[bit / 64] = 1 << UInt64(bit % 64)
      var key: UInt64 = 0
      kspec_hash_states(state, 1, words, 32, &key)
      bits.insert(key)
    }
    #expect(bits.count == 192)
  }
}
