/// In: typed expressions. Out: C expressions over the bound names of one C function.
///
/// Nested evaluation (a quantifier under `&&`) uses statement expressions `({ … })`, which clang and gcc share: so C's
/// own `&&`, `||` and `?:` give exactly the conditional evaluation that definedness asks for. A spec error sets `*E`
/// and goes on with the least value of the type: harmless, since whoever asked looks at `*E` before using the result.

import Spec

final class Body {
  enum Binding {
    case scalar(String)
    case place(Place)
  }

  let emitter: Emitter
  /// The meaning of the frame's slots.
  var locals: [Int: Binding] = [:]
  /// C pointer to the state that variables are read from, and the one for `old`.
  var state = "s"
  var before = "o"
  /// What is read of the states that these point to.
  var facets: [String: Facets] = [:]
  /// For each variable with a few writes, the names that hold the cells and values of all of them; and of those that may have
  /// been made before the place in hand.
  var few: [VariableID: [(cell: String, value: String, text: String)]] = [:]
  var written: [VariableID: [(cell: String, value: String, text: String)]] = [:]
  /// Names of which the guards say that they are not equal, in pairs.
  var distinct: Set<[String]> = []
  /// Single cells that the block in hand writes, to be written together at its end.
  var pending: [PendingPut] = []

  init(_ emitter: Emitter) { self.emitter = emitter }

  var instance: Instance { emitter.instance }
  var model: Model { emitter.model }

  // MARK: - Scalars

  /// A C expression of type I. Sub-expressions are parenthesised; evaluated once.
  func scalar(_ e: Expr) throws(EmissionRefused) -> String {
    switch e.kind {
    case .bool(let flag): return flag ? "1" : "0"
    case .int(let number): return literal(number)
    case .enumCase(_, let ordinal): return literal(ordinal)
    case .none: return "0"
    case .policy(let id):
      return emitter.scalar(
        literal(instance.ordinal(instance.policies[id], model.policies[id].type)), model.policies[id].type)
    case .local(let local):
      guard case .scalar(let name) = locals[local.slot] else { throw EmissionRefused("\(local.name) is not bound") }
      return name
    case .constant, .variable: return read(try path(e))
    case .old(let inner): return try inOld { () throws(EmissionRefused) in try scalar(inner) }
    case .not(let inner): return "!\(try operand(inner))"
    case .and: return "(" + (try chain(e, "&&")) + ")"
    case .or: return "(" + (try chain(e, "||")) + ")"
    case .implies(let a, let b): return "(!\(try operand(a)) || \(try operand(b)))"
    case .iff(let a, let b): return "(\(try operand(a)) == \(try operand(b)))"
    case .equal(let a, let b): return emitter.known(e) == true ? "1" : try equal(a, b)
    case .ifThenElse(let c, let a, let b):
      return "(\(try scalar(c)) ? \(try scalar(a, as: e.type)) : \(try scalar(b, as: e.type)))"
    case .letIn(let local, let bound, let body):
      let setup = try bind(local, bound)
      return "({ \(setup) \(try scalar(body, as: e.type)); })"
    case .forall(let binders, let filter, let body): return try quantifier(binders, filter, body, every: true)
    case .exists(let binders, let filter, let body): return try quantifier(binders, filter, body, every: false)
    case .count(let binders, let filter):
      let result = emitter.fresh("n")
      if let filter, emitter.isTotal(filter) {
        let text = try search(binders, conditions(filter), found: "\(result)++;") { "\(result) += __builtin_popcountll(\($0));" }
        return "({ I \(result) = 0;\n\(text)\n\(result); })"
      }
      return "({ I \(result) = 0; \(try loops(binders, filter, "\(result)++;")) \(result); })"
    case .negate, .arithmetic, .less, .lessOrEqual, .narrow: return try number(e)
    case .next, .previous, .some, .force, .orElse: return try option(e)
    case .record(let id, let fields):
      let types = emitter.fieldTypes(id)
      var terms: [String] = []
      for (position, stride) in emitter.strides(types).enumerated() {
        terms.append(product(try ordinal(fields[position], as: types[position]), stride))
      }
      return terms.isEmpty ? "0" : "(" + terms.joined(separator: " + ") + ")"
    case .field(let record, let position):
      if let place = try pathIfAny(e) { return read(place) }
      guard case .record(let id) = record.type else { throw EmissionRefused("a field of what is no record") }
      if try emitter.isScalar(record.type) { return emitter.field("(\(try scalar(record)))", position, id) }
      return try withPlace(record) { place in self.emitter.read(self.emitter.field(place, position, id)) }
    case .index(let map, let keys):
      if let place = try pathIfAny(e) { return read(place) }
      return try withPlace(map) { (place) throws(EmissionRefused) in self.read(try self.element(place, keys)) }
    case .member, .subset, .size, .queueFirst, .queueLength, .queueAt: return try container(e)
    case .parent, .under, .within, .root, .lone: return try forest(e)
    case .closure(let x, let y, let body, let from, let to): return try closure(x, y, body, from, to)
    case .call(let id, let arguments):
      let (setup, call) = try self.call(id, arguments, into: nil)
      return setup.isEmpty ? call : "({ \(setup) \(call); })"
    case .empty, .mapLiteral, .setLiteral, .setBuilder, .union, .difference, .intersection:
      throw EmissionRefused("a collection where a scalar stands")
    }
  }

  /// With the value in another type's form.
  func scalar(_ e: Expr, as type: Type) throws(EmissionRefused) -> String {
    emitter.convert(try scalar(e), from: e.type, to: type)
  }

