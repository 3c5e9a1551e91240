/// The sizes and policies of an instance as a verdict carries them.

extension Instance {
  /// Each sort with its size, in the order of the text.
  public var namedSizes: [(sort: String, size: Int)] { zip(model.sorts, sizes).map { ($0.name, $1) } }

  /// Each policy with its value as the text would write it.
  public var namedPolicies: [(name: String, value: String)] {
    zip(model.policies, policies).map { ($0.name, model.literal($1, $0.type)) }
  }
}

extension Model {
  /// A value of a key type without sorts, in the language's own spelling.
  public func literal(_ value: Value, _ type: Type) -> String {
    switch (value, type) {
    case (.bool(let flag), _): return flag ? "true" : "false"
    case (.int(let number), _): return String(number)
    case (.element(let ordinal), .enumeration(let id)) where enumerations[id].cases.indices.contains(ordinal):
      return enumerations[id].cases[ordinal]
    case (.none, _): return "none"
    case (.some(let payload), .option(let inner)): return literal(payload, inner)
    case (.record(let values), .record(let id)):
      let fields = zip(records[id].fields, values).map { "\($0.name): \(literal($1, $0.type))" }
      return "\(records[id].name)(\(fields.joined(separator: ", ")))"
    default: return "?"
    }
  }
}
