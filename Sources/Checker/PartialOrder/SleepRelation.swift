import SimRuntime
import Spec

/// What need not be tried in a state because the same successor is found otherwise: sleep sets (Godefroid) of one step, for a search by layers.
///
/// In: classes of action instances. Out: for each class `a` the classes `b` that are before it in the text and do not interfere with it. A state
/// `s` was first found from some `p` by `a`. If `b` is enabled in `s` it was in `p`, since `a` writes nothing that `b` reads; so there is `t`, that
/// `b` leads to from `p`, found no later than `s`; and `a` leads from `t` to where `b` leads from `s`. So `b` need not be tried in `s`, unless `a`
/// is not tried in `t`; which it is not if `t` was first found by some `c` that `a` is before, and then there is a third state of the layer or of one
/// before from which `c` leads there; and so on, with classes further and further behind in the text, to an end. So states, their depths, and events are those of the
/// search that tries everything, and what is enabled is counted where it is asleep, too. What is judged of edges is not left out (`expand`).
///
/// Interference is between what is read and written, whatever else is known: of two instances that no state enables together, one may enable the other.
struct SleepRelation {
  private let classes: SleepClasses
  /// By class: those that may interfere with it.
  private let interfering: [Bits]
  /// By class: some state may enable an instance of it.
  private let isLive: [Bool]
  private let fault: PartialOrderFault

  /// Larger tables would take caches away from the states.
  private static let mostBytes = 1 << 20
  private static let mostInstances = 1 << 13

  /// nil if there are no classes, or too many.
  init?(_ classes: SleepClasses, _ layout: StateLayout, fault: PartialOrderFault = []) {
    guard classes.count > 0, SleepTable.bytes(classes) <= Self.mostBytes, let numbering = ActionNumbering(layout.instance),
      numbering.count <= Self.mostInstances
    else { return nil }
    self.classes = classes
    var builder = FootprintBuilder(layout, nil, judgesErrors: false, tables: false, fault: fault)
    var reads = [Bits](repeating: Bits(layout.cells.count), count: classes.count)
    var writes = reads
    var isLive = [Bool](repeating: false, count: classes.count)
    for number in 0..<numbering.count {
      let instance = numbering.instance(number)
      let own = classes.classes(of: instance)
      if own.isEmpty { continue }
      let footprint = builder.instance(instance)
      if footprint.isDead { continue }
      var read = footprint.reads
      if fault.contains(.ignoresGuardReads) { read.subtract(footprint.guardReads) }
      for index in own {
        isLive[index] = true
        reads[index].formUnion(read)
        writes[index].formUnion(footprint.writes)
      }
    }
    var writers = [Bits](repeating: Bits(classes.count), count: layout.cells.count)
    var users = writers
    for index in 0..<classes.count {
      reads[index].forEach { users[$0].insert(index) }
      writes[index].forEach {
        users[$0].insert(index)
        writers[$0].insert(index)
      }
    }
    interfering = (0..<classes.count).map { index in
      var row = Bits(classes.count)
      writes[index].forEach { row.formUnion(users[$0]) }
      reads[index].forEach { row.formUnion(writers[$0]) }
      return row
    }
    self.isLive = isLive
    self.fault = fault
  }

  /// How code for a search chooses what it leaves out; nil: the search makes all successors.
  static func chooser(
    _ options: CheckOptions, _ plan: SymmetryPlan, _ order: PartialOrderPlan?
  ) -> ((StateLayout) -> NativeForm.Sleep)? {
    // A representative is seldom the state that an instance led to.
    guard options.sleepSets, !plan.isReducing, !order.isOn else { return nil }
    let (least, fault) = (options.tuning.leastSleep, options.partialOrderFault)
    return { layout in
      { classes in
        guard let relation = SleepRelation(classes, layout, fault: fault) else { return nil }
        let table = relation.table
        let live = Double(relation.isLive.count { $0 })
        return Double(table.pairs) < least * live * (live - 1) / 2 ? nil : table
      }
    }
  }

  var table: SleepTable {
    SleepTable(classes) { tried, after in
      guard isLive[tried], isLive[after], !interfering[after].contains(tried) else { return false }
      return tried < after || (fault.contains(.sleepsBothWays) && tried != after)
    }
  }
}
