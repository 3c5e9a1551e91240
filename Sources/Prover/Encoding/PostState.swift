/// The state after an action, as expressions over the state before. In: writes and forest steps. Out: a symbolic state, and
/// the error sites of the updates (queue bounds, forest preconditions, conflicts are in Conflicts.swift).
import Spec

struct PostState {
  let encoder: Encoder
  var vocabulary: Vocabulary { encoder.vocabulary }
  var store: TermStore { encoder.store }

  /// All writes happen at once: each expression reads `before`. Queues are emptied before they are filled, whatever the order
  /// of the text.
  func apply(_ collector: WriteCollector, to before: SymbolicState) throws -> SymbolicState {
    var values = before.variables
    var removed = before.variables
    for write in collector.writes where !isPush(write) {
      values[write.variable] = try overlay(values[write.variable], variableType(write), write)
      if write.isRemoval { removed[write.variable] = try overlay(removed[write.variable], variableType(write), write) }
    }
    for write in collector.writes where isPush(write) {
      values[write.variable] = try overlay(values[write.variable], variableType(write), write)
    }
    try judgeQueues(collector.writes, before: before.variables, afterRemoval: removed)
    for (variable, declaration) in encoder.model.variables.enumerated() {
      guard case .forest(let key) = declaration.type, case .forest(let forest) = values[variable] else { continue }
      let steps = collector.forests.filter { $0.variable == variable }
      values[variable] = .forest(try run(steps, on: forest, key, declaration.name))
    }
    return SymbolicState(values, moment: "post")
  }

  private func isPush(_ write: Write) -> Bool { if case .push = write.operation { true } else { false } }
  private func variableType(_ write: Write) -> Type { encoder.model.variables[write.variable].type }

  // MARK: - Cells

  /// `old` with the cells that the write covers replaced.
  private func overlay(_ old: SymbolicValue, _ type: Type, _ write: Write) throws -> SymbolicValue {
    try overlay(old, type, write, step: 0, Match(condition: write.condition, open: Set(write.variables)))
  }

  /// How far a cell's keys have determined the loops' variables.
  struct Match {
    var condition: Term
    var open: Set<Term>
    var replacement: [Term: Term] = [:]
  }

  /// The match of a path's key terms with the keys of the cell asked for: a loop variable that is a key becomes the cell's key
  /// (so no quantifier is left), anything else becomes an equation.
  func match(_ leaves: [Term], _ keys: [Term], _ so: Match) -> Match {
    var result = so
    var equations: [(Term, Term)] = []
    for (leaf, key) in zip(leaves, keys) {
      if result.open.contains(leaf) {
        result.open.remove(leaf)
        result.replacement[leaf] = key
      } else {
        equations.append((leaf, key))
      }
    }
    if vocabulary.fault == .dropsFrame { equations = [] }
    let equal = equations.map { store.equal(store.substitute($0.0, result.replacement), $0.1) }
    result.condition = store.and([store.substitute(result.condition, result.replacement)] + equal)
    return result
  }

  private func overlay(
    _ old: SymbolicValue, _ type: Type, _ write: Write, step: Int, _ match: Match
  ) throws -> SymbolicValue {
    guard step < write.path.count else { return try replace(old, write, match) }
    switch (write.path[step], old, type) {
    case (.index(let leaves), .map(let function), .map(_, let value)):
      return .map(
        SymbolicFunction { keys in
          let inner = self.match(leaves.map { self.store.substitute($0, match.replacement) }, keys, match)
          if inner.condition == self.store.no { return try function(keys) }
          return try self.overlay(function(keys), value, write, step: step + 1, inner)
        })
    case (.member(let leaves), .set(let function), .set):
      return .set(
        SymbolicFunction { keys in
          let inner = self.match(leaves.map { self.store.substitute($0, match.replacement) }, keys, match)
          if inner.condition == self.store.no { return try function(keys) }
          return try self.overlay(function(keys), .bool, write, step: step + 1, inner)
        })
    case (.field(let index), .record(var fields), .record(let id)):
      fields[index] = try overlay(
        fields[index], encoder.model.records[id].fields[index].type, write, step: step + 1, match)
      return .record(fields)
    default: throw EncodingFailure(reason: "an update of this location", span: write.span)
    }
  }

  /// The end of the path. Loop variables that the location does not determine are quantified: the cell is written if any of
  /// their values writes it, and then the value must not depend on which.
  private func replace(_ old: SymbolicValue, _ write: Write, _ match: Match) throws -> SymbolicValue {
    let open = write.variables.filter { match.open.contains($0) }
    let condition = store.exists(open, match.condition)
    let new: SymbolicValue
    switch write.operation {
    case .assign(let value): new = vocabulary.substitute(value, match.replacement)
    case .push(let value): new = try pushed(vocabulary.substitute(value, match.replacement), onto: old, write.span)
    case .pop: new = try popped(old, write.span)
    case .removeAll(let removes):
      new = try filtered(old, write.span) { slot in
        try encoder.withoutJudging { store.substitute(try removes(slot), match.replacement) }
      }
    }
    let determined = open.isEmpty ? new : try independent(of: Set(open), new, write.span)
    return vocabulary.ite(condition, determined, old)
  }

  /// The same value, failing where a part depends on the variables. (Stating such a part would need a symbol of its own and
  /// an axiom that contradicts itself where writes conflict.)
  private func independent(of open: Set<Term>, _ value: SymbolicValue, _ span: Span) throws -> SymbolicValue {
    func check(_ term: Term) throws {
      if store.freeVariables(term).contains(where: { open.contains(store.variable($0)) }) {
        throw EncodingFailure(
          reason: "an update in a `for` whose location does not contain the loop's variables", span: span)
      }
    }
    switch value {
    case .scalar(let term): try check(term)
    case .option(let isSome, let payload):
      try check(isSome)
      return .option(isSome: isSome, payload: try independent(of: open, payload, span))
    case .record(let fields): return .record(try fields.map { try independent(of: open, $0, span) })
    case .queue(let length, let slots):
      try check(length)
      return .queue(length: length, slots: try slots.map { try independent(of: open, $0, span) })
    case .map(let function):
      return .map(SymbolicFunction { try self.independent(of: open, try function($0), span) })
    case .set(let function):
      return .set(SymbolicFunction { try self.independent(of: open, try function($0), span) })
    case .forest: break
    }
    return value
  }

  /// What stands at a path.
  func value<Path: Collection>(_ value: SymbolicValue, _ type: Type, _ path: Path) throws -> SymbolicValue
  where Path.Element == Write.Step {
    var result = value
    for step in path {
      switch (step, result) {
      case (.index(let leaves), .map(let function)), (.member(let leaves), .set(let function)): result = try function(leaves)
      case (.field(let index), .record(let fields)): result = fields[index]
      default: throw EncodingFailure(reason: "this location", span: .none)
      }
    }
    return result
  }
}
