import Spec
import TestSupport
import Testing

@testable import Prover

@Suite("Guards in unsat cores")
struct UnusedGuardTests {
  private func unused(_ model: Model) throws -> (alone: [String], together: [String]) {
    let rules = model.guards.filter { $0.name != nil }
    let found = Prover(model: model, policies: try policies(model)).unusedGuards(rules, proving: model.provable)
    func names(_ guards: Set<Guard>) -> [String] { rules.filter(guards.contains).map(model.name(of:)) }
    return (names(found.alone), names(found.together))
  }

  @Test func `mapping: what kspec guards finds redundant is in no core`() throws {
    var found = try unused(try library("l4/mapping.kspec"))
    // To see that Granted, Narrow and Vacated imply it takes more than is spent on a core.
    found.alone.removeAll { $0 == "map.Present" }
    found.together.removeAll { $0 == "map.Present" }
    #expect(
      found.alone == [
        "map.Apart", "grant.Present", "grant.Apart", "unmap.Present", "flush.Present", "downgrade.Present",
      ])
    // Without all of them it is harder to see.
    #expect(found.together.count >= 5 && Set(found.together).isSubset(of: found.alone))
  }

  @Test func `of two guards that say the same each can go, but not both; one that others are evaluated under stays`() throws {
    let found = try unused(
      try model(
        """
        spec Twice
        var n: 0..9
        var o: (0..9)?
        init { n = 0; o = none }
        action up() { require Low: n < 3; require Below: n < 3; n := n + 1 }
        action put() { require Empty: o == none; o := n }
        action take() { require Full: o != none; require Least: o! >= 0; o := none }
        invariant Small: n <= 3
        invariant Kept: o == none || o! <= 3
        scope one { }
        """))
    #expect(found.alone == ["up.Low", "up.Below", "put.Empty", "take.Least"])
    #expect(found.together == ["up.Low", "put.Empty", "take.Least"])
  }

  @Test func `what is not proved uses every guard`() throws {
    let model = try model(
      """
      spec Open
      var n: 0..9
      init { n = 0 }
      action up() { require Low: n < 3; require Not: n != 2; n := n + 1 }
      invariant Small: n <= 2
      scope one { }
      """)
    // Small is not inductive without Not: with both it is, and Low is what Not and Small imply.
    #expect(try unused(model).alone == ["up.Low"])
    let open = try Frontend.check(
      text: "spec O  var n: 0..9  init { n = 0 }  action up() { require L: n < 3; n := n + 1 }  invariant S: n <= 2  scope s { }"
    ).model
    #expect(try unused(open).alone.isEmpty)
  }
}
