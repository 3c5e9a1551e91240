/// One step: an action instance judged in a state, and its updates, all at once.
///
/// In: an evaluation whose frame holds the instance's arguments. Out: the state after, nil if the instance is not
/// enabled, or the spec error. The order of errors is the language's: conjuncts, then the updates' expressions in the
/// order of the text, then conflicts, then queue bounds, then forest operations.

/// A leaf of a state: what one update can write without touching another.
private struct Cell: Hashable {
  var variable: VariableID
  /// The child's position at each level: field, key ordinal, element ordinal.
  var path: [Int]
}

/// What the updates of one instance ask for, collected before anything is changed.
private struct Changes {
  struct Write {
    var cell: Cell
    var value: Value
    var span: Span
  }
  struct QueueChange {
    var cell: Cell
    /// The queue after the removal, judged on the state before; nil where an empty queue was popped.
    var remaining: [Value]?
    var removes = false
    var pushed: Value?
    var capacity: Int
    var span: Span
  }
  struct ForestChange {
    enum Operation {
      case attach(Int, under: Int)
      case detach(Int)
      case prune(Int)
      case remove(Int)
      case replace(Int, by: Int)
    }
    var variable: VariableID
    var operation: Operation
    var span: Span
  }
  var writes: [Write] = []
  var queues: [QueueChange] = []
  var forests: [ForestChange] = []
}

extension Evaluation {
  /// The state after; nil if a guard or a choice's filter is false.
  func step(_ action: Action) throws(SpecError) -> [Value]? {
    for conjunct in action.conjuncts {
      switch conjunct {
      case .require(_, let guardExpr, _): if try !bool(guardExpr) { return nil }
      case .letIn(let local, let bound): frame[local.slot] = try value(bound)
      }
    }
    for choice in action.choices {
      if let filter = choice.filter, try !bool(filter) { return nil }
    }
    var changes = Changes()
    try collect(action.updates, &changes)
    return try apply(changes)
  }

  // MARK: - Collecting

  private func collect(_ updates: [Update], _ changes: inout Changes) throws(SpecError) {
    for update in updates { try collect(update, &changes) }
  }

  private func collect(_ update: Update, _ changes: inout Changes) throws(SpecError) {
    switch update.kind {
    case .assign(let location, let expr):
      let path = try path(location)
      flatten(try value(expr), location.type, Cell(variable: location.variable, path: path), update.span, &changes)
    case .add(let location, let element): try setMember(location, element, true, update.span, &changes)
    case .remove(let location, let element): try setMember(location, element, false, update.span, &changes)
    case .push(let location, let element):
      let cell = Cell(variable: location.variable, path: try path(location))
      let pushed = try value(element)
      if let earlier = changes.queues.firstIndex(where: { $0.cell == cell && $0.pushed == nil }) {
        changes.queues[earlier].pushed = pushed
        changes.queues[earlier].span = update.span
      } else {
        changes.queues.append(queueChange(cell, location.type, update.span, pushed: pushed))
      }
    case .pop(let location):
      let cell = Cell(variable: location.variable, path: try path(location))
      let items = queueItems(cell)
      addRemoval(items.isEmpty ? nil : Array(items.dropFirst()), cell, location.type, update.span, &changes)
    case .removeAll(let location, let local, let filter):
      let cell = Cell(variable: location.variable, path: try path(location))
      var remaining: [Value] = []
      for item in queueItems(cell) {
        frame[local.slot] = item
        if try !bool(filter) { remaining.append(item) }
      }
      addRemoval(remaining, cell, location.type, update.span, &changes)
    case .forest(let variable, let operation): try collect(operation, on: variable, update.span, &changes)
    case .forEach(let locals, let filter, let body):
      // The inout parameter cannot be captured by the closure that binds, so the body works on a copy handed back.
      var inner = changes
      try forEach(locals, filter) { () throws(SpecError) in try collect(body, &inner) }
      changes = inner
    case .conditional(let condition, let then, let otherwise):
      try collect(try bool(condition) ? then : otherwise, &changes)
    case .letIn(let local, let bound, let body):
      frame[local.slot] = try value(bound)
      try collect(body, &changes)
    }
  }

