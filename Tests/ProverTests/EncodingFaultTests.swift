import Spec
import TestSupport
import Testing

@testable import Prover

/// Would the comparisons of encoding and evaluator notice a prover that lies? Mistakes are made on purpose; each is noticed on a spec
/// made for it, and all but one on a random one.
@Suite struct EncodingFaultTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var fault: EncodingFault
    /// Of a random spec that notices it; nil: none of 400 did.
    var seed: UInt64?
    var text: String
    var testDescription: String { name }
  }

  private static func nodes(_ rest: String) -> String {
    "spec Nodes\nsort Node\nvar tree: forest Node\ninit { tree = empty }\n\(rest)\ndeadlock allowed\nscope s { Node = 3 }"
  }

  private static func cells(_ rest: String) -> String {
    """
    spec Cells
    sort Place
    var owner: Place -> Place?
    var size: 0..2
    init { owner = [p: Place => none]; size = any n: 0..2 where n != 1 }
    \(rest)
    deadlock allowed
    scope s { Place = 2 }
    """
  }

  static let cases = [
    Case(
      name: "a dropped frame condition", fault: .dropsFrame, seed: 500_002,
      text: cells("action take(p: Place, q: Place) { owner[p] := q }")),
    Case(
      name: "a dropped require", fault: .dropsRequire, seed: 500_003,
      text: cells("action take(p: Place) { require owner[p] == none; owner[p] := p }")),
    Case(
      name: "a guard of the wrong polarity", fault: .negatesGuard, seed: 500_001,
      text: cells("action take(p: Place) { require owner[p] == none; owner[p] := p }")),
    Case(
      name: "a forest without transitivity", fault: .dropsTransitivity, seed: 500_003,
      text: nodes("action cut(n: Node) { tree.detach(n) }")),
    Case(
      name: "a forest without chains", fault: .dropsLinearity, seed: 500_003,
      text: nodes("action cut(n: Node) { tree.detach(n) }")),
    Case(
      name: "a prune that takes its node, too", fault: .prunesTheNodeToo, seed: 500_062,
      text: nodes("action cut(n: Node) { tree.prune(n) }")),
    Case(
      name: "a forgotten else", fault: .forgetsElse, seed: 500_092,
      text: cells("action put(p: Place) { if size == 0 { owner[p] := p } else { owner[p] := none } }")),
    Case(
      name: "quantifiers taken for each other", fault: .swapsQuantifiers, seed: 500_001,
      text: cells("action take(p: Place) { require forall q: Place :: owner[q] == none; owner[p] := p }")),
    Case(
      name: "a range that is too small", fault: .narrowsRange, seed: 500_001,
      text: cells("action free(p: Place) { owner[p] := none }")),
    Case(
      name: "a range that is not assumed", fault: .dropsRange, seed: 500_011,
      text: cells("action free(p: Place) { owner[p] := none }")),
    Case(
      name: "old that reads the state after", fault: .readsOldAfter, seed: 500_087,
      text: cells(
        "action put(p: Place) { owner[p] := p }\ntransition Stays: forall p: Place :: owner[p] == old(owner[p])")),
    Case(
      name: "swapped parameters", fault: .swapsParameters, seed: 500_001,
      text: cells("action take(p: Place, q: Place) { owner[p] := q }")),
    Case(
      name: "a missing condition of definedness", fault: .forgetsDefinedness, seed: 500_001,
      text: cells("action pass(p: Place, q: Place) { owner[q] := owner[p]! }")),
    Case(
      name: "a forgotten filter of init", fault: .forgetsInitialFilter, seed: nil,
      text: cells("action free(p: Place) { owner[p] := none }")),
  ]

  @Test func `every mistake has its test`() {
    #expect(Self.cases.map(\.fault) == EncodingFault.allCases)
    #expect(Self.cases.count == 14)
  }

  @Test(arguments: cases) func `each mistake is noticed`(_ given: Case) throws {
    let model = try model(given.text)
    let instance = try Instance(model, scope: model.scopes.first)
    try agreement(instance, seed: 1, walk: 6, random: 6, instances: 9)
    #expect(throws: EncodingAgreement.Difference.self) {
      try agreement(instance, fault: given.fault, seed: 1, walk: 6, random: 6, instances: 9)
    }
  }

  @Test(arguments: cases.filter { $0.seed != nil }) func `a random spec notices each mistake, too`(_ given: Case) throws {
    let seed = try #require(given.seed)
    let model = try model(SpecGenerator.text(seed: seed))
    // Of two nodes every relation is transitive and every ancestry a chain.
    let isOfForests = given.fault == .dropsTransitivity || given.fault == .dropsLinearity
    let instance = try Instance(model, scope: model.scopes.first, sizes: isOfForests ? [0: 3] : [:])
    try agreement(instance, seed: seed, walk: 4, random: 4, instances: 3)
    #expect(throws: EncodingAgreement.Difference.self) {
      try agreement(instance, fault: given.fault, seed: seed, walk: 4, random: 4, instances: 3)
    }
  }
}
