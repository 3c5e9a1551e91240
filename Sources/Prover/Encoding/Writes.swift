/// The updates of an action as a flat list of guarded writes. In: updates. Out: writes, forest operations, error sites.
import Spec

/// One write: for all values of `variables` that satisfy `condition`, the cell at `path` of `variable` is written.
struct Write {
  enum Step {
    case index([Term])
    case field(Int)
    /// An element of a set: the cell is its membership.
    case member([Term])
  }
  enum Operation {
    case assign(SymbolicValue)
    case pop
    /// What is removed, of a slot's value.
    case removeAll((SymbolicValue) throws -> Term)
    case push(SymbolicValue)
  }
  var variable: VariableID
  var path: [Step]
  /// The type of what stands at the end of the path (of a member: bool).
  var type: Type
  var condition: Term
  /// The loops' variables.
  var variables: [Term]
  var operation: Operation
  var span: Span

  var isQueueOperation: Bool { if case .assign = operation { false } else { true } }
  var isRemoval: Bool {
    switch operation {
    case .pop, .removeAll: true
    case .assign, .push: false
    }
  }
}

/// A forest operation in the order of the text; `remove` may range over loop variables.
struct ForestStep {
  enum Operation {
    case attach([Term], under: [Term])
    case detach([Term])
    case prune([Term])
    case remove([Term])
    case replace([Term], by: [Term])
  }
  var variable: VariableID
  var operation: Operation
  var condition: Term
  var variables: [Term]
  var span: Span
}

/// Flattens loops, conditions and lets.
struct WriteCollector {
  let encoder: Encoder
  private(set) var writes: [Write] = []
  private(set) var forests: [ForestStep] = []
  private var vocabulary: Vocabulary { encoder.vocabulary }
  private var store: TermStore { encoder.store }

  init(_ encoder: Encoder) { self.encoder = encoder }

  mutating func collect(_ updates: [Update], _ env: Environment, condition: Term, variables: [Term]) throws {
    for update in updates { try collect(update, env, condition, variables) }
  }

  private mutating func collect(_ update: Update, _ env: Environment, _ condition: Term, _ variables: [Term]) throws {
    func judged<T>(_ body: () throws -> T) rethrows -> T { try encoder.under(condition, variables, body) }
    switch update.kind {
    case .assign(let location, let value):
      let cell = try judged { try path(location, env) }
      let encoded = try judged { try encoder.encode(value, env) }
      // The type checker narrows wherever an interval might leave the range; this proves it once more, at the write.
      try judged { encoder.judge(.range, update.span, isFine: try vocabulary.inRange(encoded, location.type)) }
      append(location, cell, location.type, condition, variables, .assign(encoded), update.span)
    case .add(let location, let element), .remove(let location, let element):
      let isAdd = if case .add = update.kind { true } else { false }
      let cell = try judged { try path(location, env) + [.member(encoder.key(element, env))] }
      append(
        location, cell, .bool, condition, variables, .assign(.scalar(store.boolean(isAdd))), update.span)
    case .push(let location, let element):
      let cell = try judged { try path(location, env) }
      let value = try judged {
        let value = try encoder.encode(element, env)
        if case .queue(_, let type) = location.type {
          encoder.judge(.range, update.span, isFine: try vocabulary.inRange(value, type))
        }
        return value
      }
      append(location, cell, location.type, condition, variables, .push(value), update.span)
    case .pop(let location):
      let cell = try judged { try path(location, env) }
      append(location, cell, location.type, condition, variables, .pop, update.span)
    case .removeAll(let location, let local, let filter):
      let cell = try judged { try path(location, env) }
      let encoder = encoder
      // A filter is evaluated for the elements that are in the queue; its sites are judged when the post-state is made.
      append(
        location, cell, location.type, condition, variables,
        .removeAll { value in try encoder.scalar(filter, env.binding([local], to: [value])) }, update.span)
    case .forest(let variable, let operation):
      guard case .forest = encoder.model.variables[variable].type else { return }
      let encoded = try judged { try encode(operation, env) }
      forests.append(
        ForestStep(variable: variable, operation: encoded, condition: condition, variables: variables, span: update.span))
    case .forEach(let locals, let filter, let body):
      for shape in vocabulary.product(locals.map { ($0.name, $0.type) }, expanding: false) {
        let inner = env.binding(locals, to: shape.values)
        for variable in shape.variables { vocabulary.places[variable] = update.span }
        let bound = variables + shape.variables
        var domain = store.and(condition, shape.condition)
        if let filter { domain = store.and(domain, try encoder.under(domain, bound) { try encoder.scalar(filter, inner) }) }
        try collect(body, inner, condition: domain, variables: bound)
      }
    case .conditional(let test, let then, let other):
      let choice = try judged { try encoder.scalar(test, env) }
      try collect(then, env, condition: store.and(condition, choice), variables: variables)
      if vocabulary.fault == .forgetsElse { return }
      try collect(other, env, condition: store.and(condition, store.not(choice)), variables: variables)
    case .letIn(let local, let value, let body):
      let encoded = try judged { try encoder.encode(value, env) }
      try collect(body, env.binding([local], to: [encoded]), condition: condition, variables: variables)
    }
  }

  private mutating func append(
    _ location: Location, _ path: [Write.Step], _ type: Type, _ condition: Term, _ variables: [Term],
    _ operation: Write.Operation, _ span: Span
  ) {
    guard condition != store.no else { return }
    writes.append(
      Write(
        variable: location.variable, path: path, type: type, condition: condition, variables: variables,
        operation: operation, span: span))
  }

  private func path(_ location: Location, _ env: Environment) throws -> [Write.Step] {
    try location.path.map { step in
      switch step {
      case .index(let keys): .index(try keys.flatMap { try encoder.key($0, env) })
      case .field(let index): .field(index)
      }
    }
  }

  private func encode(_ operation: ForestOperation, _ env: Environment) throws -> ForestStep.Operation {
    switch operation {
    case .attach(let c, let p): .attach(try encoder.key(c, env), under: try encoder.key(p, env))
    case .detach(let c): .detach(try encoder.key(c, env))
    case .prune(let a): .prune(try encoder.key(a, env))
    case .remove(let c): .remove(try encoder.key(c, env))
    case .replace(let x, let y): .replace(try encoder.key(x, env), by: try encoder.key(y, env))
    }
  }
}
