/// A graph read by an automaton: node (s, q) means that the automaton, in q, is about to read state s. Never stored: successors are
/// the graph's edges times the automaton's.
///
/// Everything that the inner loops read lies in plain memory: arrays of arrays would be retained and released at each step.
final class Product: @unchecked Sendable {
  let graph: StateGraph
  let automaton: BuchiAutomaton
  let width: Int
  let targets: UnsafePointer<UInt32>
  private let firstTarget: UnsafePointer<UInt64>
  private let truth: AtomTruth
  private let rows: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>>
  private let atomCount: Int
  private let edges: UnsafeMutablePointer<BuchiAutomaton.Edge>
  private let firstEdge: UnsafeMutablePointer<Int>

  /// nil if nodes cannot be numbered with 32 bits.
  init?(_ graph: StateGraph, _ automaton: BuchiAutomaton, _ truth: AtomTruth) {
    let (nodes, overflow) = graph.count.multipliedReportingOverflow(by: max(automaton.stateCount, 1))
    guard !overflow, nodes <= StateGraph.stateLimit else { return nil }
    self.graph = graph
    self.automaton = automaton
    self.truth = truth
    width = automaton.stateCount
    targets = UnsafePointer(graph.targets.base)
    firstTarget = UnsafePointer(graph.firstEdge.base)
    atomCount = automaton.atoms.count
    rows = .allocate(capacity: max(atomCount, 1))
    for (bit, atom) in automaton.atoms.enumerated() { rows[bit] = truth.row(atom) }
    let all = automaton.edges.flatMap(\.self)
    edges = .allocate(capacity: max(all.count, 1))
    for (position, edge) in all.enumerated() { (edges + position).initialize(to: edge) }
    firstEdge = .allocate(capacity: width + 1)
    firstEdge[0] = 0
    for (state, own) in automaton.edges.enumerated() { firstEdge[state + 1] = firstEdge[state] + own.count }
  }

  deinit {
    rows.deallocate()
    edges.deallocate()
    firstEdge.deallocate()
  }

  var nodeCount: Int { graph.count * width }
  func node(_ state: Int, _ q: Int) -> Int { state * width + q }

  /// The automaton's edges from q.
  func edges(_ q: Int) -> UnsafeBufferPointer<BuchiAutomaton.Edge> {
    UnsafeBufferPointer(start: edges + firstEdge[q], count: firstEdge[q + 1] - firstEdge[q])
  }

  /// The places of a state's edges in `targets`.
  func row(_ state: Int) -> Range<Int> { Int(firstTarget[state])..<Int(firstTarget[state + 1]) }

  /// The truth of the automaton's atoms in a state.
  func valuation(_ state: Int) -> UInt64 {
    var result: UInt64 = 0
    for bit in 0..<atomCount { result |= (rows[bit][state >> 6] >> UInt64(state & 63) & 1) << UInt64(bit) }
    return result
  }
}

/// A set of small integers.
struct BitSet {
  private let words: Storage<UInt64>

  /// nil if memory is refused.
  init?(_ memory: MemoryGauge, capacity: Int) {
    guard let words = Storage<UInt64>(memory, count: capacity / 64 + 1, of: 0) else { return nil }
    self.words = words
  }

  func contains(_ n: Int) -> Bool { words[n >> 6] >> UInt64(n & 63) & 1 == 1 }
  func insert(_ n: Int) { words[n >> 6] |= 1 << UInt64(n & 63) }
  func remove(_ n: Int) { words[n >> 6] &= ~(1 << UInt64(n & 63)) }
}
