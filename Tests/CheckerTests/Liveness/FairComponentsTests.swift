import Spec
import TestSupport
import Testing

@testable import Checker

/// Fair emptiness on random graphs, against a naive fixpoint over explicit sets.
@Suite struct FairComponentsTests {
  private struct Case {
    var rows: [[(target: Int, label: UInt32)]] = []
    var valuations: [UInt64] = []
    var classes: FairClasses
    var initial: Int
    var automaton: BuchiAutomaton
  }

  private func random(_ random: inout SeededGenerator) throws -> Case {
    let states = Int.random(in: 1...7, using: &random)
    let classes = FairClasses(weak: Int.random(in: 0...2, using: &random), strong: Int.random(in: 0...2, using: &random))
    var pool = FormulaPool()
    let formula = Self.formula(.random(depth: Int.random(in: 0...3, using: &random), atoms: 2, &random), &pool)
    var result = Case(
      classes: classes, initial: Int.random(in: 1...states, using: &random),
      automaton: try Translation.automaton(formula, pool))
    for state in 0..<states {
      var row: [(target: Int, label: UInt32)] = []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let label = Int.random(in: -1..<classes.count, using: &random)
        row.append((Int.random(in: 0..<states, using: &random), label < 0 ? StateGraph.noClass : UInt32(label)))
      }
      result.rows.append(row.isEmpty ? [(state, StateGraph.noClass)] : row)
      result.valuations.append(UInt64.random(in: 0..<4, using: &random))
    }
    // The engine's graphs hold reachable states only.
    for state in result.initial..<states {
      result.rows[Int.random(in: 0..<state, using: &random)].append((state, StateGraph.noClass))
    }
    return result
  }

  private static func formula(_ formula: Formula, _ pool: inout FormulaPool) -> FormulaPool.ID {
    switch formula {
    case .atom(let atom): return pool.literal(atom)
    case .not(let a): return pool.negation(Self.formula(a, &pool))
    case .and(let a, let b): return pool.and([Self.formula(a, &pool), Self.formula(b, &pool)])
    case .or(let a, let b): return pool.or([Self.formula(a, &pool), Self.formula(b, &pool)])
    case .implies(let a, let b): return Self.formula(.or(.not(a), b), &pool)
    case .iff(let a, let b): return Self.formula(.or(.and(a, b), .and(.not(a), .not(b))), &pool)
    case .always(let a): return pool.always(Self.formula(a, &pool))
    case .eventually(let a): return pool.eventually(Self.formula(a, &pool))
    case .until(let a, let b):
      let left = Self.formula(a, &pool)
      return pool.until(left, Self.formula(b, &pool))
    case .leadsTo(let a, let b): return Self.formula(.always(.implies(a, .eventually(b))), &pool)
    }
  }

  @Test("random graphs: a fair run is found exactly where the fixpoint has one, and the lasso is one", arguments: 0..<4)
  func agrees(block: Int) throws {
    var random = SeededGenerator(seed: UInt64(block) * 31 + 5)
    var answers: [Bool: Int] = [:]
    for number in 0..<600 {
      let sample = try self.random(&random)
      let graph = StateGraph.graph(sample.rows, initial: sample.initial, sample.classes)
      let product = try #require(Product(graph, sample.automaton, try truth(sample.valuations, atoms: 2)))
      let memory = MemoryGauge()
      let components = try #require(FairComponents(product, memory, watch()))
      let expected = NaiveEmptiness(product).hasFairRun
      answers[expected, default: 0] += 1
      #expect(components.isEmpty == !expected, "block \(block), case \(number): \(sample)")
      guard expected, !components.isEmpty else { continue }
      let path = try #require(try LassoFinder(product, components, memory, watch()).path())
      try check(path, sample, "block \(block), case \(number): \(sample) \(path)")
    }
    #expect(answers.values.min() ?? 0 > 100, "\(answers)")
  }

  /// The path is one, ends where it goes on from, is accepted, and starves nobody.
  private func check(_ path: LassoFinder.Path, _ sample: Case, _ comment: Comment) throws {
    #expect(path.states[0] < sample.initial, comment)
    #expect(path.labels.count == path.states.count - 1 && path.states[path.loop] == path.states[path.states.count - 1], comment)
    for (position, label) in path.labels.enumerated() {
      let fits = sample.rows[path.states[position]].contains {
        $0.target == path.states[position + 1] && (label == nil || label == $0.label)
      }
      #expect(fits, comment)
    }
    let loop = path.loop..<path.labels.count
    #expect(!loop.isEmpty, comment)
    let word = Word(letters: path.states.dropLast().map { sample.valuations[$0] }, loop: path.loop)
    #expect(try sample.automaton.accepts(word, atoms: 2), comment)
    for label in 0..<UInt32(sample.classes.count) where !loop.contains(where: { path.labels[$0] == label }) {
      let enabled = loop.map { position in sample.rows[path.states[position]].contains { $0.label == label } }
      #expect(sample.classes.isStrong(label) ? !enabled.contains(true) : enabled.contains(false), comment)
    }
  }

  @Test("memory is accounted for and given back")
  func memory() throws {
    let memory = MemoryGauge()
    do {
      let rows = (0..<100).map { [(target: ($0 + 1) % 100, label: StateGraph.noClass)] }
      let graph = StateGraph.graph(rows, initial: 1)
      var pool = FormulaPool()
      let formula = pool.literal(0)
      let automaton = try Translation.automaton(pool.always(formula), pool)
      let product = try #require(Product(graph, automaton, try truth(Array(repeating: 1, count: 100), atoms: 1)))
      let components = try #require(FairComponents(product, memory, watch()))
      #expect(!components.isEmpty)
      #expect(memory.current > 400)
    }
    #expect(memory.current == 0)
  }
}

