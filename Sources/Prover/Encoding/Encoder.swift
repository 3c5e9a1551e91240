/// Expressions as symbolic values. In: a typed expression and the values of its names. Out: its value, and each place where
/// evaluating it could be a spec error with the formula that says it is not.
///
/// Definedness is structural, as the language has it: `&&`, `||`, `==>`, `if`, `where` and `??` are conditional from left to
/// right, and a quantifier's body must be defined at every element its filter lets through.
import Spec

/// What the names of an expression mean. `before` is what `old` reads.
struct Environment {
  var locals: [Int: SymbolicValue] = [:]
  var state: SymbolicState?
  var before: SymbolicState?

  func binding(_ locals: [Local], to values: [SymbolicValue]) -> Environment {
    var result = self
    for (local, value) in zip(locals, values) { result.locals[local.slot] = value }
    return result
  }
}

/// A place where a spec error may arise: never where `isFine` holds.
struct ErrorSite {
  var kind: SpecError.Kind
  var span: Span
  var isFine: Term
}

final class Encoder {
  let vocabulary: Vocabulary
  let model: Model
  let store: TermStore
  let policies: [SymbolicValue]
  let constants: [SymbolicValue]
  private(set) var sites: [ErrorSite] = []
  /// Off while a function that was already judged is applied again.
  private var judging = true
  private var steps = 0
  let counting: Counting
  let closures: Closures

  /// Expressions encoded before an encoding is given up: nested `def`s can grow exponentially.
  static let stepBudget = 2_000_000

  init(_ model: Model, policies values: [Value], fault: EncodingFault? = nil) {
    let store = TermStore()
    self.store = store
    self.model = model
    vocabulary = Vocabulary(model, store, fault: fault)
    let vocabulary = vocabulary
    policies = zip(model.policies, values).map { vocabulary.literal($1, $0.type) }
    constants = model.constants.map { vocabulary.symbolic($0.name, $0.type)([]) }
    counting = Counting(vocabulary)
    closures = Closures(vocabulary)
  }

  // MARK: - Error sites

  func judge(_ kind: SpecError.Kind, _ span: Span, isFine: Term) {
    if judging, isFine != store.yes { sites.append(ErrorSite(kind: kind, span: span, isFine: isFine)) }
  }

  /// The sites found by `body`, each as it stands; they are taken off the list.
  func collectingSites(_ body: () throws -> Void) rethrows -> [ErrorSite] {
    let start = sites.count
    let before = judging
    judging = true
    defer {
      judging = before
      sites.removeSubrange(start...)
    }
    try body()
    return Array(sites[start...])
  }

  /// Sites found by `body` matter only under the condition, for every value of the variables.
  func under<T>(_ condition: Term, _ variables: [Term] = [], _ body: () throws -> T) rethrows -> T {
    let start = sites.count
    let result = try body()
    for i in start..<max(start, sites.count) {
      sites[i].isFine = store.forall(variables, store.implies(condition, sites[i].isFine))
    }
    return result
  }

  func withoutJudging<T>(_ body: () throws -> T) rethrows -> T {
    let before = judging
    judging = false
    defer { judging = before }
    return try body()
  }

  // MARK: - Expressions

  func formula(_ expr: Expr, _ env: Environment) throws -> Term { try scalar(expr, env) }

  func scalar(_ expr: Expr, _ env: Environment) throws -> Term {
    guard case .scalar(let term) = try encode(expr, env) else { throw misfit(expr) }
    return term
  }

  func misfit(_ expr: Expr) -> EncodingFailure {
    EncodingFailure(reason: "an expression of type \(model.describe(expr.type)) has no encoding here", span: expr.span)
  }

  func key(_ expr: Expr, _ env: Environment) throws -> [Term] { try vocabulary.flatten(encode(expr, env), expr.type) }

