/// `layout` and `cost`: what the performance model needs to know, resolved and checked.

extension SpecChecker {
  func checkLayoutsAndCosts() {
    checkLayouts()
    var seen: [ActionID: Span] = [:]
    for cost in work.costs {
      let items = cost.items.compactMap { typeCost($0) }
      guard let action = actionID(cost.action) else { continue }
      if let first = seen[action] {
        report(NameFact.repeated(kind: "cost of", name: cost.action.text), at: cost.action.span, related(first, "the first"))
        continue
      }
      seen[action] = cost.action.span
      model.costs.append(Cost(action: action, items: items, span: cost.action.span))
    }
  }

  private func checkLayouts() {
    var names: [String: Span] = [:]
    var placed: [VariableID: Span] = [:]
    for layout in work.layouts {
      if let first = names[layout.name.text] {
        report(
          NameFact.duplicate(kind: "layout", name: layout.name.text, sharing: nil), at: layout.name.span,
          related(first, "first declared here"))
      }
      names[layout.name.text] = layout.name.span
      let key = requireKey(resolve(layout.key), at: layout.key.span, role: "the key of a layout")
      var variables: [VariableID] = []
      for name in layout.variables {
        guard case .variable(let id)? = symbols[name.text] else {
          report(
            NameFact.unknown(
              kind: "variable", name: name.text, suggestion: nearest(name.text, among: model.variables.map(\.name))),
            at: name.span)
          continue
        }
        let variable = model.variables[id]
        if let first = placed[id] {
          report(
            RuleFact.layout(problem: "`\(name.text)` is already part of a layout", help: "a variable lies in one place"),
            at: name.span,
            related(first, "here"))
          continue
        }
        placed[id] = name.span
        if !isBroken(key), !isBroken(variable.type), !isIndexed(variable.type, by: key) {
          report(
            RuleFact.layout(
              problem: "`\(name.text)` has no part for each \(describe(key))", help: "a layout collects maps indexed by its key"),
            at: name.span, related(variable.span, "`\(name.text)` is \(describe(variable.type))"))
        }
        variables.append(id)
      }
      model.layouts.append(Layout(name: layout.name.text, key: key, variables: variables, span: layout.name.span))
    }
  }

  private func isIndexed(_ type: Type, by key: Type) -> Bool {
    if case .map(let keys, _) = type { keys.first == key } else { type == .forest(key) || type == .set(key) }
  }

  private func typeCost(_ item: CostItemTree) -> Cost.Item? {
    let words = item.words.map { word -> (text: String, number: Int?) in
      switch word {
      case .name(let name): (name.text, nil)
      case .integer(let number, _): ("", Int(exactly: number))
      }
    }
    let shape = words.map { $0.number == nil ? $0.text : "N" }
    switch shape {
    case ["trap"]: return .trap
    case ["instructions", "N"]: return .instructions(words[1].number ?? 0)
    case ["code", "N", "lines"], ["code", "N", "line"]: return .codeLines(words[1].number ?? 0)
    case ["switch", "space"]: return .switchSpace
    default: break
    }
    if shape.first == "copy", shape.count == 3, shape[2] == "bytes" {
      // `copy payload bytes`, `copy 64 bytes`
      return .copy(words: words.dropFirst().map { $0.number.map(String.init) ?? $0.text })
    }
    let known = ["trap", "instructions", "code", "switch", "copy"]
    let near = shape.first.flatMap { known.contains($0) ? nil : nearest($0, among: known) }
    report(
      RuleFact.cost(problem: near.map { "no cost is written so; did you mean `\($0)`?" } ?? "no cost is written so"),
      at: item.span)
    return nil
  }
}
