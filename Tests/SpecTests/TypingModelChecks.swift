@testable import Spec

/// What every engine may take for granted of a model, checked node by node. Returns what is wrong.
///
/// An engine that meets a broken promise computes something else than the evaluator, or traps: these checks are the contract
/// between the type checker and everybody else.
struct ModelChecks {
  let model: Model
  private var problems: [String] = []
  private var frameSize = 0
  private var bound: Set<Int> = []
  /// Calls allowed: only to functions before this one.
  private var callees = 0

  static func problems(of model: Model) -> [String] {
    var checks = ModelChecks(model: model)
    checks.run()
    return checks.problems
  }

  private init(model: Model) { self.model = model }

  private mutating func run() {
    for (id, function) in model.functions.enumerated() {
      begin(function.frameSize, callees: id)
      for (slot, parameter) in function.parameters.enumerated() {
        if parameter.slot != slot { fail("parameter slots of \(function.name)") }
        bind(parameter)
      }
      flows(function.body, into: function.result, "result of \(function.name)")
    }
    for axiom in model.axioms {
      begin(axiom.frameSize)
      boolean(axiom.body)
    }
    for policy in model.policies {
      begin(0)
      flows(policy.defaultValue, into: policy.type, "default of \(policy.name)")
    }
    begin(model.initial.frameSize)
    if model.initial.assignments.map(\.variable) != Array(model.variables.indices) {
      fail("init does not assign each variable once, in order")
    }
    for assignment in model.initial.assignments {
      switch assignment.value {
      case .expression(let value): flows(value, into: model.variables[assignment.variable].type, "init")
      case .any(let local, let filter):
        if let local { bind(local) }
        if let filter { boolean(filter) }
      }
    }
    for action in model.actions { check(action) }
    for property in model.properties { check(property) }
    checkRest()
  }

  private mutating func checkRest() {
    if let view = model.view {
      begin(view.frameSize)
      bind(view.domain)
      for observation in view.observations { expression(observation) }
    }
    for flow in model.flows {
      begin(flow.frameSize)
      if let from = flow.from { bind(from) }
      bind(flow.to)
      if let condition = flow.condition { boolean(condition) }
    }
    for scope in model.scopes {
      begin(scope.frameSize)
      if scope.sizes.count != model.sorts.count { fail("scope \(scope.name) misses a size") }
      for (id, value) in scope.pins { flows(value, into: model.constants[id].type, "pin") }
      for constraint in scope.constraints { boolean(constraint) }
    }
    for scenario in model.scenarios {
      begin(scenario.frameSize)
      for parameter in scenario.parameters { bind(parameter) }
      check(scenario.steps)
    }
    for refinement in model.refinements {
      begin(refinement.frameSize)
      for parameter in refinement.parameters { bind(parameter) }
      for value in refinement.constants.values { expression(value) }
      for value in refinement.policies.values { expression(value) }
      for value in refinement.variables.values { expression(value) }
      for mapping in refinement.actions {
        for parameter in mapping.parameters { bind(parameter) }
        if let condition = mapping.condition { boolean(condition) }
        for argument in mapping.arguments { expression(argument) }
        let abstract = refinement.abstractModel.actions[mapping.abstract]
        if mapping.arguments.count != abstract.instanceLocals.count { fail("arguments of \(abstract.name)") }
      }
      problems += ModelChecks.problems(of: refinement.abstractModel)
    }
    for line in model.verify ?? [] {
      begin(0)
      for (id, value) in line.settings { flows(value, into: model.policies[id].type, "setting") }
    }
  }

  private mutating func check(_ steps: [Scenario.Step]) {
    for step in steps {
      switch step {
      case .perform(let action, let arguments, _, _):
        for (argument, local) in zip(arguments, model.actions[action].instanceLocals) {
          flows(argument, into: local.type, "argument of a step")
        }
        if arguments.count != model.actions[action].instanceLocals.count { fail("arguments of a step") }
      case .assert(let condition, _): boolean(condition)
      case .repeatBlock(_, let body, _): check(body)
      }
    }
  }

  private mutating func check(_ action: Action) {
    begin(action.frameSize)
    for parameter in action.parameters { bind(parameter) }
    if case .expression(let actor) = action.actor { expression(actor) }
    for conjunct in action.conjuncts {
      switch conjunct {
      case .require(_, let test, _): boolean(test)
      case .letIn(let local, let value):
        flows(value, into: local.type, "let")
        bind(local)
      }
    }
    for choice in action.choices {
      bind(choice.local)
      if !model.isKey(choice.local.type) { fail("a choice of no key type") }
      if let filter = choice.filter { boolean(filter) }
    }
    check(action.updates)
  }

