/// Which of a state's enabled instances suffice: strong stubborn sets (Valmari 1990; in the form of Geldenhuys, Hansen and Valmari
/// 2009, with guards as in Laarman, Pater, van de Pol and Hansen 2016), one worker's.
///
/// In: a state and the instances that have a successor there. Out: a subset T of all instances, closed so that
/// - whoever may interfere with a member that is enabled is a member;
/// - of a member that is not enabled, whoever can change that is a member: the enablers of one guard that is false;
/// - if a visible member is enabled, all visible instances are members.
///
/// Of any run t1 … tn from the state, either no ti is in T: then each enabled member can go first and the run goes on after it as
/// before; or the first ti in T can go first, and the rest leads to the same state. See ReducedExpansion.swift for what follows.
final class StubbornSet {
  private let independence: Independence
  private let judging: PartialOrder.Judged
  private let fault: PartialOrderFault
  /// The set being closed, and its members whose consequences are still to be drawn.
  private var members: Bits
  private var open: [Int] = []
  private var enabled: Bits
  private var enabledMembers = 0
  private var seesVisible = false
  /// By instance: which guard is to blame in the state of this number.
  private var blame: [(state: UInt64, row: Int)]
  private var state: UInt64 = 0

  /// The enabled members of the set chosen.
  private(set) var chosen: Bits
  /// Those of a set that contains every visible instance: to be followed where none chosen leads to the next layer.
  private(set) var attractor: Bits
  /// Whether what is chosen needs a successor in the next layer.
  private(set) var needsProviso = false

  /// Seeds tried in a state: the smallest set wins, and most states have few components.
  static let seeds = 16

  init(_ independence: Independence, _ judging: PartialOrder.Judged, fault: PartialOrderFault) {
    self.independence = independence
    self.judging = judging
    self.fault = fault
    members = Bits(independence.count)
    enabled = members
    chosen = members
    attractor = members
    blame = Array(repeating: (0, 0), count: independence.count)
  }

  /// Chooses a set with few enabled members: the one that contains every visible instance, or the first of the smallest that begin with
  /// one of several seeds. `instances`: those with a successor, each once; the first `moving` of them lead to another state, and are the
  /// seeds.
  func choose(_ instances: [Int], moving: Int, _ words: UnsafePointer<UInt64>) {
    state += 1
    enabled.removeAll()
    for instance in instances { enabled.insert(instance) }
    begin()
    add(independence.visible)
    seesVisible = true
    var least = instances.count
    if close(words, below: least) {
      least = enabledMembers
      attractor.assign(members, intersecting: enabled)
    } else {
      attractor = enabled
    }
    chosen = attractor
    needsProviso = least > 0
    // Nothing that is judged of states or errors is in reach; a deadlock may be, and any stubborn set keeps it.
    if least == 0 { least = judging.deadlock ? instances.count + 1 : 0 }
    var isSeeded = false
    for seed in stride(from: 0, to: moving, by: max(1, moving / Self.seeds)) where least > 1 {
      begin()
      members.insert(instances[seed])
      open.append(instances[seed])
      enabledMembers = 1
      guard close(words, below: least) else { continue }
      least = enabledMembers
      chosen.assign(members, intersecting: enabled)
      isSeeded = true
    }
    needsProviso = needsProviso && isSeeded
  }

  private func begin() {
    members.removeAll()
    open.removeAll(keepingCapacity: true)
    enabledMembers = 0
    seesVisible = false
  }

  /// Closes the set; false once it has `limit` enabled members.
  private func close(_ words: UnsafePointer<UInt64>, below limit: Int) -> Bool {
    while enabledMembers < limit {
      guard let instance = open.popLast() else { return true }
      if enabled.contains(instance) {
        add(independence.interfering[instance])
        if !seesVisible && independence.visible.contains(instance) {
          seesVisible = true
          add(independence.visible)
        }
      } else {
        add(independence.rows[enablers(of: instance, words)])
      }
    }
    return false
  }

  private func add(_ row: Bits) {
    members.formUnion(row) { index, new in
      enabledMembers += (new & enabled.words[index]).nonzeroBitCount
      var rest = new
      while rest != 0 {
        open.append(index << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  /// The row of those that can change that an instance has no successor here.
  private func enablers(of instance: Int, _ words: UnsafePointer<UInt64>) -> Int {
    if blame[instance].state == state { return blame[instance].row }
    let blocker = independence.blockers[instance].first { isBlocking($0, words) }
    let row = blocker?.enabling ?? independence.anyEnabling[instance]
    blame[instance] = (state, row)
    return row
  }

  private func isBlocking(_ blocker: Independence.Blocker, _ words: UnsafePointer<UInt64>) -> Bool {
    guard let table = blocker.table else { return blocker.known == false }
    let truth = table(words)
    if fault.contains(.blamesTrueGuard) { return truth == .yes }
    // An error keeps the instance from happening as well; where it counts, it is an event of this very state, or out of reach.
    return truth == .no || (truth == .error && !judging.errors)
  }
}
