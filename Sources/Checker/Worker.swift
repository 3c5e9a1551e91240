import CNative
import SimRuntime
import Spec
import Synchronization

/// What all workers of a phase share.
struct Phase: Sendable {
  let layer: Layer
  /// Steps from an initial state to the layer's states.
  let depth: Int
  let source: any SuccessorSource
  let isReference: Bool
  let rigid: PackedRigid
  let reduction: Reduction
  let judging: Judging
  let store: StateStore
  let memory: MemoryGauge
  let totals: Totals
  /// Consumed chunks stay for the layer log.
  let keepsChunks: Bool
  /// Where the search is recorded so that another run can go on with it.
  let journal: Journal?
  /// Successors are only gathered in the table: which are new comes out at the end of the layer.
  let collects: Bool
  let chunkStates: Int
  /// In the second pass over a layer under partial order reduction, the states that the first one made.
  let made: LayerSet?
  /// States of the next layer that a worker puts into chunks; of more a compact store takes care.
  var chunkedStates: Int
  let watch: Watch
  /// The store can be made smaller before memory ends the search.
  var mayConvert: Bool
  /// The source makes the keys that the store holds, as long as it does.
  let makesKeys: Bool
  /// The next layer's states are told where they came from.
  let keepsOrigins: Bool
}

/// Counts that are read while workers run; each worker adds to them once a chunk.
final class Totals: Sendable {
  private let stateCount = Atomic<UInt64>(0)
  private let transitionCount = Atomic<UInt64>(0)
  private let orbitCount = Atomic<UInt64>(0)
  /// Of all searches that go on at one time, these counts among them.
  private let whole: Totals?
  var states: UInt64 { stateCount.load(ordering: .relaxed) }
  var transitions: UInt64 { transitionCount.load(ordering: .relaxed) }
  /// States stored: fewer than `states` under symmetry.
  var orbits: UInt64 { orbitCount.load(ordering: .relaxed) }
  /// What limits and progress are about.
  var all: Totals { whole ?? self }

  init(within whole: Totals? = nil) { self.whole = whole }

  func add(_ other: Totals) { add(states: other.states, transitions: other.transitions, orbits: other.orbits) }

  func add(states: UInt64, transitions: UInt64, orbits: UInt64) {
    Self.add(states, to: stateCount)
    Self.add(transitions, to: transitionCount)
    orbitCount.add(orbits, ordering: .relaxed)
    whole?.add(states: states, transitions: transitions, orbits: orbits)
  }

  /// Stays at the largest number: orbits are counted by their sizes, which can be astronomic.
  private static func add(_ n: UInt64, to count: borrowing Atomic<UInt64>) {
    var held = count.load(ordering: .relaxed)
    while true {
      let (exchanged, seen) = count.weakCompareExchange(
        expected: held, desired: held.saturatingSum(n), ordering: .relaxed)
      if exchanged { return }
      held = seen
    }
  }
}

/// One thread's part of a search: claims chunks of parents, expands them, keeps the successors that are new.
///
/// In: a phase. Out: its share of the next layer, counts, and the least event. Everything a worker writes is its own but the
/// store; calls through existentials and Swift arrays occur once a batch, not once a state (one costs 7 ns, the other 20).
final class Worker: @unchecked Sendable {
  let index: Int
  let words: Int
  private(set) var scratch: Scratch
  private var filter: StateFilter
  /// Entries of the filter beside a large table.
  private let wideFilter: Int
  /// Under symmetry, successors as they were found: of those that it knows the representatives are in the store.
  private var seen: StateFilter?
  private let seenEntries: Int
  var successors: StateBuffer
  private let batch: Int
  private let slice: Int
  let marks: UnsafeMutablePointer<ParentMark>
  private let masks: UnsafeMutablePointer<PropertySet>
  private let fresh: UnsafeMutablePointer<UInt64>
  private let freshOrigins: UnsafeMutablePointer<UInt16>
  var credit = 0
  /// Since the last `begin`: with thousands of small searches, idle workers' filters need no clearing.
  private var isUsed = false

  /// The chunk being consumed and how far; kept when a phase stops early. `sweptChunk` stands for `swept`.
  private(set) var chunk: Int?
  private(set) var position = 0
  private static let sweptChunk = -1
  /// States that the store handed out.
  private var swept: Chunk?
  private var sweepPlace: KspecSweep
  /// Successors from here on wait for the table to grow.
  private var inserted = 0
  /// Successors are keys; never beyond a safe point, where keys may lose their meaning.
  private var areKeys = false

