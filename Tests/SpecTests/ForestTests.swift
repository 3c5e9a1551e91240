import Testing

@testable import Spec

/// The forest operations on parent pointers against the same operations on ancestor relations, which is how the prover
/// encodes them: on every labelled forest of up to four nodes, for every choice of nodes.
@Suite struct ForestTests {
  /// anc(x, y): y is x or an ancestor of x.
  typealias Relation = (Int, Int) -> Bool

  @Test("there are (n + 1)^(n - 1) labelled forests of n nodes", arguments: [(1, 1), (2, 3), (3, 16), (4, 125)])
  func cayley(nodes: Int, count: Int) {
    #expect(forests(nodes).count == count)
  }

  @Test("attach puts c and all below it under p", arguments: 1...4)
  func attach(nodes: Int) {
    compare(nodes) { forest, anc, c, p in
      if forest.parents[c] >= 0 || forest.within(p, c) { return nil }
      return { anc($0, $1) || (anc($0, c) && anc(p, $1)) }
    } _: { forest, c, p in
      try forest.attach(c, under: p)
    }
  }

  @Test("detach makes c and all below it a tree of their own", arguments: 1...4)
  func detach(nodes: Int) {
    compare(nodes) { _, anc, c, _ in
      { anc($0, $1) && (!anc($0, c) || anc($1, c)) }
    } _: { forest, c, _ in
      forest.detach(c)
    }
  }

  @Test("prune makes every proper descendant a lone root", arguments: 1...4)
  func prune(nodes: Int) {
    compare(nodes) { _, anc, a, _ in
      let below = { anc($0, a) && $0 != a }
      return { $0 == $1 || (anc($0, $1) && !below($0) && !below($1)) }
    } _: { forest, a, _ in
      forest.prune(a)
    }
  }

  @Test("remove keeps the ancestry of what stays", arguments: 1...4)
  func remove(nodes: Int) {
    compare(nodes) { _, anc, c, _ in
      { $0 == $1 || (anc($0, $1) && $0 != c && $1 != c) }
    } _: { forest, c, _ in
      forest.remove(c)
    }
  }

  @Test("replace exchanges a node with a lone one", arguments: 1...4)
  func replace(nodes: Int) {
    compare(nodes) { forest, anc, x, y in
      if x == y || !forest.isLone(y) { return nil }
      let swap = { $0 == x ? y : $0 == y ? x : $0 }
      return { anc(swap($0), swap($1)) }
    } _: { forest, x, y in
      try forest.replace(x, by: y)
    }
  }

  private func forests(_ nodes: Int) -> [Forest] {
    Instance.tuples(Array(repeating: Array(-1..<nodes), count: nodes)).filter(Forest.isAcyclic).map { Forest(parents: $0) }
  }

  /// `expected` gives the relation after, or nil where the operation must fail.
  private func compare(
    _ nodes: Int, _ expected: (Forest, @escaping Relation, Int, Int) -> Relation?,
    _ operation: (inout Forest, Int, Int) throws -> Void
  ) {
    for before in forests(nodes) {
      for x in 0..<nodes {
        for y in 0..<nodes {
          var after = before
          guard let relation = expected(before, { before.within($0, $1) }, x, y) else {
            #expect(throws: Forest.Fault.self) { try operation(&after, x, y) }
            continue
          }
          #expect(throws: Never.self) { try operation(&after, x, y) }
          #expect(Forest.isAcyclic(after.parents))
          for a in 0..<nodes {
            for b in 0..<nodes { #expect(after.within(a, b) == relation(a, b), "\(before.parents) \(x) \(y): \(a) \(b)") }
          }
        }
      }
    }
  }
}
