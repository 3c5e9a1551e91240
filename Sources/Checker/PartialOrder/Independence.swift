import SimRuntime
import Spec

/// Static relations between the action instances of a valuation, from what each reads and writes: which may interfere, which can
/// make another's guard true, which are visible.
///
/// In: footprints. Out: a row of bits an instance. Instances that no state enables are left out. Everything errs on the side of
/// interfering.
///
/// Two instances *interfere* if one writes what the other reads or writes, unless no state enables both. So of two that do not,
/// neither disables the other, changes what it does or makes it a spec error, and their order makes no difference.
final class Independence: Sendable {
  /// A reason why an instance may have no successor in a state, and who can change it.
  struct Blocker: Sendable {
    /// nil: whether the guard is true is not looked up.
    let table: GuardTable?
    /// True in every state, or in none.
    let known: Bool?
    /// Index into `rows`: no run makes the instance enabled (or, where errors are judged, an error) without one of these.
    let enabling: Int
  }

  /// The number of instances; `numbers` gives theirs by `ActionNumbering`.
  let count: Int
  let numbers: [Int]
  /// By the number of `ActionNumbering`; -1 for those that no state enables.
  let index: [Int32]
  /// By instance: whoever may interfere with it.
  let interfering: [Bits]
  /// By instance: its guards, the fewest enablers first.
  let blockers: [[Blocker]]
  /// By instance: whoever writes what it reads at all. Index into `rows`.
  let anyEnabling: [Int]
  let rows: [Bits]
  let visible: Bits

  /// The relations are tables of this many rows and columns at most: eight megabytes.
  static let instanceLimit = 8192

  init(
    _ numbering: ActionNumbering, _ layout: StateLayout, _ rigid: RigidValuation?, _ judging: Judging, fault: PartialOrderFault
  ) {
    let model = layout.instance.model
    var builder = FootprintBuilder(layout, rigid, judgesErrors: judging.errors, fault: fault)
    var footprints: [InstanceFootprint] = []
    var index = [Int32](repeating: -1, count: numbering.count)
    var numbers: [Int] = []
    for number in 0..<numbering.count {
      let footprint = builder.instance(numbering.instance(number))
      if footprint.isDead { continue }
      index[number] = Int32(footprints.count)
      footprints.append(footprint)
      numbers.append(number)
    }
    let relations = Relations(footprints, cells: layout.cells.count, judgesErrors: judging.errors, fault: fault)
    self.index = index
    self.numbers = numbers
    count = footprints.count
    interfering = footprints.indices.map { relations.interfering($0) }
    var enabling = EnablingRows(relations)
    blockers = footprints.indices.map { enabling.blockers(of: $0) }
    anyEnabling = footprints.map { enabling.row(writing: $0.reads, unless: nil) }
    rows = enabling.rows

    var observed = Bits(layout.cells.count)
    for property in judging.evaluated where judging.states.contains(.property(property)) {
      observed.formUnion(builder.reads(model.properties[property]))
    }
    var visible = Bits(footprints.count)
    for (instance, footprint) in footprints.enumerated() where !fault.contains(.ignoresVisibility) {
      if !footprint.writes.isDisjoint(with: observed) || (judging.errors && footprint.mayFail) { visible.insert(instance) }
    }
    self.visible = visible
  }
}

/// Who writes and who touches each cell, and what follows.
private struct Relations {
  let footprints: [InstanceFootprint]
  let judgesErrors: Bool
  let fault: PartialOrderFault
  /// By cell.
  private var writers: [Bits]
  private var readers: [Bits]
  /// By instance: for single cells, sorted, the values with which the instance can be enabled.
  private var masks: [[(cell: Int, values: UInt64)]] = []

  init(_ footprints: [InstanceFootprint], cells: Int, judgesErrors: Bool, fault: PartialOrderFault) {
    self.footprints = footprints
    self.judgesErrors = judgesErrors
    self.fault = fault
    writers = Array(repeating: Bits(footprints.count), count: cells)
    readers = writers
    for (index, footprint) in footprints.enumerated() {
      footprint.writes.forEach { writers[$0].insert(index) }
      var reads = footprint.reads
      if fault.contains(.ignoresGuardReads) { reads.subtract(footprint.guardReads) }
      reads.forEach { readers[$0].insert(index) }
      masks.append(masks(footprint))
    }
  }