  private mutating func check(_ updates: [Update]) {
    for update in updates {
      switch update.kind {
      case .assign(let location, let value): flows(value, into: check(location), "assignment")
      case .add(let location, let value), .remove(let location, let value):
        guard case .set(let element) = check(location) else { return fail("add to no set") }
        flows(value, into: element, "element")
      case .push(let location, let value):
        guard case .queue(_, let element) = check(location) else { return fail("push to no queue") }
        flows(value, into: element, "element")
      case .pop(let location): if case .queue = check(location) {} else { fail("pop of no queue") }
      case .removeAll(let location, let local, let filter):
        guard case .queue(_, let element) = check(location) else { return fail("removeAll of no queue") }
        if local.type != element { fail("removeAll of another type") }
        bind(local)
        boolean(filter)
      case .forest(let variable, let operation):
        guard case .forest(let node) = model.variables[variable].type else { return fail("forest operation") }
        for operand in operation.operands { flows(operand, into: node, "node") }
      case .forEach(let locals, let filter, let body):
        binders(locals)
        if let filter { boolean(filter) }
        check(body)
      case .conditional(let test, let yes, let no):
        boolean(test)
        check(yes)
        check(no)
      case .letIn(let local, let value, let body):
        flows(value, into: local.type, "let")
        bind(local)
        check(body)
      }
    }
  }

  private mutating func check(_ location: Location) -> Type {
    var type = model.variables[location.variable].type
    for step in location.path {
      switch (step, type) {
      case (.index(let arguments), .map(let keys, let value)):
        arity(arguments.count, keys.count)
        for (argument, key) in zip(arguments, keys) { flows(argument, into: key, "index") }
        type = value
      case (.field(let index), .record(let id)): type = model.records[id].fields[index].type
      default: fail("location")
      }
    }
    if type != location.type { fail("type of a location") }
    return type
  }

  private mutating func check(_ property: Property) {
    begin(property.frameSize)
    switch property.kind {
    case .invariant(let body), .cover(let body): boolean(body)
    case .transition(let trigger, let body):
      if let trigger {
        arity(trigger.parameters.count, model.actions[trigger.action].parameters.count)
        for parameter in trigger.parameters { bind(parameter) }
      }
      boolean(body)
    case .temporal(let formula): check(formula)
    }
  }

  private mutating func check(_ formula: TemporalFormula) {
    switch formula {
    case .atom(let body): boolean(body)
    case .not(let a), .always(let a), .eventually(let a): check(a)
    case .and(let a, let b), .or(let a, let b), .implies(let a, let b), .iff(let a, let b), .until(let a, let b),
      .leadsTo(let a, let b):
      check(a)
      check(b)
    case .forall(let locals, let filter, let body), .exists(let locals, let filter, let body):
      binders(locals)
      if let filter { boolean(filter) }
      check(body)
    }
  }

  // MARK: - Expressions

  private mutating func expression(_ e: Expr) {
    if e.type == .error { fail("an error type") }
    switch e.kind {
    case .local(let local):
      if !bound.contains(local.slot) { fail("\(local.name) is used before it is bound") }
      if local.type != e.type { fail("type of \(local.name)") }
    case .forall(let locals, _, _), .exists(let locals, _, _), .count(let locals, _), .mapLiteral(let locals, _, _):
      binders(locals)
    case .setBuilder(let local, _): binders([local])
    case .closure(let x, let y, _, _, _):
      binders([x, y])
      if x.type != y.type { fail("closure") }
    case .letIn(let local, let value, let body):
      expression(value)
      if value.type != local.type { fail("let of another type") }
      bind(local)
      expression(body)
      return
    default: break
    }
    for operand in e.operands { expression(operand) }
    types(of: e)
  }

