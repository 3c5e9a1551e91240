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
      return coerce(typeMapLiteral(binders, filter, body, type, required: true, tree.span), to: type, origin)
    default: break
    }
    return coerce(infer(tree, hint: type), to: type, origin)
  }

  func checkBool(_ tree: ExprTree) -> Expr { check(tree, .bool) }

  // MARK: - Leaves

  private func inferNone(_ tree: ExprTree, _ hint: Type?) -> Expr {
    guard let hint else {
      report(TypeFact.needsContext(what: "`none`"), at: tree.span)
      return broken(tree.span)
    }
    if isBroken(hint) { return broken(tree.span) }
    if case .option = hint { return Expr(.none, hint, tree.span) }
    report(TypeFact.neverNone(type: describe(hint)), at: tree.span)
    return broken(tree.span)
  }

  private func inferName(_ name: Name, _ hint: Type?) -> Expr {
    if let binding = frame.lookup(name.text) { return Expr(.local(binding.local), binding.local.type, name.span) }
    // `empty` is no keyword: the collection where one is expected, else what the spec declares.
    if name.text == "empty" {
      switch hint {
      case .set?, .queue?, .forest?: return Expr(.empty, hint ?? .error, name.span)
      default: break
      }
    }
    if let found = inferCase(name, hint) { return found }
    guard let symbol = symbols[name.text] else { return unknownValue(name, hint) }
    used.insert(symbol)
    switch symbol {
    case .constant(let id): return Expr(.constant(id), model.constants[id].type, name.span)
    case .policy(let id): return Expr(.policy(id), model.policies[id].type, name.span)
    case .variable(let id):
      noteReads([id], named: "the variable `\(name.text)`", at: name.span)
      return Expr(.variable(id), model.variables[id].type, name.span)
    case .function(let index):
      report(
        TypeFact.notCallable(
          what: "`\(name.text)` is a definition: it needs its arguments",
          help: "write `\(name.text)(\(functions[index].parameters.map(\.name.text).joined(separator: ", ")))`"),
        at: name.span, related(declared[name.text], "declared here"))
    case .sort, .enumeration, .record, .alias:
      report(
        NameFact.wrongKind(name: name.text, found: symbol.kind, expected: "value", help: nil), at: name.span,
        related(declared[name.text], "declared here"))
    }
    return broken(name.span)
  }

  private func unknownValue(_ name: Name, _ hint: Type?) -> Expr {
    if name.text == "empty" {
      if hint == nil {
        report(TypeFact.needsContext(what: "`empty`"), at: name.span)
      } else if let hint, !isBroken(hint) {
        report(TypeFact.mismatch(expected: describe(hint), found: "an empty set, queue or forest", help: nil), at: name.span)
      }
      return broken(name.span)
    }
    let values = symbols.filter { !$0.value.isType }.map(\.key)
    let suggestion = nearest(name.text, among: frame.names + values + Array(cases.keys) + ["empty"])
    report(NameFact.unknown(kind: "value", name: name.text, suggestion: suggestion), at: name.span)
    return broken(name.span)
  }

  /// An enum case by its bare name: the hint decides where several enums have it.
  private func inferCase(_ name: Name, _ hint: Type?) -> Expr? {
    guard let candidates = cases[name.text], let first = candidates.first else { return nil }
    var chosen = first
    if candidates.count > 1 {
      var wanted = hint
      if case .option(let payload)? = hint { wanted = payload }
      if let match = candidates.first(where: { .enumeration($0.enumeration) == wanted }) {
        chosen = match
      } else {
        let names = candidates.map { model.enumerations[$0.enumeration].name }
        report(NameFact.ambiguousCase(name: name.text, enumerations: names), at: name.span)
        return broken(name.span)
      }
    }
    used.insert(.enumeration(chosen.enumeration))
    return Expr(.enumCase(chosen.enumeration, chosen.index), .enumeration(chosen.enumeration), name.span)
  }

  /// Reading state, where it is allowed.
  func noteReads(_ variables: Set<VariableID>, named what: String, at span: Span) {
    if let reader = frame.rigid, !variables.isEmpty { report(RuleFact.readsState(what: what, reader: reader), at: span) }
    reads.formUnion(variables)
  }

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
