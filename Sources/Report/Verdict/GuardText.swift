import Spec

/// What `kspec guards` found: a row a guard, those that cover for each other, and the attacks that are asked for.
public struct GuardText: Sendable {
  public let report: GuardReport
  public let model: Model
  public let style: Style

  public init(_ report: GuardReport, _ model: Model, style: Style) {
    self.report = report
    self.model = model
    self.style = style
  }

  /// `traces`: show the run of every attack.
  public func lines(traces: Bool) -> [String] {
    var lines = [style.strong("guards") + "  \(model.name) at \(report.scopes.joined(separator: ", then "))"]
    if !setting.isEmpty { lines += indented(wrapped(setting, width: style.width - 2), by: 2) }
    if report.isBroken {
      lines.append(style.bad("VIOLATED") + "  with all its guards, so nothing is said of them:")
      return lines + VerdictText(report.baseline, model, style: style).lines()
    }
    lines += indented(wrapped(proofs, width: style.width - 2), by: 2)
    if case .undecided(let why) = report.baseline.outcome { lines.append("  with all guards, undecided: \(why)") }
    lines += indented(rows, by: 2)
    lines += indented(covering, by: 2)
    if report.unnamed > 0 { lines.append("  \(Quantities.counted(report.unnamed, "guard")) without a name: not asked about") }
    lines.append(summary)
    return traces ? lines + evidence : lines
  }

  private var setting: String {
    let parts =
      report.baseline.sizes.map { "\($0.sort) = \($0.size)" } + report.baseline.policies.map { "\($0.name) = \($0.value)" }
    return parts.isEmpty ? "" : "with " + parts.joined(separator: ", ")
  }

  private var proofs: String {
    let unproved = report.unproved.map { model.properties[$0].name }
    if report.proved.isEmpty { return "nothing is proved with all guards" }
    if unproved.isEmpty { return "with all guards every property is proved for every size" }
    return "with all guards not proved: " + unproved.joined(separator: ", ")
  }

  private var rows: [String] {
    let cells = report.entries.map { ($0, model.name(of: $0.rule), word($0.standing)) }
    let names = cells.map { visibleWidth($0.1) }.max() ?? 0
    let words = cells.map { visibleWidth($0.2) }.max() ?? 0
    return cells.flatMap { entry, name, word in
      let room = max(30, style.width - names - words - 6)
      return wrapped(reason(entry), width: room).enumerated().map { line, text in
        line == 0
          ? "\(padded(name, names))  \(padded(word, words))  \(text)" : String(repeating: " ", count: names + words + 4) + text
      }
    }
  }

  private func word(_ standing: GuardReport.Standing) -> String {
    let word = standing.word
    switch standing {
    case .needed, .definedness: return style.good(word)
    case .redundant: return style.bad(word)
    case .unknown: return style.unsure(word)
    }
  }

  private func reason(_ entry: GuardReport.Entry) -> String {
    switch entry.standing {
    case .needed(let attack): return "without it \(words(attack))"
    case .definedness(let attack): return "without it \(words(attack)); no property is broken at \(searched(entry.explored))"
    case .redundant(.implied): return "every property is proved without it: the other guards imply it"
    case .redundant(.harmless): return "every property is proved without it; what it excludes breaks none"
    case .unknown(let why): return "no attack at \(searched(entry.explored)); \(why)"
    }
  }

  /// `Backed is false after 2 steps at tiny`
  private func words(_ attack: Verdict) -> String {
    guard case .violated(let broken) = attack.outcome else { return "undecided" }
    let what: String
    switch broken {
    case .error(let error): what = "there is a spec error (\(error.kind.words))"
    default: what = "\(broken.name(in: model)) is false"
    }
    let steps = attack.trace.map { " after \(Quantities.counted($0.steps.count, "step"))" } ?? ""
    return what + steps + (report.scopes.count > 1 ? " at \(attack.scope ?? "this scope")" : "")
  }

  /// `tiny (19,492 states, exhausted), wide (200,000 states, then the limit of …)`
  private func searched(_ verdicts: [Verdict]) -> String {
    verdicts.map { verdict in
      let states = Quantities.counted(Int(clamping: verdict.states), "state")
      if case .undecided(let why) = verdict.outcome { return "\(verdict.scope ?? "this scope") (\(states), \(why))" }
      return "\(verdict.scope ?? "this scope") (\(states), exhausted)"
    }.joined(separator: ", ")
  }

  // MARK: - Several guards

  private var covering: [String] {
    let scope = report.scopes.first ?? "this scope"
    var lines = report.groups.flatMap { group in
      let names = group.rules.map(model.name(of:))
      let all = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
      return wrapped(
        style.bad(group.rules.count == 2 ? "pair" : "group")
          + ": \(all) cover for each other: without \(group.rules.count == 2 ? "both" : "all of them") "
          + words(group.attack), width: style.width - 2)
    }
    switch report.covering {
    case .notAsked: break
    case .none: lines.append("without all guards that are not needed there is no attack at \(scope), either")
    case .complete: if report.groups.isEmpty { lines.append("no two of these cover for each other at \(scope)") }
    case .incomplete(let why): lines.append("pairs at \(scope): \(why)")
    }
    return lines
  }

  private var summary: String {
    var counts: [(String, Int)] = []
    for entry in report.entries {
      let word = entry.standing.word
      if let place = counts.firstIndex(where: { $0.0 == word }) { counts[place].1 += 1 } else { counts.append((word, 1)) }
    }
    let parts = counts.map { "\($0.1) \($0.0)" }
    return "\(Quantities.counted(report.entries.count, "guard"))" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
  }

  private var evidence: [String] {
    func show(_ title: String, _ verdict: Verdict) -> [String] {
      ["", style.strong("without \(title)")] + VerdictText(verdict, model, style: style).lines()
    }
    return report.entries.flatMap { entry -> [String] in
      switch entry.standing {
      case .needed(let attack), .definedness(let attack): show(model.name(of: entry.rule), attack)
      case .redundant, .unknown: []
      }
    } + report.groups.flatMap { show($0.rules.map(model.name(of:)).joined(separator: " and "), $0.attack) }
  }
}

extension GuardReport.Standing {
  /// The word of text and JSON.
  public var word: String {
    switch self {
    case .needed: "needed"
    case .definedness: "needed for definedness"
    case .redundant: "redundant"
    case .unknown: "unknown"
    }
  }
}
