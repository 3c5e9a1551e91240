import Spec

/// The loop of a run without end: a bracket around the steps that repeat, and why the run is fair.
///
///     ┌ loop: from here on for ever
///     │ step 2  take(x: proc1)
///     │   …
///     └ back to the state after step 1
struct LoopText {
  let text: TraceText

  init(_ text: TraceText) { self.text = text }

  private var trace: Trace { text.trace }
  private var style: Style { text.style }
  private var stutters: Bool { trace.loop == trace.steps.count }

  var opening: [String] { stutters ? [] : [style.strong("┌ loop: from here on for ever")] }

  func inside(_ lines: [String]) -> [String] { lines.map { style.strong("│ ") + $0 } }

  var closing: [String] {
    guard let loop = trace.loop else { return [] }
    if stutters { return [style.strong("loop: no action is enabled, so the last state repeats for ever")] + fairness }
    let place = loop == 0 ? "the initial state" : "the state after step \(loop)"
    return [style.strong("└ loop: back to \(place)")] + fairness
  }

  /// One line for each fair action and choice of parameters; those of one action that are never enabled share a line.
  private var fairness: [String] {
    guard let treatments = Evaluator(trace.instance).fairness(of: trace), !treatments.isEmpty else { return [] }
    var lines: [String] = []
    var never: [ActionID: Int] = [:]
    for treatment in treatments {
      let word = treatment.fairness == .strong ? "strong fair" : "fair"
      let name = "\(word) \(text.classText(treatment.action))"
      switch treatment.how {
      case .taken(let step): lines.append("\(name): taken in step \(step)")
      case .disabled(let steps):
        lines.append("\(name): disabled in " + (steps == 0 ? "the initial state" : "the state after step \(steps)"))
      case .neverEnabled: never[treatment.action.action, default: 0] += 1
      case .starved: lines.append("\(name): starved")
      }
    }
    for (action, count) in never.sorted(by: { $0.key < $1.key }) {
      let declaration = trace.instance.model.actions[action]
      let word = declaration.fairness == .strong ? "strong fair" : "fair"
      let others = declaration.parameters.isEmpty ? "" : ", for \(count) choice\(count == 1 ? "" : "s") of its parameters"
      lines.append("\(word) \(declaration.name): never enabled in the loop\(others)")
    }
    return ["the run is fair"] + lines.map { "  " + $0 }
  }
}

extension TraceText {
  /// An action with its parameters alone: `serve(x: proc1)`.
  func classText(_ instance: ActionInstance) -> String {
    let action = trace.instance.model.actions[instance.action]
    let parameters = zip(instance.arguments, action.parameters).map { "\($1.name): \(names.key($0, $1.type))" }
    return parameters.isEmpty ? action.name : "\(action.name)(\(parameters.joined(separator: ", ")))"
  }
}
