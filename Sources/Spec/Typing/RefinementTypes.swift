/// The types here that stand for the types of an abstract spec.

extension SpecChecker {
  /// The type here that stands for an abstract type; `.error` where a diagnostic was reported.
  func translate(_ type: Type, _ refinement: Refinement, at span: Span) -> Type {
    let abstract = refinement.abstractModel
    func go(_ type: Type) -> Type { translate(type, refinement, at: span) }
    switch type {
    case .bool, .int, .error: return type
    case .sort(let id): return refinement.sorts[id] ?? .error
    case .enumeration(let id):
      let declaration = abstract.enumerations[id]
      if case .enumeration(let here)? = symbols[declaration.name], model.enumerations[here].cases == declaration.cases,
        model.enumerations[here].ordered == declaration.ordered
      {
        used.insert(.enumeration(here))
        return .enumeration(here)
      }
      report(
        RefinementFact.typeUnmapped(name: declaration.name, reason: "no enum of that name has the same cases"), at: span,
        related(declaration.span, "declared here"))
      return .error
    case .record(let id):
      let declaration = abstract.records[id]
      let fields = declaration.fields.map { go($0.type) }
      if fields.contains(.error) { return .error }
      if case .record(let here)? = symbols[declaration.name],
        model.records[here].fields.map(\.name) == declaration.fields.map(\.name),
        model.records[here].fields.map(\.type) == fields
      {
        used.insert(.record(here))
        return .record(here)
      }
      report(
        RefinementFact.typeUnmapped(name: declaration.name, reason: "no record of that name has the same fields"), at: span,
        related(declaration.span, "declared here"))
      return .error
    case .option(let payload):
      let inner = go(payload)
      if inner.isOption {
        report(TypeFact.nestedOption(type: model.describe(inner)), at: span)
        return .error
      }
      return inner == .error ? .error : .option(inner)
    case .set(let element):
      let inner = go(element)
      return inner == .error ? .error : .set(inner)
    case .queue(let capacity, let element):
      let inner = go(element)
      return inner == .error ? .error : .queue(capacity: capacity, element: inner)
    case .forest(let element):
      let inner = go(element)
      return inner == .error ? .error : .forest(inner)
    case .map(let keys, let value):
      let (newKeys, newValue) = (keys.map(go), go(value))
      return newKeys.contains(.error) || newValue == .error ? .error : .map(keys: newKeys, value: newValue)
    }
  }
}
