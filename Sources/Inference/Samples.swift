/// States to try candidates on. In: a model, policies, scopes. Out: reachable states, and arbitrary ones.
///
/// Reachable states kill what is no invariant before any solver sees it. Arbitrary states tell what says nothing: a clause that is true in all of them
/// follows from the types alone.
import Checker
import SimRuntime
import Spec

struct Sample {
  var instance: Instance
  var rigid: RigidValuation
  var states: [State]
}

struct Sampler {
  let model: Model
  let policies: [Value]
  var seed: UInt64 = 1
  /// Of all states found at a size, so many are kept.
  var kept = 400
  /// No more states than this are visited at a size.
  var visited = 20_000
  var isCancelled: () -> Bool = { false }

  /// Sizes to look at: those of the spec's scopes, from the smallest up, each once.
  func instances() -> [Instance] {
    var result: [Instance] = []
    for scope in model.scopes {
      let sizes = model.sorts.indices.map { min(scope.sizes[$0] ?? 1, 4) }
      if result.contains(where: { $0.sizes == sizes }) { continue }
      result.append(
        Instance(
          model: model, sizes: sizes, policies: policies,
          scope: sizes == model.sorts.indices.map { scope.sizes[$0] ?? 1 } ? scope : nil))
    }
    if result.isEmpty { result = [Instance(model: model, sizes: model.sorts.map { _ in 2 }, policies: policies, scope: nil)] }
    return Array(result.sorted { elements($0) < elements($1) }.prefix(3))
  }

  /// Tuples of one element of each sort, as far as they can be counted.
  private func elements(_ instance: Instance) -> Int { instance.cardinality(of: model.sorts.indices.map(Type.sort)) }

  /// Reachable states of an instance, under several values of the constants.
  func reachable(_ instance: Instance) throws -> [Sample] {
    var random = SplitMix64(state: seed)
    var rigids = try Evaluator(instance).rigidValuations()
    if rigids.count > 12 { rigids = (0..<12).map { _ in rigids[random.below(rigids.count)] } }
    guard !rigids.isEmpty else { return [] }
    let source = try Self.source(instance)
    var result: [Sample] = []
    for rigid in rigids where !isCancelled() {
      let states = try explore(source, rigid, visited / rigids.count + 1, keeping: kept / rigids.count + 1, &random)
      result.append(Sample(instance: instance, rigid: rigid, states: states))
    }
    return result
  }

  private static func source(_ instance: Instance) throws -> any SuccessorSource {
    let reference = try ReferenceSource(instance)
    // Some ten thousand expansions are done before an optimising compiler is.
    return (try? NativeSource(reference.layout, quick: true)) ?? reference
  }

  /// Breadth first up to a number of states, then walks from the last of them on.
  private func explore(
    _ source: any SuccessorSource, _ rigid: RigidValuation, _ most: Int, keeping kept: Int, _ random: inout SplitMix64
  ) throws -> [State] {
    let words = source.layout.wordsPerState
    let packed = source.pack(rigid)
    let scratch = source.makeScratch()
    var seen: Set<[UInt64]> = []
    var order: [[UInt64]] = []
    let marks = UnsafeMutablePointer<ParentMark>.allocate(capacity: 1)
    marks.initialize(to: ParentMark())
    defer { marks.deallocate() }
    func take(_ states: borrowing StateBuffer) -> [[UInt64]] {
      (0..<states.count).map { Array(UnsafeBufferPointer(start: states[$0], count: words)) }
    }
    func successors(_ state: [UInt64]) -> [[UInt64]] {
      var next = StateBuffer(words: words, capacity: 64)
      state.withUnsafeBufferPointer { state in
        guard let base = state.baseAddress else { return }
        _ = source.expand(StateBatch(base: base, count: 1, words: words), packed, judging: [], into: &next, marks: marks, scratch)
      }
      // In one order for every source, and each once.
      return Set(take(next)).sorted { $0.lexicographicallyPrecedes($1) }
    }
    func visit(_ state: [UInt64]) { if seen.insert(state).inserted { order.append(state) } }
    var initial = StateBuffer(words: words, capacity: 16)
    try source.initialStates(rigid, into: &initial)
    for state in take(initial) { visit(state) }
    var next = 0
    while next < order.count, order.count < most, !isCancelled() {
      for state in successors(order[next]) { visit(state) }
      next += 1
    }
    if next < order.count, !isCancelled() {
      for _ in 0..<kept / 10 {
        var state = order[random.below(order.count)]
        for _ in 0..<40 {
          let found = successors(state)
          if found.isEmpty { break }
          state = found[random.below(found.count)]
          visit(state)
        }
      }
    }
    var chosen = Array(order.prefix(kept / 8))
    var rest = Array(order.dropFirst(chosen.count))
    while chosen.count < kept, !rest.isEmpty {
      let index = random.below(rest.count)
      chosen.append(rest[index])
      rest.swapAt(index, rest.count - 1)
      rest.removeLast()
    }
    return chosen.map { state in
      state.withUnsafeBufferPointer { $0.baseAddress.map { source.layout.unpack($0) } ?? State(variables: []) }
    }
  }

