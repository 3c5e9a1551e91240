import Spec

/// The field `guards` of the document, see docs/Json.md.
extension GuardText {
  public var json: JsonValue {
    .object([
      "scopes": .array(report.scopes.map { .string($0) }), "proved": names(report.proved), "unproved": names(report.unproved),
      "unnamed": .int(Int64(report.unnamed)), "entries": .array(report.entries.map(entry)),
      "groups": .array(
        report.groups.map { .object(attack($0.attack, ["guards": .array($0.rules.map { .string(model.name(of: $0)) })])) }),
      "covering": .string(covered),
    ])
  }

  private func names(_ properties: [Int]) -> JsonValue { .array(properties.map { .string(model.properties[$0].name) }) }

  private var covered: String {
    switch report.covering {
    case .notAsked: "notAsked"
    case .none: "none"
    case .complete: "complete"
    case .incomplete(let why): why
    }
  }

  private func entry(_ entry: GuardReport.Entry) -> JsonValue {
    var fields: [String: JsonValue] = [
      "action": .string(model.actions[entry.rule.action].name), "name": .optional(entry.rule.name),
      "text": .string(model.sources.text(entry.rule.span)), "standing": .string(entry.standing.word), "how": .null,
      "explored": .array(
        entry.explored.map { verdict in
          .object([
            "scope": .optional(verdict.scope), "verdict": .string(verdict.outcome.word), "states": .count(verdict.states),
          ])
        }),
    ]
    switch entry.standing {
    case .needed(let found), .definedness(let found): fields = attack(found, fields)
    case .redundant(let how):
      fields = attack(nil, fields)
      fields["how"] = .string(how == .implied ? "implied" : "harmless")
    case .unknown(let why):
      fields = attack(nil, fields)
      fields["how"] = .string(why)
    }
    return .object(fields)
  }

  /// The fields of what was broken, where and how; null where nothing was.
  private func attack(_ verdict: Verdict?, _ fields: [String: JsonValue]) -> [String: JsonValue] {
    var fields = fields
    var broken: String?
    if case .violated(let what)? = verdict?.outcome { broken = what.name(in: model) }
    fields["property"] = .optional(broken)
    fields["scope"] = .optional(verdict?.scope)
    fields["steps"] = verdict?.trace.map { .int(Int64($0.steps.count)) } ?? .null
    fields["trace"] = verdict?.trace.map { ValueJson(names: ValueNames($0.instance, $0.rigid)).trace($0) } ?? .null
    return fields
  }
}
