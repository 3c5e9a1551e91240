/// The value of an expression, by structural recursion: one evaluation's frame and state, and nothing cached.
///
/// In: a typed expression, the values of its free names. Out: a value, or the spec error that makes it meaningless.

final class Evaluation {
  let instance: Instance
  let constants: [Value]
  /// What variables mean; inside `old` the state before. Empty where no state may be read.
  var state: [Value]
  var before: [Value]
  /// The value of each slot of the declaration being evaluated.
  var frame: [Value]

  init(_ instance: Instance, constants: [Value], state: [Value], before: [Value], frameSize: Int) {
    self.instance = instance
    self.constants = constants
    self.state = state
    self.before = before
    self.frame = Array(repeating: .none, count: frameSize)
  }

  // MARK: - By shape

  func value(_ e: Expr) throws(SpecError) -> Value {
    switch e.kind {
    case .bool(let flag): return .bool(flag)
    case .int(let number): return .int(number)
    case .enumCase(_, let ordinal): return .element(ordinal)
    case .none: return .none
    case .local(let local): return frame[local.slot]
    case .constant(let id): return constants[id]
    case .policy(let id): return instance.policies[id]
    case .variable(let id): return state[id]
    case .not, .and, .or, .implies, .iff, .equal, .less, .lessOrEqual, .forall, .exists, .member, .subset, .under, .within,
      .lone, .closure:
      return .bool(try bool(e))
    case .old(let inner): return try old(inner)
    case .ifThenElse(let condition, let a, let b): return try bool(condition) ? value(a) : value(b)
    case .letIn(let local, let bound, let body):
      frame[local.slot] = try value(bound)
      return try value(body)
    case .call(let function, let arguments): return try call(function, arguments)
    case .count, .negate, .arithmetic, .size, .queueLength: return .int(try int(e))
    case .narrow(let inner): return .int(try narrow(inner, to: e.type))
    case .next, .previous, .some, .force, .orElse, .queueFirst, .parent: return try option(e)
    case .record(_, let fields): return .record(try values(fields))
    case .field(let record, let position): return Evaluation.items(try value(record))[position]
    case .index(let map, let keys): return try index(map, keys)
    case .mapLiteral, .setLiteral, .setBuilder, .union, .difference, .intersection, .empty: return try collection(e)
    case .queueAt(let queue, let position): return try queueAt(queue, position, e.span)
    case .root(let forest, let node):
      let element = try nodeType(forest)
      return instance.value(try self.forest(forest).root(ordinal(node, element)), element)
    }
  }