  func ordinal(_ e: Expr, as type: Type) throws(EmissionRefused) -> String {
    emitter.ordinal(try scalar(e, as: type), type)
  }

  /// Parenthesised so that a prefix or comparison may stand around it.
  func operand(_ e: Expr) throws(EmissionRefused) -> String { "(\(try scalar(e)))" }

  /// `a && b && c` without a pair of parentheses for each: compilers bound their depth. A cheap term is evaluated in any case: a
  /// branch that saves it is dearer if it is mispredicted but once in ten times.
  private func chain(_ e: Expr, _ op: String) throws(EmissionRefused) -> String {
    var terms: [Expr] = []
    var open = [e]
    while let next = open.popLast() {
      switch (next.kind, op) {
      case (.and(let a, let b), "&&"), (.or(let a, let b), "||"):
        open.append(b)
        open.append(a)
      default: terms.append(next)
      }
    }
    var text = try operand(terms[0])
    for (last, term) in zip(terms, terms.dropFirst()) {
      let isFlat = emitter.isCheap(last) && emitter.isCheap(term)
      text += isFlat ? " \(op.prefix(1)) " : " \(op) "
      text += try operand(term)
    }
    return text
  }

  func inOld<T>(_ work: () throws(EmissionRefused) -> T) throws(EmissionRefused) -> T {
    let current = state
    state = before
    defer { state = current }
    return try work()
  }

  // MARK: - Binding

  /// Declares a name for the value; it lives to the end of the C block.
  func bind(_ local: Local, _ e: Expr) throws(EmissionRefused) -> String {
    if try emitter.isScalar(local.type) {
      let value = try scalar(e, as: local.type)
      if isAtom(value) {
        locals[local.slot] = .scalar(value)
        return ""
      }
      let name = emitter.fresh("l")
      locals[local.slot] = .scalar(name)
      return "const I \(name) = \(value);"
    }
    let (setup, place) = try self.place(e, as: local.type)
    locals[local.slot] = .place(place)
    return setup
  }

  /// Loops over all values of the binders that satisfy the filter.
  func loops(_ binders: [Local], _ filter: Expr?, _ body: @autoclosure () throws(EmissionRefused) -> String)
    throws(EmissionRefused)
    -> String
  {
    try loops(binders, filter) { () throws(EmissionRefused) in try body() }
  }

  func loops(_ binders: [Local], _ filter: Expr?, body: () throws(EmissionRefused) -> String) throws(EmissionRefused) -> String {
    for local in binders {
      guard try emitter.isScalar(local.type) else { throw EmissionRefused("\(local.name) ranges over too many values") }
      locals[local.slot] = .scalar(emitter.fresh("l"))
    }
    var names: [String] = []
    for local in binders { if case .scalar(let name) = locals[local.slot] { names.append(name) } }
    let test = try filter.map { (filter) throws(EmissionRefused) in try scalar(filter) }
    var text = try body()
    if let test { text = "if (\(test)) {\n\(text) }" }
    for (local, name) in zip(binders, names).reversed() {
      let index = emitter.fresh("i")
      let bound = "const I \(name) = \(emitter.scalar(index, local.type));\n\(text)"
      text = emitter.loop(index, instance.cardinality(local.type), bound)
    }
    return text
  }

  /// A body that may raise an error is evaluated for every element; only a total one may be cut short.
  private func quantifier(
    _ binders: [Local], _ filter: Expr?, _ body: Expr, every: Bool
  ) throws(EmissionRefused) -> String {
    let result = emitter.fresh("r")
    if emitter.isTotal(body), filter.map({ emitter.isTotal($0) }) ?? true {
      // An element that decides: one where the body fails, or holds.
      let deciding = (filter.map { conditions($0) } ?? []) + conditions(body, negated: every)
      if binders.count == 1, let lane = lane(binders[0]), deciding.allSatisfy({ mentions($0.expr, lane) }) {
        var masks: [String] = []
        for condition in deciding { if let text = try mask(condition, lane) { masks.append(text) } }
        if masks.count == deciding.count {
          return "(\(masks.reduce(lane.all) { both($0, $1) }) \(every ? "==" : "!=") 0)"
        }
      }
      let out = emitter.fresh("out")
      let stop = "{ \(result) = \(every ? 0 : 1); goto \(out); }"
      let text = try search(binders, deciding, found: stop) { "if (\($0)) \(stop)" }
      return "({ I \(result) = \(every ? 1 : 0);\n\(text)\n\(out):; \(result); })"
    }
    let loops = try loops(binders, filter) { () throws(EmissionRefused) in
      "if (\(every ? "!" : "")(\(try scalar(body)))) { \(result) = \(every ? 0 : 1); }"
    }
    return "({ I \(result) = \(every ? 1 : 0);\n\(loops)\n\(result); })"
  }

  // MARK: - Functions

  /// The call of a def; a result that is no scalar goes where `into` points.
  func call(
    _ id: FunctionID, _ arguments: [Expr], into target: String?
  ) throws(EmissionRefused) -> (setup: String, call: String) {
    var setup = ""
    var texts = [state, "k", "E"]
    for (argument, parameter) in zip(arguments, model.functions[id].parameters) {
      if try emitter.isScalar(parameter.type) {
        texts.append(try scalar(argument, as: parameter.type))
      } else {
        let (own, place) = try materialised(argument, as: parameter.type)
        setup += own
        texts.append(place.pointer)
      }
    }
    if let target { texts.append(target) }
    if let read = emitter.functionReads[id] { facets[state, default: Facets()].formUnion(read) }
    return (setup, "\(emitter.function(id))(\(texts.joined(separator: ", ")))")
  }
}
