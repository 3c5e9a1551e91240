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

  /// The type here that stands for an abstract type; `.error` where a diagnostic was reported.
  private func translate(_ type: Type, _ refinement: Refinement, at span: Span) -> Type {
    let abstract = refinement.abstractModel
    func go(_ type: Type) -> Type { translate(type, refinement, at: span) }
    switch type {
    case .bool, .int, .error: return type
    case .sort(let id): return refinement.sorts[id] ?? .error
    case .enumeration(let id):
      let declaration = abstract.enumerations[id]
      if case .enumeration(let here)? = symbols[declaration.name], model.enumerations[here].cases == declaration.cases,
        model.enumerations[here].ordered == declaration.ordered
      {
        used.insert(.enumeration(here))
        return .enumeration(here)
      }
      report(
        RefinementFact.typeUnmapped(name: declaration.name, reason: "no enum of that name has the same cases"), at: span,
        related(declaration.span, "declared here"))
      return .error
    case .record(let id):
      let declaration = abstract.records[id]
      let fields = declaration.fields.map { go($0.type) }
      if fields.contains(.error) { return .error }
      if case .record(let here)? = symbols[declaration.name],
        model.records[here].fields.map(\.name) == declaration.fields.map(\.name),
        model.records[here].fields.map(\.type) == fields
      {
        used.insert(.record(here))
        return .record(here)
      }
      report(
        RefinementFact.typeUnmapped(name: declaration.name, reason: "no record of that name has the same fields"), at: span,
        related(declaration.span, "declared here"))
      return .error
    case .option(let payload):
      let inner = go(payload)
      if inner.isOption {
        report(TypeFact.nestedOption(type: model.describe(inner)), at: span)
        return .error
      }
      return inner == .error ? .error : .option(inner)
    case .set(let element):
      let inner = go(element)
      return inner == .error ? .error : .set(inner)
    case .queue(let capacity, let element):
      let inner = go(element)
      return inner == .error ? .error : .queue(capacity: capacity, element: inner)
    case .forest(let element):
      let inner = go(element)
      return inner == .error ? .error : .forest(inner)
    case .map(let keys, let value):
      let (newKeys, newValue) = (keys.map(go), go(value))
      return newKeys.contains(.error) || newValue == .error ? .error : .map(keys: newKeys, value: newValue)
    }
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

  // MARK: - Actions

  private func mapAction(_ clause: RefinesTree.Clause, _ tree: RefinesTree, _ refinement: inout Refinement) {
    switch clause.kind {
    case .value: break
    case .elseStutter:
      if refinement.elseStutter { report(RefinementFact.twice(name: "else stutter"), at: clause.span) }
      refinement.elseStutter = true
    case .action(let abstractName, let arguments, let choosing, let concreteName, let names, let when):
      inScope {
        let concrete = actionID(concreteName)
        guard let (locals, matches) = bindConcrete(concrete, concreteName, names, refinement.parameters) else { return }
        let typed = abstractArguments(abstractName, arguments, choosing, clause.span, refinement)
        var condition = when.map { checkBool($0) }
        for match in matches.reversed() { condition = condition.map { Expr(.and(match, $0), .bool, $0.span) } ?? match }
        guard let concrete, let (abstract, values) = typed else { return }
        refinement.actions.append(
          Refinement.ActionMapping(
            concrete: concrete, parameters: locals, abstract: abstract, arguments: values, condition: condition, span: clause.span
          ))
      }
    }
  }

  /// Binds the names of a concrete action's parameters, and of its choices if they are written too. A name that is a parameter
  /// of the refinement is not bound again: the clause holds where the argument equals it.
  private func bindConcrete(_ concrete: ActionID?, _ name: Name, _ names: [Name], _ parameters: [Local]) -> (
    locals: [Local], matches: [Expr]
  )? {
    var types: [Type] = names.map { _ in .error }
    if let concrete {
      let action = model.actions[concrete]
      let all = action.instanceLocals.map(\.type)
      guard names.count == action.parameters.count || names.count == all.count else {
        let expected = action.choices.isEmpty ? [all.count] : [action.parameters.count, all.count]
        report(
          RefinementFact.actionArity(action: name.text, expected: expected, found: names.count), at: name.span,
          related(action.span, "declared here"))
        return nil
      }
      types = Array(all.prefix(names.count))
    }
    var locals: [Local] = []
    var matches: [Expr] = []
    for (parameter, type) in zip(names, types) {
      guard let given = parameters.first(where: { $0.name == parameter.text }) else {
        locals.append(bind(parameter, type))
        continue
      }
      let local = frame.fresh(parameter.text, type, at: parameter.span)
      locals.append(local)
      if isBroken(type) || isBroken(given.type) { continue }
      guard given.type == type else {
        report(
          TypeFact.mismatch(
            expected: describe(type), found: describe(given.type),
            help: "a parameter of the refinement stands here for an argument of its own type"),
          at: parameter.span, related(frame.spans[given.slot], "`\(given.name)` is \(describe(given.type))"))
        continue
      }
      let equal = Expr.Kind.equal(Expr(.local(local), type, parameter.span), Expr(.local(given), type, parameter.span))
      matches.append(Expr(equal, .bool, parameter.span))
    }
    return (locals, matches)
  }

  private func abstractArguments(
    _ name: Name, _ arguments: [ExprTree], _ choosing: [ChoosingTree], _ span: Span, _ refinement: Refinement
  ) -> (ActionID, [Expr])? {
    let abstract = refinement.abstractModel
    guard let id = abstract.actions.firstIndex(where: { $0.name == name.text }) else {
      let suggestion = nearest(name.text, among: abstract.actions.map(\.name))
      report(NameFact.unknown(kind: "action of `\(abstract.name)`", name: name.text, suggestion: suggestion), at: name.span)
      for argument in arguments { _ = infer(argument, hint: .error) }
      return nil
    }
    let action = abstract.actions[id]
    guard arguments.count == action.parameters.count else {
      report(
        TypeFact.argumentCount(what: "`\(name.text)`", expected: action.parameters.count, found: arguments.count), at: span,
        related(action.span, "declared here"))
      for argument in arguments { _ = infer(argument, hint: .error) }
      return nil
    }
    var values = zip(arguments, action.parameters).map { check($0, translate($1.type, refinement, at: name.span)) }
    let choices = action.choices.map {
      (name: abstract.variables[$0.variable].name, type: translate($0.local.type, refinement, at: name.span))
    }
    guard let chosen = typeChoosing(choosing, choices, at: name.span) else { return nil }
    values += chosen
    return (id, values)
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
