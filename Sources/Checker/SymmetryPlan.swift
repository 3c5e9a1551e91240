import SimRuntime
import Spec

/// Which rigid valuations are explored for which, each with the group that its states are reduced by.
///
/// In: all rigid valuations of an instance. Out: one of each orbit with its weight, and afterwards what the verdict says of it.
struct SymmetryPlan {
  let orbits: [RigidOrbit]
  /// False: every valuation and every state stands for itself.
  let isOn: Bool
  private let instance: Instance
  private let valuations: Int
  private let options: CheckOptions
  /// Valuations often share a group, and tables take a while to fill.
  private var made: [SymmetryGroup: Canonicalizer] = [:]
  private var isUnfit = false
  private var isInexact = false

  init(_ instance: Instance, _ rigids: [RigidValuation], _ goal: CheckGoal, _ options: CheckOptions) throws(EngineFault) {
    self.instance = instance
    self.options = options
    valuations = rigids.count
    isOn = options.symmetry && goal.permitsSymmetry(instance.model)
    orbits =
      isOn
      ? try RigidOrbit.orbits(of: rigids, instance, fault: options.symmetryFault)
      : rigids.map { RigidOrbit(alone: $0, instance) }
  }

  /// Whether some states stand for others.
  var isReducing: Bool { isOn && orbits.contains { !$0.group.isTrivial } }

  mutating func reduction(_ orbit: RigidOrbit, _ layout: StateLayout) -> Reduction {
    var reduction = Reduction(canonicalizer: nil, weight: orbit.size)
    if !isOn || orbit.group.isTrivial { return reduction }
    reduction.canonicalizer = made[orbit.group]
    if reduction.canonicalizer == nil {
      reduction.canonicalizer = Canonicalizer(
        layout, orbit.group, options.tuning.canonicalForm, exact: !options.inexactSymmetry || options.checkpoint != nil,
        fault: options.symmetryFault)
      if made.count == 64 { made = [:] }
      made[orbit.group] = reduction.canonicalizer
    }
    if reduction.canonicalizer == nil { isUnfit = true }
    if !(reduction.canonicalizer?.isExact ?? true) { isInexact = true }
    return reduction
  }

  /// nil where there is nothing to say: symmetry is off, or no sort has two elements.
  func summary(stored: UInt64) -> Verdict.Symmetry? {
    guard isOn, instance.sizes.contains(where: { $0 > 1 }) else { return nil }
    let largest = orbits.map(\.group).max { $0.order < $1.order } ?? .trivial(instance)
    var summary = Verdict.Symmetry(group: describe(largest), order: isUnfit ? 1 : largest.order, orbits: stored)
    summary.valuations = orbits.count
    summary.isExact = !isInexact
    summary.remarks = remarks()
    return summary
  }

  /// `Space 2! x Page 2!`, with ` x 3 joint of Page, Frame` where blocks can only be moved together.
  private func describe(_ group: SymmetryGroup) -> String {
    var factors = group.blocks.map { "\(instance.model.sorts[$0.sort].name) \($0.elements.count)!" }
    let moved = instance.sizes.indices.filter { sort in
      group.cosets.contains { $0.images[sort] != Array(0..<instance.sizes[sort]) }
    }
    if group.cosets.count > 1 {
      factors.append("\(group.cosets.count) joint of \(moved.map { instance.model.sorts[$0].name }.joined(separator: ", "))")
    }
    return factors.isEmpty ? "none" : factors.joined(separator: " x ")
  }

  /// Why something is not permuted: `Counter is ordered`, `1 of 3 Space named by sigma0`, `Frame tied by boot`.
  private func remarks() -> [String] {
    let model = instance.model
    var remarks: [String] = []
    for (sort, declaration) in model.sorts.enumerated() where instance.sizes[sort] > 1 {
      if declaration.ordered {
        remarks.append("\(declaration.name) is ordered")
        continue
      }
      let free = orbits.map { SymmetryGroup.free(instance, $0.representative)[sort].count }.min() ?? 0
      if free < instance.sizes[sort] {
        let names = model.constants.filter { $0.type == .sort(sort) }.map(\.name).joined(separator: ", ")
        remarks.append("\(instance.sizes[sort] - free) of \(instance.sizes[sort]) \(declaration.name) named by \(names)")
      }
      let isTied = orbits.contains { orbit in
        orbit.group.cosets.count == 1 && orbit.group.blocks.filter { $0.sort == sort }.map(\.elements.count) != [free] && free > 1
      }
      if isTied {
        let names = model.constants.filter { $0.type != .sort(sort) && model.mentions(sort, $0.type) }.map(\.name)
        if !names.isEmpty { remarks.append("\(declaration.name) tied by \(names.joined(separator: ", "))") }
      }
    }
    if orbits.contains(where: { !$0.group.isWhole }) { remarks.append("a part of the group is too large to use") }
    if isUnfit { remarks.append("a state is too large to be permuted") }
    return remarks
  }
}

extension CheckGoal {
  /// Lassos and pairs of runs tell renamed states apart.
  func permitsSymmetry(_ model: Model) -> Bool {
    switch self {
    case .refute(.noninterference): return false
    case .refute(.property(let index)): if case .temporal = model.properties[index].kind { return false } else { return true }
    case .all, .safety, .refute, .cover, .unreachable: return true
    }
  }
}

extension Model {
  /// Whether a value of the type can contain an element of the sort.
  fileprivate func mentions(_ sort: SortID, _ type: Type) -> Bool {
    switch type {
    case .sort(let id): id == sort
    case .option(let inner), .set(let inner), .queue(_, let inner), .forest(let inner): mentions(sort, inner)
    case .record(let id): records[id].fields.contains { mentions(sort, $0.type) }
    case .map(let keys, let value): (keys + [value]).contains { mentions(sort, $0) }
    case .bool, .int, .enumeration, .error: false
    }
  }
}
