import Spec

/// One verdict in full, as `check` and `prove` print it: the finding first, then how it was found, then the evidence.
public struct VerdictText: Sendable {
  public let verdict: Verdict
  public let model: Model
  public let style: Style

  public init(_ verdict: Verdict, _ model: Model, style: Style) {
    self.verdict = verdict
    self.model = model
    self.style = style
  }

  public func lines() -> [String] {
    [headline] + indented(setting + counts + symmetry + partialOrder + covers, by: 2) + indented(notes, by: 2)
      + indented(coverage, by: 2) + indented(statistics, by: 2) + indented(evidence(), by: 2)
  }

  /// `exhausted  tiny: every state of this scope, no violation`
  var headline: String {
    let subject = [verdict.property, verdict.scope.map { "at \($0)" }].compactMap { $0 }.joined(separator: " ")
    switch verdict.outcome {
    case .proved: return style.good("proved") + "  \(subject): \(verdict.generality)"
    case .exhausted where verdict.store?.omissionText != nil:
      return style.unsure("exhausted") + "  \(subject): omission probability at most \(verdict.store?.omissionText ?? "1")"
    case .exhausted where verdict.partialOrder?.isReduced == true:
      return style.good("exhausted") + "  \(subject): every state of this scope up to the order of steps, and nothing else"
    case .exhausted: return style.good("exhausted") + "  \(subject): every state of this scope, and nothing else"
    case .bounded(let depth) where verdict.scope == nil:
      return style.unsure("bounded") + "  \(subject): no violation to depth \(depth) at any size, nothing beyond"
    case .bounded(let depth): return style.unsure("bounded") + "  \(subject): no violation to depth \(depth), nothing beyond"
    case .reached where isScenario: return style.good("passed") + "  \(subject)"
    case .reached:
      let how = verdict.trace.map { "reached in \(Quantities.counted($0.steps.count, "step"))" } ?? "refuted by induction"
      return (verdict.trace == nil ? style.unsure("not proved") : style.good("reached")) + "  \(subject): \(how)"
    case .undecided(let why): return style.unsure("undecided") + "  \(subject): \(why)"
    case .violated(let broken): return style.bad("VIOLATED") + "  \(subject): \(violation(broken))"
    }
  }

  private var isScenario: Bool { model.scenarios.contains { $0.name == verdict.property } }

  private func violation(_ broken: Broken) -> String {
    let steps = verdict.trace.map { " after \(Quantities.counted($0.steps.count, "step"))" } ?? ""
    switch broken {
    case .property where verdict.trace?.loop != nil:
      let count = Quantities.counted(verdict.trace?.steps.count ?? 0, "step")
      return "temporal \(broken.name(in: model)) is false on a run without end, shown in \(count)"
    case .property(let index):
      return
        "\(model.properties.indices.contains(index) ? model.properties[index].keyword + " " : "")\(broken.name(in: model)) is false\(steps)"
    case .error(let error): return "a spec error (\(error.kind.words))\(steps)"
    case .scenario(let failure): return failure.reason + steps
    case .deadlock: return "a deadlock\(steps): no action is enabled"
    case .coverUnreached: return "cover \(broken.name(in: model)) is reached in no state of this scope"
    }
  }

  /// Sizes and policies: without them no verdict means anything.
  private var setting: [String] {
    var parts = verdict.sizes.map { "\($0.sort) = \($0.size)" }
    parts += verdict.policies.map { "\($0.name) = \($0.value)" }
    return parts.isEmpty ? [] : wrapped("with " + parts.joined(separator: ", "), width: style.width - 2)
  }

  private var counts: [String] {
    if let walks = verdict.walks { return self.walks(walks) }
    var parts: [String] = []
    if verdict.states > 0 {
      parts.append("\(Quantities.count(verdict.states)) states")
      parts.append("\(Quantities.count(verdict.transitions)) transitions")
      parts.append("depth \(verdict.depth)")
      if verdict.rigidValuations > 1 { parts.append("\(verdict.rigidValuations) rigid valuations") }
    }
    parts.append(Quantities.seconds(verdict.seconds))
    if verdict.peakBytes > 0 { parts.append("at most \(Quantities.bytes(verdict.peakBytes))\(bytesPerState)") }
    parts.append(verdict.engine)
    return [parts.joined(separator: ", ")]
  }

  /// `1,000 walks of at most 100 steps, seed 1: 98,211 visits; 12,004 walks/s, 1,178,914 visits/s, native`
  private func walks(_ walks: WalkSummary) -> [String] {
    var parts = ["\(Quantities.counted(Int(clamping: walks.visits), "visit"))"]
    if walks.seconds > 0, walks.visits > 0 {
      parts.append("\(Quantities.count(UInt64(Double(walks.walks) / walks.seconds))) walks/s")
      parts.append("\(Quantities.count(UInt64(Double(walks.visits) / walks.seconds))) visits/s")
    }
    parts += [Quantities.seconds(verdict.seconds), verdict.engine]
    let head =
      "\(Quantities.counted(walks.walks, "walk")) of at most \(Quantities.counted(walks.steps, "step")), seed \(walks.seed): "
    let met = walks.metBy.map { "met by walk \($0)" + (walks.metAfter.map { " after \(Quantities.counted($0, "step"))" } ?? "") }
    return wrapped(head + parts.joined(separator: ", "), width: style.width - 2) + (met.map { [$0] } ?? [])
  }

  /// Of a few states the empty table would be most of it.
  private var bytesPerState: String {
    guard let store = verdict.store, verdict.states >= 100_000 else { return "" }
    let tenths = Int((store.bytesPerState * 10).rounded())
    return " (\(store.form.rawValue) store, \(tenths / 10).\(tenths % 10) bytes a state)"
  }

