/// `verify` blocks: what must come out. Every name is resolved here, so that engines never meet an unknown one.

extension SpecChecker {
  func checkVerify() {
    guard !work.verify.isEmpty else { return }
    var lines: [VerifyLine] = []
    for block in work.verify {
      for tree in block.lines { lines += typeLine(tree) }
    }
    model.verify = lines
  }

  /// One line of text is one line of the model, except that a `prove` of a noninterference stands alone.
  private func typeLine(_ tree: VerifyLineTree) -> [VerifyLine] {
    let verb = tree.verb
    let settings = typeSettings(tree.settings)
    let pins = typePins(tree.pins, verb)
    let scope: Int?
    if verb == .check {
      // `check tiny`: the scope is the line's one name.
      guard let name = tree.scope ?? tree.names.first else {
        report(ScopeFact.malformedLine(verb: verb.rawValue), at: tree.span)
        return []
      }
      scope = scopeIndex(name)
    } else {
      scope = tree.scope.flatMap { scopeIndex($0) }
    }
    if verb == .prove, tree.scope != nil { report(ScopeFact.malformedLine(verb: verb.rawValue), at: tree.span) }
    if verb == .cover || verb == .unreachable || verb == .test, tree.scope == nil {
      report(ScopeFact.needsScope(verb: verb.rawValue), at: tree.span)
    }
    let goals = typeGoals(tree, hasScope: tree.scope != nil)
    return goals.map {
      VerifyLine(goal: $0, scope: verb == .prove ? nil : scope, settings: settings, pins: pins, span: tree.span)
    }
  }

  private func scopeIndex(_ name: Name) -> Int? {
    if let index = scopeNames[name.text] {
      return index
    }
    report(
      NameFact.unknown(kind: "scope", name: name.text, suggestion: nearest(name.text, among: scopeNames.keys)), at: name.span)
    return nil
  }

  // MARK: - Goals

  private func typeGoals(_ tree: VerifyLineTree, hasScope: Bool) -> [VerifyLine.Goal] {
    switch tree.verb {
    case .check: return [.check]
    case .prove: return proveGoals(tree)
    case .refute:
      guard let name = singleName(tree) else { return [] }
      return refuteTarget(name, tree, hasScope: hasScope).map { [.refute($0)] } ?? []
    case .cover, .unreachable:
      guard let name = singleName(tree), let symbol = property(name) else { return [] }
      guard case .property(let index) = symbol, work.properties[index].tree.keyword == .cover else {
        wrongProperty(name, symbol, tree.verb, "a cover")
        return []
      }
      return [tree.verb == .cover ? .cover(index) : .unreachable(index)]
    case .test:
      guard let name = singleName(tree) else { return [] }
      guard let index = scenarioNames[name.text] else {
        report(
          NameFact.unknown(kind: "scenario", name: name.text, suggestion: nearest(name.text, among: scenarioNames.keys)),
          at: name.span)
        return []
      }
      return [.test(scenario: index)]
    }
  }

  private func singleName(_ tree: VerifyLineTree) -> Name? {
    if let name = tree.names.first { return name }
    report(ScopeFact.malformedLine(verb: tree.verb.rawValue), at: tree.span)
    return nil
  }

  private func proveGoals(_ tree: VerifyLineTree) -> [VerifyLine.Goal] {
    let names = tree.names
    if names.isEmpty {
      let all = work.properties.indices.filter { [.invariant, .transition].contains(work.properties[$0].tree.keyword) }
      if all.isEmpty { reportMissing(ScopeFact.nothingToProve, at: tree.span) }
      return [.prove(all)]
    }
    var indices: [Int] = []
    var goals: [VerifyLine.Goal] = []
    var seen: Set<String> = []
    for name in names {
      if !seen.insert(name.text).inserted { report(ScopeFact.twice(name: name.text, place: "this line"), at: name.span) }
      guard let symbol = property(name) else { continue }
      switch symbol {
      case .property(let index) where [.invariant, .transition].contains(work.properties[index].tree.keyword):
        indices.append(index)
      case .noninterference: goals.append(.proveNoninterference)
      default: wrongProperty(name, symbol, .prove, "invariants, transition properties and noninterference")
      }
    }
    return indices.isEmpty ? goals : [.prove(indices)] + goals
  }