  func values(_ list: [Expr]) throws(SpecError) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(list.count)
    for e in list { result.append(try value(e)) }
    return result
  }

  func bool(_ e: Expr) throws(SpecError) -> Bool {
    switch e.kind {
    case .not(let inner): return try !bool(inner)
    case .and(let a, let b): return try bool(a) ? bool(b) : false
    case .or(let a, let b): return try bool(a) ? true : bool(b)
    case .implies(let a, let b): return try bool(a) ? bool(b) : true
    case .iff(let a, let b):
      let left = try bool(a)
      return try left == bool(b)
    case .equal(let a, let b):
      let left = try value(a)
      return left == (try value(b))
    case .less(let a, let b): return try compare(a, b) { $0 < $1 }
    case .lessOrEqual(let a, let b): return try compare(a, b) { $0 <= $1 }
    case .forall(let locals, let filter, let body):
      var result = true
      try forEach(locals, filter) { () throws(SpecError) in if try !bool(body) { result = false } }
      return result
    case .exists(let locals, let filter, let body):
      var result = false
      try forEach(locals, filter) { () throws(SpecError) in if try bool(body) { result = true } }
      return result
    case .member(let element, let container): return try member(element, container)
    case .subset(let a, let b):
      let left = Evaluation.members(try value(a))
      let right = Evaluation.members(try value(b))
      return zip(left, right).allSatisfy { !$0 || $1 }
    case .under(let f, let x, let a):
      let (forest, x, a) = try forestAndNodes(f, x, a)
      return forest.under(x, a)
    case .within(let f, let x, let a):
      let (forest, x, a) = try forestAndNodes(f, x, a)
      return forest.within(x, a)
    case .lone(let f, let x):
      let element = try nodeType(f)
      return try forest(f).isLone(ordinal(x, element))
    case .closure(let x, let y, let body, let from, let to): return try closure(x, y, body, from, to)
    default:
      guard case .bool(let flag) = try value(e) else { preconditionFailure("a formula without a truth value") }
      return flag
    }
  }

  func int(_ e: Expr) throws(SpecError) -> Int64 {
    switch e.kind {
    case .negate(let inner): return try -int(inner)
    case .arithmetic(let op, let a, let b): return try arithmetic(op, int(a), int(b), e.span)
    case .count(let locals, let filter):
      var result: Int64 = 0
      try forEach(locals, filter) { result += 1 }
      return result
    case .size(let set): return Int64(Evaluation.members(try value(set)).count { $0 })
    case .queueLength(let queue): return Int64(Evaluation.items(try value(queue)).count)
    default:
      guard case .int(let number) = try value(e) else { preconditionFailure("a number without a value") }
      return number
    }
  }

  // MARK: - Binding

  /// Runs `body` once for each tuple of values of the locals, in order, that satisfies the filter.
  func forEach(_ locals: [Local], _ filter: Expr?, _ body: () throws(SpecError) -> Void) throws(SpecError) {
    try bind(locals[...]) { () throws(SpecError) in
      if let filter, try !bool(filter) { return }
      try body()
    }
  }

  private func bind(_ locals: ArraySlice<Local>, _ body: () throws(SpecError) -> Void) throws(SpecError) {
    guard let local = locals.first else { return try body() }
    for ordinal in 0..<instance.cardinality(local.type) {
      frame[local.slot] = instance.value(ordinal, local.type)
      try bind(locals.dropFirst(), body)
    }
  }

  private func old(_ e: Expr) throws(SpecError) -> Value {
    let after = state
    state = before
    defer { state = after }
    return try value(e)
  }

  private func call(_ id: FunctionID, _ arguments: [Expr]) throws(SpecError) -> Value {
    let function = instance.model.functions[id]
    let values = try values(arguments)
    let caller = frame
    frame = values + Array(repeating: .none, count: max(0, function.frameSize - values.count))
    defer { frame = caller }
    return try value(function.body)
  }

  // MARK: - Numbers and orders

  private func compare(_ a: Expr, _ b: Expr, _ judge: (Int64, Int64) -> Bool) throws(SpecError) -> Bool {
    let left = try value(a)
    let right = try value(b)
    return judge(Evaluation.rank(left), Evaluation.rank(right))
  }

  private static func rank(_ value: Value) -> Int64 {
    switch value {
    case .int(let number): return number
    case .element(let ordinal): return Int64(ordinal)
    default: preconditionFailure("a value without an order")
    }
  }

  /// Euclidean division: the remainder is never negative.
  private func arithmetic(_ op: ArithmeticOperator, _ a: Int64, _ b: Int64, _ span: Span) throws(SpecError) -> Int64 {
    switch op {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide, .remainder:
      if b == 0 { throw SpecError(.division, at: span, "\(a) \(op.rawValue) 0") }
      if b == -1 { return op == .divide ? -a : 0 }  // Int64.min / -1 is refused by the type checker's intervals
      var quotient = a / b
      var remainder = a % b
      if remainder < 0 {
        quotient += b > 0 ? -1 : 1
        remainder += b > 0 ? b : -b
      }
      return op == .divide ? quotient : remainder
    }
  }

  private func narrow(_ e: Expr, to type: Type) throws(SpecError) -> Int64 {
    let number = try int(e)
    guard case .int(let low, let high) = type else { preconditionFailure("narrowing into a type that is no range") }
    if number < low || number > high { throw SpecError(.range, at: e.span, "\(number) is outside \(low)..\(high)") }
    return number
  }

  private func option(_ e: Expr) throws(SpecError) -> Value {
    switch e.kind {
    case .next(let inner), .previous(let inner):
      guard case .element(let ordinal) = try value(inner) else { preconditionFailure("next of a value without an order") }
      var target = ordinal + 1
      if case .previous = e.kind { target = ordinal - 1 }
      return target >= 0 && target < instance.cardinality(inner.type) ? .some(.element(target)) : .none
    case .some(let inner): return .some(try value(inner))
    case .force(let inner):
      guard case .some(let payload) = try value(inner) else { throw SpecError(.none, at: e.span, "the value is none") }
      return payload
    case .orElse(let inner, let fallback):
      if case .some(let payload) = try value(inner) { return payload }
      return try value(fallback)
    case .queueFirst(let queue): return Evaluation.items(try value(queue)).first.map { .some($0) } ?? .none
    case .parent(let f, let node):
      let element = try nodeType(f)
      let parent = try forest(f).parents[ordinal(node, element)]
      return parent < 0 ? .none : .some(instance.value(parent, element))
    default: preconditionFailure("not an option operation")
    }
  }

  // MARK: - Maps, sets, queues

  /// An ordinal in `type`, which is the container's element type and may be wider than the expression's own interval.
  func ordinal(_ e: Expr, _ type: Type) throws(SpecError) -> Int { instance.ordinal(try value(e), type) }

  private func index(_ map: Expr, _ keys: [Expr]) throws(SpecError) -> Value {
    guard case .map(let types, _) = map.type else { preconditionFailure("an index into what is no map") }
    let items = Evaluation.items(try value(map))
    return items[instance.ordinal(of: try values(keys), types)]
  }

  private func queueAt(_ queue: Expr, _ position: Expr, _ span: Span) throws(SpecError) -> Value {
    let items = Evaluation.items(try value(queue))
    let place = try int(position)
    if place < 0 || place >= items.count {
      throw SpecError(.index, at: span, "position \(place) of a queue of length \(items.count)")
    }
    return items[Int(place)]
  }

  private func member(_ element: Expr, _ container: Expr) throws(SpecError) -> Bool {
    let value = try value(element)
    switch try self.value(container) {
    case .set(let flags):
      guard case .set(let type) = container.type else { preconditionFailure("a set without an element type") }
      // A number may lie outside the set's element range: then it is no member.
      if case .int(let number) = value, case .int(let low, let high) = type, number < low || number > high { return false }
      return flags[instance.ordinal(value, type)]
    case .queue(let items): return items.contains(value)
    default: preconditionFailure("membership in what is no set or queue")
    }
  }

  private func collection(_ e: Expr) throws(SpecError) -> Value {
    switch e.kind {
    case .empty: return empty(e.type)
    case .mapLiteral(let locals, let filter, let body):
      var items: [Value] = []
      try bind(locals[...]) { () throws(SpecError) in
        guard let filter else { return items.append(try value(body)) }
        items.append(try bool(filter) ? .some(value(body)) : .none)  // a partial map, in views only
      }
      return .map(items)
    case .setLiteral(let elements):
      guard case .set(let type) = e.type else { preconditionFailure("a set without an element type") }
      var flags = Array(repeating: false, count: instance.cardinality(type))
      for element in elements { flags[try ordinal(element, type)] = true }
      return .set(flags)
    case .setBuilder(let local, let filter):
      var flags: [Bool] = []
      try bind([local]) { () throws(SpecError) in flags.append(try filter.map { (f) throws(SpecError) in try bool(f) } ?? true) }
      return .set(flags)
    case .union(let a, let b): return .set(try combine(a, b) { $0 || $1 })
    case .difference(let a, let b): return .set(try combine(a, b) { $0 && !$1 })
    case .intersection(let a, let b): return .set(try combine(a, b) { $0 && $1 })
    default: preconditionFailure("not a collection")
    }
  }

  private func combine(_ a: Expr, _ b: Expr, _ op: (Bool, Bool) -> Bool) throws(SpecError) -> [Bool] {
    let left = Evaluation.members(try value(a))
    let right = Evaluation.members(try value(b))
    return zip(left, right).map { op($0, $1) }
  }

  func empty(_ type: Type) -> Value {
    switch type {
    case .set(let element): return .set(Array(repeating: false, count: instance.cardinality(element)))
    case .queue: return .queue([])
    case .forest(let element): return .forest(Array(repeating: -1, count: instance.cardinality(element)))
    default: preconditionFailure("empty of a type that has no empty value")
    }
  }

  static func items(_ value: Value) -> [Value] {
    switch value {
    case .record(let items), .map(let items), .queue(let items): return items
    default: preconditionFailure("a value without items")
    }
  }

  static func members(_ value: Value) -> [Bool] {
    guard case .set(let flags) = value else { preconditionFailure("a set without members") }
    return flags
  }

  // MARK: - Forests and closures

  private func nodeType(_ f: Expr) throws(SpecError) -> Type {
    guard case .forest(let element) = f.type else { preconditionFailure("a forest without a node type") }
    return element
  }

  private func forest(_ f: Expr) throws(SpecError) -> Forest {
    guard case .forest(let parents) = try value(f) else { preconditionFailure("a forest without nodes") }
    return Forest(parents: parents)
  }

  private func forestAndNodes(_ f: Expr, _ x: Expr, _ a: Expr) throws(SpecError) -> (Forest, Int, Int) {
    let element = try nodeType(f)
    return (try forest(f), try ordinal(x, element), try ordinal(a, element))
  }

  /// The relation is evaluated at every pair, so that its errors do not depend on what is reachable.
  private func closure(_ x: Local, _ y: Local, _ body: Expr, _ from: Expr, _ to: Expr) throws(SpecError) -> Bool {
    let start = try ordinal(from, x.type)
    let goal = try ordinal(to, y.type)
    let count = instance.cardinality(x.type)
    var edges: [[Int]] = Array(repeating: [], count: count)
    for a in 0..<count {
      for b in 0..<count {
        frame[x.slot] = instance.value(a, x.type)
        frame[y.slot] = instance.value(b, y.type)
        if try bool(body) { edges[a].append(b) }
      }
    }
    var seen: Set<Int> = [start]
    var open = [start]
    while let node = open.popLast() {
      for next in edges[node] where seen.insert(next).inserted { open.append(next) }
    }
    return seen.contains(goal)
  }
}
