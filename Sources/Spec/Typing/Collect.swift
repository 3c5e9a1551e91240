/// First pass: every declared name gets its place in the model, before anything is looked inside.

extension SpecChecker {
  func collect() {
    for (index, tree) in files.enumerated() {
      for declaration in tree.declarations { collect(declaration, imported: index > 0) }
    }
  }

  private func collect(_ declaration: DeclarationTree, imported: Bool) {
    let documentation = declaration.documentation
    switch declaration.kind {
    case .importFile, .error: break
    case .sort(let name, let ordered):
      declare(name, .sort(model.sorts.count))
      model.sorts.append(SortDeclaration(name: name.text, ordered: ordered, documentation: documentation, span: name.span))
    case .enumeration(let name, let ordered, let caseNames): collectEnum(name, ordered, caseNames, documentation)
    case .typeAlias(let name, let tree):
      declare(name, .alias(aliases.count))
      aliases.append(AliasEntry(name: name, tree: tree))
    case .record(let name, let fields):
      declare(name, .record(records.count))
      records.append(RecordEntry(name: name, fields: fields))
      model.records.append(RecordDeclaration(name: name.text, fields: [], documentation: documentation, span: name.span))
    case .constant(let names, let tree):
      for name in names {
        declare(name, .constant(model.constants.count))
        work.constantTypes.append(tree)
        model.constants.append(ConstantDeclaration(name: name.text, type: .error, documentation: documentation, span: name.span))
      }
    case .policy(let name, let tree, let value):
      declare(name, .policy(model.policies.count))
      work.policies.append((tree, value))
      let placeholder = Expr(.bool(false), .error, value.span)
      model.policies.append(
        PolicyDeclaration(name: name.text, type: .error, defaultValue: placeholder, documentation: documentation, span: name.span)
      )
    case .variable(let names, let tree, let ghost):
      for name in names {
        declare(name, .variable(model.variables.count))
        work.variableTypes.append(tree)
        model.variables.append(
          VariableDeclaration(name: name.text, type: .error, ghost: ghost, documentation: documentation, span: name.span))
      }
    case .function(let name, let parameters, let result, let body):
      declare(name, .function(functions.count))
      functions.append(
        FunctionEntry(name: name, parameters: parameters, result: result, body: body, documentation: documentation))
    default: collectBehaviour(declaration, imported: imported)
    }
  }

  private func collectBehaviour(_ declaration: DeclarationTree, imported: Bool) {
    let documentation = declaration.documentation
    switch declaration.kind {
    case .effect(let name, let parameters, let body):
      if declareCalled(name, "effect") { effectNames[name.text] = effects.count }
      effects.append(EffectEntry(name: name, parameters: parameters, body: body))
    case .action(let tree):
      if declareCalled(tree.name, "action") { actionNames[tree.name.text] = work.actions.count }
      work.actions.append((tree, documentation, declaration.span))
    case .initial(let statements):
      work.initial += statements
      work.initialSpans.append(declaration.span)
    case .axiom(let name, let body):
      declareProperty(name, .axiom)
      work.axioms.append((name, body))
    case .property(let tree):
      declareProperty(tree.name, .property(work.properties.count))
      work.properties.append((tree, documentation))
    case .noninterference(let name):
      declareProperty(name, .noninterference)
      if let first = model.noninterference {
        report(RuleFact.onlyOne(what: "noninterference"), at: name.span, related(first.span, "the first"))
      } else {
        model.noninterference = Noninterference(name: name.text, span: name.span)
      }
    case .deadlockAllowed: model.deadlockAllowed = true
    case .view(let binder, let observations): work.views.append((binder, observations, declaration.span))
    case .flow(let tree): work.flows.append((tree, declaration.span))
    case .refines(let tree): work.refinements.append((tree, declaration.span))
    case .scenario(let name, let parameters, let steps):
      if declareUnique(name, "scenario", in: &scenarioNames, work.scenarios.count, first: { work.scenarios[$0].name.span }) {
        work.scenarios.append((name, parameters, steps, documentation, declaration.span))
      }
    case .layout(let name, let key, let variables): work.layouts.append((name, key, variables))
    case .cost(let action, let items): work.costs.append((action, items))
    // Sizes and claims belong to the spec that makes them: those of an imported file stay there.
    case .scope(let tree):
      guard !imported else { break }
      if declareUnique(tree.name, "scope", in: &scopeNames, work.scopes.count, first: { work.scopes[$0].name.span }) {
        work.scopes.append(tree)
      }
    case .verify(let lines):
      if !imported { work.verify.append((lines, declaration.span)) }
    default: break
    }
  }

