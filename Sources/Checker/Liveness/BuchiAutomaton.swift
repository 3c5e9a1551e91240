/// A generalised Büchi automaton with its conditions, and its acceptance marks, on edges.
///
/// It reads an infinite word of valuations of at most 64 atoms. A run is accepting if it takes edges with each mark again and
/// again; without marks every infinite run is.
struct BuchiAutomaton: Equatable {
  /// May be taken while every atom of `positive` is true and every atom of `negative` false.
  struct Edge: Hashable {
    var positive: UInt64
    var negative: UInt64
    /// One bit for each acceptance set that the edge belongs to.
    var marks: UInt64
    var target: Int

    func reads(_ valuation: UInt64) -> Bool { valuation & positive == positive && valuation & negative == 0 }

    /// Whether it may be taken whenever the other may, to the same place and with no fewer marks.
    func covers(_ other: Edge) -> Bool {
      target == other.target && positive & ~other.positive == 0 && negative & ~other.negative == 0
        && other.marks & ~marks == 0
    }
  }

  /// By state.
  var edges: [[Edge]]
  var initial: Int
  /// All marks.
  var marks: UInt64
  /// Which atom each bit of a valuation is.
  var atoms: [Int]

  var stateCount: Int { edges.count }

  /// States that lie on a cycle with every mark: the only ones in which a run can be accepted.
  func recurrent() -> [Bool] {
    var recurrent = Array(repeating: false, count: stateCount)
    let reach = (0..<stateCount).map { reachable(from: $0) }
    for state in 0..<stateCount {
      let component = (0..<stateCount).filter { reach[state][$0] && reach[$0][state] }
      guard !component.isEmpty else { continue }
      var found: UInt64 = 0
      for member in component { for edge in edges[member] where reach[edge.target][state] { found |= edge.marks } }
      recurrent[state] = found == marks
    }
    return recurrent
  }

  /// By at least one edge.
  private func reachable(from state: Int) -> [Bool] {
    var seen = Array(repeating: false, count: stateCount)
    var open = [state]
    while let next = open.popLast() {
      for edge in edges[next] where !seen[edge.target] {
        seen[edge.target] = true
        open.append(edge.target)
      }
    }
    return seen
  }

  // MARK: - Making it smaller

  /// Drops edges that another covers and states that accept nothing, and merges states with the same edges, until nothing changes.
  mutating func reduce() {
    while true {
      let before = self
      dropCovered()
      dropDead()
      merge()
      if self == before { return }
    }
  }

  private mutating func dropCovered() {
    for state in edges.indices {
      var kept: [Edge] = []
      for edge in edges[state] {
        if kept.contains(where: { $0.covers(edge) }) { continue }
        kept.removeAll { edge.covers($0) }
        kept.append(edge)
      }
      edges[state] = kept
    }
  }

  /// A state is alive if a recurrent one can be reached from it.
  private mutating func dropDead() {
    var alive = recurrent()
    var changed = true
    while changed {
      changed = false
      for state in edges.indices where !alive[state] && edges[state].contains(where: { alive[$0.target] }) {
        alive[state] = true
        changed = true
      }
    }
    for state in edges.indices { edges[state].removeAll { !alive[$0.target] } }
  }

  /// States with equal edges are one; then states that are not reached go.
  private mutating func merge() {
    var first: [[Edge]: Int] = [:]
    var name = Array(edges.indices)
    for state in edges.indices {
      let own = edges[state].sorted {
        ($0.target, $0.positive, $0.negative, $0.marks) < ($1.target, $1.positive, $1.negative, $1.marks)
      }
      edges[state] = own
      name[state] = first[own] ?? state
      first[own] = name[state]
    }
    // From the initial state, in the order of discovery.
    var number: [Int: Int] = [name[initial]: 0]
    var order = [name[initial]]
    var next = 0
    while next < order.count {
      for edge in edges[order[next]] where number[name[edge.target]] == nil {
        number[name[edge.target]] = order.count
        order.append(name[edge.target])
      }
      next += 1
    }
    edges = order.map { state in
      edges[state].map { edge in
        var edge = edge
        edge.target = number[name[edge.target]] ?? 0
        return edge
      }
    }
    initial = 0
  }
}