  private var states: UInt64 = 0
  private var transitions: UInt64 = 0
  private var orbits: UInt64 = 0
  /// Of parents or of new states.
  private let orbitSizes: UnsafeMutablePointer<UInt64>
  private var canonicalScratch: CanonicalScratch?
  private(set) var next = ChunkList()
  /// Under partial order reduction.
  private var reduced: ReducedExpansion?
  /// Parents of the layer whose expansion may have to be completed.
  var undecided = ChunkList()
  var reductions = PartialOrder.Summary()
  var isContradicted = false
  /// States of the next layer that are in the store alone.
  private var hidden = 0
  var event: Event?
  var reached: Set<Int> = []
  /// Only if they are asked for.
  var profile: Profile?
  var coverage: CoverageWorker?

  /// nil if memory is refused.
  init?(_ index: Int, of count: Int, _ source: any SuccessorSource, _ store: StateStore, _ tuning: Tuning) {
    self.index = index
    sweepPlace = KspecSweep(first: (index << 16) / count, passed: 0, sweep: 0)
    words = source.layout.wordsPerState
    scratch = source.makeScratch()
    let keyWords = store.keyWords
    let filterWords = tuning.filterWords * (store.foldsStates ? 8 : words > 1 ? 4 : 1)
    guard let filter = StateFilter(words: keyWords, entries: max(filterWords / keyWords, 1)) else { return nil }
    self.filter = filter
    wideFilter = max(filterWords, 4 * tuning.filterWords) / keyWords
    seenEntries = max(4 * tuning.filterWords / words, 1)
    successors = StateBuffer(words: words, capacity: tuning.successors)
    batch = tuning.batch
    slice = tuning.slice
    marks = .allocate(capacity: batch)
    marks.initialize(repeating: ParentMark(), count: batch)
    masks = .allocate(capacity: slice)
    masks.initialize(repeating: [], count: slice)
    fresh = .allocate(capacity: slice * words)
    freshOrigins = .allocate(capacity: slice)
    orbitSizes = .allocate(capacity: max(batch, slice))
  }

  deinit {
    marks.deallocate()
    masks.deallocate()
    fresh.deallocate()
    freshOrigins.deallocate()
    orbitSizes.deallocate()
    swept?.base.deallocate()
  }

  /// How many insertions wait for the table to grow.
  var waiting: Int { successors.count - inserted }
  /// Whether the layer is not done for this worker.
  var isMidway: Bool { chunk != nil || waiting > 0 }

  func takeNext() -> [Chunk] { next.take() }
  func takeHidden() -> Int {
    defer { hidden = 0 }
    return hidden
  }

  /// The successors that wait, state after state.
  var waitingStates: [UInt64] {
    Array(UnsafeBufferPointer(start: successors[inserted], count: waiting * words))
  }

  /// Goes on with what a checkpoint says of a layer that was left in the middle.
  func resume(_ next: ChunkList, waiting: [UInt64], _ event: Event?, _ reached: Set<Int>) {
    self.next = next
    self.event = event
    self.reached = reached
    waiting.withUnsafeBufferPointer { waiting in
      guard let base = waiting.baseAddress else { return }
      for first in stride(from: 0, to: waiting.count, by: words) { successors.append(base + first) }
    }
  }

  /// Puts states of a checkpoint into the table; false unless each is new and stands for its own orbit.
  func insertLogged(_ states: StateBatch, _ store: StateStore, _ reduction: Reduction) -> Bool {
    isUsed = true
    guard areRepresentatives(states, reduction) else { return false }
    var rest = states
    while rest.count > 0 {
      let n = min(slice, rest.count)
      if credit < n { credit += store.takeCredit(n - credit) }
      guard credit >= n, store.insert(rest.base, n, filter, into: fresh).made == n else { return false }
      credit -= n
      rest = rest.dropFirst(n)
    }
    store.settle(unused: credit)
    credit = 0
    return true
  }

  /// Whether each state stands for its own orbit.
  func areRepresentatives(_ states: StateBatch, _ reduction: Reduction) -> Bool {
    guard let canonicalizer = reduction.canonicalizer, let canonicalScratch else { return true }
    var rest = states
    while rest.count > 0 {
      let n = min(slice, rest.count)
      fresh.update(from: rest.base, count: n * words)
      canonicalizer.canonicalize(fresh, n, canonicalScratch)
      for word in 0..<(n * words) where fresh[word] != rest.base[word] { return false }
      rest = rest.dropFirst(n)
    }
    return true
  }

