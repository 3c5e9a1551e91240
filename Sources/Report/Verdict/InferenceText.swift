import Spec

/// What inference found: a verdict, and the declarations that a reader can put into the spec.
public struct InferenceText: Sendable {
  public let verdict: Verdict
  public let lemmas: [String]
  public let model: Model
  public let style: Style

  public init(_ verdict: Verdict, _ lemmas: [String], _ model: Model, style: Style) {
    self.verdict = verdict
    self.lemmas = lemmas
    self.model = model
    self.style = style
  }

  public func lines() -> [String] {
    guard case .proved = verdict.outcome else { return VerdictText(verdict, model, style: style).lines() }
    var lines = [style.good("proved") + "  \(verdict.property): for every size"]
    let policies = verdict.policies.map { "\($0.name) = \($0.value)" }
    if !policies.isEmpty { lines += indented(wrapped("with " + policies.joined(separator: ", "), width: style.width - 2), by: 2) }
    lines.append("  \(Quantities.seconds(verdict.seconds)), \(verdict.engine)")
    if lemmas.isEmpty {
      lines.append("  it carries itself: no other invariant is needed")
    } else {
      lines.append("  carried by")
      lines += lemmas.map { "    " + $0 }
    }
    lines += indented(verdict.notes.flatMap { wrapped("note: " + $0, width: style.width - 2) }, by: 2)
    return lines
  }
}
