/// The nodes of a product that a run of the automaton over the graph can reach.
struct Reachability {
  let nodes: BitSet

  /// nil if stopped or refused memory: `watch.reason` says why.
  init?(_ product: Product, _ memory: MemoryGauge, _ watch: Watch) {
    let (graph, automaton) = (product.graph, product.automaton)
    guard let nodes = BitSet(memory, capacity: product.nodeCount) else {
      watch.stop(.refused)
      return nil
    }
    self.nodes = nodes
    let open = Storage<UInt32>(memory)

    /// The successors of a node along one edge of the automaton.
    func spread(_ state: Int, _ edge: BuchiAutomaton.Edge) -> Bool {
      let row = product.row(state)
      guard open.reserve(row.count) else {
        watch.stop(.refused)
        return false
      }
      for graphEdge in row {
        let node = product.node(Int(product.targets[graphEdge]), edge.target)
        if nodes.contains(node) { continue }
        nodes.insert(node)
        open.append(UInt32(truncatingIfNeeded: node))
      }
      return true
    }

    let start = automaton.initial
    // `eventually …` first waits: then the initial state of the automaton goes with every state of the graph, all of which are reachable.
    let waits = product.edges(start).contains { $0.target == start && $0.positive == 0 && $0.negative == 0 }
    guard open.reserve(graph.initial) else {
      watch.stop(.refused)
      return nil
    }
    if waits {
      for state in 0..<graph.count { nodes.insert(product.node(state, start)) }
      for state in 0..<graph.count {
        if state & 0xffff == 0 && !watch.goesOn(memory) { return nil }
        let valuation = product.valuation(state)
        for edge in product.edges(start) where edge.target != start && edge.reads(valuation) {
          if !spread(state, edge) { return nil }
        }
      }
    } else {
      for state in 0..<graph.initial {
        nodes.insert(product.node(state, start))
        open.append(UInt32(truncatingIfNeeded: product.node(state, start)))
      }
    }
    var rounds = 0
    while open.count > 0 {
      rounds += 1
      if rounds & 0xffff == 0 && !watch.goesOn(memory) { return nil }
      let node = Int(open.popLast())
      let (state, q) = (node / product.width, node % product.width)
      let valuation = product.valuation(state)
      for edge in automaton.edges[q] where edge.reads(valuation) { if !spread(state, edge) { return nil } }
    }
  }
}
