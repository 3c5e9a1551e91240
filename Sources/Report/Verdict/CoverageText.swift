import Spec

/// Coverage as `--coverage` shows it: actions with their counts, guards, antecedents, and what is wrong with it.
public struct CoverageText: Sendable {
  public let coverage: Coverage
  public let model: Model
  public let style: Style

  public init(_ coverage: Coverage, _ model: Model, style: Style) {
    self.coverage = coverage
    self.model = model
    self.style = style
  }

  public func lines() -> [String] {
    var lines = [style.strong("coverage") + ": " + extent]
    lines += indented(aligned(actions), by: 2)
    lines += indented(aligned(guards), by: 2)
    lines += indented(aligned(antecedents), by: 2)
    return lines + findings().map { style.unsure("finding") + ": " + $0 }
  }

  private var extent: String {
    let judged = Quantities.count(coverage.judged)
    let states = Quantities.count(coverage.states)
    let what =
      switch coverage.extent {
      case .scope: "states"
      case .part: "states of a search that did not end"
      case .walks: "visits of walks"
      }
    if !coverage.isSample { return "guards and antecedents judged on all \(states) \(what)" }
    let every =
      coverage.judged == 0 ? "" : ", 1 in \(Quantities.count((coverage.states + coverage.judged / 2) / coverage.judged))"
    return "guards and antecedents judged on \(judged) of \(states) \(what)\(every)"
  }

  private var actions: [[String]] {
    let total = max(coverage.enabled.reduce(UInt64(0)) { $0.saturatingSum($1) }, 1)
    let counts = coverage.enabled.map { Quantities.count($0) }
    let width = counts.map(\.count).max() ?? 0
    let taken = coverage.taken?.map { Quantities.count($0) }
    let takenWidth = taken?.map(\.count).max() ?? 0
    return model.actions.indices.map { action in
      let isDead = coverage.enabled[action] == 0
      let share = Quantities.fixed(100 * Double(coverage.enabled[action]) / Double(total), 1) + " %"
      return [
        "action", model.actions[action].name,
        isDead ? style.bad("NEVER enabled") : "enabled \(leftPadded(counts[action], width))",
      ]
        + (isDead ? [] : [leftPadded(share, 7)] + (taken.map { ["taken \(leftPadded($0[action], takenWidth))"] } ?? []))
    }
  }

  private var guards: [[String]] {
    coverage.sites.guards.enumerated().map { index, site in
      let alone = coverage.tally.onlyFalse[index]
      let guarding = coverage.tally.guarding[index]
      let words: String
      if alone > 0 {
        words = "the only false one in \(Quantities.count(alone))"
      } else if guarding > 0 {
        words = "needed so that others are defined, in \(Quantities.count(guarding))"
      } else {
        words =
          style.unsure("never the only false one") + (coverage.extent == .scope && !coverage.isSample ? ": redundant here" : "")
      }
      return ["guard", "\(model.actions[site.action].name).\(site.name ?? shortened(site.span, 30))", words]
    }
  }

  private var antecedents: [[String]] {
    coverage.sites.antecedents.enumerated().map { index, site in
      let held = coverage.tally.held[index]
      return [
        site.isFilter ? "filter" : "premise", model.properties[site.property].name, held ? "held" : style.bad("NEVER held"),
        shortened(site.span, 50),
      ]
    }
  }

  private func shortened(_ span: Span, _ width: Int) -> String {
    let text = model.sources.text(span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return text.count <= width ? text : text.prefix(width - 1) + "…"
  }

  /// In words, each one line.
  public func findings() -> [String] { coverage.findings(in: model).map { words($0) } }

  public func words(_ finding: Coverage.Finding) -> String {
    let place =
      switch coverage.extent {
      case .scope: "in this scope"
      case .part: "in the part that was searched"
      case .walks: "on these walks"
      }
    switch finding {
    case .dead(let action): return "action \(model.actions[action].name) is never enabled \(place)"
    case .untriggered(let index):
      return "transition \(model.properties[index].name) says nothing \(place): its action is never enabled"
    case .vacuous(let index):
      let site = coverage.sites.antecedents[index]
      let property = model.properties[site.property]
      let sample = coverage.isSample ? " (judged on a sample)" : ""
      return "\(property.keyword) \(property.name) is vacuous: \(site.isFilter ? "the filter" : "the premise") "
        + "`\(shortened(site.span, 60))` never holds \(place)\(sample)"
    }
  }

  /// The field `coverage` of docs/Json.md.
  public var json: JsonValue {
    .object([
      "extent": .string("\(coverage.extent)"), "states": .count(coverage.states), "judged": .count(coverage.judged),
      "actions": .array(
        model.actions.indices.map { action in
          .object([
            "name": .string(model.actions[action].name), "enabled": .count(coverage.enabled[action]),
            "taken": coverage.taken.map { .count($0[action]) } ?? .null,
          ])
        }),
      "guards": .array(
        coverage.sites.guards.enumerated().map { index, site in
          .object([
            "action": .string(model.actions[site.action].name), "name": .optional(site.name),
            "text": .string(model.sources.text(site.span)), "onlyFalse": .count(coverage.tally.onlyFalse[index]),
            "definedness": .count(coverage.tally.guarding[index]),
          ])
        }),
      "antecedents": .array(
        coverage.sites.antecedents.enumerated().map { index, site in
          .object([
            "property": .string(model.properties[site.property].name), "kind": .string(site.isFilter ? "filter" : "premise"),
            "text": .string(model.sources.text(site.span)), "held": .bool(coverage.tally.held[index]),
          ])
        }),
      "findings": .array(findings().map { .string($0) }),
    ])
  }
}
