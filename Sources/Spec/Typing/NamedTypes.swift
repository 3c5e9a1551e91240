/// The type that a name stands for. Aliases and records are resolved when first met, so that their order does not matter.

extension SpecChecker {
  /// The type a name stands for.
  func resolve(_ name: Name) -> Type {
    switch name.text {
    case "bool": return .bool
    case "int":
      report(TypeFact.unbounded, at: name.span)
      return .error
    default: break
    }
    guard let symbol = symbols[name.text] else {
      if cases[name.text] != nil {
        report(
          NameFact.wrongKind(name: name.text, found: "enum case", expected: "type", help: nil), at: name.span,
          related(declared[name.text], "declared here"))
      } else {
        report(NameFact.unknown(kind: "type", name: name.text, suggestion: nearest(name.text, among: typeNames)), at: name.span)
      }
      return .error
    }
    used.insert(symbol)
    switch symbol {
    case .sort(let id): return .sort(id)
    case .enumeration(let id): return .enumeration(id)
    case .record(let id): return resolveRecord(id, from: name)
    case .alias(let index): return resolveAlias(index, from: name)
    case .constant, .policy, .variable, .function:
      report(
        NameFact.wrongKind(name: name.text, found: symbol.kind, expected: "type", help: nil), at: name.span,
        related(declared[name.text], "declared here"))
      return .error
    }
  }

  @discardableResult
  func resolveAlias(_ index: Int, from use: Name? = nil) -> Type {
    switch aliases[index].progress {
    case .done: return aliases[index].type
    case .running:
      reportTypeCycle(aliases[index].name, use)
      return .error
    case .waiting: break
    }
    guard typesFit(use) else { return .error }
    aliases[index].progress = .running
    running.append(aliases[index].name.text)
    aliases[index].type = resolve(aliases[index].tree, allowForest: true)
    running.removeLast()
    aliases[index].progress = .done
    return aliases[index].type
  }

  @discardableResult
  func resolveRecord(_ id: RecordID, from use: Name? = nil) -> Type {
    switch records[id].progress {
    case .done: return .record(id)
    case .running:
      reportTypeCycle(records[id].name, use)
      return .error
    case .waiting: break
    }
    guard typesFit(use) else { return .error }
    records[id].progress = .running
    running.append(records[id].name.text)
    var seen: [String: Span] = [:]
    var fields: [RecordDeclaration.Field] = []
    var width = 0
    for field in records[id].fields {
      if let first = seen[field.name.text] {
        report(NameFact.repeated(kind: "field", name: field.name.text), at: field.name.span, related(first, "the first"))
        continue
      }
      seen[field.name.text] = field.name.span
      var type = resolve(field.type)
      width += leafCount(type)
      if width > SpecChecker.widestRecord {
        report(TypeFact.tooWide(name: records[id].name.text, limit: SpecChecker.widestRecord), at: field.name.span)
        type = .error
      }
      fields.append(RecordDeclaration.Field(name: field.name.text, type: type))
    }
    recordWidths[id] = min(width, SpecChecker.widestRecord)
    if records[id].fields.isEmpty {
      reportMissing(TypeFact.emptyDeclaration(kind: "record", name: records[id].name.text), at: records[id].name.span)
    }
    running.removeLast()
    model.records[id].fields = fields
    records[id].progress = .done
    return .record(id)
  }

  /// How deep types may refer to types that are not resolved yet.
  static let deepestTypes = 1000

  func typesFit(_ use: Name?) -> Bool {
    if running.count < SpecChecker.deepestTypes { return true }
    if let use { report(TypeFact.tooDeep(limit: SpecChecker.deepestTypes), at: use.span) }
    return false
  }

  func reportTypeCycle(_ name: Name, _ use: Name?) {
    let start = running.lastIndex(of: name.text) ?? 0
    report(
      NameFact.recursiveType(cycle: running[start...] + [name.text]), at: use?.span ?? name.span,
      related(name.span, "declared here"))
  }

  private var typeNames: [String] { symbols.filter { $0.value.isType }.map(\.key) + ["bool"] }
}