  private func path(_ location: Location) throws(SpecError) -> [Int] {
    var path: [Int] = []
    var type = instance.model.variables[location.variable].type
    for step in location.path {
      switch (step, type) {
      case (.index(let keys), .map(let types, let inner)):
        path.append(instance.ordinal(of: try values(keys), types))
        type = inner
      case (.field(let position), .record(let id)):
        path.append(position)
        type = instance.model.records[id].fields[position].type
      default: preconditionFailure("a location that does not fit its variable")
      }
    }
    return path
  }

  /// A write of a whole is a write of each of its leaves: so that a path and its prefix meet.
  private func flatten(_ value: Value, _ type: Type, _ cell: Cell, _ span: Span, _ changes: inout Changes) {
    func child(_ position: Int) -> Cell { Cell(variable: cell.variable, path: cell.path + [position]) }
    switch (value, type) {
    case (.record(let items), .record(let id)):
      for (position, field) in instance.model.records[id].fields.enumerated() {
        flatten(items[position], field.type, child(position), span, &changes)
      }
    case (.map(let items), .map(_, let inner)):
      for (position, item) in items.enumerated() { flatten(item, inner, child(position), span, &changes) }
    case (.set(let flags), _):
      for (position, flag) in flags.enumerated() {
        changes.writes.append(Changes.Write(cell: child(position), value: .bool(flag), span: span))
      }
    default: changes.writes.append(Changes.Write(cell: cell, value: value, span: span))
    }
  }

  private func setMember(
    _ location: Location, _ element: Expr, _ flag: Bool, _ span: Span, _ changes: inout Changes
  ) throws(SpecError) {
    guard case .set(let type) = location.type else { preconditionFailure("a member of what is no set") }
    let place = try path(location)
    let cell = Cell(variable: location.variable, path: place + [try ordinal(element, type)])
    changes.writes.append(Changes.Write(cell: cell, value: .bool(flag), span: span))
  }

  private func queueItems(_ cell: Cell) -> [Value] {
    Evaluation.items(cell.path.reduce(state[cell.variable]) { Evaluation.items($0)[$1] })
  }

  private func queueChange(_ cell: Cell, _ type: Type, _ span: Span, pushed: Value?) -> Changes.QueueChange {
    guard case .queue(let capacity, _) = type else { preconditionFailure("a queue without a capacity") }
    return Changes.QueueChange(cell: cell, remaining: queueItems(cell), pushed: pushed, capacity: capacity, span: span)
  }

  private func addRemoval(_ remaining: [Value]?, _ cell: Cell, _ type: Type, _ span: Span, _ changes: inout Changes) {
    if let earlier = changes.queues.firstIndex(where: { $0.cell == cell && !$0.removes }) {
      changes.queues[earlier].remaining = remaining
      changes.queues[earlier].removes = true
    } else {
      var change = queueChange(cell, type, span, pushed: nil)
      change.remaining = remaining
      change.removes = true
      changes.queues.append(change)
    }
  }

  private func collect(
    _ operation: ForestOperation, on variable: VariableID, _ span: Span, _ changes: inout Changes
  ) throws(SpecError) {
    guard case .forest(let type) = instance.model.variables[variable].type else { preconditionFailure("not a forest") }
    let change: Changes.ForestChange.Operation
    switch operation {
    case .attach(let child, let parent):
      let node = try ordinal(child, type)
      change = .attach(node, under: try ordinal(parent, type))
    case .detach(let node): change = .detach(try ordinal(node, type))
    case .prune(let node): change = .prune(try ordinal(node, type))
    case .remove(let node): change = .remove(try ordinal(node, type))
    case .replace(let node, let by):
      let old = try ordinal(node, type)
      change = .replace(old, by: try ordinal(by, type))
    }
    changes.forests.append(Changes.ForestChange(variable: variable, operation: change, span: span))
  }

  // MARK: - Applying

