import CNative
import Foundation
import SimRuntime
import Spec
import Synchronization

/// The exact set of visited states, over the C tables.
///
/// In: packed states, from several threads. Out: those that are new. Two forms: *fast*, a compare-and-swap table of whole states, those of two words through a
/// dictionary as one while that does, and *compact*, a quotienting table that also remembers which states wait to be expanded; states too wide for it are folded to a word. A table never grows under a
/// writer: a worker must hold *credit* for as many insertions as it attempts, the store hands out no more credit than its load
/// allows, and a worker that gets none stops at a safe point so that the coordinator can grow the table.
final class StateStore: @unchecked Sendable {
  enum Form: Sendable { case fast, compact }

  struct Options: Sendable {
    /// Slots at the start of each search.
    var slots = 1 << 12
    /// Every state hashes alike (for tests).
    var constantHash = false
    /// The fast form compares slot after slot also where the processor could compare a line at once (for tests).
    var slotBySlot = false
    /// One thread alone inserts.
    var isAlone = false
    /// Of the fast form. Linear probing reads 3 slots on a hit and 13 on a miss at this load, nearly always in one or two cache lines.
    var load = 0.8
    /// Of the fast form, what one thread moves at a time when it grows.
    var partSlots = 1 << 14
    /// What each search begins with.
    var form = Form.fast
    /// The first words of states are below 2^bits, and the second ones below 2^secondBits.
    var bits = 64
    var secondBits = 64
    /// How the fast form may hold states of two words as one; until there are more values than numbers.
    var narrowing: Narrowing?
    /// Hash compaction: of states only so many bits of a hash are stored, in a compact table.
    var hashBits: Int?

    /// What the first search begins with, beside `slots`, if it begins compact.
    var shape: Shape?

    var beginsCompact: Bool { form == .compact || hashBits != nil }
  }

  /// How a compact table's states are spread over partitions.
  struct Shape: Sendable {
    /// The bits that choose the partition, if any do.
    fileprivate var key: UInt64
    /// Of each partition.
    fileprivate var lines: [Int]
  }

  private enum Table {
    case fast(OpaquePointer)
    case compact(OpaquePointer)
  }

  let words: Int
  private(set) var options: Options
  /// States inserted, as of the last safe point.
  private(set) var count = 0
  private var table: Table
  /// Turns states too wide for a compact table into words.
  private let tree: OpaquePointer?
  /// Turns states of two words into keys of one, where the fast table holds these.
  private var dictionary: OpaquePointer?
  private let credit: Atomic<Int>

  /// nil if memory is refused.
  init?(words: Int, options: Options = Options()) {
    self.words = words
    self.options = options
    let narrowing = words == 2 && options.form == .fast && options.hashBits == nil ? options.narrowing : nil
    let dictionary = narrowing?.makeDictionary()
    guard let table = Self.makeTable(dictionary == nil ? words : 1, options, bits: dictionary == nil ? nil : narrowing?.keyBits)
    else {
      if let dictionary { kspec_dictionary_destroy(dictionary) }
      return nil
    }
    self.dictionary = dictionary
    self.table = table
    let folds = words > 1 && options.form == .compact && options.hashBits == nil && !Self.quotientsPairs(words, options)
    tree = folds ? kspec_tree_create(words, max(options.slots, 2), options.constantHash) : nil
    if folds && tree == nil {
      Self.destroy(table)
      return nil
    }
    self.credit = Atomic(0)
    credit.store(limit, ordering: .relaxed)
  }

  deinit {
    Self.destroy(table)
    if let tree { kspec_tree_destroy(tree) }
    if let dictionary { kspec_dictionary_destroy(dictionary) }
  }

  /// Whether a compact table takes states of two words as they are.
  private static func quotientsPairs(_ words: Int, _ options: Options) -> Bool {
    words == 2 && kspec_compact_takes(UInt32(options.bits), UInt32(options.secondBits))
  }

