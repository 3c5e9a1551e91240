/// Where a value of one type may stand for another. In: typed expressions; out: the same with injections and narrowings.
///
/// Invariant for the engines: wherever an expression flows into a place of type T, its type is T, or both are integers
/// and its interval lies within T's. Nothing else is implicit in the model.

enum Fit: Hashable { case fits, disjoint, mismatch }

extension SpecChecker {
  /// Whether a `from` may stand where a `to` is expected.
  func fit(_ from: Type, _ to: Type) -> Fit {
    switch (from, to) {
    case (.error, _), (_, .error): return .fits
    case (.int(let a, let b), .int(let c, let d)): return Interval(a, b).meets(Interval(c, d)) ? .fits : .disjoint
    case (.option(let a), .option(let b)): return fit(a, b)
    case (_, .option(let b)): return fit(from, b)
    case (.map(let keys, let a), .map(let otherKeys, let b)): return keys == otherKeys ? fit(a, b) : .mismatch
    default: return from == to || isBroken(from) || isBroken(to) ? .fits : .mismatch
    }
  }

  func coerce(_ expr: Expr, to type: Type, _ origin: Diagnostic.Related? = nil) -> Expr {
    if expr.type == type { return expr }
    switch fit(expr.type, type) {
    case .fits: return expr.type == .error || isBroken(type) ? broken(expr.span) : converted(expr, to: type)
    case .disjoint:
      let range = innermostRange(type)
      report(TypeFact.outOfRange(value: describeValue(expr), range: range), at: expr.span, self.origin(of: expr), origin)
    case .mismatch:
      report(
        TypeFact.mismatch(expected: describe(type), found: describe(expr.type), help: remedy(expr.type, type)), at: expr.span,
        self.origin(of: expr), origin)
    }
    return broken(expr.span)
  }

  /// `fit` said yes.
  private func converted(_ expr: Expr, to type: Type) -> Expr {
    if expr.type == type { return expr }
    switch (expr.type, type) {
    case (.int(let a, let b), .int(let c, let d)):
      return Interval(c, d).contains(Interval(a, b)) ? expr : Expr(.narrow(expr), type, expr.span)
    case (.option(let payload), .option(let target)):
      // let t = e in if t == none then none else t!, the payload converted
      if case .none = expr.kind { return Expr(.none, type, expr.span) }
      if case .some(let inner) = expr.kind { return Expr(.some(converted(inner, to: target)), type, expr.span) }
      return binding(expr, type) { local in
        let isNone = Expr(.equal(local, Expr(.none, expr.type, expr.span)), .bool, expr.span)
        let value = self.converted(Expr(.force(local), payload, expr.span), to: target)
        return .ifThenElse(isNone, Expr(.none, type, expr.span), Expr(.some(value), type, expr.span))
      }
    case (_, .option(let target)): return Expr(.some(converted(expr, to: target)), type, expr.span)
    case (.map(let keys, let value), .map(_, let target)):
      return binding(expr, type) { local in
        let binders = keys.map { self.frame.fresh("k", $0, at: expr.span) }
        let arguments = binders.map { Expr(.local($0), $0.type, expr.span) }
        return .mapLiteral(
          binders, filter: nil, body: self.converted(Expr(.index(local, arguments), value, expr.span), to: target))
      }
    default: return expr
    }
  }

  /// `let t = expr in body(t)`.
  func binding(_ expr: Expr, _ type: Type, _ body: (Expr) -> Expr.Kind) -> Expr {
    let local = frame.fresh("t", expr.type, at: expr.span)
    let inner = Expr(body(Expr(.local(local), expr.type, expr.span)), type, expr.span)
    return Expr(.letIn(local, expr, inner), type, expr.span)
  }

  /// The least type that both values fit without narrowing; nil if there is none.
  func join(_ a: Type, _ b: Type) -> Type? {
    switch (a, b) {
    case (.error, _), (_, .error): return .error
    case (.int(let al, let ah), .int(let bl, let bh)): return Interval(al, ah).hull(Interval(bl, bh)).type
    case (.option(let x), .option(let y)), (.option(let x), let y), (let x, .option(let y)):
      return join(x, y).map { $0 == .error ? .error : .option($0) }
    case (.map(let keys, let x), .map(let otherKeys, let y)):
      return keys == otherKeys ? join(x, y).map { $0 == .error ? .error : .map(keys: keys, value: $0) } : nil
    default: return a == b ? a : nil
    }
  }

  func broken(_ span: Span) -> Expr { Expr(.bool(false), .error, span) }

  // MARK: - What to say about it

  private func innermostRange(_ type: Type) -> String {
    switch type {
    case .option(let payload): innermostRange(payload)
    case .map(_, let value): innermostRange(value)
    default: model.describe(type)
    }
  }

  private func describeValue(_ expr: Expr) -> String {
    if case .int(let number) = expr.kind { return "\(number)" }
    if case .int(let low, let high) = expr.type { return low == high ? "\(low)" : "a number in \(low)..\(high)" }
    return describe(expr.type)
  }

  private func remedy(_ found: Type, _ expected: Type) -> String? {
    if case .option(let payload) = found, fit(payload, expected) == .fits {
      return "unwrap it with `!` where it cannot be `none`, or give a default with `??`"
    }
    if case .set(let element) = expected, fit(found, element) == .fits { return "put it in braces to make a set of it" }
    return nil
  }

  /// Where the type of an expression comes from.
  func origin(of expr: Expr) -> Diagnostic.Related? {
    switch expr.kind {
    case .local(let local): return related(frame.spans[local.slot], "`\(local.name)` is \(describe(local.type))")
    case .constant(let id): return origin(model.constants[id].name, model.constants[id].type, model.constants[id].span)
    case .policy(let id): return origin(model.policies[id].name, model.policies[id].type, model.policies[id].span)
    case .variable(let id): return origin(model.variables[id].name, model.variables[id].type, model.variables[id].span)
    case .call(let id, _):
      let entry = functions[functionEntries[id]]
      return related(entry.name.span, "`\(entry.name.text)` gives \(describe(entry.resultType))")
    case .field(let base, let index):
      guard case .record(let id) = base.type, records.indices.contains(id) else { return nil }
      return related(
        records[id].fields.first { $0.name.text == self.model.records[id].fields[index].name }?.name.span,
        "the field is declared here")
    case .index(let base, _), .force(let base), .old(let base), .narrow(let base), .queueFirst(let base), .queueAt(let base, _):
      return origin(of: base)
    default: return nil
    }
  }

  private func origin(_ name: String, _ type: Type, _ span: Span) -> Diagnostic.Related? {
    related(span, "`\(name)` is \(describe(type))")
  }
}
