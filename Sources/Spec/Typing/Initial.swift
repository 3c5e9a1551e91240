/// `init`, policies and axioms: what reads no variables.

extension SpecChecker {
  func checkInitialStates() {
    var assignments: [VariableID: InitialStates.Assignment] = [:]
    let span = work.initialSpans.first ?? .none
    let checked = inFrame(Frame(rigid: "the right side of `init`")) {
      for statement in work.initial {
        guard let id = initialVariable(statement.variable) else { continue }
        let value = inScope { typeInitial(statement.value, id) }
        if let first = assignments[id] {
          report(
            RuleFact.initialisedTwice(name: statement.variable.text), at: statement.variable.span,
            related(first.span, "the first"))
        } else {
          assignments[id] = InitialStates.Assignment(variable: id, value: value, span: statement.span)
        }
      }
    }
    for (id, variable) in model.variables.enumerated() where assignments[id] == nil && symbols[variable.name] == .variable(id) {
      reportMissing(
        RuleFact.uninitialised(name: variable.name), at: variable.span, related(work.initialSpans.first, "`init` is here"))
    }
    model.initial = InitialStates(
      assignments: model.variables.indices.compactMap { assignments[$0] }, frameSize: checked.frameSize, span: span)
  }

  private func initialVariable(_ name: Name) -> VariableID? {
    guard let symbol = symbols[name.text] else {
      report(
        NameFact.unknown(kind: "variable", name: name.text, suggestion: nearest(name.text, among: model.variables.map(\.name))),
        at: name.span)
      return nil
    }
    guard case .variable(let id) = symbol else {
      used.insert(symbol)
      report(
        NameFact.wrongKind(name: name.text, found: symbol.kind, expected: "variable", help: nil), at: name.span,
        related(declared[name.text], "declared here"))
      return nil
    }
    return id
  }

  private func typeInitial(_ value: InitStatementTree.Value, _ id: VariableID) -> InitialStates.Value {
    let variable = model.variables[id]
    let origin = related(variable.span, "`\(variable.name)` is \(describe(variable.type))")
    switch value {
    case .expression(let tree): return .expression(check(tree, variable.type, origin))
    case .any(let binder, let filter):
      if variable.type.isForest {
        report(TypeFact.forestMisplaced(reason: "a forest has no `any`: it begins `empty`"), at: variable.span)
      }
      var local: Local?
      if let binder {
        if binder.type != nil {
          let stated = binderType(binder)
          if !isBroken(stated), !isBroken(variable.type), stated != variable.type {
            report(
              TypeFact.mismatch(
                expected: describe(variable.type), found: describe(stated),
                help: "`any` ranges over all values of the variable's type"),
              at: binder.type?.span ?? binder.name.span, origin)
          }
        }
        local = bind(binder.name, variable.type)
      }
      return .any(local, filter: filter.map { checkBool($0) })
    }
  }

  // MARK: - Policies and axioms

  func checkPolicies() {
    for (id, work) in work.policies.enumerated() {
      let type = model.policies[id].type
      if !isBroken(type), !isPolicyType(type) {
        report(RuleFact.policyType(type: describe(type)), at: work.type.span)
        model.policies[id].type = .error
      }
      let policy = model.policies[id]
      model.policies[id].defaultValue = closed(
        work.value, policy.type, related(work.type.span, "`\(policy.name)` is \(describe(policy.type))"))
    }
  }

  private func isPolicyType(_ type: Type) -> Bool {
    switch type {
    case .bool, .int, .enumeration: true
    case .option(let payload): isPolicyType(payload)
    case .record(let id): model.records[id].fields.allSatisfy { isPolicyType($0.type) }
    case .sort, .set, .map, .queue, .forest, .error: false
    }
  }

  /// An expression of literals only: it needs neither a state nor a frame.
  func closed(_ tree: ExprTree, _ type: Type, _ origin: Diagnostic.Related?) -> Expr {
    let value = inFrame(Frame()) { check(tree, type, origin) }.result
    if !value.isClosed { report(RuleFact.notClosed, at: tree.span) }
    return value
  }

  func checkAxioms() {
    for axiom in work.axioms {
      let checked = inFrame(Frame(rigid: "an axiom")) { checkBool(axiom.body) }
      model.axioms.append(Axiom(name: axiom.name.text, body: checked.result, frameSize: checked.frameSize, span: axiom.name.span))
    }
  }
}

extension Expr {
  /// Made of literals only.
  fileprivate var isClosed: Bool {
    switch kind {
    case .bool, .int, .enumCase, .none: true
    case .some(let a): a.isClosed
    case .record(_, let parts): parts.allSatisfy(\.isClosed)
    default: type == .error
    }
  }
}
