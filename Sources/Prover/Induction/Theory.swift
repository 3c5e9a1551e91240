/// A spec as formulas. In: a model and policies. Out: the state before, what init, each action and each property say of it.
import Spec

/// A part of a property that is proved alone: a smaller goal, and a smaller place to point at.
struct Conjunct {
  var span: Span
  var term: Term
}

/// What an action does to the state before.
struct ActionTheory {
  var before: SymbolicState
  /// Parameters, then choices.
  var arguments: [SymbolicValue]
  /// `require`s and the filters of choices, in order.
  var guards: [Assertion]
  var after: SymbolicState
  /// Error sites of guards and updates, each under what must hold for it to be reached.
  var sites: [ErrorSite]
}

final class Theory {
  let encoder: Encoder
  let model: Model
  let before: SymbolicState
  /// Guards that an action is under only where their marker is true.
  let markers: [Guard: Term]
  var store: TermStore { encoder.store }
  var vocabulary: Vocabulary { encoder.vocabulary }

  /// A queue is a term a slot; beyond this bound that is no formula anybody solves.
  static let queueLimit = 64

  /// `tracking`: guards that get a marker.
  init(_ model: Model, policies: [Value], tracking: [Guard] = [], fault: EncodingFault? = nil) throws {
    for (type, span) in model.constants.map({ ($0.type, $0.span) }) + model.variables.map({ ($0.type, $0.span) }) {
      if let capacity = model.largestQueue(type), capacity > Self.queueLimit {
        throw EncodingFailure(reason: "a queue of more than \(Self.queueLimit) elements (seq[\(capacity)])", span: span)
      }
    }
    self.model = model
    let encoder = Encoder(model, policies: policies, fault: fault)
    self.encoder = encoder
    before = SymbolicState(
      model.variables.map { encoder.vocabulary.symbolic($0.name, $0.type)([]) }, moment: "pre")
    markers = Dictionary(
      tracking.map { ($0, encoder.store.constant("assume.\($0.action).\($0.conjunct)", .bool)) }, uniquingKeysWith: { $1 })
  }

  /// One more moment of a run, with symbols of its own: of it is known what types say, and that forests are forests.
  func moment(_ number: Int) -> SymbolicState {
    SymbolicState(
      model.variables.map { vocabulary.symbolic("\($0.name)@\(number)", $0.type)([]) }, moment: "moment \(number)")
  }

  // MARK: - Constants

  /// The axioms, with their error sites; each may rely on the ones before it.
  func axioms() throws -> (assertions: [Assertion], sites: [ErrorSite]) {
    var assertions: [Assertion] = []
    var sites: [ErrorSite] = []
    for axiom in model.axioms {
      let known = store.and(assertions.map(\.term))
      sites += try encoder.collectingSites {
        try encoder.under(known) {
          let term = try encoder.formula(axiom.body, Environment())
          assertions.append(Assertion(name: "axiom \(axiom.name)", term: term, span: axiom.span))
        }
      }
    }
    return (assertions, sites)
  }

  // MARK: - Init

  /// The initial states: a symbolic state, what is assumed of the parts that `any` chooses, and the error sites.
  func initial() throws -> (state: SymbolicState, assumptions: [Assertion], sites: [ErrorSite]) {
    var values = before.variables
    var assumptions: [Assertion] = []
    let sites = try encoder.collectingSites {
      for assignment in model.initial.assignments {
        let variable = model.variables[assignment.variable]
        switch assignment.value {
        case .expression(let expr):
          let value = try encoder.encode(expr, Environment())
          encoder.judge(.range, assignment.span, isFine: try vocabulary.inRange(value, variable.type))
          values[assignment.variable] = value
        case .any(let local, let filter):
          guard let filter, vocabulary.fault != .forgetsInitialFilter else { continue }
          let names = Environment().binding(local.map { [$0] } ?? [], to: [before.variables[assignment.variable]])
          assumptions.append(
            Assertion(name: "any \(variable.name)", term: try encoder.formula(filter, names), span: assignment.span))
        }
      }
    }
    return (SymbolicState(values, moment: "init"), assumptions, sites)
  }

  // MARK: - Actions

