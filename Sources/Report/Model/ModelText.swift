import Spec

/// What kspec understood of a spec, as `kspec show --model` prints it: declarations with their resolved types, guards by name,
/// what each action reads and writes. Facts a reader wants to compare with what was meant.
public struct ModelText: Sendable {
  public let model: Model
  public let style: Style

  public init(_ model: Model, style: Style) {
    self.model = model
    self.style = style
  }

  public func lines() -> [String] {
    var lines = [style.strong("spec \(model.name)")]
    section("sorts", model.sorts.map { [$0.name, $0.ordered ? "ordered" : ""] }, &lines)
    section(
      "enums", model.enumerations.map { [$0.name, ($0.ordered ? "ordered: " : "") + $0.cases.joined(separator: ", ")] }, &lines)
    section(
      "records",
      model.records.map { [$0.name, $0.fields.map { "\($0.name): \(model.describe($0.type))" }.joined(separator: ", ")] },
      &lines)
    section("constants", model.constants.map { [$0.name, model.describe($0.type)] }, &lines)
    section(
      "policies", model.policies.map { [$0.name, model.describe($0.type), "= " + model.sources.text($0.defaultValue.span)] },
      &lines)
    section("variables", model.variables.map { [$0.name, model.describe($0.type), $0.ghost ? "ghost" : ""] }, &lines)
    section("actions", model.actions.map { [signature($0), actor($0), "guards: \(guards($0))"] }, &lines)
    section("writes", model.actions.map { [$0.name, writes($0)] }, &lines)
    section("properties", model.properties.map { [$0.keyword, $0.name] }, &lines)
    section("scenarios", model.scenarios.map { [$0.name, parameters($0.parameters)] }, &lines)
    section("scopes", model.scopes.map { [$0.name, sizes($0)] }, &lines)
    return lines
  }

  private func section(_ title: String, _ rows: [[String]], _ lines: inout [String]) {
    guard !rows.isEmpty else { return }
    lines.append(title)
    lines += indented(aligned(rows), by: 2)
  }

  private func signature(_ action: Action) -> String {
    let fairness: [Fairness: String] = [.weak: "fair ", .strong: "strong fair ", .none: ""]
    return "\(fairness[action.fairness] ?? "")\(action.name)(\(parameters(action.parameters)))"
      + (action.choices.isEmpty ? "" : " choosing \(parameters(action.choices.map(\.local)))")
  }

  private func parameters(_ locals: [Local]) -> String {
    locals.map { "\($0.name): \(model.describe($0.type))" }.joined(separator: ", ")
  }

  private func actor(_ action: Action) -> String {
    switch action.actor {
    case .unstated: ""
    case .environment: "by environment"
    case .expression(let expr): "by \(model.sources.text(expr.span))"
    }
  }

  private func guards(_ action: Action) -> String {
    let names = action.conjuncts.compactMap { conjunct -> String? in
      if case .require(let name, _, _) = conjunct { name ?? "(unnamed)" } else { nil }
    }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private func writes(_ action: Action) -> String {
    var written: Set<VariableID> = []
    action.updates.forEach { Self.collect($0, &written) }
    return written.isEmpty ? "nothing" : written.sorted().map { model.variables[$0].name }.joined(separator: ", ")
  }

  private func sizes(_ scope: Scope) -> String {
    scope.sizes.sorted { $0.key < $1.key }.map { "\(model.sorts[$0.key].name) = \($0.value)" }.joined(separator: ", ")
  }

  private static func collect(_ update: Update, _ written: inout Set<VariableID>) {
    switch update.kind {
    case .assign(let location, _), .add(let location, _), .remove(let location, _), .push(let location, _), .pop(let location),
      .removeAll(let location, _, _):
      written.insert(location.variable)
    case .forest(let variable, _): written.insert(variable)
    case .forEach(_, _, let body), .letIn(_, _, let body): body.forEach { collect($0, &written) }
    case .conditional(_, let yes, let no): (yes + no).forEach { collect($0, &written) }
    }
  }
}
