import Spec
import TestSupport
import Testing

@testable import Prover

/// `--explain`: which obligations are outside the decidable fragment, and where the text says what keeps them out.
@Suite struct ExplainingTests {
  private func explained(_ text: String) throws -> (model: Model, obligations: [Decidability]) {
    let model = try model(text)
    return (model, try Prover(model: model, policies: try policies(model)).explain(model.provable))
  }

  @Test func `a function that leads back to its sort is a cycle`() throws {
    let (model, obligations) = try explained(
      """
      spec Chain
      sort Node
      var next: Node -> Node
      init { next = [n: Node => n] }
      action link(a: Node, b: Node) { next[a] := b }
      invariant Short: forall n: Node :: next[next[n]] == next[n]
      """)
    // Initially `next` is the identity: nothing is left of it.
    #expect(obligations.filter(\.obstacles.isEmpty).map(\.obligation) == ["possible/init", "Short/init"])
    let closed = obligations.filter { !$0.obstacles.isEmpty }
    #expect(closed.map(\.obligation) == ["Short/link", "possible/link"])
    for obligation in closed {
      #expect(obligation.obstacles == [.cycle])
      let link = try #require(obligation.cycle.first)
      #expect(obligation.cycle.count == 1 && link.from == "Node" && link.to == "Node" && link.function == "next")
      #expect(model.sources.text(link.declaration) == "next")
    }
  }

  @Test func `quantifiers that lead there and back are named with their places`() throws {
    let (model, obligations) = try explained(
      """
      spec Pairs
      sort Left
      sort Right
      var paired: (Left, Right) -> bool
      init { paired = [l: Left, r: Right => true] }
      action pair(l: Left, r: Right) { paired[l, r] := true }
      invariant HasRight: forall l: Left :: exists r: Right :: paired[l, r]
      invariant HasLeft: forall r: Right :: exists l: Left :: paired[l, r]
      """)
    let step = try #require(obligations.first { $0.obligation == "HasRight/pair" })
    #expect(step.obstacles == [.cycle])
    #expect(step.cycle.map { "\($0.from) \($0.to)" } == ["Left Right", "Right Left"])
    #expect(
      step.cycle.map { model.sources.text($0.quantifier) } == [
        "exists r: Right :: paired[l, r]", "exists l: Left :: paired[l, r]",
      ])
    #expect(step.cycle.map(\.assertion) == ["HasRight before", "HasLeft before"])
    // Of the initial states nothing is assumed: only the goal has quantifiers, and negated they stand in the other order.
    #expect(try #require(obligations.first { $0.obligation == "HasRight/init" }).obstacles == [])
  }

  @Test func `the library's obligations are explained without being solved`() throws {
    var total = 0
    var outside = 0
    for text in ["l4", "exokernel", "vmm"].flatMap({ specTexts(in: $0) }) {
      let model = try Frontend.check(text: text.text, path: text.path).model
      for obligation in try Prover(model: model, policies: try policies(model)).explain(model.provable) {
        total += 1
        if obligation.obstacles.isEmpty { continue }
        outside += 1
        for link in obligation.cycle + [obligation.numbers].compactMap({ $0 }) {
          #expect(link.declaration != .none || link.quantifier != .none, "\(obligation.obligation) of \(text.path): \(link)")
        }
        if obligation.obstacles.contains(.cycle) { #expect(obligation.cycle.last?.to == obligation.cycle.first?.from) }
      }
    }
    #expect(total > 100 && outside < total)
  }
}
