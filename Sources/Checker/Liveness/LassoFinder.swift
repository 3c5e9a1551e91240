import Spec

/// In: a product and its fair components, at least one. Out: a run without end that is accepted and fair: a shortest path to a fair
/// component, the least in the order of the search, then a loop inside it that passes every mark and satisfies every fairness
/// constraint, each by the nearest edge or state that does.
struct LassoFinder {
  /// States by number; `labels[i]` is the class of the edge from `states[i]` to `states[i + 1]`, nil where any edge will do.
  struct Path {
    var states: [Int]
    var labels: [UInt32?]
    /// The position that the last state, which is the same, goes on from.
    var loop: Int

    /// Without steps that stay where they are, unless fairness wants them or nothing else is left of the loop: formulas
    /// without `next` do not notice. Then the same run with a shorter prefix, while the loop's last edge is the one that leads into it.
    mutating func shorten() {
      for position in labels.indices.reversed() where states[position] == states[position + 1] {
        let label = labels[position]
        if position >= loop {
          let rest = labels[loop..<position] + labels[(position + 1)...]
          guard !rest.isEmpty, label == StateGraph.noClass || rest.contains(label) else { continue }
        } else {
          loop -= 1
        }
        states.remove(at: position + 1)
        labels.remove(at: position)
      }
      rotate()
    }

    private mutating func rotate() {
      while loop > 0, states.count > loop + 1, states[loop - 1] == states[states.count - 2] {
        labels[loop - 1] = labels.removeLast()
        states.removeLast()
        loop -= 1
      }
    }
  }

  private let product: Product
  private let components: FairComponents
  private let memory: MemoryGauge
  private let watch: Watch

  init(_ product: Product, _ components: FairComponents, _ memory: MemoryGauge, _ watch: Watch) {
    self.product = product
    self.components = components
    self.memory = memory
    self.watch = watch
  }

  /// Of the nearest nodes of fair components, so many are tried for a shorter loop.
  private static let entries = 16

  /// nil if stopped or refused memory: `watch.reason` says why.
  func path() throws(EngineFault) -> Path? {
    guard let fair = BitSet(memory, capacity: product.nodeCount) else { return refused() }
    for position in 0..<components.nodes.count { fair.insert(productNode(components.nodes[position])) }
    guard let prefixes = try prefixes(to: fair) else { return nil }
    var best: Path?
    var inside: (nodes: BitSet, strong: Set<UInt32>)?
    for prefix in prefixes {
      guard let entry = prefix.last else { continue }
      if inside?.nodes.contains(entry) != true { inside = component(of: entry) }
      guard let inside else { return refused() }
      var walk = LoopWalk(product, inside.nodes, inside.strong)
      guard let loop = try walk.loop(from: entry, { watch.goesOn(memory) }) else { return nil }
      let states = prefix.map { $0 / product.width } + loop.map { $0.node / product.width }
      let labels: [UInt32?] = prefix.dropLast().map { _ in nil } + loop.map { $0.label }
      var path = Path(states: states, labels: labels, loop: prefix.count - 1)
      path.shorten()
      if best.map({ path.states.count < $0.states.count }) ?? true { best = path }
    }
    return best
  }

  private func refused() -> Path? {
    watch.stop(.refused)
    return nil
  }

  private func productNode(_ node: UInt32) -> Int {
    product.node(Int(node) / components.width, components.accepting[Int(node) % components.width])
  }

  /// Shortest paths to the first few goals, all equally long. Breadth first over the product.
  private func prefixes(to goals: BitSet) throws(EngineFault) -> [[Int]]? {
    let none = UInt32.max
    let queue = Storage<UInt32>(memory)
    guard let parents = Storage<UInt32>(memory, count: product.nodeCount, of: none), queue.reserve(product.nodeCount) else {
      watch.stop(.refused)
      return nil
    }
    var found: [Int] = []
    func enter(_ node: Int, from parent: Int) {
      if parents[node] != none { return }
      parents[node] = UInt32(truncatingIfNeeded: parent)
      queue.append(UInt32(truncatingIfNeeded: node))
      if goals.contains(node) && found.count < Self.entries { found.append(node) }
    }
    for state in 0..<product.graph.initial {
      let node = product.node(state, product.automaton.initial)
      enter(node, from: node)
    }
    var next = 0
    var layerEnd = 0
    while next < queue.count {
      if next == layerEnd {
        if !found.isEmpty { break }
        layerEnd = queue.count
      }
      if next & 0xffff == 0xffff && !watch.goesOn(memory) { return nil }
      let node = Int(queue[next])
      next += 1
      let (state, q) = (node / product.width, node % product.width)
      let valuation = product.valuation(state)
      for edge in product.edges(q) where edge.reads(valuation) {
        for graphEdge in product.row(state) {
          enter(product.node(Int(product.targets[graphEdge]), edge.target), from: node)
        }
      }
    }
    if found.isEmpty { throw EngineFault("a fair component that no run reaches") }
    return found.map { goal in
      var path = [goal]
      while let last = path.last, Int(parents[last]) != last { path.append(Int(parents[last])) }
      return path.reversed()
    }
  }