  func encode(_ expr: Expr, _ env: Environment) throws -> SymbolicValue {
    steps += 1
    if steps > Self.stepBudget || store.isExhausted {
      throw EncodingFailure(reason: "the formula grows too large here", span: expr.span)
    }
    switch expr.kind {
    case .bool(let value): return .scalar(store.boolean(value))
    case .int(let value): return .scalar(store.integer(value))
    case .enumCase(let id, let index): return .scalar(vocabulary.enumCases[id][index])
    case .none: return vocabulary.none(expr.type)
    case .empty: return try vocabulary.empty(expr.type, expr.span)
    case .local(let local):
      guard let value = env.locals[local.slot] else { throw misfit(expr) }
      return value
    case .constant(let id): return constants[id]
    case .policy(let id): return policies[id]
    case .variable(let id):
      guard let state = env.state else { throw misfit(expr) }
      return state.variables[id]
    case .old(let inner):
      var earlier = env
      if vocabulary.fault != .readsOldAfter { earlier.state = env.before }
      return try encode(inner, earlier)

    case .not(let a): return .scalar(store.not(try scalar(a, env)))
    case .and(let a, let b):
      let first = try scalar(a, env)
      return .scalar(store.and(first, try under(first) { try scalar(b, env) }))
    case .or(let a, let b):
      let first = try scalar(a, env)
      return .scalar(store.or(first, try under(store.not(first)) { try scalar(b, env) }))
    case .implies(let a, let b):
      let first = try scalar(a, env)
      return .scalar(store.implies(first, try under(first) { try scalar(b, env) }))
    case .iff(let a, let b): return .scalar(store.equal(try scalar(a, env), try scalar(b, env)))
    case .equal(let a, let b): return .scalar(try equality(a, b, env))
    case .ifThenElse(let condition, let then, let other):
      let test = try scalar(condition, env)
      let first = try under(test) { try encode(then, env) }
      return vocabulary.ite(test, first, try under(store.not(test)) { try encode(other, env) })
    case .letIn(let local, let value, let body):
      return try encode(body, env.binding([local], to: [try encode(value, env)]))
    case .forall(let locals, let filter, let body):
      return .scalar(try quantifier(locals, filter, body, env, expr.span, universal: true))
    case .exists(let locals, let filter, let body):
      return .scalar(try quantifier(locals, filter, body, env, expr.span, universal: false))
    case .count(let locals, let filter): return .scalar(try count(expr, locals, filter, env).number())

    case .negate, .arithmetic, .less, .lessOrEqual, .next, .previous, .narrow: return try number(expr, env)

    case .some(let a): return .option(isSome: store.yes, payload: try encode(a, env))
    case .force(let a):
      guard case .option(let isSome, let payload) = try encode(a, env) else { throw misfit(expr) }
      judge(.none, expr.span, isFine: vocabulary.fault == .forgetsDefinedness ? store.yes : isSome)
      return payload
    case .orElse(let a, let b):
      guard case .option(let isSome, let payload) = try encode(a, env) else { throw misfit(expr) }
      return vocabulary.ite(isSome, payload, try under(store.not(isSome)) { try encode(b, env) })

    case .record(_, let fields): return .record(try fields.map { try encode($0, env) })
    case .field(let a, let index):
      guard case .record(let fields) = try encode(a, env), index < fields.count else { throw misfit(expr) }
      return fields[index]
    case .index(let map, let keys):
      guard case .map(let function) = try encode(map, env) else { throw misfit(expr) }
      return try function(keys.flatMap { try key($0, env) })
    case .mapLiteral(let locals, let filter, let body): return try mapLiteral(expr, locals, filter, body, env)

    case .setLiteral, .setBuilder, .member, .union, .difference, .intersection, .subset, .size: return try set(expr, env)
    case .queueFirst, .queueLength, .queueAt: return try queue(expr, env)
    case .parent, .under, .within, .root, .lone: return try forest(expr, env)
    case .closure(let x, let y, let body, let from, let to):
      return .scalar(try closure(expr, x, y, body, from, to, env))

    case .call(let id, let arguments):
      let function = model.functions[id]
      let values = try arguments.map { try encode($0, env) }
      var inner = Environment(state: env.state, before: env.before)
      inner = inner.binding(function.parameters, to: values)
      return try encode(function.body, inner)
    }
  }

  // MARK: - Names bound over types

  private func quantifier(
    _ locals: [Local], _ filter: Expr?, _ body: Expr, _ env: Environment, _ span: Span, universal: Bool
  ) throws -> Term {
    let universal = universal != (vocabulary.fault == .swapsQuantifiers)
    let shapes = vocabulary.product(locals.map { ($0.name, $0.type) }, expanding: true)
    let parts = try shapes.map { shape in
      for variable in shape.variables { vocabulary.places[variable] = span }
      let inner = env.binding(locals, to: shape.values)
      return try under(shape.condition, shape.variables) {
        var domain = shape.condition
        if let filter { domain = store.and(domain, try scalar(filter, inner)) }
        let value = try under(domain) { try scalar(body, inner) }
        return universal
          ? store.forall(shape.variables, store.implies(domain, value))
          : store.exists(shape.variables, store.and(domain, value))
      }
    }
    return universal ? store.and(parts) : store.or(parts)
  }

  /// A filter is for views, which have an encoding of their own.
  private func mapLiteral(
    _ expr: Expr, _ locals: [Local], _ filter: Expr?, _ body: Expr, _ env: Environment
  ) throws -> SymbolicValue {
    guard filter == nil else { throw EncodingFailure(reason: "a partial map", span: expr.span) }
    let types = locals.map(\.type)
    if judging { try judgeEverywhere(locals) { shape in _ = try encode(body, env.binding(locals, to: shape)) } }
    return .map(
      SymbolicFunction { leaves in
        let values = self.vocabulary.unflatten(leaves, types)
        return try self.withoutJudging { try self.encode(body, env.binding(locals, to: values)) }
      })
  }

  /// Finds the error sites of something evaluated for every value of the names.
  func judgeEverywhere(_ locals: [Local], _ body: ([SymbolicValue]) throws -> Void) throws {
    for shape in vocabulary.product(locals.map { ($0.name, $0.type) }, expanding: true) {
      try under(shape.condition, shape.variables) { try body(shape.values) }
    }
  }

  /// A function body applied later, when its error sites are already on the list.
  func predicate(_ locals: [Local], _ filter: Expr?, _ env: Environment) throws -> ([Term]) throws -> Term {
    let types = locals.map(\.type)
    guard let filter else { return { _ in self.store.yes } }
    if judging { try judgeEverywhere(locals) { shape in _ = try encode(filter, env.binding(locals, to: shape)) } }
    return { leaves in
      let values = self.vocabulary.unflatten(leaves, types)
      return try self.withoutJudging { try self.scalar(filter, env.binding(locals, to: values)) }
    }
  }
}
