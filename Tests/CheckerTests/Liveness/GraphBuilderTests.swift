import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// The graph that all threads build together, against one that goes from state to state in the evaluator's order with a dictionary.
@Suite struct GraphBuilderTests {
  /// Everything about a graph, as far as it is known.
  private struct Whole: Equatable {
    var states: [[UInt64]] = []
    var initial = 0
    /// Targets with fairness classes, sorted, each once.
    var rows: [[UInt64]] = []
    var transitions: UInt64 = 0
    var depth = 0
    var isError = false
  }

  private func built(_ source: any SuccessorSource, _ rigid: RigidValuation, threads: Int, batch: Int) throws -> Whole {
    let instance = source.instance
    var options = CheckOptions.with(threads: threads)
    options.tuning.batch = batch
    if batch == 1 { options.tuning.successors = 1 }
    let search = try #require(Search(source, Watch(options, Cancellation(), { _ in }), threads: threads, options.tuning))
    let classes = FairClasses(instance, try #require(ActionNumbering(instance)))
    let held = search.memory.current
    var whole = Whole()
    do {
      let result = try GraphBuilder(search: search, classes: classes, before: 0).build(rigid)
      let graph = result.graph
      whole.states = (0..<result.states).map { Array(UnsafeBufferPointer(start: graph.state($0), count: graph.words)) }
      whole.initial = graph.initial
      whole.rows = (0..<graph.count).map { state in
        graph.edges(state).map { UInt64(graph.targets[$0]) << 32 | UInt64(graph.label($0)) }
      }
      whole.transitions = result.transitions
      whole.depth = result.depth
      whole.isError = result.outcome == .error
      #expect(result.outcome != .stopped)
    }
    #expect(search.memory.current == held)
    return whole
  }

  private func twin(_ instance: Instance, _ layout: StateLayout, _ rigid: RigidValuation) throws -> Whole {
    let evaluator = Evaluator(instance)
    let numbering = try #require(ActionNumbering(instance))
    let classes = FairClasses(instance, numbering)
    var whole = Whole()
    var values: [State] = []
    var numbers: [State: Int] = [:]
    func number(_ state: State) -> UInt64 {
      if numbers[state] == nil {
        numbers[state] = values.count
        values.append(state)
      }
      return UInt64(numbers[state] ?? 0)
    }
    for state in try evaluator.initialStates(rigid) { _ = number(state) }
    whole.initial = values.count
    var layerEnd = values.count
    while whole.rows.count < values.count && !whole.isError {
      let parent = whole.rows.count
      if parent == layerEnd {
        whole.depth += 1
        layerEnd = values.count
      }
      let edges = evaluator.successors(of: values[parent], rigid)
      whole.transitions += UInt64(edges.count)
      whole.isError = edges.contains { if case .failure = $0.result { true } else { false } }
      if whole.isError { break }
      var row: Set<UInt64> = []
      for edge in edges {
        guard case .success(let after) = edge.result else { continue }
        let label = classes.count == 0 ? StateGraph.noClass : classes.label(UInt32(numbering.number(edge.instance)))
        row.insert(number(after) << 32 | UInt64(label))
      }
      if edges.isEmpty { row.insert(UInt64(parent) << 32 | UInt64(StateGraph.noClass)) }
      whole.rows.append(row.sorted())
    }
    whole.states = values.map { state in
      var words = [UInt64](repeating: 0, count: layout.wordsPerState)
      layout.pack(state, into: &words)
      return words
    }
    return whole
  }

  /// How many states there were, and whether some step was a spec error.
  @discardableResult
  private func compare(_ instance: Instance, native: Bool = false, _ comment: Comment? = nil) throws -> (
    states: Int, isError: Bool
  ) {
    let reference = try ReferenceSource(instance)
    var sources: [any SuccessorSource] = [reference]
    if native { sources.append(try NativeSource(reference.layout, .labelled)) }
    var most = 0
    var isError = false
    for rigid in try Evaluator(instance).rigidValuations().prefix(2) {
      let twin = try twin(instance, reference.layout, rigid)
      for source in sources {
        for (threads, batch) in [(1, 16), (1, 1), (2, 1), (2, 16), (4, 2)] {
          #expect(try built(source, rigid, threads: threads, batch: batch) == twin, comment)
        }
      }
      most = max(most, twin.states.count)
      isError = isError || twin.isError
    }
    return (most, isError)
  }

  @Test func `numbers and edges do not depend on threads, batches and the engine`() throws {
    // 6^5 states, in layers of more than one window where a batch is one parent: 780 states are the most (ways of five dice to show 17).
    let more = "temporal Ends: eventually forall k: Counter :: c[k] == 5\ndeadlock allowed"
    let fair = counters(5, 6, more: more).replacing("action step", with: "fair action step")
    #expect(try compare(try instance(fair), native: true).states == 7776)
  }

  @Test func `nor on random specs, some with steps that are spec errors`() throws {
    var seed: UInt64 = 88_000
    var compared = 0
    var errors = 0
    while compared < 60 {
      seed += 1
      try #require(seed < 90_000)
      guard let model = try? Frontend.check(text: SpecGenerator.temporalText(seed: seed)).model,
        let instance = try? Instance(model, scope: model.scopes.first),
        let probe = try? Checker(instance: instance, options: .with { $0.maxStates = 300 }).run(.refute(.deadlock)),
        (5...300).contains(probe.states)
      else { continue }
      compared += 1
      guard let result = try? compare(instance, "seed \(seed)") else { continue }
      if result.isError { errors += 1 }
    }
    #expect(errors > 3)
  }
}