  /// The fair component with a node, and the strongly fair classes that are enabled in it.
  private func component(of entry: Int) -> (nodes: BitSet, strong: Set<UInt32>)? {
    guard let inside = BitSet(memory, capacity: product.nodeCount) else { return nil }
    var strong: Set<UInt32> = []
    for number in components.starts.indices {
      let members = components.component(number)
      guard members.contains(where: { productNode($0) == entry }) else { continue }
      for member in members {
        let node = productNode(member)
        inside.insert(node)
        guard product.graph.classes.strong > 0 else { continue }
        for edge in product.row(node / product.width) {
          let label = product.graph.labels[edge]
          if label != StateGraph.noClass && product.graph.classes.isStrong(label) { strong.insert(label) }
        }
      }
      return (inside, strong)
    }
    return nil
  }
}

/// A walk inside one fair component that owes marks and fairness until it has seen them.
private struct LoopWalk {
  struct Step {
    var node: Int
    var label: UInt32
    var marks: UInt64
  }

  private let product: Product
  private let inside: BitSet
  private var marks: UInt64
  private var weak: Set<UInt32>
  private var strong: Set<UInt32>

  init(_ product: Product, _ inside: BitSet, _ strong: Set<UInt32>) {
    self.product = product
    self.inside = inside
    self.strong = strong
    marks = product.automaton.marks
    weak = Set(0..<UInt32(product.graph.classes.weak))
  }

  private var owesNothing: Bool { marks == 0 && weak.isEmpty && strong.isEmpty }

  /// nil if stopped.
  mutating func loop(from entry: Int, _ goesOn: () -> Bool) throws(EngineFault) -> [Step]? {
    pay(at: entry)
    var loop: [Step] = []
    var here = entry
    while !owesNothing || here != entry || loop.isEmpty {
      guard goesOn() else { return nil }
      let closes = owesNothing
      guard let path = nearest(from: here, where: { closes ? $0.node == entry : pays($0) }) else {
        throw EngineFault("a fair component without a fair loop")
      }
      for step in path {
        loop.append(step)
        marks &= ~step.marks
        weak.remove(step.label)
        strong.remove(step.label)
        pay(at: step.node)
        here = step.node
      }
    }
    return loop
  }

  private func enabled(at node: Int) -> Set<UInt32> {
    Set(product.row(node / product.width).map { product.graph.label($0) })
  }

  private mutating func pay(at node: Int) { if !weak.isEmpty { weak.formIntersection(enabled(at: node)) } }

  private func pays(_ step: Step) -> Bool {
    marks & step.marks != 0 || weak.contains(step.label) || strong.contains(step.label)
      || !weak.isEmpty && !weak.isSubset(of: enabled(at: step.node))
  }

  /// The shortest path of at least one step to a step that is wanted, the least in the order of edges.
  private func nearest(from start: Int, where isWanted: (Step) -> Bool) -> [Step]? {
    var cameFrom: [Int: (node: Int, step: Step)] = [:]
    var queue = [start]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      let state = node / product.width
      let valuation = product.valuation(state)
      for edge in product.edges(node % product.width) where edge.reads(valuation) {
        for graphEdge in product.row(state) {
          let step = Step(
            node: product.node(Int(product.targets[graphEdge]), edge.target), label: product.graph.label(graphEdge),
            marks: edge.marks)
          guard inside.contains(step.node) else { continue }
          if isWanted(step) {
            var path = [step]
            var back = node
            while back != start, let (before, step) = cameFrom[back] {
              path.append(step)
              back = before
            }
            return path.reversed()
          }
          if step.node != start && cameFrom[step.node] == nil {
            cameFrom[step.node] = (node, step)
            queue.append(step.node)
          }
        }
      }
    }
    return nil
  }
}
