/// In: a product. Out: its strongly connected parts in which some run is accepted and fair; none: the property holds.
///
/// Components are found in one pass (Tarjan's algorithm with one number a node: Pearce, "A space-efficient algorithm for finding
/// strongly connected components", 2016), with stacks of our own, over those nodes only whose automaton state can accept. A component
/// is fair if each mark is on an edge inside; each weakly fair class is disabled in some node, or taken by an edge inside; each
/// strongly fair class that is enabled in some node is taken by an edge inside. Where only the last fails, a fair run may still
/// exist among the nodes where that class is disabled: they are decomposed again (Emerson and Lei 1987). Every round of that
/// takes away at least a node and a class.
final class FairComponents {
  /// Of the product, by state and by automaton state among those that can accept.
  let width: Int
  /// Nodes of fair components, one component after the other, and where each begins.
  let nodes: Storage<UInt32>
  private(set) var starts: [Int] = []

  private let product: Product
  private let memory: MemoryGauge
  private let watch: Watch
  /// The number of an automaton state among those that can accept, and back.
  private let column: [Int?]
  let accepting: [Int]

  // Without the check that no two accesses overlap: see `Storage`.
  /// 0: not visited. Up: on the way; down from the largest: the component.
  @exclusivity(unchecked) private var rank: Storage<UInt32>
  /// The part that a node belongs to while parts are decomposed again; empty before.
  @exclusivity(unchecked) private var region: Storage<UInt32>
  @exclusivity(unchecked) private var regionNumber: UInt32 = 0
  private let path: Storage<UInt32>
  private let cursors: Storage<UInt64>
  private let pending: Storage<UInt32>
  /// Parts to decompose again.
  private var parts: [Storage<UInt32>] = []
  @exclusivity(unchecked) private var tally: ClassTally
  @exclusivity(unchecked) private var isStopped = false

  /// nil if stopped or refused memory: `watch.reason` says why.
  init?(_ product: Product, _ memory: MemoryGauge, _ watch: Watch) {
    self.product = product
    self.memory = memory
    self.watch = watch
    let recurrent = product.automaton.recurrent()
    accepting = recurrent.indices.filter { recurrent[$0] }
    var column: [Int?] = recurrent.map { _ in nil }
    for (number, state) in accepting.enumerated() { column[state] = number }
    self.column = column
    width = accepting.count
    nodes = Storage(memory)
    path = Storage(memory)
    cursors = Storage(memory)
    pending = Storage(memory)
    region = Storage(memory)
    tally = ClassTally(product.graph.classes)
    guard let rank = Storage<UInt32>(memory, count: product.graph.count * width, of: 0) else {
      watch.stop(.refused)
      return nil
    }
    self.rank = rank
    if width > 0 && !run() { return nil }
  }

  /// What looking for them may take: for each node a rank, a region, places on the path, its cursor, and being pending, in a part, kept and reached.
  static func mostBytes(_ product: Product) -> Int { product.nodeCount.saturatingProduct(40) }

  var isEmpty: Bool { starts.isEmpty }

  /// The nodes of a component.
  func component(_ number: Int) -> UnsafeBufferPointer<UInt32> {
    let end = number + 1 < starts.count ? starts[number + 1] : nodes.count
    return UnsafeBufferPointer(start: UnsafePointer(nodes.base) + starts[number], count: end - starts[number])
  }

  private func run() -> Bool {
    guard let reached = Reachability(product, memory, watch) else { return false }
    var counters = Counters(largest: UInt32(truncatingIfNeeded: product.graph.count * width))
    for state in 0..<product.graph.count {
      for (number, q) in accepting.enumerated() where reached.nodes.contains(product.node(state, q)) {
        let node = state * width + number
        if rank[node] == 0 { visit(UInt32(truncatingIfNeeded: node), &counters) }
        if isStopped { return false }
      }
    }
    while let part = parts.popLast() {
      guard decompose(part) else { return false }
    }
    return true
  }