  /// Before a search: forget the states of the last one. False if memory is refused.
  func begin(_ reduction: Reduction) -> Bool {
    if isUsed {
      filter.reset()
      seen?.reset()
    }
    isUsed = false
    // A wish: without, more is canonicalised.
    if reduction.canonicalizer != nil && seen == nil { seen = StateFilter(words: words, entries: seenEntries) }
    if canonicalScratch == nil { canonicalScratch = reduction.canonicalizer?.makeScratch() }
    reduced = nil
    if let order = reduction.partialOrder {
      reduced = ReducedExpansion(order, reduction.canonicalizer, words: words, room: successors.capacity)
      if reduced == nil { return false }
    }
    return reduction.canonicalizer == nil || canonicalScratch != nil
  }

  /// Once the table is large. If memory is refused, the filter stays what it is.
  func widenFilter() {
    guard filter.entries < wideFilter, let wide = StateFilter(words: filter.wordsPerState, entries: wideFilter) else { return }
    filter = wide
  }

  /// Whether the filter holds what the store does by now; if not, another does. False if memory is refused.
  func fitFilter(to store: StateStore) -> Bool {
    if filter.wordsPerState == store.keyWords { return true }
    guard let other = StateFilter(words: store.keyWords, entries: filter.entries) else { return false }
    filter = other
    return true
  }

  /// How often each bit differs between the states, of which there may be more than a batch, and their successors as they would be stored, and
  /// how many these are.
  func flips(
    from states: StateBatch, _ source: any SuccessorSource, _ rigid: PackedRigid, _ reduction: Reduction
  ) -> (flips: [Int], successors: Int) {
    var flips = [Int](repeating: 0, count: words * UInt64.bitWidth)
    var total = 0
    var rest = states
    while rest.count > 0 {
      let parents = rest.prefix(batch)
      let expansion = source.expand(parents, rigid, judging: [], into: &successors, marks: marks, scratch)
      if let canonicalizer = reduction.canonicalizer, let canonicalScratch {
        canonicalizer.canonicalize(successors.base, successors.count, canonicalScratch)
      }
      var successor = 0
      for parent in 0..<expansion.consumed {
        while successor < marks[parent].end {
          Self.count(bitsOf: successors[successor], differingFrom: parents[parent], words: words, in: &flips)
          successor += 1
        }
      }
      total += successors.count
      successors.removeAll()
      rest = rest.dropFirst(expansion.consumed)
    }
    return (flips, total)
  }

  /// Adds one for each bit in which two states differ, or which is set.
  static func count(
    bitsOf state: UnsafePointer<UInt64>, differingFrom other: UnsafePointer<UInt64>?, words: Int, in counts: inout [Int]
  ) {
    for word in 0..<words {
      var bits = state[word] ^ (other?[word] ?? 0)
      while bits != 0 {
        counts[word * UInt64.bitWidth + bits.trailingZeroBitCount] += 1
        bits &= bits - 1
      }
    }
  }

  /// Goes on with another source of the same states.
  func adopt(_ source: any SuccessorSource) { scratch = source.makeScratch() }

  /// Makes `states` the successors that the next phase inserts first: how a search gets its initial states.
  func receive(_ states: borrowing StateBuffer) {
    for index in 0..<states.count { successors.append(UnsafePointer(states[index])) }
    profile?.received(states.count)
  }

  /// Works until the layer has no more chunks or somebody asks to stop; always ends at a safe point.
  func work(_ phase: Phase) {
    isUsed = true
    profile?.start()
    defer {
      profile?.lap(.other)
      phase.store.settle(unused: credit)
      credit = 0
      flush(phase)
    }
    guard waiting == 0 || insertSuccessors(phase, steps: phase.depth + 1) else { return }
    if let reduced { return workReduced(phase, reduced) }
    while phase.layer.stop.isEmpty, let parents = claimed(phase) {
      profile?.lap(.other)
      let expansion = expand(parents, phase)
      profile?.expanded(expansion, successors: successors.count)
      countTransitions(expansion, parents, phase)
      coverage?.observe(
        parents.prefix(expansion.consumed), phase.reduction.canonicalizer == nil ? nil : UnsafePointer(orbitSizes), phase)
      if !expansion.broken.isDisjoint(with: phase.judging.events) { noteMarks(parents.prefix(expansion.consumed), phase) }
      advance(by: expansion.consumed, phase)
      guard insertSuccessors(phase, steps: phase.depth + 1) else { return }
      if chunk == nil { flush(phase) }
      if index == 0 { phase.watch.poll(phase) }
    }
  }