  /// `start`: the state that the step begins in; nil: `before`.
  func action(_ id: ActionID, from start: SymbolicState? = nil) throws -> ActionTheory {
    let before = start ?? before
    let action = model.actions[id]
    let locals = action.instanceLocals
    let arguments = locals.map { vocabulary.symbolic("\(action.name).\($0.name)", $0.type)([]) }
    // Only tests bind them in the wrong order, where the types allow it.
    let isSwapped = vocabulary.fault == .swapsParameters && Set(locals.map(\.type)).count == 1
    var env = Environment(state: before).binding(locals, to: isSwapped ? arguments.reversed() : arguments)
    var guards: [Assertion] = []
    var after = before
    encoder.counting.beginAction()
    encoder.closures.beginAction()
    let sites = try encoder.collectingSites {
      func soFar() -> Term { store.and(guards.map(\.term)) }
      for (place, conjunct) in action.conjuncts.enumerated() {
        switch conjunct {
        case .require(let name, let expr, let span):
          var term = try encoder.under(soFar()) { try encoder.formula(expr, env) }
          if vocabulary.fault == .negatesGuard { term = store.not(term) }
          if vocabulary.fault == .dropsRequire, guards.isEmpty { term = store.yes }
          if let marker = markers.first(where: { $0.key.action == id && $0.key.conjunct == place })?.value {
            term = store.implies(marker, term)
          }
          guards.append(Assertion(name: "require \(name ?? "\(guards.count + 1)")", term: term, span: span))
        case .letIn(let local, let expr):
          env = env.binding([local], to: [try encoder.under(soFar()) { try encoder.encode(expr, env) }])
        }
      }
      for choice in action.choices {
        guard let filter = choice.filter else { continue }
        let term = try encoder.under(soFar()) { try encoder.formula(filter, env) }
        guards.append(Assertion(name: "choice \(choice.local.name)", term: term, span: choice.span))
      }
      try encoder.under(soFar()) {
        var collector = WriteCollector(encoder)
        try collector.collect(action.updates, env, condition: store.yes, variables: [])
        let post = PostState(encoder: encoder)
        try Conflicts(post: post).judge(collector.writes)
        notePoints(collector, arguments: zip(locals, arguments).map { ($0.type, $1) })
        after = try post.apply(collector, to: before)
      }
    }
    return ActionTheory(before: before, arguments: arguments, guards: guards, after: after, sites: sites)
  }

  /// Where the step may change the state: counts and closures before and after are compared there.
  private func notePoints(_ collector: WriteCollector, arguments: [(Type, SymbolicValue)]) {
    var points: [[Term]] = []
    func add(_ point: [Term]) {
      let closed = point.allSatisfy { store.freeVariables($0).isEmpty }
      if closed, !point.isEmpty, !points.contains(point) { points.append(point) }
    }
    for write in collector.writes {
      var key: [Term] = []
      for step in write.path {
        switch step {
        case .index(let leaves), .member(let leaves):
          add(leaves)
          key += leaves
        case .field: break
        }
      }
      add(key)
    }
    for (type, value) in arguments {
      if let leaves = try? vocabulary.flatten(value, type) { add(leaves) }
    }
    encoder.counting.compare(at: points)
    encoder.closures.compare(at: points)
  }

  // MARK: - Properties

  /// An invariant in a state, conjunct by conjunct, and where judging it could be an error.
  func invariant(_ id: Int, in state: SymbolicState) throws -> (conjuncts: [Conjunct], sites: [ErrorSite]) {
    guard case .invariant(let body) = model.properties[id].kind else { return ([], []) }
    return try conjuncts(of: body, Environment(state: state))
  }

  /// A transition property over a step; empty where the step is another action's.
  func transition(
    _ id: Int, step action: ActionID, _ theory: ActionTheory
  ) throws -> (conjuncts: [Conjunct], sites: [ErrorSite])? {
    guard case .transition(let trigger, let body) = model.properties[id].kind else { return nil }
    var env = Environment(state: theory.after, before: theory.before)
    if let trigger {
      guard trigger.action == action else { return nil }
      env = env.binding(trigger.parameters, to: Array(theory.arguments.prefix(trigger.parameters.count)))
    }
    return try conjuncts(of: body, env)
  }

  private func conjuncts(of body: Expr, _ env: Environment) throws -> (conjuncts: [Conjunct], sites: [ErrorSite]) {
    var result: [Conjunct] = []
    let sites = try encoder.collectingSites {
      var known = store.yes
      for part in body.conjuncts {
        let term = try encoder.under(known) { try encoder.formula(part, env) }
        known = store.and(known, term)
        result.append(Conjunct(span: part.span, term: term))
      }
    }
    return (result, sites)
  }
}

extension Model {
  fileprivate func largestQueue(_ type: Type) -> Int? {
    switch type {
    case .queue(let capacity, let element): max(capacity, largestQueue(element) ?? 0)
    case .option(let inner), .map(_, let inner): largestQueue(inner)
    case .record(let id): records[id].fields.compactMap { largestQueue($0.type) }.max()
    default: nil
    }
  }
}

extension Expr {
  /// The operands of a conjunction, in order.
  package var conjuncts: [Expr] {
    if case .and(let a, let b) = kind { return a.conjuncts + b.conjuncts }
    return [self]
  }
}
