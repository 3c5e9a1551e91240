import Spec

/// Values, states and traces as JSON. Names are those of the text report (`ValueNames`), so the two can be compared.
struct ValueJson {
  let names: ValueNames

  private var model: Model { names.instance.model }

  func value(_ value: Value, _ type: Type) -> JsonValue {
    switch (value, type) {
    case (.bool(let flag), _): return .bool(flag)
    case (.int(let number), _): return .int(number)
    case (.none, _): return .null
    case (.some(let payload), .option(let inner)): return self.value(payload, inner)
    case (.record(let fields), .record(let id)):
      return object(zip(fields, model.records[id].fields).map { ($1.name, self.value($0, $1.type)) })
    case (.set(let members), .set(let element)):
      return .array(members.indices.filter { members[$0] }.map { key($0, element) })
    case (.queue(let entries), .queue(_, let element)): return .array(entries.map { self.value($0, element) })
    case (.map(let values), .map(let keys, let result)):
      return object(values.enumerated().map { (names.index($0, keys), self.value($1, result)) })
    case (.forest(let parents), .forest(let node)):
      // Child to parent; a root is null.
      return object(parents.enumerated().map { (names.key($0, node), $1 < 0 ? .null : .string(names.key($1, node))) })
    default: return .string(names.text(value, type))
    }
  }

  func state(_ state: State) -> JsonValue {
    object(zip(state.variables, model.variables).map { ($1.name, value($0, $1.type)) })
  }

  func trace(_ trace: Trace) -> JsonValue {
    var before = trace.initial
    let text = TraceText(trace, style: .plain)
    let steps = trace.steps.map { step -> JsonValue in
      let action = model.actions[step.instance.action]
      let arguments = zip(action.instanceLocals, step.instance.arguments)
      var fields: [String: JsonValue] = [
        "action": .string(action.name),
        "arguments": object(arguments.map { ($0.name, key($1, $0.type)) }),
        "text": .string(text.instanceText(step.instance)),
        "state": step.state.map(state) ?? .null,
        "changes": .array([]),
      ]
      if let after = step.state {
        fields["changes"] = .array(changes(from: before, to: after))
        before = after
      }
      return .object(fields)
    }
    let constants = zip(model.constants, trace.rigid.constants).map { ($0.name, value($1, $0.type)) }
    return .object([
      "constants": object(constants), "initial": state(trace.initial), "steps": .array(steps),
      "loop": trace.loop.map { .int(Int64($0)) } ?? .null, "fairness": .array(fairness(trace)),
    ])
  }

  private func fairness(_ trace: Trace) -> [JsonValue] {
    let text = TraceText(trace, style: .plain)
    return (Evaluator(trace.instance).fairness(of: trace) ?? []).map { treatment in
      var fields: [String: JsonValue] = [
        "action": .string(text.classText(treatment.action)), "fairness": .string(treatment.fairness.rawValue), "step": .null,
      ]
      switch treatment.how {
      case .taken(let step):
        fields["how"] = .string("taken")
        fields["step"] = .int(Int64(step))
      case .disabled(let step):
        fields["how"] = .string("disabled")
        fields["step"] = .int(Int64(step))
      case .neverEnabled: fields["how"] = .string("neverEnabled")
      case .starved: fields["how"] = .string("starved")
      }
      return .object(fields)
    }
  }

  func witness(_ explanation: Explanation) -> JsonValue {
    object(explanation.witness.map { ($0.local.name, value($0.value, $0.local.type)) })
  }

  private func changes(from before: State, to after: State) -> [JsonValue] {
    model.variables.enumerated().flatMap { id, variable in
      names.changes(variable.name, from: before.variables[id], to: after.variables[id], variable.type).map {
        JsonValue.object(["location": .string($0.location), "before": .string($0.before), "after": .string($0.after)])
      }
    }
  }

  private func key(_ ordinal: Int, _ type: Type) -> JsonValue { value(names.instance.value(ordinal, type), type) }

  private func object(_ pairs: [(String, JsonValue)]) -> JsonValue {
    .object(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
  }
}
