/// Temporal formulas: temporal operators combine under logic and quantifiers; what has none of them is an atom.

extension SpecChecker {
  func temporalFormula(_ tree: ExprTree) -> TemporalFormula {
    lift(tree) ?? .atom(checkBool(tree))
  }

  /// nil where no temporal operator is inside: the caller makes an atom of as much as possible.
  private func lift(_ tree: ExprTree) -> TemporalFormula? {
    switch tree.kind {
    case .parenthesized(let inner): return lift(inner)
    case .temporal(.always, let inner): return .always(temporalFormula(inner))
    case .temporal(.eventually, let inner): return .eventually(temporalFormula(inner))
    case .temporalBinary(let op, let left, let right):
      let (a, b) = (temporalFormula(left), temporalFormula(right))
      return op == .until ? .until(a, b) : .leadsTo(a, b)
    case .unary(.not, let inner): return lift(inner).map { .not($0) }
    case .binary(.and, let a, let b): return lift(a, b) { .and($0, $1) }
    case .binary(.or, let a, let b): return lift(a, b) { .or($0, $1) }
    case .binary(.implies, let a, let b): return lift(a, b) { .implies($0, $1) }
    case .binary(.iff, let a, let b): return lift(a, b) { .iff($0, $1) }
    case .quantifier(let quantifier, let binders, let filter, let body): return liftQuantifier(quantifier, binders, filter, body)
    default:
      guard let inner = tree.temporalOperator else { return nil }
      report(RuleFact.temporalPlace(inside: tree.construct), at: inner.span, related(tree.span, "inside this"))
      return .atom(broken(tree.span))
    }
  }

  private func lift(
    _ left: ExprTree, _ right: ExprTree, _ make: (TemporalFormula, TemporalFormula) -> TemporalFormula
  ) -> TemporalFormula? {
    let (a, b) = (lift(left), lift(right))
    if a == nil, b == nil { return nil }
    let first = a ?? .atom(checkBool(left))
    return make(first, b ?? .atom(checkBool(right)))
  }

  private func liftQuantifier(
    _ quantifier: ExprTree.Quantifier, _ binders: [BinderTree], _ filter: ExprTree?, _ body: ExprTree
  ) -> TemporalFormula? {
    if let inner = filter?.temporalOperator {
      report(RuleFact.temporalPlace(inside: "`where`"), at: inner.span)
      return .atom(broken(inner.span))
    }
    guard body.temporalOperator != nil else { return nil }
    return withBinders(binders, filter, role: "a quantified variable") { locals, filter in
      let body = temporalFormula(body)
      switch quantifier {
      case .forall: return .forall(locals, filter: filter, body)
      case .exists: return .exists(locals, filter: filter, body)
      }
    }
  }
}

extension ExprTree {
  /// What a reader would call it.
  fileprivate var construct: String {
    switch kind {
    case .ifThenElse: "`if`"
    case .letIn: "`let`"
    case .count: "`count`"
    case .mapLiteral: "a map"
    case .setBuilder, .setLiteral: "a set"
    case .old: "`old`"
    case .call: "the arguments of a call"
    case .index: "an index"
    case .binary(let op, _, _): "`\(op.rawValue)`"
    default: "this expression"
    }
  }
}