/// For each choice of strongly fair classes that are never enabled from some time on, the others being taken again and again:
/// the greatest set of nodes from each of which every condition can be met inside the set, over and over (Emerson and Lei).
struct NaiveEmptiness {
  let product: Product

  init(_ product: Product) { self.product = product }

  private struct Edge: Hashable {
    var from: Int
    var to: Int
    var marks: UInt64
    var label: UInt32
  }

  var hasFairRun: Bool {
    let graph = product.graph
    var edges: [Edge] = []
    for state in 0..<graph.count {
      for q in 0..<product.width {
        for edge in product.automaton.edges[q] where edge.reads(product.valuation(state)) {
          for graphEdge in graph.edges(state) {
            let to = product.node(Int(graph.targets[graphEdge]), edge.target)
            edges.append(Edge(from: product.node(state, q), to: to, marks: edge.marks, label: graph.label(graphEdge)))
          }
        }
      }
    }
    edges = Array(Set(edges))
    var reached = Set((0..<graph.initial).map { product.node($0, product.automaton.initial) })
    while true {
      let more = Set(edges.filter { reached.contains($0.from) }.map(\.to)).subtracting(reached)
      if more.isEmpty { break }
      reached.formUnion(more)
    }
    func enables(_ node: Int, _ label: UInt32) -> Bool {
      graph.edges(node / product.width).contains { graph.label($0) == label }
    }
    let strong = (0..<UInt32(graph.classes.count)).filter { graph.classes.isStrong($0) }
    for choice in 0..<(1 << strong.count) {
      let never = strong.enumerated().filter { choice >> $0.offset & 1 == 1 }.map(\.element)
      var conditions: [(Edge) -> Bool] = []
      for bit in 0..<64 where product.automaton.marks >> UInt64(bit) & 1 == 1 {
        conditions.append { $0.marks >> UInt64(bit) & 1 == 1 }
      }
      for label in 0..<UInt32(graph.classes.count) where !never.contains(label) {
        if strong.contains(label) {
          conditions.append { $0.label == label }
        } else {
          conditions.append { $0.label == label || !enables($0.from, label) }
        }
      }
      conditions.append { _ in true }
      var set = reached.filter { node in !never.contains { enables(node, $0) } }
      while true {
        let before = set
        for condition in conditions {
          // Nodes of the set that can reach an edge inside it that meets the condition.
          var good = Set(edges.filter { set.contains($0.from) && set.contains($0.to) && condition($0) }.map(\.from))
          while true {
            let more = Set(edges.filter { set.contains($0.from) && good.contains($0.to) }.map(\.from)).subtracting(good)
            if more.isEmpty { break }
            good.formUnion(more)
          }
          set = good
        }
        if set == before { break }
      }
      if !set.isEmpty { return true }
    }
    return false
  }
}
