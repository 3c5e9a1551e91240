/// From type trees to types. In: names collected; out: types of all declarations, aliases expanded.

extension SpecChecker {
  func resolveTypes() {
    for index in aliases.indices { resolveAlias(index) }
    for index in records.indices { resolveRecord(index) }
    for (index, entry) in aliases.enumerated() where symbols[entry.name.text] == .alias(index) {
      model.aliases.append(AliasDeclaration(name: entry.name.text, type: entry.type, span: entry.name.span))
    }
    for (id, tree) in work.constantTypes.enumerated() { model.constants[id].type = resolve(tree) }
    for (id, tree) in work.variableTypes.enumerated() { model.variables[id].type = resolve(tree, allowForest: true) }
    for (id, policy) in work.policies.enumerated() { model.policies[id].type = resolve(policy.type) }
    for index in functions.indices {
      functions[index].parameterTypes = functions[index].parameters.map { binderType($0) }
      functions[index].resultType = resolve(functions[index].result)
    }
    for action in work.actions {
      // Slots of parameters are those of a frame that starts with them: `checkActions` binds them again in this order.
      let parameters = action.tree.parameters.enumerated().map { index, binder in
        Local(slot: index, name: binder.name.text, type: keyBinderType(binder, role: "a parameter of an action"))
      }
      model.actions.append(
        Action(
          name: action.tree.name.text, parameters: parameters, choices: [], conjuncts: [], updates: [], actor: .unstated,
          fairness: action.tree.fairness, frameSize: parameters.count, documentation: action.documentation,
          span: action.tree.name.span))
    }
  }

  /// The type of a binder of any type.
  func binderType(_ binder: BinderTree) -> Type {
    guard let tree = binder.type else {
      report(TypeFact.untypedBinder(name: binder.name.text), at: binder.name.span)
      return .error
    }
    return resolve(tree)
  }

  /// The type of a binder that ranges over all values of its type.
  func keyBinderType(_ binder: BinderTree, role: String) -> Type {
    let type = binderType(binder)
    return requireKey(type, at: binder.type?.span ?? binder.name.span, role: role)
  }

  func resolve(_ tree: TypeTree, allowForest: Bool = false) -> Type {
    switch tree.kind {
    case .error: return .error
    case .name(let name):
      let type = resolve(name)
      guard type.isForest, !allowForest else { return type }
      report(
        TypeFact.forestMisplaced(reason: "a forest cannot be part of another type, a parameter or a constant"), at: tree.span)
      return .error
    case .range(let low, let high): return resolveRange(low, high, tree.span)
    case .option(let inner):
      let payload = resolve(inner)
      if payload.isOption, case .option(let innermost) = payload {
        report(TypeFact.nestedOption(type: model.describe(innermost)), at: tree.span)
        return payload
      }
      let checked = requireKey(payload, at: inner.span, role: "the payload of an option")
      return checked == .error ? .error : .option(checked)
    case .set(let inner):
      let element = requireKey(resolve(inner), at: inner.span, role: "the element of a set")
      return element == .error ? .error : .set(element)
    case .map(let keys, let value):
      let keyTypes = keys.map { requireKey(resolve($0), at: $0.span, role: "an index of a map") }
      let valueType = resolve(value)
      return keyTypes.contains(.error) || valueType == .error ? .error : .map(keys: keyTypes, value: valueType)
    case .queue(let capacity, let inner):
      let element = requireKey(resolve(inner), at: inner.span, role: "the element of a queue")
      guard let count = literal(capacity), count >= 1, count <= 65_536 else {
        report(TypeFact.badCapacity(reason: "the capacity of a queue is an integer literal from 1 to 65536"), at: capacity.span)
        return .error
      }
      return element == .error ? .error : .queue(capacity: Int(count), element: element)
    case .forest(let inner):
      let element = requireKey(resolve(inner), at: inner.span, role: "the node of a forest")
      guard allowForest else {
        report(
          TypeFact.forestMisplaced(reason: "a forest cannot be part of another type, a parameter or a constant"), at: tree.span)
        return .error
      }
      return element == .error ? .error : .forest(element)
    }
  }

  private func resolveRange(_ low: ExprTree, _ high: ExprTree, _ span: Span) -> Type {
    for bound in [low, high] where literal(bound) == nil {
      if case .error = bound.kind { return .error }
      report(TypeFact.badRange(reason: "the bounds of a range are integer literals"), at: bound.span)
      return .error
    }
    guard let low = literal(low), let high = literal(high), low <= high else {
      report(TypeFact.badRange(reason: "this range is empty"), at: span)
      return .error
    }
    return .int(low: low, high: high)
  }

  /// Records of records could double at each level; a bound keeps every later walk over a type short.
  static let widestRecord = 1024

  func leafCount(_ type: Type) -> Int {
    switch type {
    case .bool, .int, .sort, .enumeration, .error: 1
    case .option(let t), .set(let t), .queue(_, let t), .forest(let t): leafCount(t)
    case .map(let keys, let value): keys.reduce(leafCount(value)) { $0 + leafCount($1) }
    case .record(let id): recordWidths[id] ?? 1
    }
  }

  // MARK: - Key types

  func requireKey(_ type: Type, at span: Span, role: String) -> Type {
    if isBroken(type) { return .error }
    if model.isKey(type) { return type }
    report(TypeFact.notKey(type: describe(type), role: role), at: span)
    return .error
  }

  /// True where a part of the type already has a diagnostic.
  func isBroken(_ type: Type) -> Bool {
    switch type {
    case .error: true
    case .bool, .int, .sort, .enumeration: false
    case .option(let t), .set(let t), .queue(_, let t), .forest(let t): isBroken(t)
    case .map(let keys, let value): keys.contains { isBroken($0) } || isBroken(value)
    case .record(let id): model.records[id].fields.contains { isBroken($0.type) }
    }
  }

  /// The value of an integer literal, a sign and parentheses allowed.
  func literal(_ tree: ExprTree) -> Int64? {
    switch tree.kind {
    case .integer(let number): number
    case .parenthesized(let inner): literal(inner)
    case .unary(.negate, let inner): literal(inner).flatMap { $0 == .min ? nil : -$0 }
    default: nil
    }
  }
}
