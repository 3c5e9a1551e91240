/// Shapes of declarations.
extension TreeShape {
  mutating func add(_ declaration: DeclarationTree) {
    for line in declaration.documentation { word("///\(line)") }
    switch declaration.kind {
    case .importFile(let path): node("import") { $0.word("\"\(path.text)\"") }
    case .sort(let name, let ordered): node(ordered ? "ordered sort" : "sort") { $0.word(name.text) }
    case .enumeration(let name, let ordered, let cases):
      node((ordered ? "ordered enum " : "enum ") + name.text) { $0.names(cases) }
    case .typeAlias(let name, let type): node("type \(name.text)") { $0.add(type) }
    case .record(let name, let fields):
      node("record \(name.text)") { shape in
        for field in fields { shape.node("\(field.name.text):") { $0.add(field.type) } }
      }
    case .constant(let names, let type): typed("const", names, type)
    case .variable(let names, let type, let ghost): typed(ghost ? "ghost var" : "var", names, type)
    case .axiom(let name, let condition): node("axiom \(name.text)", condition)
    case .policy(let name, let type, let value):
      node("policy \(name.text)") { shape in
        shape.add(type)
        shape.add(value)
      }
    case .function(let name, let parameters, let type, let body):
      node("def \(name.text)") { shape in
        shape.add(parameters)
        shape.add(type)
        shape.add(body)
      }
    case .effect(let name, let parameters, let body):
      node("effect \(name.text)") { shape in
        shape.add(parameters)
        shape.add(body)
      }
    case .initial(let statements): node("init") { shape in for statement in statements { shape.add(statement) } }
    case .action(let action): add(action)
    case .property(let property):
      node("\(property.keyword.rawValue) \(property.name.text)") { shape in
        if let trigger = property.trigger { shape.node("on \(trigger.action.text)") { $0.names(trigger.parameters) } }
        shape.add(property.body)
      }
    case .deadlockAllowed: node("deadlock allowed")
    case .view(let domain, let observations):
      node("view") { shape in
        shape.add(domain)
        for observation in observations { shape.add(observation) }
      }
    case .flow(let flow):
      node("flow") { shape in
        if let from = flow.from { shape.add(from) } else { shape.word("environment") }
        shape.add(flow.to)
        if let condition = flow.condition { shape.node("when", condition) }
      }
    case .noninterference(let name): node("noninterference \(name.text)")
    case .refines(let refines): add(refines)
    case .scenario(let name, let parameters, let steps):
      node("scenario \(name.text)") { shape in
        shape.add(parameters)
        for step in steps { shape.add(step) }
      }
    case .layout(let name, let key, let variables): node("layout \(name.text)[\(key.text)]") { $0.names(variables) }
    case .cost(let name, let items):
      node("cost \(name.text)") { shape in
        for item in items { shape.node("item") { $0.words(item.words) } }
      }
    case .scope(let scope): add(scope)
    case .verify(let lines): node("verify") { shape in for line in lines { shape.add(line) } }
    case .error: word("<error>")
    }
  }

  private mutating func typed(_ keyword: String, _ names: [Name], _ type: TypeTree) {
    node(keyword) { shape in
      shape.names(names)
      shape.add(type)
    }
  }

  private mutating func words(_ words: [CostItemTree.Word]) {
    for part in words {
      switch part {
      case .name(let name): word(name.text)
      case .integer(let value, _): word(String(value))
      }
    }
  }

  private mutating func add(_ statement: InitStatementTree) {
    node("= \(statement.variable.text)") { shape in
      switch statement.value {
      case .expression(let value): shape.add(value)
      case .any(let binder, let filter):
        shape.word("any")
        if let binder { shape.add(binder) }
        shape.where_(filter)
      }
    }
  }

  private mutating func add(_ action: ActionTree) {
    let fairness = action.fairness == .none ? "" : action.fairness == .weak ? "fair " : "strong fair "
    node(fairness + "action \(action.name.text)") { shape in
      shape.add(action.parameters)
      switch action.actor {
      case .none: break
      case .environment: shape.word("by environment")
      case .expression(let actor): shape.node("by", actor)
      }
      shape.add(action.body)
    }
  }

  private mutating func add(_ refines: RefinesTree) {
    node("refines\(refines.exactly ? " exactly" : "") \(refines.spec.text) \"\(refines.path.text)\"") { shape in
      shape.add(refines.parameters)
      for clause in refines.clauses {
        switch clause.kind {
        case .value(let name, let value): shape.node("= \(name.text)", value)
        case .action(let abstract, let arguments, let choices, let concrete, let parameters, let condition):
          shape.node("<-") { shape in
            shape.node(abstract.text) { shape in for argument in arguments { shape.add(argument) } }
            shape.choices(choices)
            shape.node(concrete.text) { $0.names(parameters) }
            if let condition { shape.node("when", condition) }
          }
        case .elseStutter: shape.node("else stutter")
        }
      }
    }
  }

  private mutating func add(_ step: ScenarioStepTree) {
    switch step.kind {
    case .perform(let name, let arguments, let choices), .refuse(let name, let arguments, let choices):
      var head = name.text
      if case .refuse = step.kind { head = "refuse " + head }
      node(head) { shape in
        for argument in arguments { shape.add(argument) }
        shape.choices(choices)
      }
    case .assert(let condition): node("assert", condition)
    case .repeatBlock(let count, let steps):
      node("repeat") { shape in
        if let count { shape.add(count) } else { shape.word("-") }
        for step in steps { shape.add(step) }
      }
    case .error: word("<error>")
    }
  }

  private mutating func add(_ scope: ScopeTree) {
    node("scope \(scope.name.text)") { shape in
      for entry in scope.entries {
        switch entry.kind {
        case .equal(let name, let value): shape.node("= \(name.text)", value)
        case .constraint(let condition): shape.node("where", condition)
        }
      }
    }
  }

  private mutating func add(_ line: VerifyLineTree) {
    node(line.verb.rawValue) { shape in
      shape.names(line.names)
      if let scope = line.scope, line.verb != .check { shape.word("in \(scope.text)") }
      for setting in line.settings { shape.node("with \(setting.policy.text)", setting.value) }
      for pin in line.pins { shape.node(pin.key.text, pin.value) }
    }
  }
}
