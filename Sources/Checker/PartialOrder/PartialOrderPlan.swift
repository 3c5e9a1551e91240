import SimRuntime
import Spec

/// Whether a run is reduced by partial orders, and if so the relations for each rigid valuation.
///
/// In: an instance and what is judged. Out: `PartialOrder`s, and what the verdict says.
struct PartialOrderPlan {
  /// nil: it is on.
  private(set) var obstacle: String?
  private let numbering: ActionNumbering?
  private let judging: Judging
  private let fault: PartialOrderFault
  /// With many valuations the relations are made once, of constants with any values.
  private let valuations: Int
  private var common: PartialOrder?

  static let valuationsApart = 64

  /// nil if nobody asked for it.
  init?(_ instance: Instance, _ goal: CheckGoal, _ options: CheckOptions, valuations: Int) {
    guard options.partialOrder else { return nil }
    judging = Judging(goal, instance.model)
    fault = options.partialOrderFault
    self.valuations = valuations
    let numbering = ActionNumbering(instance)
    self.numbering = numbering
    obstacle = goal.forbidsPartialOrder(instance.model, judging) ?? Self.excess(numbering)
  }

  private static func excess(_ numbering: ActionNumbering?) -> String? {
    if let numbering, numbering.count <= Independence.instanceLimit { return nil }
    return "there are more than \(Independence.instanceLimit) action instances"
  }

  mutating func forbid(_ why: String) { obstacle = obstacle ?? why }

  mutating func order(_ rigid: RigidValuation, _ layout: StateLayout) -> PartialOrder? {
    guard obstacle == nil, let numbering else { return nil }
    if let common { return common }
    let isCommon = valuations > Self.valuationsApart
    let independence = Independence(numbering, layout, isCommon ? nil : rigid, judging, fault: fault)
    let judged = PartialOrder.Judged(errors: judging.errors, deadlock: judging.deadlock)
    let order = PartialOrder(independence: independence, judged: judged, fault: fault)
    if isCommon { common = order }
    return order
  }
}

extension CheckGoal {
  /// Why a goal is not searched with partial order reduction: what it judges are edges, pairs of runs, or runs without end.
  fileprivate func forbidsPartialOrder(_ model: Model, _ judging: Judging) -> String? {
    var kinds: [String] = []
    if judging.judgesEdges { kinds.append("transition properties") }
    switch self {
    case .all:
      if model.properties.contains(where: \.isTemporal) { kinds.append("temporal properties") }
      if model.noninterference != nil { kinds.append("noninterference") }
      if !model.refinements.isEmpty { kinds.append("refinement") }
    case .refute(.noninterference): kinds.append("noninterference")
    case .refute(.property(let index)) where model.properties[index].isTemporal: kinds.append("temporal properties")
    case .safety, .refute, .cover, .unreachable: break
    }
    return kinds.isEmpty ? nil : kinds.joined(separator: " and ") + " cannot be judged under it"
  }
}

extension Property {
  fileprivate var isTemporal: Bool { if case .temporal = kind { true } else { false } }
}

extension PartialOrderPlan? {
  /// Whether it was asked for, and nothing is against it so far.
  var isOn: Bool { map { $0.obstacle == nil } ?? false }
}