  /// `bits`: of keys that stand for states.
  private static func makeTable(_ words: Int, _ options: Options, bits: Int? = nil) -> Table? {
    if options.beginsCompact {
      // Six to fourteen states a line.
      let lines = max(options.slots, 2) / 8
      let isPair = options.hashBits == nil && quotientsPairs(words, options)
      let bits = UInt32(options.hashBits ?? (words == 1 || isPair ? options.bits : 64))
      let secondBits = isPair ? UInt32(options.secondBits) : 0
      let handle =
        if let shape = options.shape {
          kspec_compact_create_shaped(bits, secondBits, lines, options.constantHash, shape.key, shape.lines)
        } else {
          kspec_compact_create(bits, secondBits, lines, options.constantHash)
        }
      return handle.map {
        kspec_compact_set_alone($0, options.isAlone)
        return .compact($0)
      }
    }
    return kspec_store_create(
      words, UInt32(bits ?? options.bits), max(options.slots, 2), options.constantHash, options.slotBySlot
    ).map {
      kspec_store_set_alone($0, options.isAlone)
      return .fast($0)
    }
  }

  private static func destroy(_ table: Table) {
    switch table {
    case .fast(let handle): kspec_store_destroy(handle)
    case .compact(let handle): kspec_compact_destroy(handle)
    }
  }

  var form: Form { if case .fast = table { .fast } else { .compact } }
  /// States for which there are slots.
  var capacity: Int {
    switch table {
    case .fast(let handle): kspec_store_capacity(handle)
    case .compact(let handle): kspec_compact_capacity(handle)
    }
  }
  var bytes: Int {
    switch table {
    case .fast(let handle): kspec_store_bytes(handle) + (dictionary.map { kspec_dictionary_bytes($0) } ?? 0)
    case .compact(let handle): kspec_compact_bytes(handle) + (tree.map { kspec_tree_bytes($0) } ?? 0)
    }
  }
  var stashed: Int {
    switch table {
    case .fast(let handle): kspec_store_stashed(handle)
    case .compact(let handle): kspec_compact_stashed(handle)
    }
  }
  /// True if a state was ever dropped: a fault of ours, which voids the search.
  var overflowed: Bool {
    switch table {
    case .fast(let handle): kspec_store_overflowed(handle)
    case .compact(let handle): kspec_compact_overflowed(handle) || tree.map { kspec_tree_overflowed($0) } ?? false
    }
  }
  /// States that the table takes at this capacity; at least one slot of the fast form stays empty, which ends every probe. The compact form
  /// counts what finds no place near home instead, and takes the rest of a slice in its stash.
  private var limit: Int { form == .fast ? min(Int(Double(capacity) * options.load), capacity - 1) : 1 << 60 }

  func contains(_ state: UnsafePointer<UInt64>) -> Bool {
    switch table {
    case .fast(let handle):
      guard let dictionary else { return kspec_store_contains(handle, state) }
      var key: UInt64 = 0
      return kspec_dictionary_find(dictionary, state, &key) && kspec_store_contains(handle, &key)
    case .compact(let handle):
      var key = state[0]
      if let bits = options.hashBits {
        kspec_hash_states(state, 1, words, UInt32(bits), &key)
      } else if let tree {
        kspec_tree_fold(tree, state, 1, &key)
      } else {
        return kspec_compact_contains(handle, state)
      }
      return kspec_compact_contains(handle, &key)
    }
  }

  /// Whether states can be got back from the table.
  var keepsStates: Bool { form == .compact && options.hashBits == nil }

  /// That a search that stored `n` states has omitted one, assuming that hashes are as good as random: the n-th state looked for meets one of less
  /// than n keys. nil: nothing can be omitted.
  func omissionProbability(_ n: Int) -> Double? {
    options.hashBits.map { min(1, Double(n) * Double(n + 1) / 2 * exp2(-Double($0))) }
  }

  /// The right to attempt `n` insertions, or a little more to save the next call; 0 if the table must grow first.
  func takeCredit(_ n: Int) -> Int {
    if case .compact(let handle) = table, kspec_compact_wants_growth(handle) { return 0 }
    if let tree, kspec_tree_wants_growth(tree) { return 0 }
    if mustLeaveDictionary { return 0 }
    var held = credit.load(ordering: .relaxed)
    while held >= n {
      let share = form == .fast ? max(n, min(1024, held / 16)) : n
      let (exchanged, seen) = credit.weakCompareExchange(expected: held, desired: held - share, ordering: .relaxed)
      if exchanged { return share }
      held = seen
    }
    return 0
  }

