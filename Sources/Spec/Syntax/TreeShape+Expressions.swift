/// Shapes of expressions and statements.
extension TreeShape {
  mutating func add(_ tree: ExprTree) {
    switch tree.kind {
    case .name(let name): word(name.text)
    case .integer(let value): word(String(value))
    case .bool(let value): word(String(value))
    case .none: word("none")
    case .unary(let operation, let operand): node(operation.rawValue, operand)
    case .binary(let operation, let left, let right): node(operation.rawValue, left, right)
    case .force(let operand): node("force", operand)
    case .member(let base, let name): node(".\(name.text)", base)
    case .index(let base, let indices):
      node("index") { shape in
        shape.add(base)
        for index in indices { shape.add(index) }
      }
    case .call(let callee, let arguments):
      node("call") { shape in
        shape.add(callee)
        shape.add(arguments)
      }
    case .ifThenElse(let condition, let positive, let negative): node("if", condition, positive, negative)
    case .letIn(let name, let value, let body): node("let \(name.text)", value, body)
    case .quantifier(let quantifier, let binders, let filter, let body):
      node(quantifier.rawValue) { shape in
        shape.add(binders)
        shape.where_(filter)
        shape.add(body)
      }
    case .count(let binders, let filter):
      node("count") { shape in
        shape.add(binders)
        shape.where_(filter)
      }
    case .mapLiteral(let binders, let filter, let body):
      node("map") { shape in
        shape.add(binders)
        shape.where_(filter)
        shape.add(body)
      }
    case .setBuilder(let binder, let filter):
      node("set") { shape in
        shape.add(binder)
        shape.where_(filter)
      }
    case .setLiteral(let elements): node("elements") { shape in for element in elements { shape.add(element) } }
    case .old(let inner): node("old", inner)
    case .temporal(let operation, let operand): node(operation.rawValue, operand)
    case .temporalBinary(let operation, let left, let right): node(operation.rawValue, left, right)
    case .parenthesized(let inner): node("paren", inner)
    case .error: word("<error>")
    }
  }

  mutating func add(_ arguments: [ArgumentTree]) {
    for argument in arguments {
      if let label = argument.label { node("\(label.text):", argument.value) } else { add(argument.value) }
    }
  }

  mutating func add(_ statement: StatementTree) {
    switch statement.kind {
    case .require(let name, let condition): node("require \(name?.text ?? "-")", condition)
    case .letBinding(let name, let value): node("let \(name.text)", value)
    case .assign(let location, let value): node(":=", location, value)
    case .choose(let location, let binder, let filter):
      node("any") { shape in
        shape.add(location)
        if let binder { shape.add(binder) }
        shape.where_(filter)
      }
    case .call(let callee, let arguments):
      node("do") { shape in
        shape.add(callee)
        shape.add(arguments)
      }
    case .removeAll(let queue, let binder, let filter):
      node("removeAll") { shape in
        shape.add(queue)
        shape.add(binder)
        shape.where_(filter)
      }
    case .forEach(let binders, let filter, let body):
      node("for") { shape in
        shape.add(binders)
        shape.where_(filter)
        shape.add(body)
      }
    case .conditional(let condition, let positive, let negative):
      node("if") { shape in
        shape.add(condition)
        shape.node("then") { $0.add(positive) }
        if let negative { shape.node("else") { $0.add(negative) } }
      }
    case .error: word("<error>")
    }
  }

  mutating func add(_ statements: [StatementTree]) {
    for statement in statements { add(statement) }
  }
}