  private mutating func types(of e: Expr) {
    switch e.kind {
    case .bool, .not, .and, .or, .implies, .iff, .less, .lessOrEqual, .forall, .exists, .member, .subset, .under, .within, .lone,
      .closure:
      if e.type != .bool { fail("a truth value of type \(model.describe(e.type))") }
      truthOperands(e)
    case .int(let number): if !e.type.contains(number) { fail("literal") }
    case .none: if !e.type.isOption { fail("none") }
    case .equal(let a, let b): if a.type != b.type, !(a.type.isInt && b.type.isInt) { fail("equality of different types") }
    case .ifThenElse(let test, let a, let b):
      if test.type != .bool { fail("the condition of an if") }
      flows(a, into: e.type, "branch", again: false)
      flows(b, into: e.type, "branch", again: false)
    case .narrow(let a):
      if !a.type.isInt || !e.type.isInt || e.type.contains(a.type) { fail("a narrowing that does nothing") }
    case .some(let a):
      guard case .option(let payload) = e.type else { return fail("some") }
      flows(a, into: payload, "payload", again: false)
    case .force(let a): if a.type != .option(e.type) { fail("force") }
    case .orElse(let a, let b):
      if a.type != .option(e.type) { fail("?? of another type") }
      flows(b, into: e.type, "default", again: false)
    case .record(let id, let parts):
      arity(parts.count, model.records[id].fields.count)
      for (part, field) in zip(parts, model.records[id].fields) { flows(part, into: field.type, "field", again: false) }
    case .index(let base, let arguments):
      guard case .map(let keys, let value) = base.type, value == e.type else { return fail("index") }
      arity(arguments.count, keys.count)
      for (argument, key) in zip(arguments, keys) { flows(argument, into: key, "index", again: false) }
    case .mapLiteral(let locals, _, let body):
      guard case .map(let keys, let value) = e.type, keys == locals.map(\.type) else { return fail("map literal") }
      flows(body, into: value, "value", again: false)
    case .setLiteral(let elements):
      guard case .set(let element) = e.type else { return fail("set literal") }
      for part in elements { flows(part, into: element, "element", again: false) }
    case .union(let a, let b), .difference(let a, let b), .intersection(let a, let b):
      if a.type != e.type || b.type != e.type { fail("set operator") }
    case .call(let id, let arguments):
      if id >= callees { fail("a call to a later function") }
      for (argument, parameter) in zip(arguments, model.functions[id].parameters) {
        flows(argument, into: parameter.type, "argument", again: false)
      }
      arity(arguments.count, model.functions[id].parameters.count)
    default: break
    }
  }

  private mutating func truthOperands(_ e: Expr) {
    switch e.kind {
    case .not, .and, .or, .implies, .iff, .forall, .exists:
      for operand in e.operands where operand.type != .bool { fail("logic over \(model.describe(operand.type))") }
    case .less(let a, let b), .lessOrEqual(let a, let b):
      if a.type != b.type, !(a.type.isInt && b.type.isInt) { fail("an order over different types") }
      if case .sort(let id) = a.type, !model.sorts[id].ordered {
        fail("an order of an unordered sort: permuting it would be unsound")
      }
      if case .enumeration(let id) = a.type, !model.enumerations[id].ordered { fail("an order of an unordered enum") }
    case .member(let a, let b):
      switch b.type {
      case .set(let element), .queue(_, let element): flows(a, into: element, "member", again: false)
      default: fail("member of no collection")
      }
    case .under(let f, let a, let b), .within(let f, let a, let b):
      if f.type != .forest(a.type) || f.type != .forest(b.type) { fail("forest query") }
    default: break
    }
  }

  // MARK: - Small parts

  private mutating func begin(_ size: Int, callees: Int = .max) {
    frameSize = size
    bound = []
    self.callees = callees
  }

  private mutating func bind(_ local: Local) {
    if local.slot < 0 || local.slot >= frameSize { fail("slot of \(local.name) is outside the frame") }
    if !bound.insert(local.slot).inserted { fail("slot of \(local.name) is bound twice") }
  }

  private mutating func binders(_ locals: [Local]) {
    for local in locals {
      bind(local)
      if !model.isKey(local.type) { fail("\(local.name) ranges over no key type") }
    }
  }

  private mutating func boolean(_ e: Expr) {
    if e.type != .bool { fail("a condition of type \(model.describe(e.type))") }
    expression(e)
  }

  private mutating func flows(_ e: Expr, into type: Type, _ what: String, again: Bool = true) {
    if e.type != type, !(e.type.isInt && type.contains(e.type)) {
      fail("\(what): \(model.describe(e.type)) flows into \(model.describe(type))")
    }
    if again { expression(e) }
  }

  private mutating func arity(_ found: Int, _ expected: Int) {
    if found != expected { fail("\(found) instead of \(expected) operands") }
  }

  private mutating func fail(_ what: String) { problems.append(what) }
}

extension Type {
  fileprivate func contains(_ number: Int64) -> Bool {
    if case .int(let low, let high) = self { low <= number && number <= high } else { false }
  }

  fileprivate func contains(_ other: Type) -> Bool {
    guard case .int(let low, let high) = self, case .int(let a, let b) = other else { return false }
    return low <= a && b <= high
  }
}
