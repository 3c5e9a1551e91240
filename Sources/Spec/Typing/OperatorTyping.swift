/// Typing of unary and binary operators.

extension SpecChecker {
  func inferUnary(_ op: UnaryOperator, _ operand: ExprTree, _ span: Span) -> Expr {
    switch op {
    case .not: return Expr(.not(checkBool(operand)), .bool, span)
    case .negate:
      // A negative literal is a literal.
      if case .integer(let number) = operand.kind, number != .min {
        return Expr(.int(-number), .int(low: -number, high: -number), span)
      }
      let value = infer(operand)
      guard let interval = integer(value, symbol: "-") else { return broken(span) }
      guard let result = interval.negated else {
        report(TypeFact.overflow(operation: "-"), at: span)
        return broken(span)
      }
      return Expr(.negate(value), result.type, span)
    }
  }

  func inferBinary(_ op: BinaryOperator, _ left: ExprTree, _ right: ExprTree, _ hint: Type?, _ span: Span) -> Expr {
    switch op {
    case .iff: return logic(left, right, span) { .iff($0, $1) }
    case .implies: return logic(left, right, span) { .implies($0, $1) }
    case .or: return logic(left, right, span) { .or($0, $1) }
    case .and: return logic(left, right, span) { .and($0, $1) }
    case .equal, .notEqual: return inferEquality(op, left, right, span)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return inferOrder(op, left, right, span)
    case .member: return inferMembership(left, right, span)
    case .orElse: return inferOrElse(left, right, hint, span)
    case .plus: return inferSum(.add, op, left, right, hint, span)
    case .minus: return inferSum(.subtract, op, left, right, hint, span)
    case .intersection: return inferSum(nil, op, left, right, hint, span)
    case .times: return inferArithmetic(.multiply, op, left, right, span)
    case .divide: return inferArithmetic(.divide, op, left, right, span)
    case .remainder: return inferArithmetic(.remainder, op, left, right, span)
    }
  }

  private func logic(_ left: ExprTree, _ right: ExprTree, _ span: Span, _ make: (Expr, Expr) -> Expr.Kind) -> Expr {
    let a = checkBool(left)
    return Expr(make(a, checkBool(right)), .bool, span)
  }

  // MARK: - Comparison

  /// Equality compares at the join of both types, so that it never narrows: `o == 9` is false for an `o: (0..3)?`.
  private func inferEquality(_ op: BinaryOperator, _ left: ExprTree, _ right: ExprTree, _ span: Span) -> Expr {
    let (a, b) = inferPair(left, right)
    for (side, other) in [(left, b), (right, a)] where isNone(side) && !other.type.isOption && !isBroken(other.type) {
      report(TypeFact.neverNone(type: describe(other.type)), at: other.span, origin(of: other))
      return Expr(.bool(false), .bool, span)
    }
    guard let type = join(a.type, b.type) else {
      if left.isComparison || right.isComparison { return Expr(.bool(false), .bool, span) }
      report(
        TypeFact.incomparable(left: describe(a.type), right: describe(b.type)), at: span,
        origin(of: a) ?? related(a.span, "this is \(describe(a.type))"),
        origin(of: b) ?? related(b.span, "this is \(describe(b.type))"))
      return Expr(.bool(false), .bool, span)
    }
    let bothInts = a.type.isInt && b.type.isInt
    let equal = Expr(.equal(bothInts ? a : coerce(a, to: type), bothInts ? b : coerce(b, to: type)), .bool, span)
    return op == .equal ? equal : Expr(.not(equal), .bool, span)
  }

  private func inferOrder(_ op: BinaryOperator, _ left: ExprTree, _ right: ExprTree, _ span: Span) -> Expr {
    let (a, b) = inferPair(left, right)
    let bad = Expr(.bool(false), .bool, span)
    if isBroken(a.type) || isBroken(b.type) || left.isComparison || right.isComparison { return bad }
    if case .set = a.type, op == .lessOrEqual || op == .greaterOrEqual, a.type == b.type {
      return Expr(op == .lessOrEqual ? .subset(a, b) : .subset(b, a), .bool, span)
    }
    guard a.type == b.type || a.type.isInt && b.type.isInt else {
      report(
        TypeFact.incomparable(left: describe(a.type), right: describe(b.type)), at: span,
        origin(of: a) ?? related(a.span, "this is \(describe(a.type))"),
        origin(of: b) ?? related(b.span, "this is \(describe(b.type))"))
      return bad
    }
    guard requireOrder(a.type, use: op.rawValue, at: span, origin(of: a)) else { return bad }
    switch op {
    case .less: return Expr(.less(a, b), .bool, span)
    case .lessOrEqual: return Expr(.lessOrEqual(a, b), .bool, span)
    case .greater: return Expr(.less(b, a), .bool, span)
    default: return Expr(.lessOrEqual(b, a), .bool, span)
    }
  }

