import Spec

/// The verdicts of one proof run: a line for each property that is proved, what they rest on once, and the others in full.
public struct ProofText: Sendable {
  public let verdicts: [Verdict]
  public let model: Model
  public let style: Style

  public init(_ verdicts: [Verdict], _ model: Model, style: Style) {
    self.verdicts = verdicts
    self.model = model
    self.style = style
  }

  public func lines() -> [String] {
    let (proved, open) = split()
    var lines = proved.map { style.good("proved") + "  \($0.property): \($0.generality)" }
    if let first = proved.first {
      let policies = first.policies.map { "\($0.name) = \($0.value)" }
      if !policies.isEmpty {
        lines += indented(wrapped("with " + policies.joined(separator: ", "), width: style.width - 2), by: 2)
      }
      lines.append("  \(Quantities.seconds(proved.map(\.seconds).max() ?? 0)) together, \(first.engine)")
      lines += indented(notes(proved).flatMap { wrapped("note: " + $0, width: style.width - 2) }, by: 2)
    }
    for verdict in open {
      if !lines.isEmpty { lines.append("") }
      lines += VerdictText(verdict, model, style: style).lines()
    }
    return lines
  }

  private func split() -> (proved: [Verdict], open: [Verdict]) {
    var result: (proved: [Verdict], open: [Verdict]) = ([], [])
    for verdict in verdicts {
      if case .proved = verdict.outcome { result.proved.append(verdict) } else { result.open.append(verdict) }
    }
    return result
  }

  private func notes(_ verdicts: [Verdict]) -> [String] {
    var seen: Set<String> = []
    return verdicts.flatMap(\.notes).filter { seen.insert($0).inserted }
  }
}

extension Verdict {
  /// `for every size, by 2-induction`
  var generality: String {
    guard let inductionDepth, inductionDepth > 1 else { return "for every size" }
    return "for every size, by \(inductionDepth)-induction"
  }
}