  /// Gives back what a worker did not use, and reports how many states it added.
  func settle(unused: Int) { credit.add(unused, ordering: .relaxed) }

  /// Inserts `n` states, writes the new ones to `fresh` and returns their number; fewer of them are taken where the table must grow first, as it then says to
  /// whoever wants credit. The caller holds credit for `n`. A compact store marks
  /// the new ones for the sweep of a layer, if one is given. Origins go where their states go; where a dictionary takes states apart they are lost, which
  /// 0 says.
  func insert(
    _ states: UnsafePointer<UInt64>, _ n: Int, _ filter: StateFilter, into fresh: UnsafeMutablePointer<UInt64>,
    layer: Int? = nil, origins: (of: UnsafePointer<UInt16>, fresh: UnsafeMutablePointer<UInt16>)? = nil
  ) -> (made: Int, taken: Int) {
    switch table {
    case .fast(let handle):
      guard let dictionary else {
        return (kspec_store_insert(handle, filter.handle, states, n, states, origins?.of, words, fresh, origins?.fresh), n)
      }
      let keys = filter.room(n)
      let m = kspec_dictionary_narrow(dictionary, states, n, keys)
      return (kspec_store_insert(handle, filter.handle, keys, m, states, origins?.of, words, fresh, origins?.fresh), m)
    case .compact(let handle):
      let tag = layer.map(Self.tag) ?? Self.done
      if let tree {
        let keys = filter.room(n * (words + 1))
        let unknown = keys + n
        let m = kspec_filter_unknown(filter.handle, states, n, unknown)
        kspec_tree_fold(tree, unknown, m, keys)
        origins?.fresh.update(repeating: 0, count: m)
        return (kspec_compact_insert(handle, nil, keys, m, tag, unknown, nil, words, fresh, nil), n)
      }
      if let bits = options.hashBits {
        let keys = filter.room(n)
        kspec_hash_states(states, n, words, UInt32(bits), keys)
        return (kspec_compact_insert(handle, filter.handle, keys, n, tag, states, origins?.of, words, fresh, origins?.fresh), n)
      }
      return (kspec_compact_insert(handle, filter.handle, states, n, tag, states, origins?.of, words, fresh, origins?.fresh), n)
    }
  }

  /// By what the keys are made that the table holds; nil where it holds whole states, or there is a value without a number.
  var numbers: UnsafePointer<kspec_numbers>? {
    mustLeaveDictionary ? nil : dictionary.map { kspec_dictionary_numbers($0) }
  }

  /// The same as `insert`, for keys made with `numbers`. All are taken.
  func insert(
    keys: UnsafePointer<UInt64>, _ n: Int, _ filter: StateFilter, into fresh: UnsafeMutablePointer<UInt64>,
    origins: (of: UnsafePointer<UInt16>, fresh: UnsafeMutablePointer<UInt16>)? = nil
  ) -> Int {
    guard case .fast(let handle) = table, let dictionary else { preconditionFailure("the table holds no keys") }
    let new = filter.room(n)
    let made = kspec_store_insert(handle, filter.handle, keys, n, keys, origins?.of, 1, new, origins?.fresh)
    kspec_dictionary_widen(dictionary, new, made, fresh)
    return made
  }

  /// Turns keys that stand side by side from `base` on into the states that they are of, state i where key i would be if it were a state.
  func widen(_ base: UnsafeMutablePointer<UInt64>, _ keys: Range<Int>) {
    guard let dictionary else { preconditionFailure("the table holds no keys") }
    for index in keys.reversed() {
      var key = base[index]
      kspec_dictionary_widen(dictionary, &key, 1, base + index * words)
    }
  }

  private static let done = UInt32(KSPEC_TAG_DONE)
  private static func tag(_ layer: Int) -> UInt32 {
    UInt32(layer & 1 == 0 ? KSPEC_TAG_EVEN : KSPEC_TAG_ODD)
  }