  /// The symmetry error lives here: what would tell the elements of an unordered sort apart is refused.
  func requireOrder(_ type: Type, use: String, at span: Span, _ origin: Diagnostic.Related? = nil) -> Bool {
    switch type {
    case .int: return true
    case .sort(let id):
      let sort = model.sorts[id]
      if sort.ordered { return true }
      report(
        OrderFact.unorderedSort(sort: sort.name, use: use), at: span,
        related(sort.span, "`\(sort.name)` is declared without an order"), origin)
    case .enumeration(let id):
      let enumeration = model.enumerations[id]
      if enumeration.ordered { return true }
      report(
        OrderFact.unordered(type: describe(type), use: use), at: span,
        related(enumeration.span, "declare it `ordered enum \(enumeration.name)` to give its cases an order"))
    default: report(OrderFact.unordered(type: describe(type), use: use), at: span, origin)
    }
    return false
  }

  private func inferMembership(_ left: ExprTree, _ right: ExprTree, _ span: Span) -> Expr {
    let collection = infer(right)
    let bad = Expr(.bool(false), .bool, span)
    switch collection.type {
    case .set(let element), .queue(_, let element):
      let value = infer(left, hint: element)
      guard let low = Interval(element), let range = Interval(value.type), !low.contains(range), low.meets(range) else {
        // Never a member, but still computed: its own errors count.
        if fit(value.type, element) == .disjoint { return binding(value, .bool) { _ in .bool(false) } }
        return Expr(.member(coerce(value, to: element, origin(of: collection)), collection), .bool, span)
      }
      // A number outside the element's range is simply no member.
      return binding(value, .bool) { local in
        let above = Expr(.lessOrEqual(Expr(.int(low.low), .int(low: low.low, high: low.low), span), local), .bool, span)
        let below = Expr(.lessOrEqual(local, Expr(.int(low.high), .int(low: low.high, high: low.high), span)), .bool, span)
        let member = Expr(.member(self.coerce(local, to: element), collection), .bool, span)
        return .and(Expr(.and(above, below), .bool, span), member)
      }
    default:
      _ = infer(left)
      if !isBroken(collection.type) {
        report(
          TypeFact.operands(symbol: "in", needs: "a set or a queue on its right", found: describe(collection.type)),
          at: collection.span, origin(of: collection))
      }
      return bad
    }
  }

  // MARK: - Options

  private func inferOrElse(_ left: ExprTree, _ right: ExprTree, _ hint: Type?, _ span: Span) -> Expr {
    let option = infer(left, hint: hint.map { $0.isOption ? $0 : .option($0) })
    guard case .option(let payload) = option.type else {
      if !isBroken(option.type) {
        report(TypeFact.notOption(operation: "??", type: describe(option.type)), at: option.span, origin(of: option))
      }
      _ = infer(right, hint: hint)
      return broken(span)
    }
    let other = infer(right, hint: isNone(right) ? option.type : payload)
    guard let type = join(payload, other.type) else {
      report(
        TypeFact.mismatch(
          expected: describe(payload), found: describe(other.type), help: "`o ?? e` gives e where o is `none`: both have one type"
        ),
        at: other.span, origin(of: other), origin(of: option))
      return broken(span)
    }
    if type == .error { return broken(span) }
    guard type.isOption else {
      return Expr(.orElse(coerce(option, to: .option(type)), coerce(other, to: type)), type, span)
    }
    // `o ?? p` of two options: o where it is present, else p.
    return binding(coerce(option, to: type), type) { local in
      .ifThenElse(Expr(.equal(local, Expr(.none, type, span)), .bool, span), self.coerce(other, to: type), local)
    }
  }

  func inferForce(_ operand: ExprTree, _ span: Span) -> Expr {
    let option = infer(operand)
    if case .option(let payload) = option.type { return Expr(.force(option), payload, span) }
    if !isBroken(option.type) {
      report(TypeFact.notOption(operation: "!", type: describe(option.type)), at: option.span, origin(of: option))
    }
    return broken(span)
  }

}

extension ExprTree {
  /// A comparison without parentheses, as an operand of another: the parser has reported the chain.
  fileprivate var isComparison: Bool {
    switch kind {
    case .binary(let op, _, _): [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .member].contains(op)
    default: false
    }
  }
}