  private func collectEnum(_ name: Name, _ ordered: Bool, _ caseNames: [Name], _ documentation: [String]) {
    let id = model.enumerations.count
    declare(name, .enumeration(id))
    if caseNames.isEmpty { reportMissing(TypeFact.emptyDeclaration(kind: "enum", name: name.text), at: name.span) }
    var seen: [String: Span] = [:]
    for (index, caseName) in caseNames.enumerated() {
      if let first = seen[caseName.text] {
        report(NameFact.repeated(kind: "case", name: caseName.text), at: caseName.span, related(first, "the first"))
        continue
      }
      seen[caseName.text] = caseName.span
      if let symbol = symbols[caseName.text], let first = declared[caseName.text] {
        report(
          NameFact.duplicate(kind: "case", name: caseName.text, sharing: Self.sharedNames), at: caseName.span,
          related(first, "first declared here, \(withArticle(symbol.kind))"))
        continue
      }
      cases[caseName.text, default: []].append((id, index))
      if declared[caseName.text] == nil { declared[caseName.text] = caseName.span }
    }
    model.enumerations.append(
      EnumDeclaration(
        name: name.text, ordered: ordered, cases: caseNames.map(\.text), documentation: documentation, span: name.span))
  }

  // MARK: - Tables

  func related(_ span: Span?, _ label: String) -> Diagnostic.Related? {
    guard let span, span.file >= 0 else { return nil }
    return Diagnostic.Related(span: span, label: label)
  }

  private static let sharedNames = "types, constants, policies, variables, definitions and enum cases"

  private func declare(_ name: Name, _ symbol: Symbol) {
    if name.text == "bool" || name.text == "int" {
      report(NameFact.reserved(name: name.text, meaning: "a built-in type"), at: name.span)
    } else if let first = declared[name.text] {
      let what = symbols[name.text]?.kind ?? "enum case"
      report(
        NameFact.duplicate(kind: symbol.kind, name: name.text, sharing: Self.sharedNames), at: name.span,
        related(first, "first declared here, \(withArticle(what))"))
    } else {
      symbols[name.text] = symbol
      declared[name.text] = name.span
    }
  }

  /// Actions and effects share one set of names.
  private func declareCalled(_ name: Name, _ kind: String) -> Bool {
    if let first = calledAt[name.text] {
      report(
        NameFact.duplicate(kind: kind, name: name.text, sharing: "actions and effects"), at: name.span,
        related(first, "first declared here"))
      return false
    }
    calledAt[name.text] = name.span
    return true
  }

  private func declareProperty(_ name: Name, _ symbol: PropertySymbol) {
    if name.text == "deadlock" || name.text == "error" {
      report(NameFact.reserved(name: name.text, meaning: "a goal of `refute`"), at: name.span)
    } else if let first = propertySpans[name.text] {
      report(
        NameFact.duplicate(kind: "property", name: name.text, sharing: "axioms and properties of all kinds"), at: name.span,
        related(first, "first declared here"))
    } else {
      propertyNames[name.text] = symbol
      propertySpans[name.text] = name.span
    }
  }

  private func declareUnique(_ name: Name, _ kind: String, in table: inout [String: Int], _ index: Int, first: (Int) -> Span)
    -> Bool
  {
    if let earlier = table[name.text] {
      report(
        NameFact.duplicate(kind: kind, name: name.text, sharing: nil), at: name.span,
        related(first(earlier), "first declared here"))
      return false
    }
    table[name.text] = index
    return true
  }
}
