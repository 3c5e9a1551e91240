/// Guards of a model, and the model without some of them. In: a model. Out: another one, whole, that every engine reads as if the
/// text had never had the guard: there is no other place where a guard gets its meaning.

/// A `require` of an action.
public struct Guard: Hashable, Sendable {
  public var action: ActionID
  /// Its place among the action's conjuncts.
  public var conjunct: Int
  /// nil: the text gives it none.
  public var name: String?
  public var span: Span
}

extension Model {
  /// All of them, action by action in the order of the text.
  public var guards: [Guard] {
    actions.enumerated().flatMap { id, action in
      action.conjuncts.enumerated().compactMap { place, conjunct in
        guard case .require(let name, _, let span) = conjunct else { return nil }
        return Guard(action: id, conjunct: place, name: name, span: span)
      }
    }
  }

  /// `map.Vacant`; a guard without a name by its text.
  public func name(of rule: Guard) -> String {
    "\(actions[rule.action].name).\(rule.name ?? sources.text(rule.span))"
  }

  /// The `let`s that stand between guards stay.
  public func without(_ removed: some Sequence<Guard>) -> Model {
    var model = self
    for (action, guards) in Dictionary(grouping: removed, by: \.action) {
      let places = Set(guards.map(\.conjunct))
      model.actions[action].conjuncts = actions[action].conjuncts.enumerated().filter { !places.contains($0.offset) }.map(
        \.element)
    }
    return model
  }

  /// The model without a guard and with one more transition property, the last: that each step of the action could be done with the
  /// guard, too. If it holds, the guard excludes nothing, and the runs are the same with it and without.
  ///
  /// The guard may name what a `let` before it binds, so these stand around it.
  public func withoutButStating(_ rule: Guard) -> Model {
    let action = actions[rule.action]
    guard case .require(_, let condition, let span) = action.conjuncts[rule.conjunct] else { return self }
    let stated = action.conjuncts[..<rule.conjunct].reversed().reduce(condition) { body, conjunct in
      if case .letIn(let local, let bound) = conjunct { Expr(.letIn(local, bound, body), .bool, span) } else { body }
    }
    var model = without([rule])
    model.addTransition(
      of: rule.action, Expr(.old(stated), .bool, span), named: "\(action.name)_guard\(rule.conjunct)_implied", span)
    return model
  }

  /// The model with one more transition property, the last, that every step of the action breaks.
  public func forbidding(_ action: ActionID) -> Model {
    var model = self
    let span = actions[action].span
    model.addTransition(of: action, Expr(.bool(false), .bool, span), named: "\(actions[action].name)_never", span)
    return model
  }

  /// `name`: part of an identifier of generated C.
  private mutating func addTransition(of action: ActionID, _ body: Expr, named name: String, _ span: Span) {
    let trigger = Property.Trigger(action: action, parameters: actions[action].parameters)
    properties.append(
      Property(
        name: name, kind: .transition(trigger, body), frameSize: actions[action].frameSize, documentation: [], span: span))
  }
}
