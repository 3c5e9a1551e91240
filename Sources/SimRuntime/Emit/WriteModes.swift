/// In: an action's updates. Out: for each variable they touch, how its writes are made so that conflicts are found.
///
/// All updates happen at once, so reads go to the parent and only writes need care: two different values for one cell
/// are an error. Where the text shows that a cell is written at most once nothing is remembered.

import Spec

enum WriteMode {
  /// No cell twice: straight into the successor.
  case plain
  /// Up to four single cells on each way through the text, each compared with those before it.
  case few
  /// Cells written are remembered with their value.
  case tracked
  /// Removals, pushes and assignments are collected a queue and applied last.
  case queues
  /// One operation, read from the parent's ancestor sets.
  case forestOnce
  /// Subtrees pruned, then nodes detached: cells that become zero, all of them named by the parent's ancestor sets.
  case forestCut
  /// Operations in the order of the text on a copy; `one` cell changes or any may.
  case forest(one: Bool)
}

struct WriteModes {
  private struct Use {
    /// The most writes that one cell may get.
    var writes = 0
    var queueOperation = false
    var forestOperations = 0
    var oneCell = true
    /// No write stands in a loop or a branch.
    var isStraight = true
    /// Places in the text that write one cell; nil if one stands in a loop or writes more.
    var sites: Int? = 1
    /// Of the operations on a forest.
    var order: [ForestStep] = []
    /// The constant that all writes give; nil if they differ or it is not known.
    var constant: Int?

    func joined(_ other: Use, writes: Int) -> Use {
      Use(
        writes: writes, queueOperation: queueOperation || other.queueOperation,
        forestOperations: forestOperations + other.forestOperations, oneCell: oneCell && other.oneCell,
        isStraight: isStraight && other.isStraight, sites: sites.flatMap { a in other.sites.map { a + $0 } },
        order: order + other.order, constant: constant == other.constant ? constant : nil)
    }
  }

  private enum ForestStep { case attach, detach, prune, remove, replace }

  private(set) var modes: [VariableID: WriteMode] = [:]

  /// `isCell` says whether a value of the type is one cell, `hasAncestors` whether a forest has ancestor sets and planes.
  /// `isIdempotent`: whether a cell may be written twice with one value.
  init(
    _ action: Action, isCell: @escaping (Type) -> Bool, isIdempotent: (VariableID) -> Bool, hasAncestors: (VariableID) -> Bool
  ) {
    for (variable, use) in Self.uses(action.updates, Scope(isCell: isCell)) {
      if use.forestOperations > 0 {
        let cuts = use.order.drop { $0 == .prune }.allSatisfy { $0 == .detach }
        if hasAncestors(variable) && use.isStraight && use.forestOperations == 1 {
          modes[variable] = .forestOnce
        } else if hasAncestors(variable) && use.isStraight && cuts {
          modes[variable] = .forestCut
        } else {
          modes[variable] = .forest(one: use.forestOperations == 1 && use.oneCell)
        }
      } else if use.writes <= 1 || (use.constant != nil && isIdempotent(variable)) {
        modes[variable] = .plain
      } else if let sites = use.sites, sites <= 12, use.writes <= 4, !use.queueOperation {
        modes[variable] = .few
      } else {
        modes[variable] = use.queueOperation ? .queues : .tracked
      }
    }
  }

  /// What stands around an update: the loops' variables, whether it is in a branch, and for a name that is bound to another what
  /// that one stands for (an inlined effect binds its parameters).
  private struct Scope {
    var isCell: (Type) -> Bool
    var binders: Set<Int> = []
    var inBranch = false
    var aliases: [Int: Set<Int>] = [:]
    /// Of names that are bound to constants.
    var constants: [Int: Int] = [:]

    /// The ordinal of a literal of a type whose ordinals begin at 0.
    func constant(_ e: Expr) -> Int? {
      switch e.kind {
      case .bool(let flag): flag ? 1 : 0
      case .enumCase(_, let ordinal): ordinal
      case .none: 0
      case .local(let local): constants[local.slot]
      default: nil
      }
    }
  }

  private static func uses(_ updates: [Update], _ scope: Scope) -> [VariableID: Use] {
    var result: [VariableID: Use] = [:]
    for update in updates { result.merge(uses(update, scope)) { a, b in a.joined(b, writes: a.writes + b.writes) } }
    return result
  }

  private static func uses(_ update: Update, _ scope: Scope) -> [VariableID: Use] {
    let straight = scope.binders.isEmpty && !scope.inBranch
    switch update.kind {
    case .assign(let location, let value):
      let isCell = scope.isCell(location.type)
      let sites = scope.binders.isEmpty && isCell ? 1 : nil
      let constant = isCell ? scope.constant(value) : nil
      return [location.variable: Use(writes: writes(location, [], scope), sites: sites, constant: constant)]
    case .add(let location, let element), .remove(let location, let element):
      let sites = scope.binders.isEmpty ? 1 : nil
      let constant = if case .add = update.kind { 1 } else { 0 }
      return [location.variable: Use(writes: writes(location, [element], scope), sites: sites, constant: constant)]
    case .push(let location, _), .pop(let location), .removeAll(let location, _, _):
      return [location.variable: Use(writes: writes(location, [], scope), queueOperation: true)]
    case .forest(let variable, let operation):
      let step: ForestStep =
        switch operation {
        case .attach: .attach
        case .detach: .detach
        case .prune: .prune
        case .remove: .remove
        case .replace: .replace
        }
      return [
        variable: Use(
          forestOperations: scope.binders.isEmpty ? 1 : 2, oneCell: step == .attach || step == .detach, isStraight: straight,
          order: [step])
      ]
    case .forEach(let locals, _, let body):
      var inner = scope
      inner.binders.formUnion(locals.map(\.slot))
      return uses(body, inner)
    case .conditional(_, let then, let otherwise):
      var inner = scope
      inner.inBranch = true
      return uses(then, inner).merging(uses(otherwise, inner)) { a, b in a.joined(b, writes: max(a.writes, b.writes)) }
    case .letIn(let local, let bound, let body):
      var inner = scope
      inner.aliases[local.slot] = named(bound, scope)
      inner.constants[local.slot] = scope.constant(bound)
      return uses(body, inner)
    }
  }

  /// The names that a key tells apart: different values of them give different keys.
  private static func named(_ e: Expr, _ scope: Scope) -> Set<Int> {
    switch e.kind {
    case .local(let local): scope.aliases[local.slot] ?? [local.slot]
    case .record(_, let fields): fields.reduce(into: []) { $0.formUnion(named($1, scope)) }
    default: []
    }
  }

  /// 1 if the loops around reach each cell at most once: every loop variable is itself part of the location.
  private static func writes(_ location: Location, _ elements: [Expr], _ scope: Scope) -> Int {
    var found: Set<Int> = []
    for case .index(let keys) in location.path { for key in keys { found.formUnion(named(key, scope)) } }
    for element in elements { found.formUnion(named(element, scope)) }
    return scope.binders.isSubset(of: found) ? 1 : 2
  }
}
