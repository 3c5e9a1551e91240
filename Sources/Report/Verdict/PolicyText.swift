import Spec

/// What `kspec policies` found: a row a setting, a column a property, and what the results say about the policies' order.
public struct PolicyText: Sendable {
  public let lattice: PolicyLattice
  public let model: Model
  public let scope: String
  public let sizes: [(sort: String, size: Int)]
  /// Policies that do not vary, with their values.
  public let fixed: [(name: String, value: String)]
  public let style: Style

  public init(
    _ lattice: PolicyLattice, _ model: Model, scope: String, sizes: [(sort: String, size: Int)],
    fixed: [(name: String, value: String)], style: Style
  ) {
    self.lattice = lattice
    self.model = model
    self.scope = scope
    self.sizes = sizes
    self.fixed = fixed
    self.style = style
  }

  public func lines() -> [String] {
    var lines = [style.strong("policies") + "  \(model.name) at \(scope)"]
    let setting = sizes.map { "\($0.sort) = \($0.size)" } + fixed.map { "\($0.name) = \($0.value)" }
    if !setting.isEmpty { lines += indented(wrapped("with " + setting.joined(separator: ", "), width: style.width - 2), by: 2) }
    lines += indented(table, by: 2)
    lines += indented(order, by: 2)
    lines += indented(openCells, by: 2)
    return lines + [summary]
  }

  /// The values of a setting, one for each policy that varies.
  func values(_ setting: PolicyLattice.Setting) -> [String] {
    zip(zip(lattice.policies, lattice.values), setting.choice).map { policy, place in text(policy.1[place], policy.0) }
  }

  func text(_ value: Value, _ policy: PolicyID) -> String { model.literal(value, model.policies[policy].type) }

  var names: [String] { lattice.policies.map { model.policies[$0].name } }

  /// `minimal`, `safe`, `unsafe`, `undecided`.
  func standing(_ index: Int) -> String {
    let setting = lattice.settings[index]
    if setting.isSafe { return lattice.minimal.contains(index) ? "minimal" : "safe" }
    return setting.isUndecided ? "undecided" : "unsafe"
  }

  // MARK: - The table

  private var table: [String] {
    let plain = rows(header: lattice.properties)
    if (plain.map(visibleWidth).max() ?? 0) <= style.width - 2 { return plain }
    // Names that do not fit side by side stand below, by number.
    let numbers = lattice.properties.indices.map { String($0 + 1) }
    let legend = zip(numbers, lattice.properties).map { "\($0) \($1)" }.joined(separator: ", ")
    return rows(header: numbers) + wrapped(legend, width: style.width - 2)
  }

  private func rows(header: [String]) -> [String] {
    let body = lattice.settings.indices.map { index -> [String] in
      let setting = lattice.settings[index]
      let word = standing(index)
      let mark = setting.isSafe ? style.good(word) : setting.isUndecided ? style.unsure(word) : style.bad(word)
      return [mark] + values(setting) + setting.cells.map(painted(_:))
    }
    return aligned([[""] + names + header] + body)
  }

  private func painted(_ cell: PolicyLattice.Cell) -> String {
    switch cell {
    case .proved, .exhausted: style.good(cell.words)
    case .refuted: style.bad(cell.words)
    case .undecided: style.unsure(cell.words)
    }
  }

  /// Which values are weaker, read off the table.
  private var order: [String] {
    zip(zip(lattice.policies, lattice.values), lattice.weaker).map { policy, pairs in
      let name = model.policies[policy.0].name
      if pairs.isEmpty { return "\(name): no value is weaker than another" }
      let texts = pairs.sorted { ($0.weaker, $0.stronger) < ($1.weaker, $1.stronger) }.map {
        "\(text(policy.1[$0.weaker], policy.0)) is weaker than \(text(policy.1[$0.stronger], policy.0))"
      }
      return "\(name): " + texts.joined(separator: ", ")
    }
  }

  private var openCells: [String] {
    var reasons: [String] = []
    for setting in lattice.settings {
      for (cell, property) in zip(setting.cells, lattice.properties) {
        guard case .undecided(let why) = cell else { continue }
        let text = "\(property): \(why)"
        if !reasons.contains(text) { reasons.append(text) }
      }
    }
    return reasons.prefix(20).flatMap { wrapped("? " + $0, width: style.width - 2) }
      + (reasons.count > 20 ? ["and \(reasons.count - 20) more"] : [])
  }

  private var summary: String {
    let safe = lattice.settings.count(where: \.isSafe)
    let open = lattice.settings.count(where: \.isUndecided)
    var text = "\(Quantities.counted(lattice.settings.count, "setting")): \(safe) safe, \(lattice.minimal.count) of them minimal"
    if open > 0 { text += "; \(open) undecided, which the order takes for unsafe" }
    return text
  }
}

extension PolicyLattice.Cell {
  /// `proved`, `exhausted`, `3 steps`, `?`.
  var words: String {
    switch self {
    case .proved: "proved"
    case .exhausted: "exhausted"
    case .refuted(let steps): Quantities.counted(steps, "step")
    case .undecided: "?"
    }
  }
}

/// The field `lattice` of the document, see docs/Json.md.
extension PolicyText {
  public var json: JsonValue {
    .object([
      "policies": .array(
        zip(zip(lattice.policies, lattice.values), lattice.weaker).map { policy, pairs in
          .object([
            "name": .string(model.policies[policy.0].name),
            "values": .array(policy.1.map { .string(text($0, policy.0)) }),
            "weaker": .array(
              pairs.sorted { ($0.weaker, $0.stronger) < ($1.weaker, $1.stronger) }.map {
                .array([.string(text(policy.1[$0.weaker], policy.0)), .string(text(policy.1[$0.stronger], policy.0))])
              }),
          ])
        }),
      "properties": .array(lattice.properties.map { .string($0) }),
      "settings": .array(
        lattice.settings.enumerated().map { index, setting in
          .object([
            "values": .object(
              Dictionary(zip(names, values(setting).map { .string($0) }), uniquingKeysWith: { first, _ in first })),
            "standing": .string(standing(index)), "cells": .array(setting.cells.map(cell)),
          ])
        }),
    ])
  }

  private func cell(_ cell: PolicyLattice.Cell) -> JsonValue {
    let (verdict, steps, reason): (String, Int?, String?) =
      switch cell {
      case .proved: ("proved", nil, nil)
      case .exhausted: ("exhausted", nil, nil)
      case .refuted(let steps): ("violated", steps, nil)
      case .undecided(let why): ("undecided", nil, why)
      }
    return .object([
      "verdict": .string(verdict), "steps": steps.map { .int(Int64($0)) } ?? .null, "reason": .optional(reason),
    ])
  }
}