  /// Some of the states that were inserted for a layer, each handed out once; 0 if there are none left. From several threads, each with a place of its own.
  func sweep(layer: Int, at place: inout KspecSweep, into states: UnsafeMutablePointer<UInt64>, room: Int) -> Int {
    guard case .compact(let handle) = table else { return 0 }
    guard let tree else { return kspec_compact_sweep(handle, &place, Self.tag(layer), states, room) }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: room) { keys in
      guard let keys = keys.baseAddress else { return 0 }
      let n = kspec_compact_sweep(handle, &place, Self.tag(layer), keys, room)
      kspec_tree_unfold(tree, keys, n, states)
      return n
    }
  }

  /// The least room for a sweep.
  static let sweepRoom = 1024

  // What follows is for the coordinator, while no worker runs.

  /// Before the first sweep of a layer.
  func beginSweep() { if case .compact(let handle) = table { kspec_compact_begin_sweep(handle) } }

  /// To be called at a safe point, with all unused credit returned.
  func recount() { count = limit - credit.load(ordering: .relaxed) }

  /// States that there will likely be in the end, and hardly more; nil: nobody knows.
  var expected: Int?

  /// The bytes of the table once it has room for `n` more states.
  func bytesAfterGrowth(by n: Int) -> Int {
    switch table {
    case .fast where mustLeaveDictionary: bytes + slots(for: n) * words * MemoryLayout<UInt64>.stride
    case .fast: bytes + (slots(for: n) - capacity) * tableWords * MemoryLayout<UInt64>.stride
    case .compact(let handle):
      growing(handle).reduce(bytes) { $0 + kspec_compact_growth_bytes(handle, Int($1)) }
        + (growingTree.map { kspec_tree_growth_bytes($0) } ?? 0)
    }
  }

  /// Small tables double; large ones grow by half, so that a state never costs more than 1.5 / load slots, or by less, where no more is expected.
  private func slots(for n: Int) -> Int {
    let needed = Int(Double(count + n) / options.load) + 2
    if capacity < 1 << 20 { return max(needed, capacity * 2) }
    let enough = expected.map { Int(Double($0) / options.load) + 2 } ?? .max
    return max(needed, capacity + capacity / 8, min(capacity + capacity / 2, enough))
  }

  /// Of what the table holds.
  private var tableWords: Int { dictionary == nil ? words : 1 }
  /// A value has been seen for which there is no number.
  private var mustLeaveDictionary: Bool { dictionary.map { kspec_dictionary_is_full($0) } ?? false }

  /// From keys to the states themselves, with room for `n` more; false, with nothing changed, if memory is refused.
  private func leaveDictionary(for n: Int) -> Bool {
    guard case .fast(let narrow) = table, let dictionary else { return true }
    var options = options
    options.slots = slots(for: n)
    guard case .fast(let wide)? = Self.makeTable(words, options) else { return false }
    guard let filter = StateFilter(words: words, entries: 1) else {
      kspec_store_destroy(wide)
      return false
    }
    var left = 0
    var keys = UnsafePointer(kspec_store_drain(narrow, &left))
    let some = 512
    let states = filter.room(2 * some * words)
    while left > 0 {
      let n = min(some, left)
      kspec_dictionary_widen(dictionary, keys, n, states)
      _ = kspec_store_insert(wide, filter.handle, states, n, states, nil, words, states + some * words, nil)
      keys += n
      left -= n
    }
    kspec_store_destroy(narrow)
    kspec_dictionary_destroy(dictionary)
    self.dictionary = nil
    table = .fast(wide)
    credit.store(limit - count, ordering: .relaxed)
    return true
  }

  private var growingTree: OpaquePointer? { tree.flatMap { kspec_tree_wants_growth($0) ? $0 : nil } }

  /// Partitions that are to grow.
  private func growing(_ handle: OpaquePointer) -> UnsafeBufferPointer<UInt32> {
    var count = 0
    let partitions = kspec_compact_growing(handle, &count)
    return UnsafeBufferPointer(start: partitions, count: count)
  }

  /// Room for `n` more states; false if memory is refused.
  func grow(by n: Int, with pool: WorkerPool? = nil) -> Bool {
    recount()
    if mustLeaveDictionary { return leaveDictionary(for: n) }
    switch table {
    case .fast(let handle):
      guard kspec_store_grow_begin(handle, slots(for: n), options.partSlots) else { return false }
      let moveSome: @Sendable (Int) -> Void = { [handle = UnsafeHandle(handle)] _ in kspec_store_grow_some(handle.pointer) }
      // Waking a thread costs as much as moving some thousand states.
      if let pool, capacity >= 4 * options.partSlots { pool.run(workers: pool.count, moveSome) } else { moveSome(0) }
      kspec_store_grow_end(handle)
      credit.store(limit - count, ordering: .relaxed)
      return true
    case .compact(let handle):
      let partitions = growing(handle)
      let next = Atomic(0)
      let isRefused = Atomic(false)
      let growSome: @Sendable (Int) -> Void = { [handle = UnsafeHandle(handle), partitions = UnsafeList(partitions)] _ in
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          guard index < partitions.list.count else { return }
          if !kspec_compact_grow(handle.pointer, Int(partitions.list[index])) { isRefused.store(true, ordering: .relaxed) }
        }
      }
      if let pool { pool.run(workers: partitions.count, growSome) } else { growSome(0) }
      kspec_compact_growth_done(handle)
      if let tree = growingTree, !kspec_tree_grow(tree) { return false }
      return !isRefused.load(ordering: .relaxed)
    }
  }

  /// Whether the table could be made smaller by a change of form.
  var isConvertible: Bool { words == 1 && form == .fast }
  /// States of two words are held as one.
  var isNarrow: Bool { dictionary != nil }
  /// States go through a dictionary first, which takes several times what a look at the table does: a larger filter pays.
  var foldsStates: Bool { tree != nil }
  /// Words of what a filter holds.
  var keyWords: Int { options.hashBits == nil ? tableWords : 1 }

  /// Whether bits of a state may choose its partition: not where a dictionary's words or hashes are what is stored.
  var isKeyable: Bool { keepsStates && tree == nil }
  /// The bits of a state's first word that choose its partition; none at first.
  var key: UInt64 { if case .compact(let handle) = table, tree == nil { kspec_compact_key(handle) } else { 0 } }

  /// For another store that is to hold about as much of the same kind; nil of one that is fast.
  var shape: Shape? {
    guard case .compact(let handle) = table else { return nil }
    var lines = [Int](repeating: 0, count: 1 << Int(KSPEC_COMPACT_KEY_BITS))
    let count = kspec_compact_shape(handle, &lines)
    return Shape(key: kspec_compact_key(handle), lines: Array(lines.prefix(count)))
  }

  /// Lets other bits choose partitions, with room for `growth` times the states; false, with nothing changed, if memory is refused. For a while it takes
  /// nearly twice its bytes.
  func rekey(_ bits: UInt64, growth: Double = 1, with pool: WorkerPool? = nil) -> Bool {
    let threads = pool?.count ?? 1
    guard isKeyable, case .compact(let handle) = table,
      let rekeying = kspec_compact_rekey_begin(handle, bits, UInt32(threads))
    else { return false }
    let shared = UnsafeHandle(rekeying)
    func inEach(_ body: @Sendable (Int) -> Void) { if let pool { pool.run(workers: threads, body) } else { body(0) } }
    inEach { kspec_compact_rekey_count(shared.pointer, UInt32($0)) }
    inEach { _ in kspec_compact_rekey_make(shared.pointer, growth) }
    if kspec_compact_rekey_is_made(rekeying) { inEach { kspec_compact_rekey_move(shared.pointer, UInt32($0)) } }
    return kspec_compact_rekey_end(rekeying)
  }

  /// Asks those partitions to grow that will be full if `ratio` times as many states are added as since the last call. Whether any are.
  func expect(_ ratio: Double) -> Bool {
    guard case .compact(let handle) = table, tree == nil else { return false }
    kspec_compact_expect(handle, ratio)
    return !growing(handle).isEmpty
  }

  /// Whether one thread alone inserts from now on.
  func setAlone(_ isAlone: Bool) {
    options.isAlone = isAlone
    switch table {
    case .fast(let handle): kspec_store_set_alone(handle, isAlone)
    case .compact(let handle): kspec_compact_set_alone(handle, isAlone)
    }
  }

  func expectNothing() { if case .compact(let handle) = table { kspec_compact_expect_nothing(handle) } }

  /// From fast to compact, with hardly more memory than the fast table had; false, with nothing changed, if memory is refused.
  func convert() -> Bool {
    guard words == 1, case .fast(let handle) = table else { return false }
    recount()
    guard let compact = kspec_compact_from(handle, count) else { return false }
    kspec_store_destroy(handle)
    kspec_compact_set_alone(compact, options.isAlone)
    table = .compact(compact)
    credit.store(limit - count, ordering: .relaxed)
    return true
  }

  /// Hands out every state of a fast table, to be read and sorted in place; `reset` must follow.
  func drain() throws(EngineFault) -> (states: UnsafeMutablePointer<UInt64>, count: Int) {
    guard case .fast(let handle) = table, dictionary == nil else {
      throw EngineFault("only a table of whole states is taken to disk")
    }
    var count = 0
    let states = kspec_store_drain(handle, &count)
    return (states, count)
  }

  /// Forgets every state. Room for as many as are expected is there at once, or kept: growing nine tables of 200,000 states anew was 7 % of a search.
  /// False if memory is refused.
  func reset(expecting states: Int) -> Bool {
    switch table {
    case .fast:
      let slots = Int(Double(states) * 1.1 / options.load) + 1
      return reset(slots: max(slots, options.slots))
    case .compact(let handle):
      guard options.beginsCompact, states > 0, states >= capacity / 4 else { return reset() }
      // Nothing was inserted yet.
      if credit.load(ordering: .relaxed) == limit { return true }
      kspec_compact_clear(handle)
      return emptied()
    }
  }

  /// Forgets every state and goes back to the form of the beginning; false if memory is refused. `slots`: of an empty fast table.
  func reset(slots: Int? = nil) -> Bool {
    switch table {
    case .fast(let handle):
      guard kspec_store_reset(handle, max(slots ?? options.slots, 2)) else { return false }
    case .compact(let handle) where options.beginsCompact:
      guard kspec_compact_reset(handle) else { return false }
    case .compact:
      guard let first = Self.makeTable(words, options) else { return false }
      Self.destroy(table)
      table = first
    }
    return emptied()
  }

  private func emptied() -> Bool {
    if let tree, !kspec_tree_reset(tree) { return false }
    if let dictionary { kspec_dictionary_reset(dictionary) }
    expected = nil
    count = 0
    credit.store(limit, ordering: .relaxed)
    return true
  }
}

