import Spec

/// Which obligations are in the decidable fragment, and what in the text keeps the others out:
///
///     Backed/map  outside the decidable fragment: a cycle of sorts, Slot → Slot
///       Slot → Slot by the function tree.parent, declared at
///         mapping.kspec:20:1
///           20 | var tree:  forest Slot
///              | ^^^^^^^^^^^^^^^^^^^^^^
public struct DecidabilityText: Sendable {
  public let obligations: [Decidability]
  public let sources: SourceSet
  public let style: Style

  public init(_ obligations: [Decidability], _ model: Model, style: Style) {
    self.obligations = obligations
    sources = model.sources
    self.style = style
  }

  /// Obligations that are kept out by the same are one entry.
  public func lines() -> [String] {
    let inside = obligations.count { $0.obstacles.isEmpty }
    var lines: [String] = []
    var shown: [String: Int] = [:]
    var groups: [(head: Decidability, names: [String])] = []
    for obligation in obligations where !obligation.obstacles.isEmpty {
      let key = reason(obligation) + details(obligation).joined()
      if let known = shown[key] {
        groups[known].names.append(obligation.obligation)
      } else {
        shown[key] = groups.count
        groups.append((obligation, [obligation.obligation]))
      }
    }
    for group in groups {
      lines += wrapped(style.strong(group.names.joined(separator: ", ")), width: style.width)
      lines += indented(
        wrapped(style.unsure("outside the decidable fragment: ") + reason(group.head), width: style.width - 2), by: 2)
      lines += indented(details(group.head), by: 2)
      lines.append("")
    }
    let total = Quantities.counted(obligations.count, "obligation")
    lines.append("\(Quantities.count(inside)) of \(total) in the decidable fragment (EPR with stratified functions)")
    return lines
  }

  private func reason(_ obligation: Decidability) -> String {
    obligation.obstacles.map { obstacle in
      guard obstacle == .cycle, let first = obligation.cycle.first else { return obstacle.rawValue }
      return "\(obstacle.rawValue), " + ([first.from] + obligation.cycle.map(\.to)).joined(separator: " → ")
    }.joined(separator: "; ")
  }

  private func details(_ obligation: Decidability) -> [String] {
    (obligation.cycle + [obligation.numbers].compactMap { $0 }).flatMap { link -> [String] in
      let way = "\(link.from) → \(link.to)"
      let isNumbers = link.from == link.to && link.function == nil && link.from == "numbers"
      let text =
        if let function = link.function {
          "\(way) by the function \(function)"
        } else if isNumbers {
          "a quantifier over numbers in \(link.assertion ?? "it")"
        } else {
          "\(way) by a quantifier in \(link.assertion ?? "it"): for each of the one there is one of the other"
        }
      return [text] + snippet(link.function == nil ? link.quantifier : link.declaration)
    }
  }

  private func snippet(_ span: Span) -> [String] {
    guard let snippet = SourceSnippet(span, in: sources, style: style) else { return [] }
    return indented([snippet.place] + snippet.lines, by: 2)
  }

  // MARK: - JSON

  public var json: JsonValue {
    .array(
      obligations.map { obligation in
        .object([
          "name": .string(obligation.obligation), "kind": .string(obligation.kind),
          "decidable": .bool(obligation.obstacles.isEmpty),
          "obstacles": .array(obligation.obstacles.map { .string($0.rawValue) }),
          "cycle": .array(obligation.cycle.map(link)), "numbers": obligation.numbers.map(link) ?? .null,
        ])
      })
  }

  private func link(_ link: Decidability.Link) -> JsonValue {
    .object([
      "from": .string(link.from), "to": .string(link.to), "function": .optional(link.function),
      "declaration": place(link.declaration), "assertion": .optional(link.assertion), "quantifier": place(link.quantifier),
    ])
  }

  private func place(_ span: Span) -> JsonValue {
    guard span.file >= 0, Int(span.file) < sources.files.count else { return .null }
    let file = sources.files[Int(span.file)]
    let position = file.position(of: span.start)
    return .object([
      "file": .string(file.path), "line": .int(Int64(position.line)), "column": .int(Int64(position.column)),
      "text": .string(sources.text(span)),
    ])
  }
}
