/// Effects: each body is checked once, on its own; a call copies its updates with fresh slots.

extension SpecChecker {
  /// Updates and expressions that one action may consist of.
  static let largestAction = 100_000
  /// The same for all actions and effects of a spec together.
  static let largestSpec = 2_000_000

  func checkEffects() {
    let calls = effects.map { entry in Array(Set(entry.body.flatMap(\.calledNames).compactMap { effectNames[$0] })).sorted() }
    for index in SpecChecker.calleesFirst(calls) { checkEffect(index, calledAt: nil) }
  }

  private func checkEffect(_ index: Int, calledAt use: Name?) {
    switch effects[index].progress {
    case .done: return
    case .running:
      let name = effects[index].name
      let start = running.lastIndex(of: name.text) ?? 0
      report(
        NameFact.recursiveEffect(cycle: shortened(running[start...] + [name.text])), at: use?.span ?? name.span,
        related(name.span, "declared here"))
      return
    case .waiting: break
    }
    guard running.count < SpecChecker.longestCycle else {
      let name = effects[index].name
      report(NameFact.recursiveEffect(cycle: shortened(running + [name.text])), at: use?.span ?? name.span)
      return
    }
    effects[index].progress = .running
    running.append(effects[index].name.text)
    defer { running.removeLast() }
    let entry = effects[index]
    let outer = (inlinedWeight, tooLarge)
    (inlinedWeight, tooLarge) = (0, false)
    defer { (inlinedWeight, tooLarge) = outer }
    let checked = inFrame(Frame()) { () -> ([Local], [Update]) in
      let locals = entry.parameters.map { bind($0.name, binderType($0)) }
      var none = ActionParts()
      // A scope of its own, so that a `let` of a parameter's name hides it and is not a second binding of it.
      return (locals, inScope { typeStatements(entry.body, .effect, &none) })
    }
    effects[index].locals = checked.result.0
    effects[index].updates = tooLarge ? [] : checked.result.1
    effects[index].frameSize = checked.frameSize
    effects[index].weight = effects[index].updates.reduce(0) { $0 + $1.weight }
    effects[index].progress = .done
  }

  func inlineEffect(_ name: Name, _ arguments: [ArgumentTree], _ span: Span) -> [Update] {
    guard let index = effectNames[name.text] else {
      reportUnknownEffect(name)
      for argument in arguments { _ = infer(argument.value, hint: .error) }
      return []
    }
    usedEffects.insert(index)
    checkEffect(index, calledAt: name)
    let entry = effects[index]
    rejectLabels(arguments, "`\(name.text)`")
    guard arguments.count == entry.parameters.count else {
      report(
        TypeFact.argumentCount(what: "`\(name.text)`", expected: entry.parameters.count, found: arguments.count), at: span,
        related(entry.name.span, "declared here"))
      for argument in arguments { _ = infer(argument.value, hint: .error) }
      return []
    }
    guard entry.progress == .done else {
      for argument in arguments { _ = infer(argument.value, hint: .error) }
      return []
    }
    let values = zip(arguments, zip(entry.parameters, entry.locals)).map { argument, parameter in
      check(argument.value, parameter.1.type, related(parameter.0.name.span, "the parameter is \(describe(parameter.1.type))"))
    }
    inlinedWeight += entry.weight
    totalWeight += entry.weight
    guard inlinedWeight <= SpecChecker.largestAction, totalWeight <= SpecChecker.largestSpec else {
      // Once is enough; the weight stays above the limit for the rest of this action or effect.
      if !tooLarge { report(RuleFact.tooLarge(limit: SpecChecker.largestAction), at: span) }
      tooLarge = true
      return []
    }
    // Same names, slots shifted into this frame.
    let base = frame.reserve(entry.frameSize)
    let shift = { (local: Local) in Local(slot: local.slot + base, name: local.name, type: local.type) }
    var updates = entry.updates.map { $0.renamingLocals(shift) }
    for (local, value) in zip(entry.locals, values).reversed() {
      updates = [Update(.letIn(shift(local), value, updates), span)]
    }
    return updates
  }

  private func reportUnknownEffect(_ name: Name) {
    if actionNames[name.text] != nil {
      report(
        NameFact.wrongKind(name: name.text, found: "action", expected: "effect", help: nil), at: name.span,
        related(calledAt[name.text], "declared here"))
    } else if let symbol = symbols[name.text] {
      report(
        NameFact.wrongKind(name: name.text, found: symbol.kind, expected: "effect", help: nil), at: name.span,
        related(declared[name.text], "declared here"))
    } else {
      report(
        NameFact.unknown(kind: "effect", name: name.text, suggestion: nearest(name.text, among: effectNames.keys)), at: name.span)
    }
  }
}

extension Update {
  /// Updates and expressions in it, itself included.
  var weight: Int {
    func weight(_ e: Expr) -> Int {
      var count = 0
      e.forEachSubexpression { _ in count += 1 }
      return count
    }
    func all(_ updates: [Update]) -> Int { updates.reduce(0) { $0 + $1.weight } }
    func place(_ l: Location) -> Int { l.indices.reduce(0) { $0 + weight($1) } }
    switch kind {
    case .assign(let l, let e), .add(let l, let e), .remove(let l, let e), .push(let l, let e): return 1 + place(l) + weight(e)
    case .pop(let l): return 1 + place(l)
    case .removeAll(let l, _, let filter): return 1 + place(l) + weight(filter)
    case .forest(_, let op): return op.operands.reduce(1) { $0 + weight($1) }
    case .forEach(_, let filter, let body): return 1 + (filter.map(weight) ?? 0) + all(body)
    case .conditional(let c, let a, let b): return 1 + weight(c) + all(a) + all(b)
    case .letIn(_, let e, let body): return 1 + weight(e) + all(body)
    }
  }
}
