import Spec
import TestSupport
import Testing

@testable import Checker

/// Would the comparisons of `PartialOrderTests` notice a mistake? Five are made on purpose; each is noticed on a spec made for it, and
/// on random ones.
@Suite struct PartialOrderFaultTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var fault: PartialOrderFault
    /// Of a random spec that notices it.
    var seed: UInt64
    var text: String
    var testDescription: String { name }
  }

  static let cases = [
    // `toggle` can always go first, and nothing ever comes of it.
    Case(
      name: "a skipped proviso", fault: .skipsProviso, seed: 969,
      text: """
        spec Ignored
        ordered sort Place
        var x: bool
        var y: Place -> bool
        init { x = false; y = [p: Place => false] }
        action toggle { x := !x }
        action mark(p: Place) { require !y[p]; y[p] := true }
        invariant Unmarked: forall p: Place :: !y[p]
        scope s { Place = 2 }
        """),
    // `sweep` takes away what `grab` needs, in a loop.
    Case(
      name: "a write set that forgets loops", fault: .forgetsLoops, seed: 66,
      text: """
        spec Sweep
        ordered sort Place
        var swept: Place -> bool
        var got: bool
        init { swept = [p: Place => false]; got = false }
        action sweep { for p: Place { swept[p] := true } }
        action grab(p: Place) { require !swept[p]; got := true }
        invariant Nothing: !got
        scope s { Place = 2 }
        """),
    // Both orders end alike, but only one passes a state with y and not x.
    Case(
      name: "visibility ignored", fault: .ignoresVisibility, seed: 18,
      text: """
        spec Order
        var x: bool
        var y: bool
        init { x = false; y = false }
        action first { require !x; x := true }
        action second { require !y; y := true }
        invariant FirstFirst: y ==> x
        deadlock allowed
        """),
    // `act` waits for y, which `arm` sets; it must come before `spoil`. Nothing ever sets x: it is true.
    Case(
      name: "a necessary enabling set of a true guard", fault: .blamesTrueGuard, seed: 1423,
      text: """
        spec Blame
        var x: bool
        var y: bool
        var z: bool
        var w: bool
        init { x = true; y = false; z = false; w = false }
        action spoil { require !z; z := true }
        action arm { require !y; y := true }
        action act { require X: x; require Y: y; w := !z }
        invariant Never: !w
        deadlock allowed
        """),
    // `close` makes the guard of `enter` false.
    Case(
      name: "interference without the reads of guards", fault: .ignoresGuardReads, seed: 111,
      text: """
        spec Door
        ordered sort Guest
        var open: bool
        var inside: Guest -> bool
        init { open = true; inside = [g: Guest => false] }
        action close { open := false }
        action enter(g: Guest) { require open; inside[g] := true }
        invariant Outside: forall g: Guest :: !inside[g]
        deadlock allowed
        scope s { Guest = 2 }
        """),
  ]

  @Test(arguments: cases) func `each mistake is noticed`(_ given: Case) throws {
    let model = try Frontend.check(text: given.text).model
    let instance = try Instance(model, scope: model.scopes.first)
    let comparison = try #require(try PartialOrderComparison(instance, .refute(.property(0))))
    #expect(comparison.differences(.ordering()) == [])
    #expect(comparison.differences(.ordering(fault: given.fault)) != [])
    // What makes it the worst of mistakes: the property is said to hold.
    guard case .exhausted = try Checker(instance: instance, options: .ordering(fault: given.fault)).run(comparison.goal).outcome
    else {
      Issue.record("the mistake shows in another way")
      return
    }
  }

  /// Rare ones in one of a thousand: that is why there are thousands.
  @Test(arguments: cases) func `a random spec notices each mistake too`(_ given: Case) throws {
    let instance = try #require(try PartialOrderTests.processes(given.seed))
    let noticed = try goals(instance.model).contains { goal in
      guard let comparison = try PartialOrderComparison(instance, goal, limit: 400) else { return false }
      #expect(comparison.differences(.ordering()) == [])
      return [false, true].contains { comparison.differences(.ordering(symmetry: $0, fault: given.fault)) != [] }
    }
    #expect(noticed)
  }
}