  /// `symmetry: Space 2! x Page 2! (group 4), 5,105 orbits of 19,492 states`
  private var symmetry: [String] {
    guard let symmetry = verdict.symmetry else { return [] }
    var text = "symmetry: \(symmetry.group)"
    if symmetry.orbits < verdict.states || symmetry.order > 1 {
      text += " (group \(Quantities.count(symmetry.order)))"
      text +=
        symmetry.isExact
        ? ", \(Quantities.count(symmetry.orbits)) orbits of \(Quantities.count(verdict.states)) states"
        : ", \(Quantities.count(symmetry.orbits)) inexact representatives, of some orbits several; counts are of these"
    }
    if symmetry.valuations < verdict.rigidValuations {
      text += ", \(symmetry.valuations) of \(verdict.rigidValuations) rigid valuations explored"
    }
    if !symmetry.remarks.isEmpty { text += "; not permuted: " + symmetry.remarks.joined(separator: ", ") }
    return wrapped(text, width: style.width - 2)
  }

  /// `partial order reduction: 1,204 of 3,310 states expanded in part, 2,406 successors not followed`
  private var partialOrder: [String] {
    guard let order = verdict.partialOrder else { return [] }
    var text = "partial order reduction: "
    if let obstacle = order.obstacle {
      text += "off, \(obstacle)"
    } else {
      text += "\(Quantities.count(order.reduced)) of \(Quantities.count(order.expanded)) states expanded in part"
      text += ", \(Quantities.count(order.skipped)) successors not followed"
      if order.isSearchedAgain {
        text += "; searched again without it for a shortest trace, which is what is counted above"
      } else if verdict.trace != nil && !order.isShortest {
        text += "; the trace is not shortest: a limit ended the search for a shorter one"
      } else {
        text +=
          "; the counts above are of the states visited" + (verdict.covers.isEmpty ? "" : ", and steps to covers not the fewest")
      }
    }
    return wrapped(text, width: style.width - 2)
  }

  private var covers: [String] {
    let reached = verdict.covers.map { "\(model.properties[$0.property].name) in \(Quantities.counted($0.steps, "step"))" }
    return reached.isEmpty ? [] : wrapped("covers reached: " + reached.joined(separator: ", "), width: style.width - 2)
  }

  private var coverage: [String] { verdict.coverage.map { CoverageText($0, model, style: style).lines() } ?? [] }

  private var statistics: [String] { verdict.statistics.map { StatisticsText($0, verdict, style: style).lines() } ?? [] }

  private var notes: [String] { verdict.notes.flatMap { wrapped("note: " + $0, width: style.width - 2) } }

  /// The trace, why the property is false where it ends, then the counterexample to induction with its own reason.
  public func evidence() -> [String] {
    var lines: [String] = []
    var error: SpecError?
    if case .violated(.error(let found)) = verdict.outcome { error = found }
    if let trace = verdict.trace {
      lines += [""] + TraceText(trace, style: style).lines(ending: error)
    } else if verdict.induction == nil, let error {
      lines += [style.bad("spec error (\(error.kind.words))") + (error.detail.isEmpty ? "" : ": \(error.detail)")]
      lines += snippet(error.span)
    }
    lines += conclusion()
    if let run = verdict.trace ?? verdict.induction, let explanation = verdict.explanation { lines += reason(explanation, run) }
    guard let induction = verdict.induction else { return lines }
    let steps = induction.steps.count > 1 ? "the \(induction.steps.count) steps are" : "the step is"
    let title = style.strong("counterexample to induction") + ": \(steps) possible, the first state need not be reachable"
    let step = ["", title] + TraceText(induction, style: style).lines(initialTitle: "some state")
    // Beside a trace the explanation is the trace's; the step's is its own.
    guard verdict.trace != nil else { return step + lines }
    return lines + step + (ownExplanation(induction).map { reason($0, induction) } ?? [])
  }

  /// What the last state of the trace shows.
  private func conclusion() -> [String] {
    switch verdict.outcome {
    case .violated(.property(let index)) where model.properties.indices.contains(index):
      let property = model.properties[index]
      let place = verdict.trace?.loop == nil ? "here" : "on this run"
      return [style.bad("\(property.keyword) \(property.name) is false \(place)")]
        + property.documentation.map { style.faint("/// \($0)") }
    case .violated(.scenario(let failure)): return [style.bad("the scenario fails here")] + snippet(failure.span)
    default: return []
    }
  }

  /// The failed conjunct and the witness, in the element names of the run.
  private func reason(_ explanation: Explanation, _ run: Trace) -> [String] {
    let lines = snippet(explanation.conjunct)
    if explanation.witness.isEmpty { return lines }
    let names = ValueNames(run.instance, run.rigid)
    let values = explanation.witness.map { "\($0.local.name) = \(names.text($0.value, $0.local.type))" }
    return lines + wrapped("with " + values.joined(separator: ", "), width: style.width - 2)
  }

  private func ownExplanation(_ run: Trace) -> Explanation? {
    guard case .violated(.property(let property)) = verdict.outcome, let step = run.steps.last, let after = step.state else {
      return nil
    }
    let before = run.steps.dropLast().last?.state ?? run.initial
    return Evaluator(run.instance).explain(property, in: after, step: (step.instance, before), run.rigid)
  }

  private func snippet(_ span: Span) -> [String] {
    guard let snippet = SourceSnippet(span, in: model.sources, style: style) else { return [] }
    return [style.faint(snippet.place)] + snippet.lines
  }
}

extension Property {
  /// The word that declares it.
  public var keyword: String {
    switch kind {
    case .invariant: "invariant"
    case .transition: "transition"
    case .temporal: "temporal"
    case .cover: "cover"
    }
  }
}