  private func apply(_ changes: Changes) throws(SpecError) -> [Value] {
    var written: [Cell: Value] = [:]
    for write in changes.writes {
      if let earlier = written.updateValue(write.value, forKey: write.cell), earlier != write.value {
        throw conflict(write.cell, write.span)
      }
    }
    var queued: Set<Cell> = []
    for change in changes.queues {
      if written[change.cell] != nil || !queued.insert(change.cell).inserted { throw conflict(change.cell, change.span) }
    }
    for change in changes.queues {
      guard var items = change.remaining else {
        throw SpecError(.underflow, at: change.span, "pop of an empty queue in \(describe(change.cell))")
      }
      if let pushed = change.pushed {
        if items.count >= change.capacity {
          throw SpecError(.overflow, at: change.span, "\(describe(change.cell)) already holds \(change.capacity)")
        }
        items.append(pushed)
      }
      written[change.cell] = .queue(items)
    }
    var after = state
    for (cell, value) in written { Evaluation.set(&after[cell.variable], cell.path[...], value) }
    try applyForests(changes.forests, &after)
    return after
  }

  private func conflict(_ cell: Cell, _ span: Span) -> SpecError {
    SpecError(.conflict, at: span, "\(describe(cell)) is updated twice, differently")
  }

  private func applyForests(_ changes: [Changes.ForestChange], _ after: inout [Value]) throws(SpecError) {
    for change in changes {
      guard case .forest(let parents) = after[change.variable] else { preconditionFailure("not a forest") }
      var forest = Forest(parents: parents)
      do {
        switch change.operation {
        case .attach(let child, let parent): try forest.attach(child, under: parent)
        case .detach(let node): forest.detach(node)
        case .prune(let node): forest.prune(node)
        case .remove(let node): forest.remove(node)
        case .replace(let node, let by): try forest.replace(node, by: by)
        }
      } catch {
        throw SpecError(.forest, at: change.span, Evaluation.describe(error))
      }
      after[change.variable] = .forest(forest.parents)
    }
  }

  private static func describe(_ fault: Forest.Fault) -> String {
    switch fault {
    case .notARoot: "the attached node is not a root"
    case .cycle: "the parent is the node itself or below it"
    case .notLone: "the replacing node is not lone"
    case .sameNode: "a node cannot replace itself"
    }
  }

  /// `holds[(space 1, page 0)]`-like text; elements by number, since names are Report's business.
  private func describe(_ cell: Cell) -> String {
    var text = instance.model.variables[cell.variable].name
    var type = instance.model.variables[cell.variable].type
    for position in cell.path {
      switch type {
      case .map(let keys, let inner):
        text += "[" + instance.values(position, keys).map { instance.describe($0) }.joined(separator: ", ") + "]"
        type = inner
      case .record(let id):
        text += "." + instance.model.records[id].fields[position].name
        type = instance.model.records[id].fields[position].type
      case .set(let element): text += "{" + instance.describe(instance.value(position, element)) + "}"
      default: break
      }
    }
    return text
  }

  private static func set(_ value: inout Value, _ path: ArraySlice<Int>, _ leaf: Value) {
    guard let position = path.first else {
      value = leaf
      return
    }
    switch value {
    case .record(var items):
      set(&items[position], path.dropFirst(), leaf)
      value = .record(items)
    case .map(var items):
      set(&items[position], path.dropFirst(), leaf)
      value = .map(items)
    case .set(var flags):
      flags[position] = leaf == .bool(true)
      value = .set(flags)
    default: preconditionFailure("a path into a leaf")
    }
  }
}

extension Instance {
  /// A key value by ordinals, for error details: `2`, `(0, 1)`, `none`.
  func describe(_ value: Value) -> String {
    switch value {
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .element(let ordinal): String(ordinal)
    case .none: "none"
    case .some(let payload): describe(payload)
    case .record(let fields): "(" + fields.map { describe($0) }.joined(separator: ", ") + ")"
    case .set, .map, .queue, .forest: "…"
    }
  }
}