  private func expand(_ parents: StateBatch, _ phase: Phase) -> Expansion {
    if phase.makesKeys, let numbers = phase.store.numbers {
      let expansion = phase.source.expandKeyed(
        parents, phase.rigid, judging: phase.judging.edges, by: numbers, into: &successors, marks: marks, scratch)
      areKeys = expansion.consumed > 0
      if areKeys { return expansion }
    }
    return phase.source.expand(
      parents, phase.rigid, judging: phase.judging.edges, into: &successors, marks: marks, scratch)
  }

  func flush(_ phase: Phase) {
    phase.totals.add(states: states, transitions: transitions, orbits: orbits)
    states = 0
    transitions = 0
    orbits = 0
  }

  /// Each transition of a representative stands for one of every state of its orbit, under every rigid valuation of its own orbit.
  func countTransitions(_ expansion: Expansion, _ parents: StateBatch, _ phase: Phase) {
    let weight = phase.reduction.weight
    guard let canonicalizer = phase.reduction.canonicalizer, let canonicalScratch else {
      transitions = transitions.saturatingSum(expansion.transitions, times: weight)
      return
    }
    canonicalizer.orbitSizes(parents.prefix(expansion.consumed), into: orbitSizes, canonicalScratch)
    for index in 0..<expansion.consumed {
      transitions = transitions.saturatingSum(marks[index].transitions, times: orbitSizes[index].saturatingProduct(weight))
    }
  }

  private func countStates(_ made: Int, _ phase: Phase) {
    orbits += UInt64(made)
    let weight = phase.reduction.weight
    guard let canonicalizer = phase.reduction.canonicalizer, let canonicalScratch else {
      states = states.saturatingSum(UInt64(made), times: weight)
      return
    }
    canonicalizer.orbitSizes(
      StateBatch(base: UnsafePointer(fresh), count: made, words: words), into: orbitSizes, canonicalScratch)
    for index in 0..<made { states = states.saturatingSum(orbitSizes[index], times: weight) }
  }

  /// The next parents of the current chunk, or of a new one.
  func claimed(_ phase: Phase) -> StateBatch? {
    if chunk == nil {
      chunk = phase.layer.claim(by: index) ?? sweep(phase)
      position = 0
    }
    guard let held = held(phase) else { return nil }
    return StateBatch(
      base: held.states + position * words, count: min(batch, held.count - position), words: words,
      origins: held.origins.map { UnsafePointer($0 + position) })
  }

  private func held(_ phase: Phase) -> Chunk? {
    chunk.flatMap { $0 == Self.sweptChunk ? swept : phase.layer.chunks[$0] }
  }

  /// A chunk of states that the store alone still holds.
  private func sweep(_ phase: Phase) -> Int? {
    if phase.layer.isSwept { return nil }
    let room = StateStore.sweepRoom
    var chunk = swept ?? .allocate(room, words: words, phase.memory)
    chunk.count = phase.store.sweep(layer: phase.depth, at: &sweepPlace, into: chunk.base, room: room)
    swept = chunk
    if chunk.count == 0 { phase.layer.noteSwept() }
    return chunk.count == 0 ? nil : Self.sweptChunk
  }

  func advance(by consumed: Int, _ phase: Phase) {
    position += consumed
    if position == held(phase)?.count { leaveChunk(phase.layer, keepsChunks: phase.keepsChunks, phase.memory) }
  }

  /// Between searches.
  func freeSwept(_ memory: MemoryGauge) {
    swept?.free(memory)
    swept = nil
  }

  /// Gives up the chunk in hand, and frees it unless it is kept.
  func leaveChunk(_ layer: Layer, keepsChunks: Bool, _ memory: MemoryGauge) {
    if let chunk, chunk != Self.sweptChunk, !keepsChunks { layer.chunks[chunk].free(memory) }
    chunk = nil
  }

  /// Frees what is left of the chunk in hand when a search ends in mid-layer, and forgets the rest.
  func abandon(_ phase: Phase) {
    leaveChunk(phase.layer, keepsChunks: phase.keepsChunks, phase.memory)
    undecided.free(phase.memory)
    successors.removeAll()
    inserted = 0
  }

  /// Forgets what was found.
  func forget(_ memory: MemoryGauge) {
    for chunk in takeNext() { chunk.free(memory) }
    successors.removeAll()
    inserted = 0
  }

