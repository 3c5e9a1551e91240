/// Typing of `+ - * / % &`: numbers with their intervals, and sets.

extension SpecChecker {
  /// `+ - &`: numbers or sets.
  func inferSum(
    _ arithmetic: ArithmeticOperator?, _ op: BinaryOperator, _ left: ExprTree, _ right: ExprTree, _ hint: Type?, _ span: Span
  ) -> Expr {
    let (a, b) = inferPair(left, right, hint.flatMap { $0.isSet ? $0 : nil })
    if case .set = a.type {
      let b = coerce(b, to: a.type, related(a.span, "the left side is \(describe(a.type))"))
      if b.type == .error { return broken(span) }
      switch op {
      case .plus: return Expr(.union(a, b), a.type, span)
      case .minus: return Expr(.difference(a, b), a.type, span)
      default: return Expr(.intersection(a, b), a.type, span)
      }
    }
    guard let arithmetic else {
      if !isBroken(a.type) {
        report(TypeFact.operands(symbol: "&", needs: "two sets", found: describe(a.type)), at: a.span, origin(of: a))
      }
      return broken(span)
    }
    return applyArithmetic(arithmetic, op, a, b, span)
  }

  func inferArithmetic(
    _ arithmetic: ArithmeticOperator, _ op: BinaryOperator, _ left: ExprTree, _ right: ExprTree, _ span: Span
  ) -> Expr {
    let a = infer(left)
    return applyArithmetic(arithmetic, op, a, infer(right), span)
  }

  func applyArithmetic(_ arithmetic: ArithmeticOperator, _ op: BinaryOperator, _ a: Expr, _ b: Expr, _ span: Span) -> Expr {
    let (x, y) = (integer(a, symbol: op.rawValue), integer(b, symbol: op.rawValue))
    guard let x, let y else { return broken(span) }
    if arithmetic == .divide || arithmetic == .remainder, y == Interval(0, 0) {
      report(TypeFact.zeroDivisor(operation: op.rawValue), at: b.span)
      return broken(span)
    }
    guard let result = x.applying(arithmetic, y) else {
      report(TypeFact.overflow(operation: op.rawValue), at: span, origin(of: a), origin(of: b))
      return broken(span)
    }
    return Expr(.arithmetic(arithmetic, a, b), result.type, span)
  }

  func integer(_ expr: Expr, symbol: String) -> Interval? {
    if let interval = Interval(expr.type) { return interval }
    if !isBroken(expr.type) {
      let needs = symbol == "+" || symbol == "-" ? "numbers (or sets)" : "numbers"
      report(TypeFact.operands(symbol: symbol, needs: needs, found: describe(expr.type)), at: expr.span, origin(of: expr))
    }
    return nil
  }
}