  /// States of the right types, reachable or not: some at random, and more that differ from a reachable one in a cell or two. Nearly every random state breaks
  /// nearly every invariant; what tells two invariants apart is a state that breaks one of them.
  func arbitrary(_ instance: Instance, _ reachable: [Sample]) -> [Sample] {
    var random = SplitMix64(state: seed &+ 77)
    return reachable.prefix(6).map { sample in
      let count = 300 / min(reachable.count, 6) + 1
      var states = (0..<count / 3).map { _ in State(variables: model.variables.map { value($0.type, instance, &random) }) }
      for _ in 0..<count where !sample.states.isEmpty {
        var state = sample.states[random.below(sample.states.count)]
        for _ in 0...random.below(2) where !model.variables.isEmpty {
          let variable = random.below(model.variables.count)
          state.variables[variable] = changed(state.variables[variable], model.variables[variable].type, instance, &random)
        }
        states.append(state)
      }
      return Sample(instance: instance, rigid: sample.rigid, states: states)
    }
  }

  /// Another value in one place.
  private func changed(_ old: Value, _ type: Type, _ instance: Instance, _ random: inout SplitMix64) -> Value {
    switch (old, type) {
    case (.map(var cells), .map(_, let cell)) where !cells.isEmpty:
      let place = random.below(cells.count)
      cells[place] = changed(cells[place], cell, instance, &random)
      return .map(cells)
    case (.set(var members), .set) where !members.isEmpty:
      members[random.below(members.count)].toggle()
      return .set(members)
    case (.record(var fields), .record(let id)) where !fields.isEmpty:
      let place = random.below(fields.count)
      fields[place] = changed(fields[place], model.records[id].fields[place].type, instance, &random)
      return .record(fields)
    default: return value(type, instance, &random)
    }
  }

  private func value(_ type: Type, _ instance: Instance, _ random: inout SplitMix64) -> Value {
    switch type {
    case .bool, .int, .sort, .enumeration: return instance.value(random.below(instance.cardinality(type)), type)
    case .option(let inner): return random.below(2) == 0 ? .none : .some(value(inner, instance, &random))
    case .record(let id): return .record(model.records[id].fields.map { value($0.type, instance, &random) })
    case .set(let element):
      let density = 1 + random.below(3)
      return .set((0..<instance.cardinality(element)).map { _ in random.below(4) < density })
    case .map(let keys, let cell): return .map((0..<instance.cardinality(of: keys)).map { _ in value(cell, instance, &random) })
    case .queue(let capacity, let element):
      return .queue((0..<random.below(capacity + 1)).map { _ in value(element, instance, &random) })
    case .forest(let key):
      let count = instance.cardinality(key)
      var parents = Array(repeating: -1, count: count)
      var placed: [Int] = []
      for node in (0..<count).shuffled(using: &random) {
        if !placed.isEmpty, random.below(3) > 0 { parents[node] = placed[random.below(placed.count)] }
        placed.append(node)
      }
      return .forest(parents)
    case .error: return .record([])
    }
  }
}
