import TestSupport
import Testing

@testable import Spec

@Suite("The lattice of policies")
struct PolicyLatticeTests {
  private func lattice(_ counts: [Int], _ cells: ([Int]) -> [PolicyLattice.Cell]) -> PolicyLattice {
    PolicyLattice(Array(counts.indices), counts.map { (0..<$0).map { .element($0) } }, properties: ["P"], cells: cells)
  }

  private func boolean(_ isSafe: ([Bool]) -> Bool, of policies: Int) -> PolicyLattice {
    lattice([Int](repeating: 2, count: policies)) { [isSafe($0.map { $0 == 1 }) ? .exhausted : .refuted(steps: 1)] }
  }

  private func minimal(_ lattice: PolicyLattice) -> [[Int]] { lattice.minimal.map { lattice.settings[$0].choice } }

  /// slowPse, slowRw, linear: safe with PSE and RW, and with PSE alone where there are no linear tables (XSA-182).
  @Test("XSA-148 and XSA-182: both bits where there are linear tables, PSE alone where there are none")
  func superpage() {
    let found = boolean({ $0[0] && ($0[1] || !$0[2]) }, of: 3)
    #expect(minimal(found) == [[1, 0, 0], [1, 1, 1]])
    // The mechanisms are stronger when on, the feature when off.
    #expect(found.weaker == [[.init(weaker: 0, stronger: 1)], [.init(weaker: 0, stronger: 1)], [.init(weaker: 1, stronger: 0)]])
    #expect(found.settings.map(found.level) == [1, 0, 2, 1, 2, 1, 3, 2])
    // The edges of a cube.
    #expect(found.steps.count == 12)
  }

  @Test("a policy that makes no difference has no weaker value, and each of its values is minimal")
  func indifferent() {
    let found = boolean({ $0[0] }, of: 2)
    #expect(found.weaker[1] == [])
    #expect(minimal(found) == [[1, 0], [1, 1]])
  }

  @Test("values that are safe in different places are not compared")
  func incomparable() {
    let found = boolean({ $0[0] == $0[1] }, of: 2)
    #expect(found.weaker == [[], []])
    #expect(minimal(found) == [[0, 0], [1, 1]])
  }

  @Test("of a policy with more values the weakest that is safe is minimal")
  func threshold() {
    let found = lattice([4]) { [$0[0] >= 2 ? .proved : .refuted(steps: 3)] }
    // 0 and 1 are never safe, 2 and 3 always: none of the two is weaker than its like.
    #expect(minimal(found) == [[2], [3]])
    let two = lattice([3, 3]) { [$0[0] + $0[1] >= 2 ? .proved : .refuted(steps: 3)] }
    #expect(minimal(two) == [[0, 2], [1, 1], [2, 0]])
    #expect(two.settings.map(two.level) == [0, 1, 2, 1, 2, 3, 2, 3, 4])
    // A grid of 3 by 3: steps go to the next value, not beyond.
    #expect(two.steps.count == 12)
  }

  @Test("one refutation is enough to be unsafe, and what is undecided is neither")
  func undecided() {
    let found = lattice([3]) { choice in
      [[.exhausted, .undecided("a limit")], [.refuted(steps: 2), .undecided("a limit")], [.proved, .exhausted]][choice[0]]
    }
    #expect(found.settings.map(\.isSafe) == [false, false, true])
    #expect(found.settings.map(\.isUndecided) == [true, false, false])
    #expect(minimal(found) == [[2]])
  }

  @Test("minimal, from the definition, on random tables", arguments: 0..<40)
  func random(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let counts = (0..<Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 1...3, using: &random) }
    var safe: Set<[Int]> = []
    let found = lattice(counts) { choice in
      if Bool.random(using: &random) { safe.insert(choice) }
      return [safe.contains(choice) ? .exhausted : .refuted(steps: 1)]
    }
    let all = found.settings.map(\.choice)
    #expect(Set(all).count == counts.reduce(1, *))
    /// Whether value a of a policy is weaker than b: wherever a is safe b is, and somewhere b is and a is not.
    func isWeaker(_ a: Int, _ b: Int, _ policy: Int) -> Bool {
      let pairs = all.filter { $0[policy] == a }.map { choice in
        var other = choice
        other[policy] = b
        return (safe.contains(choice), safe.contains(other))
      }
      return pairs.allSatisfy { !$0.0 || $0.1 } && pairs.contains { !$0.0 && $0.1 }
    }
    let expected = all.filter { setting in
      safe.contains(setting)
        && !safe.contains { other in
          other != setting
            && counts.indices.allSatisfy { other[$0] == setting[$0] || isWeaker(other[$0], setting[$0], $0) }
        }
    }
    #expect(minimal(found) == expected)
  }
}
