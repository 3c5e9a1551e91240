/// In: an action's updates. Out: for each variable they touch, how its writes are made so that conflicts are found.
///
/// All updates happen at once, so reads go to the parent and only writes need care: two different values for one cell
/// are an error. Where the text shows that a cell is written at most once nothing is remembered.

import Spec

enum WriteMode {
  /// No cell twice: straight into the successor.
  case plain
  /// Cells written are remembered with their value.
  case tracked
  /// Removals, pushes and assignments are collected a queue and applied last.
  case queues
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
  }

  private(set) var modes: [VariableID: WriteMode] = [:]

  init(_ action: Action) {
    for (variable, use) in Self.uses(action.updates, []) {
      if use.forestOperations > 0 {
        modes[variable] = .forest(one: use.forestOperations == 1 && use.oneCell)
      } else if use.writes <= 1 {
        modes[variable] = .plain
      } else {
        modes[variable] = use.queueOperation ? .queues : .tracked
      }
    }
  }

  private static func uses(_ updates: [Update], _ binders: Set<Int>) -> [VariableID: Use] {
    var result: [VariableID: Use] = [:]
    for update in updates {
      result.merge(uses(update, binders)) { a, b in
        Use(
          writes: a.writes + b.writes, queueOperation: a.queueOperation || b.queueOperation,
          forestOperations: a.forestOperations + b.forestOperations, oneCell: a.oneCell && b.oneCell)
      }
    }
    return result
  }

  private static func uses(_ update: Update, _ binders: Set<Int>) -> [VariableID: Use] {
    switch update.kind {
    case .assign(let location, _): return [location.variable: Use(writes: writes(location, [], binders))]
    case .add(let location, let element), .remove(let location, let element):
      return [location.variable: Use(writes: writes(location, [element], binders))]
    case .push(let location, _), .pop(let location), .removeAll(let location, _, _):
      return [location.variable: Use(writes: writes(location, [], binders), queueOperation: true)]
    case .forest(let variable, let operation):
      let oneCell =
        switch operation {
        case .attach, .detach: true
        case .prune, .remove, .replace: false
        }
      return [variable: Use(forestOperations: binders.isEmpty ? 1 : 2, oneCell: oneCell)]
    case .forEach(let locals, _, let body): return uses(body, binders.union(locals.map(\.slot)))
    case .conditional(_, let then, let otherwise):
      return uses(then, binders).merging(uses(otherwise, binders)) { a, b in
        Use(
          writes: max(a.writes, b.writes), queueOperation: a.queueOperation || b.queueOperation,
          forestOperations: a.forestOperations + b.forestOperations, oneCell: a.oneCell && b.oneCell)
      }
    case .letIn(_, _, let body): return uses(body, binders)
    }
  }

  /// 1 if the loops around reach each cell at most once: every loop variable is itself part of the location.
  private static func writes(_ location: Location, _ elements: [Expr], _ binders: Set<Int>) -> Int {
    var named: Set<Int> = []
    func collect(_ e: Expr) {
      switch e.kind {
      case .local(let local): named.insert(local.slot)
      case .record(_, let fields): fields.forEach(collect)
      default: break
      }
    }
    for case .index(let keys) in location.path { keys.forEach(collect) }
    elements.forEach(collect)
    return binders.isSubset(of: named) ? 1 : 2
  }
}
