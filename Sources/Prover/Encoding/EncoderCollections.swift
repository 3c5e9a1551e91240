/// Sets as predicates, queues as a length and slots, forests by their laws. In: expressions. Out: symbolic values.
import Spec

extension Encoder {
  func members(_ expr: Expr, _ env: Environment) throws -> SymbolicFunction {
    guard case .set(let function) = try encode(expr, env) else { throw misfit(expr) }
    return function
  }

  func set(_ expr: Expr, _ env: Environment) throws -> SymbolicValue {
    func combine(_ a: Expr, _ b: Expr, _ join: @escaping (Term, Term) -> Term) throws -> SymbolicValue {
      let (x, y) = (try members(a, env), try members(b, env))
      return .set(
        SymbolicFunction { leaves in
          guard case .scalar(let s) = try x(leaves), case .scalar(let t) = try y(leaves) else { throw self.misfit(expr) }
          return .scalar(join(s, t))
        })
    }
    let store = store
    switch expr.kind {
    case .setLiteral(let elements):
      let keys = try elements.map { try key($0, env) }
      return .set(SymbolicFunction { leaves in .scalar(store.or(keys.map { self.vocabulary.same($0, leaves) })) })
    case .setBuilder(let local, let filter):
      let predicate = try predicate([local], filter, env)
      return .set(SymbolicFunction { .scalar(try predicate($0)) })
    case .member(let element, let collection):
      let value = try encode(element, env)
      let leaves = try vocabulary.flatten(value, element.type)
      switch try encode(collection, env) {
      case .set(let function):
        guard case .set(let type) = collection.type, case .scalar(let member) = try function(leaves) else {
          throw misfit(collection)
        }
        // A number outside the set's element range is no member; of it the predicate says nothing.
        return .scalar(element.type == type ? member : store.and(try vocabulary.inRange(value, type), member))
      case .queue(let length, let slots):
        let hits = try slots.enumerated().map { i, slot in
          store.and(
            store.less(store.integer(Int64(i)), length),
            vocabulary.same(try vocabulary.flatten(slot, element.type), leaves))
        }
        return .scalar(store.or(hits))
      default: throw misfit(collection)
      }
    case .union(let a, let b): return try combine(a, b) { store.or($0, $1) }
    case .difference(let a, let b): return try combine(a, b) { store.and($0, store.not($1)) }
    case .intersection(let a, let b): return try combine(a, b) { store.and($0, $1) }
    case .subset(let a, let b):
      guard case .set(let element) = a.type else { throw misfit(a) }
      let (x, y) = (try members(a, env), try members(b, env))
      return .scalar(
        try vocabulary.forall([element]) { leaves in
          guard case .scalar(let s) = try x(leaves), case .scalar(let t) = try y(leaves) else { throw self.misfit(expr) }
          return store.implies(s, t)
        })
    case .size(let a): return .scalar(try size(expr, a, env).number())
    default: throw misfit(expr)
    }
  }

  func queue(_ expr: Expr, _ env: Environment) throws -> SymbolicValue {
    func parts(_ expr: Expr) throws -> (length: Term, slots: [SymbolicValue]) {
      guard case .queue(let length, let slots) = try encode(expr, env) else { throw misfit(expr) }
      return (length, slots)
    }
    switch expr.kind {
    case .queueFirst(let a):
      let (length, slots) = try parts(a)
      guard let first = slots.first else { return vocabulary.none(expr.type) }
      return .option(isSome: store.less(store.integer(0), length), payload: first)
    case .queueLength(let a): return .scalar(try parts(a).length)
    case .queueAt(let a, let position):
      let (length, slots) = try parts(a)
      let index = try scalar(position, env)
      judge(
        .index, expr.span,
        isFine: store.and(store.lessOrEqual(store.integer(0), index), store.less(index, length)))
      var value = vocabulary.undefined(expr.type)
      for (i, slot) in slots.enumerated().reversed() {
        value = vocabulary.ite(store.equal(index, store.integer(Int64(i))), slot, value)
      }
      return value
    default: throw misfit(expr)
    }
  }

  func forest(_ expr: Expr, _ env: Environment) throws -> SymbolicValue {
    func value(_ expr: Expr) throws -> (SymbolicForest, Type) {
      guard case .forest(let forest) = try encode(expr, env), case .forest(let key) = expr.type else { throw misfit(expr) }
      return (forest, key)
    }
    switch expr.kind {
    case .parent(let f, let x): return try value(f).0.parent()(try key(x, env))
    case .root(let f, let x): return try value(f).0.root()(try key(x, env))
    case .within(let f, let x, let a): return .scalar(try value(f).0.ancestor(try key(x, env), try key(a, env)))
    case .under(let f, let x, let a):
      let (forest, _) = try value(f)
      let (node, above) = (try key(x, env), try key(a, env))
      return .scalar(store.and(try forest.ancestor(node, above), store.not(vocabulary.same(node, above))))
    case .lone(let f, let x):
      let (forest, keyType) = try value(f)
      return .scalar(try vocabulary.isLone(try key(x, env), in: forest, keyType))
    default: throw misfit(expr)
    }
  }
}
