/// Bidirectional typing. `infer` finds a type from the expression (a hint helps literals, it never narrows);
/// `check` makes the expression fit the type that its place demands.

extension SpecChecker {
  func infer(_ tree: ExprTree, hint: Type? = nil) -> Expr {
    switch tree.kind {
    case .error: return broken(tree.span)
    case .parenthesized(let inner): return infer(inner, hint: hint)
    case .bool(let flag): return Expr(.bool(flag), .bool, tree.span)
    case .integer(let number): return Expr(.int(number), .int(low: number, high: number), tree.span)
    case .none: return inferNone(tree, hint)
    case .name(let name): return inferName(name, hint)
    case .unary(let op, let operand): return inferUnary(op, operand, tree.span)
    case .binary(let op, let left, let right): return inferBinary(op, left, right, hint, tree.span)
    case .force(let operand): return inferForce(operand, tree.span)
    case .member(let base, let name): return inferMember(base, name, tree.span)
    case .index(let base, let arguments): return inferIndex(base, arguments, tree.span)
    case .call(let callee, let arguments): return inferCall(callee, arguments, hint, tree.span)
    case .ifThenElse(let condition, let yes, let no): return inferConditional(condition, yes, no, hint, tree.span)
    case .letIn(let name, let value, let body): return typeLet(name, value, tree.span) { self.infer(body, hint: hint) }
    case .quantifier(let quantifier, let binders, let filter, let body):
      return inferQuantifier(quantifier, binders, filter, body, tree.span)
    case .count(let binders, let filter): return inferCount(binders, filter, tree.span)
    case .mapLiteral(let binders, let filter, let body):
      return typeMapLiteral(binders, filter, body, hint, required: false, tree.span)
    case .setBuilder(let binder, let filter): return inferSetBuilder(binder, filter, tree.span)
    case .setLiteral(let elements): return inferSetLiteral(elements, hint, tree.span)
    case .old(let inner): return inferOld(inner, hint, tree.span)
    case .temporal, .temporalBinary:
      report(RuleFact.temporalOutside, at: tree.span)
      return broken(tree.span)
    }
  }

  /// `origin` says where the demand comes from.
  func check(_ tree: ExprTree, _ type: Type, _ origin: Diagnostic.Related? = nil) -> Expr {
    switch tree.kind {
    case .parenthesized(let inner): return check(inner, type, origin)
    case .ifThenElse(let condition, let yes, let no):
      guard !type.isForest else { break }
      return Expr(.ifThenElse(checkBool(condition), check(yes, type, origin), check(no, type, origin)), type, tree.span)
    case .letIn(let name, let value, let body): return typeLet(name, value, tree.span) { self.check(body, type, origin) }
    case .mapLiteral(let binders, let filter, let body):
      guard case .map = type else { break }
      return coerce(typeMapLiteral(binders, filter, body, type, required: true, tree.span, origin), to: type, origin)
    case .setLiteral(let elements): return coerce(inferSetLiteral(elements, type, tree.span, origin), to: type, origin)
    default: break
    }
    return coerce(infer(tree, hint: type), to: type, origin)
  }

  func checkBool(_ tree: ExprTree) -> Expr { check(tree, .bool) }

  // MARK: - Forms

  private func inferConditional(_ condition: ExprTree, _ yes: ExprTree, _ no: ExprTree, _ hint: Type?, _ span: Span) -> Expr {
    let test = checkBool(condition)
    let (a, b) = inferPair(yes, no, hint)
    guard let type = join(a.type, b.type) else {
      report(
        TypeFact.mismatch(expected: describe(a.type), found: describe(b.type), help: "both branches of an `if` have one type"),
        at: b.span,
        origin(of: b), related(a.span, "the other branch is \(describe(a.type))"))
      return broken(span)
    }
    if type.isForest {
      report(TypeFact.forestMisplaced(reason: "a forest is not a value that `if` can choose"), at: span)
      return broken(span)
    }
    return Expr(.ifThenElse(test, coerce(a, to: type), coerce(b, to: type)), type, span)
  }

  private func typeLet(_ name: Name, _ value: ExprTree, _ span: Span, _ body: () -> Expr) -> Expr {
    let value = inferLetValue(value)
    return inScope {
      let local = bind(name, value.type)
      let body = body()
      return Expr(.letIn(local, value, body), body.type, span)
    }
  }

  /// The value of a `let`: any type except forest.
  func inferLetValue(_ tree: ExprTree) -> Expr {
    let value = infer(tree)
    guard value.type.isForest else { return value }
    report(TypeFact.forestMisplaced(reason: "a forest cannot be bound to a name"), at: tree.span)
    return broken(tree.span)
  }

  private func inferOld(_ inner: ExprTree, _ hint: Type?, _ span: Span) -> Expr {
    guard frame.old == .allowed else {
      report(RuleFact.oldOutside, at: span)
      let outer = frame.old
      frame.old = .inside
      defer { frame.old = outer }
      return infer(inner, hint: hint)
    }
    frame.old = .inside
    defer { frame.old = .allowed }
    let body = infer(inner, hint: hint)
    return Expr(.old(body), body.type, span)
  }

  /// Two expressions that should have one type; the one whose type does not follow from itself is inferred second.
  func inferPair(_ left: ExprTree, _ right: ExprTree, _ hint: Type? = nil) -> (Expr, Expr) {
    if hint == nil, isWeak(left), !isWeak(right) {
      let b = infer(right)
      return (infer(left, hint: pairHint(b.type, left)), b)
    }
    let a = infer(left, hint: hint)
    return (a, infer(right, hint: pairHint(a.type, right)))
  }

  /// `none` beside a value that is not an option is either a branch of an `if`, or a comparison (judged by the caller).
  private func pairHint(_ type: Type, _ other: ExprTree) -> Type {
    if isNone(other), type != .error, !type.isOption { return isBroken(type) ? .error : .option(type) }
    return type
  }

  func isNone(_ tree: ExprTree) -> Bool {
    switch tree.kind {
    case .none: true
    case .parenthesized(let inner): isNone(inner)
    default: false
    }
  }

  /// True where the type of the expression rests on its neighbour's.
  private func isWeak(_ tree: ExprTree) -> Bool {
    switch tree.kind {
    case .none, .setLiteral: true
    case .name(let name):
      frame.lookup(name.text) == nil && (name.text == "empty" || cases[name.text].map { $0.count > 1 } ?? false)
    case .parenthesized(let inner): isWeak(inner)
    case .ifThenElse(_, let yes, let no): isWeak(yes) && isWeak(no)
    case .letIn(_, _, let body): isWeak(body)
    default: false
    }
  }

  /// Binds a name, and warns where that hides another.
  func bind(_ name: Name, _ type: Type) -> Local {
    if let earlier = frame.lookupInnermost(name.text) {
      report(NameFact.repeated(kind: "name", name: name.text), at: name.span, related(earlier.span, "bound here"))
    } else if let outer = frame.lookup(name.text) {
      report(NameFact.hides(name: name.text, what: "an outer binding"), at: name.span, related(outer.span, "bound here"))
    } else if let first = declared[name.text] {
      let what = symbols[name.text]?.kind ?? "enum case"
      report(NameFact.hides(name: name.text, what: "the \(what)"), at: name.span, related(first, "declared here"))
    }
    return frame.bind(name.text, type, at: name.span)
  }
}