  func noteMarks(_ parents: StateBatch, _ phase: Phase) {
    for index in 0..<parents.count {
      let found = marks[index].broken.intersection(phase.judging.events)
      if found.contains(.deadlock) {
        Event.note(.deadlock, steps: phase.depth, parents[index], words: words, in: &event)
      }
      if !found.subtracting(.deadlock).isEmpty, phase.confirms(found, edgesOf: parents[index]) {
        Event.note(.edge, steps: phase.depth + 1, parents[index], words: words, in: &event)
      }
    }
  }

  /// Inserts the successors found, judges and keeps the new ones. False, with the rest waiting, if the table must grow first.
  func insertSuccessors(_ phase: Phase, steps: Int) -> Bool {
    while waiting > 0 {
      let n = min(slice, waiting)
      if credit < n {
        credit += phase.store.takeCredit(n - credit)
        if credit < n {
          if areKeys { phase.store.widen(successors.base, inserted..<successors.count) }
          areKeys = false
          phase.layer.ask(.growth)
          return false
        }
      }
      var left = n
      if let canonicalizer = phase.reduction.canonicalizer, let canonicalScratch {
        profile?.lap(.other)
        if let seen { left = seen.sift(successors[inserted], n) }
        canonicalizer.canonicalize(successors[inserted], left, canonicalScratch)
        profile?.lap(.canonicalise)
      }
      let hides = next.count >= phase.chunkedStates && phase.store.keepsStates
      let origins = phase.keepsOrigins ? (of: UnsafePointer(successors.origins + inserted), fresh: freshOrigins) : nil
      let (made, taken) =
        areKeys
        ? (phase.store.insert(keys: successors.base + inserted, n, filter, into: fresh, origins: origins), n)
        : phase.store.insert(
          UnsafePointer(successors[inserted]), left, filter, into: fresh, layer: hides ? steps : nil, origins: origins)
      // Those that are known as they were found are taken, too.
      let done = taken < left ? taken : n
      profile?.inserted(done, new: made)
      credit -= made
      inserted += done
      if made > 0 && !phase.collects { keep(made, phase, steps: steps, hidden: hides) }
      if taken < left {
        phase.layer.ask(.growth)
        return false
      }
    }
    successors.removeAll()
    inserted = 0
    areKeys = false
    return true
  }

  private func keep(_ made: Int, _ phase: Phase, steps: Int, hidden isHidden: Bool) {
    admit(made, phase, steps: steps)
    if isHidden {
      hidden += made
    } else {
      next.append(
        fresh, origins: phase.keepsOrigins ? UnsafePointer(freshOrigins) : nil, made, words: words,
        chunkStates: phase.chunkStates, phase.memory)
    }
  }

  /// Counts and judges states of the next layer that were found to be new otherwise.
  func admit(_ states: StateBatch, _ phase: Phase) {
    isUsed = true
    var rest = states
    while rest.count > 0 && phase.layer.stop.isDisjoint(with: .limit) {
      let n = min(slice, rest.count)
      fresh.update(from: rest.base, count: n * words)
      admit(n, phase, steps: phase.depth + 1)
      rest = rest.dropFirst(n)
      if index == 0 { phase.watch.poll(phase) }
    }
    flush(phase)
  }

  private func admit(_ made: Int, _ phase: Phase, steps: Int) {
    countStates(made, phase)
    if !phase.judging.states.isEmpty {
      let states = StateBatch(base: UnsafePointer(fresh), count: made, words: words)
      profile?.lap(.other)
      phase.source.judge(states, phase.rigid, judging: phase.judging.states, into: masks, scratch)
      profile?.lap(.judge)
      for index in 0..<made where !masks[index].isEmpty { noteMask(masks[index], states[index], phase, steps: steps) }
    }
  }

  private func noteMask(_ mask: PropertySet, _ state: UnsafePointer<UInt64>, _ phase: Phase, steps: Int) {
    let judging = phase.judging
    if judging.sharesLastBit && mask.contains(Judging.lastBit) {
      let (isEvent, covers) = phase.resolve(state)
      if isEvent { Event.note(.state, steps: steps, state, words: words, in: &event) }
      reached.formUnion(covers)
      return
    }
    if !mask.isDisjoint(with: judging.events) { Event.note(.state, steps: steps, state, words: words, in: &event) }
    for cover in judging.covers where mask.contains(.property(cover)) && !reached.contains(cover) { reached.insert(cover) }
  }
}