  private func masks(_ footprint: InstanceFootprint) -> [(cell: Int, values: UInt64)] {
    var masks: [Int: UInt64] = [:]
    for conjunct in footprint.guards {
      // Beyond a conjunct that may fail, an instance can be an error although its guard is false.
      if judgesErrors && footprint.mayFail && conjunct.mayFail { break }
      if let mask = conjunct.table?.mask { masks[mask.cell, default: .max] &= mask.values }
    }
    return masks.map { ($0.key, $0.value) }.sorted { $0.cell < $1.cell }
  }

  func interfering(_ index: Int) -> Bits {
    let footprint = footprints[index]
    var row = Bits(footprints.count)
    footprint.writes.forEach {
      row.formUnion(writers[$0])
      row.formUnion(readers[$0])
    }
    footprint.reads.forEach { if readers[$0].contains(index) { row.formUnion(writers[$0]) } }
    row.remove(index)
    if masks[index].isEmpty { return row }
    var exclusive: [Int] = []
    row.forEach { if areExclusive(index, $0) { exclusive.append($0) } }
    for other in exclusive { row.remove(other) }
    return row
  }

  /// Whether no state enables both.
  private func areExclusive(_ a: Int, _ b: Int) -> Bool {
    var (i, j) = (0, 0)
    let (first, second) = (masks[a], masks[b])
    while i < first.count && j < second.count {
      if first[i].cell == second[j].cell {
        if first[i].values & second[j].values == 0 { return true }
        i += 1
        j += 1
      } else if first[i].cell < second[j].cell {
        i += 1
      } else {
        j += 1
      }
    }
    return false
  }

  func writing(_ cells: Bits) -> Bits {
    var row = Bits(footprints.count)
    cells.forEach { row.formUnion(writers[$0]) }
    return row
  }

  /// Those that write constants with which the guard cannot be true (nor, where errors are judged, be one) enable nothing.
  func canEnable(_ instance: Int, _ table: GuardTable) -> Bool {
    let constants = footprints[instance].constants
    if constants.isEmpty || !table.cells.contains(where: { constants[$0] != nil }) { return true }
    return table.canBe(.yes, where: constants) || (judgesErrors && table.canBe(.error, where: constants))
  }
}

/// Rows of instances that can make a guard true, each row once.
private struct EnablingRows {
  private let relations: Relations
  private(set) var rows: [Bits] = []
  private var known: [Key: Int] = [:]
  private struct Key: Hashable {
    var cells: Bits
    var table: ObjectIdentifier?
  }

  init(_ relations: Relations) { self.relations = relations }

  mutating func row(writing cells: Bits, unless footprint: GuardFootprint?) -> Int {
    let key = Key(cells: cells, table: footprint.map { ObjectIdentifier($0) })
    if let index = known[key] { return index }
    var row = relations.writing(cells)
    if let table = footprint?.table {
      var unable: [Int] = []
      row.forEach { if !relations.canEnable($0, table) { unable.append($0) } }
      for instance in unable { row.remove(instance) }
    }
    rows.append(row)
    known[key] = rows.count - 1
    return rows.count - 1
  }

  mutating func blockers(of instance: Int) -> [Independence.Blocker] {
    var blockers: [(Independence.Blocker, size: Int)] = []
    // Where errors are judged: once a conjunct may fail, whether it is reached depends on all before it.
    var before = Bits(relations.footprints[instance].reads.words.count * 64)
    var isFallible = false
    for conjunct in relations.footprints[instance].guards {
      before.formUnion(conjunct.reads)
      let enabling = isFallible ? row(writing: before, unless: nil) : row(writing: conjunct.reads, unless: conjunct)
      if conjunct.table != nil || conjunct.known == false {
        let blocker = Independence.Blocker(table: conjunct.table, known: conjunct.known, enabling: enabling)
        blockers.append((blocker, rows[enabling].count))
      }
      if relations.judgesErrors && relations.footprints[instance].mayFail && conjunct.mayFail { isFallible = true }
    }
    return blockers.sorted { $0.size < $1.size }.map(\.0)
  }
}