  private func decompose(_ part: Storage<UInt32>) -> Bool {
    if region.count == 0 {
      guard let region = Storage<UInt32>(memory, count: rank.count, of: 0) else { return stop() }
      self.region = region
    }
    regionNumber += 1
    for position in 0..<part.count {
      rank[Int(part[position])] = 0
      region[Int(part[position])] = regionNumber
    }
    var counters = Counters(largest: UInt32(truncatingIfNeeded: part.count))
    for position in 0..<part.count where rank[Int(part[position])] == 0 {
      visit(part[position], &counters)
      if isStopped { return false }
    }
    return true
  }

  private func stop() -> Bool {
    watch.stop(.refused)
    isStopped = true
    return false
  }

  // MARK: - Components

  private struct Counters {
    var index: UInt32 = 1
    var component: UInt32
    var steps = 0
    init(largest: UInt32) { component = largest + 1 }
  }

  /// Everything that is reached from a root, depth first.
  private func visit(_ root: UInt32, _ counters: inout Counters) {
    enter(root, &counters)
    while path.count > 0 {
      counters.steps += 1
      if counters.steps & 0xffff == 0 && !watch.goesOn(memory) { isStopped = true }
      if isStopped { return }
      let node = path[path.count - 1]
      if let next = advance(node, own: rank[Int(node)]) {
        if rank[Int(next)] == 0 { enter(next, &counters) } else { lower(node, to: rank[Int(next)]) }
        continue
      }
      _ = path.popLast()
      // The low bit of a cursor says that the node reaches one before it.
      let isRoot = cursors.popLast() & 1 == 0
      let low = rank[Int(node)]
      guard pending.reserve(1) else {
        _ = stop()
        return
      }
      pending.append(node)
      if isRoot {
        close(node, low, &counters)
      } else if path.count > 0 {
        lower(path[path.count - 1], to: low)
      }
    }
  }

  private func lower(_ node: UInt32, to other: UInt32) {
    guard other < rank[Int(node)] else { return }
    rank[Int(node)] = other
    cursors[cursors.count - 1] |= 1
  }

  private func enter(_ node: UInt32, _ counters: inout Counters) {
    guard path.reserve(1), cursors.reserve(1) else {
      _ = stop()
      return
    }
    rank[Int(node)] = counters.index
    counters.index += 1
    path.append(node)
    cursors.append(0)
  }

  /// The next successor of the node on top of the path, in the automaton's order and then the graph's; nil after the last. Those
  /// whose visit changes nothing are passed over here.
  private func advance(_ node: UInt32, own: UInt32) -> UInt32? {
    let state = Int(node) / width
    let edges = product.edges(accepting[Int(node) % width])
    let row = product.row(state)
    let top = cursors.count - 1
    var cursor = Int(cursors[top] >> 1)
    let valuation = product.valuation(state)
    while cursor < edges.count * row.count {
      let edge = edges[cursor / row.count]
      guard edge.reads(valuation), let column = column[edge.target] else {
        cursor = (cursor / row.count + 1) * row.count
        continue
      }
      let end = (cursor / row.count + 1) * row.count
      while cursor < end {
        let next = Int(product.targets[row.lowerBound + cursor % row.count]) * width + column
        cursor += 1
        if region.count > 0 && region[next] != regionNumber { continue }
        if rank[next] == 0 || rank[next] < own {
          cursors[top] = UInt64(cursor) << 1 | cursors[top] & 1
          return UInt32(truncatingIfNeeded: next)
        }
      }
    }
    cursors[top] = UInt64(cursor) << 1 | cursors[top] & 1
    return nil
  }

  /// The component of `node`, which is the last of `pending`.
  private func close(_ node: UInt32, _ low: UInt32, _ counters: inout Counters) {
    counters.component -= 1
    var first = pending.count - 1
    while first > 0 && rank[Int(pending[first - 1])] >= low { first -= 1 }
    let size = pending.count - first
    for position in first..<pending.count { rank[Int(pending[position])] = counters.component }
    counters.index -= UInt32(size)
    judge(UnsafeBufferPointer(start: UnsafePointer(pending.base) + first, count: size), counters.component)
    pending.removeLast(size)
  }

