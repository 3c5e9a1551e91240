/// What may stand together in one action, judged after inlining: forests and queues.

extension SpecChecker {
  func checkUpdateRules(_ updates: [Update]) {
    checkForestLoops(updates, inLoop: false)
    checkForestMixing(updates)
    _ = checkQueues(updates, seen: [])
  }

  // MARK: - Forests

  private func checkForestLoops(_ updates: [Update], inLoop: Bool) {
    for update in updates {
      switch update.kind {
      case .forest(_, let operation):
        if case .remove = operation { break }
        if inLoop { report(RuleFact.forestInLoop(operation: operation.name), at: update.span) }
      case .assign(let location, _):
        if inLoop, location.type.isForest { report(RuleFact.forestInLoop(operation: ":="), at: update.span) }
      case .forEach(_, _, let body): checkForestLoops(body, inLoop: true)
      case .conditional(_, let yes, let no):
        checkForestLoops(yes, inLoop: inLoop)
        checkForestLoops(no, inLoop: inLoop)
      case .letIn(_, _, let body): checkForestLoops(body, inLoop: inLoop)
      case .add, .remove, .push, .pop, .removeAll: break
      }
    }
  }

  private func checkForestMixing(_ updates: [Update]) {
    var assigned: [VariableID: Span] = [:]
    var edited: [VariableID: Span] = [:]
    forEachUpdate(updates) { update in
      switch update.kind {
      case .assign(let location, _) where location.type.isForest:
        assigned[location.variable] = assigned[location.variable] ?? update.span
      case .forest(let variable, _): edited[variable] = edited[variable] ?? update.span
      default: break
      }
    }
    for (variable, span) in assigned.sorted(by: { $0.key < $1.key }) {
      guard let edit = edited[variable] else { continue }
      let (first, second) = span < edit ? (span, edit) : (edit, span)
      report(RuleFact.forestMixed(name: model.variables[variable].name), at: second, related(first, "the other"))
    }
  }

  func forEachUpdate(_ updates: [Update], _ visit: (Update) -> Void) {
    for update in updates {
      visit(update)
      switch update.kind {
      case .forEach(_, _, let body), .letIn(_, _, let body): forEachUpdate(body, visit)
      case .conditional(_, let yes, let no):
        forEachUpdate(yes, visit)
        forEachUpdate(no, visit)
      default: break
      }
    }
  }

  // MARK: - Queues

  private enum QueueUse: String {
    case pop
    case removeAll
    case push
    case assign = ":="

    func conflicts(with other: QueueUse) -> Bool {
      // One removal, one push; the removal happens first whatever the order of the text.
      self == .assign || other == .assign || (self == .push) == (other == .push)
    }
  }

  private struct QueueUpdate {
    var use: QueueUse
    var location: Location
    var span: Span
  }

  /// Conflicts that are certain: two updates of one path that always happen together. The rest is found at run time.
  /// A loop's body is judged on its own. Returns what surely happens in the block.
  private func checkQueues(_ updates: [Update], seen: [QueueUpdate]) -> [QueueUpdate] {
    var seen = seen
    for update in updates {
      switch update.kind {
      case .assign(let location, _):
        if case .queue = location.type { note(QueueUpdate(use: .assign, location: location, span: update.span), &seen) }
      case .push(let location, _): note(QueueUpdate(use: .push, location: location, span: update.span), &seen)
      case .pop(let location): note(QueueUpdate(use: .pop, location: location, span: update.span), &seen)
      case .removeAll(let location, _, _): note(QueueUpdate(use: .removeAll, location: location, span: update.span), &seen)
      case .letIn(_, _, let body): seen = checkQueues(body, seen: seen)
      case .conditional(_, let yes, let no):
        _ = checkQueues(yes, seen: seen)
        _ = checkQueues(no, seen: seen)
      case .forEach(_, _, let body): _ = checkQueues(body, seen: [])
      case .add, .remove, .forest: break
      }
    }
    return seen
  }

  private func note(_ update: QueueUpdate, _ seen: inout [QueueUpdate]) {
    for earlier in seen.suffix(256) where earlier.use.conflicts(with: update.use) && samePath(earlier.location, update.location) {
      // Two equal assignments agree; that is for the engines to see.
      if earlier.use == .assign, update.use == .assign { continue }
      report(
        RuleFact.queueConflict(first: earlier.use.rawValue, second: update.use.rawValue), at: update.span,
        related(earlier.span, "the first"))
      break
    }
    seen.append(update)
  }

  private func samePath(_ a: Location, _ b: Location) -> Bool {
    guard a.variable == b.variable, a.path.count == b.path.count else { return false }
    return zip(a.path, b.path).allSatisfy { left, right in
      switch (left, right) {
      case (.field(let x), .field(let y)): x == y
      case (.index(let x), .index(let y)): x.count == y.count && zip(x, y).allSatisfy { $0.isSame(as: $1) }
      default: false
      }
    }
  }
}

extension ForestOperation {
  var name: String {
    switch self {
    case .attach: "attach"
    case .detach: "detach"
    case .prune: "prune"
    case .remove: "remove"
    case .replace: "replace"
    }
  }
}

extension Expr {
  /// Certainly the same value: equal names, fields and literals. Anything else counts as different.
  func isSame(as other: Expr) -> Bool {
    switch (kind, other.kind) {
    case (.local(let a), .local(let b)): a == b
    case (.constant(let a), .constant(let b)): a == b
    case (.variable(let a), .variable(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.enumCase(let a, let x), .enumCase(let b, let y)): a == b && x == y
    case (.none, .none): type == other.type
    case (.some(let a), .some(let b)), (.force(let a), .force(let b)), (.narrow(let a), .narrow(let b)): a.isSame(as: b)
    case (.field(let a, let x), .field(let b, let y)): x == y && a.isSame(as: b)
    case (.index(let a, let x), .index(let b, let y)):
      a.isSame(as: b) && x.count == y.count && zip(x, y).allSatisfy { $0.isSame(as: $1) }
    default: false
    }
  }
}