  private func refuteTarget(_ name: Name, _ tree: VerifyLineTree, hasScope: Bool) -> VerifyLine.Target? {
    if name.text == "deadlock" || name.text == "error" {
      if !hasScope { report(ScopeFact.needsScope(verb: "refute \(name.text)"), at: tree.span) }
      return name.text == "deadlock" ? .deadlock : .error
    }
    guard let symbol = property(name) else { return nil }
    switch symbol {
    case .noninterference: return .noninterference
    case .property(let index) where work.properties[index].tree.keyword != .cover:
      if work.properties[index].tree.keyword == .temporal, !hasScope {
        report(ScopeFact.needsScope(verb: "refute \(name.text)"), at: tree.span)
      }
      return .property(index)
    case .property, .axiom:
      wrongProperty(
        name, symbol, .refute, "an invariant, a transition or temporal property, noninterference, `deadlock` or `error`")
      return nil
    }
  }

  private func property(_ name: Name) -> PropertySymbol? {
    if let symbol = propertyNames[name.text] { return symbol }
    // A spec has at most one, so its keyword names it too.
    if name.text == "noninterference", model.noninterference != nil { return .noninterference }
    report(
      NameFact.unknown(kind: "property", name: name.text, suggestion: nearest(name.text, among: propertyNames.keys)),
      at: name.span)
    return nil
  }

  private func wrongProperty(_ name: Name, _ symbol: PropertySymbol, _ verb: VerifyVerb, _ needs: String) {
    let found: String =
      switch symbol {
      case .axiom: "axiom"
      case .noninterference: "noninterference"
      case .property(let index):
        switch work.properties[index].tree.keyword {
        case .invariant: "invariant"
        case .transition: "transition property"
        case .temporal: "temporal property"
        case .cover: "cover"
        }
      }
    report(
      ScopeFact.wrongProperty(name: name.text, found: found, verb: verb.rawValue, needs: needs), at: name.span,
      related(propertySpans[name.text], "declared here"))
  }

  // MARK: - Settings and pins

  private func typeSettings(_ settings: [SettingTree]) -> [PolicyID: Expr] {
    var result: [PolicyID: Expr] = [:]
    for setting in settings {
      guard case .policy(let id)? = symbols[setting.policy.text] else {
        if let symbol = symbols[setting.policy.text] {
          report(
            NameFact.wrongKind(name: setting.policy.text, found: symbol.kind, expected: "policy", help: nil),
            at: setting.policy.span,
            related(declared[setting.policy.text], "declared here"))
        } else {
          let suggestion = nearest(setting.policy.text, among: model.policies.map(\.name))
          report(NameFact.unknown(kind: "policy", name: setting.policy.text, suggestion: suggestion), at: setting.policy.span)
        }
        continue
      }
      if result[id] != nil { report(ScopeFact.twice(name: setting.policy.text, place: "this line"), at: setting.policy.span) }
      let policy = model.policies[id]
      result[id] = closed(setting.value, policy.type, related(policy.span, "`\(policy.name)` is \(describe(policy.type))"))
    }
    return result
  }

  private func typePins(_ pins: [VerifyLineTree.Pin], _ verb: VerifyVerb) -> [String: Int] {
    let allowed: [String] =
      switch verb {
      case .check: ["states", "transitions", "depth"]
      case .refute, .cover: ["steps"]
      case .prove, .unreachable, .test: []
      }
    var result: [String: Int] = [:]
    for pin in pins {
      guard allowed.contains(pin.key.text) else {
        report(ScopeFact.pinKey(key: pin.key.text, verb: verb.rawValue, allowed: allowed), at: pin.key.span)
        continue
      }
      if result[pin.key.text] != nil { report(ScopeFact.twice(name: pin.key.text, place: "this line"), at: pin.key.span) }
      guard let number = literal(pin.value), number >= 0, let count = Int(exactly: number) else {
        report(ScopeFact.malformedLine(verb: verb.rawValue), at: pin.value.span)
        continue
      }
      result[pin.key.text] = count
    }
    return result
  }
}