  // MARK: - Fairness

  private func judge(_ members: UnsafeBufferPointer<UInt32>, _ component: UInt32) {
    if members.count == 1, let only = members.first,
      !product.row(Int(only) / width).contains(where: {
        Int(product.targets[$0]) == Int(only) / width
      })
    {
      return
    }
    tally.begin()
    var marks: UInt64 = 0
    var hasEdge = false
    for node in members {
      let state = Int(node) / width
      let row = product.row(state)
      if product.graph.classes.count > 0 { tally.noteEnabled(product.graph, row) }
      let valuation = product.valuation(state)
      for edge in product.edges(accepting[Int(node) % width]) where edge.reads(valuation) {
        guard let column = column[edge.target] else { continue }
        for graphEdge in row {
          let next = Int(product.targets[graphEdge]) * width + column
          guard rank[next] == component, region.count == 0 || region[next] == regionNumber else { continue }
          hasEdge = true
          marks |= edge.marks
          tally.noteTaken(product.graph.label(graphEdge))
        }
      }
    }
    guard hasEdge, marks & product.automaton.marks == product.automaton.marks, !tally.starvesWeak(members.count) else { return }
    if tally.starvedStrong.isEmpty { return keep(members) }
    let part = Storage<UInt32>(memory)
    guard part.reserve(members.count) else {
      _ = stop()
      return
    }
    for node in members where !tally.enablesStarved(product.graph, Int(node) / width) { part.append(node) }
    if part.count > 0 { parts.append(part) }
  }

  private func keep(_ members: UnsafeBufferPointer<UInt32>) {
    guard let base = members.baseAddress, nodes.reserve(members.count) else {
      _ = stop()
      return
    }
    starts.append(nodes.count)
    nodes.append(base, members.count)
  }
}

/// In how many nodes of a component each fair class is enabled, and whether an edge inside takes it.
struct ClassTally {
  private let classes: FairClasses
  private var touched: [UInt32] = []
  private var enabledAt: [Int]
  private var isTaken: [Bool]
  private var isTouched: [Bool]
  private var lastNode: [Int]
  private var node = 0

  init(_ classes: FairClasses) {
    self.classes = classes
    enabledAt = Array(repeating: 0, count: classes.count)
    isTaken = Array(repeating: false, count: classes.count)
    isTouched = isTaken
    lastNode = enabledAt
  }

  mutating func begin() {
    for label in touched {
      enabledAt[Int(label)] = 0
      isTaken[Int(label)] = false
      isTouched[Int(label)] = false
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// All edges of one node.
  mutating func noteEnabled(_ graph: StateGraph, _ row: Range<Int>) {
    node += 1
    for edge in row {
      let label = graph.labels[edge]
      if label == StateGraph.noClass || lastNode[Int(label)] == node { continue }
      lastNode[Int(label)] = node
      enabledAt[Int(label)] += 1
      if !isTouched[Int(label)] {
        isTouched[Int(label)] = true
        touched.append(label)
      }
    }
  }

  mutating func noteTaken(_ label: UInt32) { if label != StateGraph.noClass { isTaken[Int(label)] = true } }

  /// Some weakly fair class is enabled in all `nodes` and never taken.
  func starvesWeak(_ nodes: Int) -> Bool {
    touched.contains { !classes.isStrong($0) && enabledAt[Int($0)] == nodes && !isTaken[Int($0)] }
  }

  /// Strongly fair classes that are enabled somewhere and never taken.
  var starvedStrong: [UInt32] { touched.filter { isStarved($0) } }

  func isStarved(_ label: UInt32) -> Bool {
    label != StateGraph.noClass && classes.isStrong(label) && isTouched[Int(label)] && !isTaken[Int(label)]
  }

  func enablesStarved(_ graph: StateGraph, _ state: Int) -> Bool { graph.edges(state).contains { isStarved(graph.labels[$0]) } }
}
