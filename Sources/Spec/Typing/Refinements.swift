/// `refines`: this spec's state gives values to the abstract spec's, and each of its actions an abstract action or a stutter.

extension SpecChecker {
  func checkRefinements() {
    for work in work.refinements {
      guard let abstract = abstractModel(work.tree.path) else { continue }
      if let refinement = typeRefinement(work.tree, abstract, work.span) { model.refinements.append(refinement) }
    }
  }

  private func typeRefinement(_ tree: RefinesTree, _ abstract: Model, _ span: Span) -> Refinement? {
    if abstract.name != tree.spec.text {
      report(FileFact.specName(path: tree.path.text, found: abstract.name, written: tree.spec.text), at: tree.spec.span)
    }
    var refinement = Refinement(
      exactly: tree.exactly, abstractName: tree.spec.text, abstractModel: abstract, parameters: [], sorts: [:], constants: [:],
      policies: [:], variables: [:], actions: [], elseStutter: false, frameSize: 0, span: tree.spec.span)
    let checked = inFrame(Frame()) {
      refinement.parameters = tree.parameters.map { bind($0.name, keyBinderType($0, role: "a parameter of a refinement")) }
      mapSorts(tree, &refinement)
      mapValues(tree, &refinement)
      for clause in tree.clauses { mapAction(clause, tree, &refinement) }
    }
    refinement.frameSize = checked.frameSize
    requireCompleteness(tree, refinement)
    return refinement
  }

  // MARK: - Sorts

  private func mapSorts(_ tree: RefinesTree, _ refinement: inout Refinement) {
    let abstract = refinement.abstractModel
    for clause in tree.clauses {
      guard case .value(let name, let value) = clause.kind, let sort = abstract.sorts.firstIndex(where: { $0.name == name.text })
      else { continue }
      guard case .name(let typeName) = value.kind else {
        report(
          TypeFact.mismatch(
            expected: "the name of a type", found: "a value", help: "a sort is mapped to a type: `\(name.text) = T`"),
          at: value.span)
        refinement.sorts[sort] = .error
        continue
      }
      if refinement.sorts[sort] != nil { report(RefinementFact.twice(name: name.text), at: name.span) }
      refinement.sorts[sort] = requireKey(resolve(typeName), at: typeName.span, role: "what a sort is mapped to")
    }
    var unmapped: [String] = []
    for (sort, declaration) in abstract.sorts.enumerated() where refinement.sorts[sort] == nil {
      // A sort of the same name on both sides maps to itself.
      if case .sort(let same)? = symbols[declaration.name] {
        used.insert(.sort(same))
        refinement.sorts[sort] = .sort(same)
      } else {
        unmapped.append(declaration.name)
        refinement.sorts[sort] = .error
      }
    }
    if !unmapped.isEmpty { reportMissing(RefinementFact.sortsUnmapped(names: unmapped), at: tree.spec.span) }
  }

  // MARK: - Values

  private func mapValues(_ tree: RefinesTree, _ refinement: inout Refinement) {
    let abstract = refinement.abstractModel
    for clause in tree.clauses {
      guard case .value(let name, let value) = clause.kind else { continue }
      if abstract.sorts.contains(where: { $0.name == name.text }) { continue }
      if let id = abstract.variables.firstIndex(where: { $0.name == name.text }) {
        if refinement.variables[id] != nil { report(RefinementFact.twice(name: name.text), at: name.span) }
        refinement.variables[id] = mapped(
          value, abstract.variables[id].type, abstract.variables[id].span, refinement, rigid: nil, name)
      } else if let id = abstract.constants.firstIndex(where: { $0.name == name.text }) {
        if refinement.constants[id] != nil { report(RefinementFact.twice(name: name.text), at: name.span) }
        let type = abstract.constants[id].type
        refinement.constants[id] = mapped(
          value, type, abstract.constants[id].span, refinement, rigid: "the value of an abstract constant", name)
      } else if let id = abstract.policies.firstIndex(where: { $0.name == name.text }) {
        if refinement.policies[id] != nil { report(RefinementFact.twice(name: name.text), at: name.span) }
        let type = abstract.policies[id].type
        refinement.policies[id] = mapped(
          value, type, abstract.policies[id].span, refinement, rigid: "the value of an abstract policy", name)
      } else {
        let names =
          abstract.sorts.map(\.name) + abstract.variables.map(\.name) + abstract.constants.map(\.name)
          + abstract.policies.map(\.name)
        report(
          NameFact.unknown(
            kind: "variable, sort, constant or policy of `\(abstract.name)`", name: name.text,
            suggestion: nearest(name.text, among: names)),
          at: name.span)
        _ = infer(value, hint: .error)
      }
    }
  }

  private func mapped(_ value: ExprTree, _ type: Type, _ declared: Span, _ refinement: Refinement, rigid: String?, _ name: Name)
    -> Expr
  {
    let wanted = translate(type, refinement, at: name.span)
    let outer = frame.rigid
    frame.rigid = rigid
    defer { frame.rigid = outer }
    return check(value, wanted, related(declared, "`\(name.text)` of the abstract spec, \(describe(wanted)) here"))
  }

  // MARK: - Completeness

  private func requireCompleteness(_ tree: RefinesTree, _ refinement: Refinement) {
    let abstract = refinement.abstractModel
    let variables = abstract.variables.indices.filter { refinement.variables[$0] == nil }.map { abstract.variables[$0].name }
    let constants = abstract.constants.indices.filter { refinement.constants[$0] == nil }.map { abstract.constants[$0].name }
    if !(variables + constants).isEmpty {
      reportMissing(RefinementFact.unmapped(names: variables + constants), at: tree.spec.span)
    }
    guard !refinement.elseStutter else { return }
    // Judged by the text: a clause that has its own errors still says what the action does.
    let mapped = Set(
      tree.clauses.compactMap { clause -> String? in
        if case .action(_, _, _, let concrete, _, _) = clause.kind { concrete.text } else { nil }
      })
    for action in model.actions where !mapped.contains(action.name) {
      reportMissing(
        RefinementFact.actionUnmapped(name: action.name), at: action.span, related(tree.spec.span, "the refinement is here"))
    }
  }
}