extension Narrowing {
  /// nil if memory is refused or the processor is not made for it.
  fileprivate func makeDictionary() -> OpaquePointer? {
    kspec_dictionary_create(parts.flatMap { $0 }, parts.count, used, UInt32(bits))
  }
}

/// A table that threads share on their own responsibility.
private struct UnsafeHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { self.pointer = pointer }
}

/// Its partitions, while they are the same.
private struct UnsafeList: @unchecked Sendable {
  let list: UnsafeBufferPointer<UInt32>
  init(_ list: UnsafeBufferPointer<UInt32>) { self.list = list }
}

/// A worker's small cache of states that the store is known to hold. Sound: it only ever answers "known".
final class StateFilter: @unchecked Sendable {
  fileprivate let handle: OpaquePointer
  let wordsPerState: Int
  let entries: Int

  private var words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 0)

  /// `words` as the store's `keyWords` say.
  init?(words: Int, entries: Int) {
    guard let handle = kspec_filter_create(words, entries) else { return nil }
    self.handle = handle
    wordsPerState = words
    self.entries = entries
  }

  deinit {
    kspec_filter_destroy(handle)
    words.deallocate()
  }

  /// Room for `n` words, to be used before the next call.
  fileprivate func room(_ n: Int) -> UnsafeMutablePointer<UInt64> {
    if words.count < n {
      words.deallocate()
      words = .allocate(capacity: n)
    }
    // An allocation of one word or more has an address.
    return words.baseAddress ?? .allocate(capacity: n)
  }

  /// Moves the states that it does not know to the front, in their order, and notes them; their number.
  func sift(_ states: UnsafeMutablePointer<UInt64>, _ n: Int) -> Int { kspec_filter_unknown(handle, states, n, states) }

  /// To be called when the store is reset.
  func reset() { kspec_filter_reset(handle) }
}
