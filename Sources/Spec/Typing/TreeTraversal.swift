/// Walking untyped expressions, for what must be known before they are typed.

extension StatementTree {
  /// Names of the effects that it calls.
  var calledNames: [String] {
    switch kind {
    case .call(let callee, _):
      if case .name(let name) = callee.kind { [name.text] } else { [] }
    case .forEach(_, _, let body): body.flatMap(\.calledNames)
    case .conditional(_, let yes, let no): (yes + (no ?? [])).flatMap(\.calledNames)
    case .require, .letBinding, .assign, .choose, .removeAll, .error: []
    }
  }
}

extension ExprTree {
  /// The direct operands in the order of the text.
  var operands: [ExprTree] {
    switch kind {
    case .name, .integer, .bool, .none, .error: []
    case .unary(_, let a), .force(let a), .member(let a, _), .old(let a), .temporal(_, let a), .parenthesized(let a): [a]
    case .binary(_, let a, let b), .letIn(_, let a, let b), .temporalBinary(_, let a, let b): [a, b]
    case .index(let a, let list): [a] + list
    case .call(let a, let arguments): [a] + arguments.map(\.value)
    case .ifThenElse(let a, let b, let c): [a, b, c]
    case .quantifier(_, _, let filter, let body), .mapLiteral(_, let filter, let body): (filter.map { [$0] } ?? []) + [body]
    case .count(_, let filter), .setBuilder(_, let filter): filter.map { [$0] } ?? []
    case .setLiteral(let list): list
    }
  }

  /// Names that are called, or handed to `closure`.
  func forEachCalledName(_ visit: (String) -> Void) {
    if case .call(let callee, let arguments) = kind, case .name(let name) = callee.kind {
      visit(name.text)
      if name.text == "closure", case .name(let relation)? = arguments.first?.value.kind { visit(relation.text) }
    }
    for operand in operands { operand.forEachCalledName(visit) }
  }

  /// The first temporal operator in it.
  var temporalOperator: ExprTree? {
    switch kind {
    case .temporal, .temporalBinary: return self
    default: break
    }
    for operand in operands {
      if let found = operand.temporalOperator { return found }
    }
    return nil
  }
}
