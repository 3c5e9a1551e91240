import Spec

/// A trace as lines: the rigid values, the initial state, then for each step its action with arguments and only what changed.
public struct TraceText: Sendable {
  public let trace: Trace
  public let names: ValueNames
  public let style: Style

  public init(_ trace: Trace, style: Style) {
    self.trace = trace
    self.style = style
    names = ValueNames(trace.instance, trace.rigid)
  }

  /// `initialTitle`: "initial state" for a run, "some state" for a counterexample to induction.
  public func lines(initialTitle: String = "initial state", ending error: SpecError? = nil) -> [String] {
    let states = StateText(names: names, style: style)
    var lines = constants()
    lines.append(style.strong(initialTitle))
    lines += indented(states.whole(trace.initial), by: 2)
    var before = trace.initial
    let loop = LoopText(self)
    if trace.loop == 0 { lines += loop.opening }
    for (number, step) in trace.steps.enumerated() {
      var own = [style.strong("step \(number + 1)") + "  " + instanceText(step.instance)]
      if let after = step.state {
        own += indented(states.difference(from: before, to: after), by: 2)
        before = after
      } else if let error {
        own += indented(errorLines(error), by: 2)
      }
      lines += number >= trace.loop ?? .max ? loop.inside(own) : own
      if trace.loop == number + 1 { lines += loop.opening }
    }
    lines += loop.closing
    if trace.steps.last?.state != nil || trace.steps.isEmpty, let error { lines += errorLines(error) }
    return lines
  }

  /// `map(from: (sigma0, page0), to: (space1, page0), r: write)`; choices follow as in a scenario: `choosing owner = space1`.
  public func instanceText(_ instance: ActionInstance) -> String {
    let action = trace.instance.model.actions[instance.action]
    let values = zip(instance.arguments, action.instanceLocals).map { names.key($0, $1.type) }
    let choices = zip(action.choices, values.dropFirst(action.parameters.count)).map { choice, value in
      "\(trace.instance.model.variables[choice.variable].name) = \(value)"
    }
    let head = classText(instance)
    return choices.isEmpty ? head : "\(head) choosing \(choices.joined(separator: ", "))"
  }

  func errorLines(_ error: SpecError) -> [String] {
    var lines = [style.bad("spec error (\(error.kind.words))") + (error.detail.isEmpty ? "" : ": \(error.detail)")]
    if let snippet = SourceSnippet(error.span, in: trace.instance.model.sources, style: style) {
      lines += [style.faint(snippet.place)] + snippet.lines
    }
    return lines
  }

  /// Rigid values that the element names do not already show.
  private func constants() -> [String] {
    let model = trace.instance.model
    var rows: [[String]] = []
    for (constant, value) in zip(model.constants, trace.rigid.constants) {
      let text = names.text(value, constant.type)
      if text != constant.name { rows.append([constant.name, "= \(text)"]) }
    }
    return rows.isEmpty ? [] : [style.strong("constants")] + indented(aligned(rows), by: 2)
  }
}

extension SpecError.Kind {
  /// What happened, in the words of the language page.
  public var words: String {
    switch self {
    case .range: "a value outside its range"
    case .none: "`!` on none"
    case .division: "division by zero"
    case .index: "a queue index out of bounds"
    case .overflow: "push on a full queue"
    case .underflow: "pop of an empty queue"
    case .conflict: "two updates of one location with different values"
    case .forest: "a forest operation that does not apply"
    case .unbounded: "too many values to enumerate"
    }
  }
}
