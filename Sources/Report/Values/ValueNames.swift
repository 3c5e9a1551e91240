import Spec

/// Values as text a reader of the spec recognises: `(sigma0, page1)`, `write`, `{thread0, thread2}`.
///
/// A sort has no literals, so its elements need names: the constant that has the element as its value in this run, else
/// the sort's name in lower case with the ordinal (`page1`).
public struct ValueNames: Sendable {
  public let instance: Instance
  /// By sort, then ordinal.
  private let elements: [[String]]

  public init(_ instance: Instance, _ rigid: RigidValuation?) {
    self.instance = instance
    let model = instance.model
    // What an element's invented name must not be mistaken for.
    var taken = Set(model.constants.map(\.name) + model.enumerations.flatMap(\.cases) + model.policies.map(\.name))
    var names: [[String]] = []
    for (id, sort) in model.sorts.enumerated() {
      var size = id < instance.sizes.count ? instance.sizes[id] : 0
      size = max(size, 0)
      let stem = sort.name.prefix(1).lowercased() + sort.name.dropFirst()
      var ofSort = (0..<size).map { "\(stem)\($0)" }
      if ofSort.contains(where: taken.contains) { ofSort = (0..<size).map { "\(sort.name)#\($0)" } }
      taken.formUnion(ofSort)
      names.append(ofSort)
    }
    if let rigid {
      // The last constant of the text is written first, so that the first one wins.
      for (constant, value) in zip(model.constants, rigid.constants).reversed() {
        if case .sort(let id) = constant.type, case .element(let ordinal) = value, names[id].indices.contains(ordinal) {
          names[id][ordinal] = constant.name
        }
      }
    }
    elements = names
  }

  public func element(_ ordinal: Int, of sort: SortID) -> String {
    elements.indices.contains(sort) && elements[sort].indices.contains(ordinal) ? elements[sort][ordinal] : "#\(ordinal)"
  }

  public func text(_ value: Value, _ type: Type) -> String {
    switch (value, type) {
    case (.bool(let flag), _): return flag ? "true" : "false"
    case (.int(let number), _): return String(number)
    case (.element(let ordinal), .sort(let id)): return element(ordinal, of: id)
    case (.element(let ordinal), .enumeration(let id)):
      let cases = instance.model.enumerations[id].cases
      return cases.indices.contains(ordinal) ? cases[ordinal] : "#\(ordinal)"
    case (.none, _): return "none"
    case (.some(let payload), .option(let inner)): return text(payload, inner)
    case (.record(let fields), .record(let id)):
      return "(" + zip(fields, instance.model.records[id].fields).map { text($0, $1.type) }.joined(separator: ", ") + ")"
    case (.set(let members), .set(let element)):
      return "{" + members.indices.filter { members[$0] }.map { key($0, element) }.joined(separator: ", ") + "}"
    case (.queue(let entries), .queue(_, let element)):
      return "[" + entries.map { text($0, element) }.joined(separator: ", ") + "]"
    case (.map(let values), .map(let keys, let result)): return mapText(values, keys, result)
    case (.forest(let parents), .forest(let node)):
      let links = parents.indices.filter { parents[$0] >= 0 }.map { "\(key($0, node)) under \(key(parents[$0], node))" }
      return links.isEmpty ? "empty" : links.joined(separator: ", ")
    default: return "?"
    }
  }

  /// The key value of an ordinal.
  public func key(_ ordinal: Int, _ type: Type) -> String { text(instance.value(ordinal, type), type) }

  /// What stands between the brackets of `m[k, l]`. A single record key loses its parentheses: `holds[sigma0, page1]`.
  public func index(_ ordinal: Int, _ keys: [Type]) -> String {
    let values = instance.values(ordinal, keys)
    if keys.count == 1, case .record(let id) = keys[0], case .record(let fields) = values[0] {
      return zip(fields, instance.model.records[id].fields).map { text($0, $1.type) }.joined(separator: ", ")
    }
    return zip(values, keys).map { text($0, $1) }.joined(separator: ", ")
  }

  /// A map's entries, the most frequent value last and once: `[page1 => frame0, else none]`.
  private func mapText(_ values: [Value], _ keys: [Type], _ result: Type) -> String {
    guard let usual = mostFrequent(values) else { return "[]" }
    if values.allSatisfy({ $0 == usual }) { return "all \(text(usual, result))" }
    let collapses = values.count(where: { $0 == usual }) > max(2, values.count / 2)
    let shown = values.indices.filter { !collapses || values[$0] != usual }
    var entries = shown.map { "\(mapKey($0, keys)) => \(text(values[$0], result))" }
    if collapses { entries.append("else \(text(usual, result))") }
    return "[" + entries.joined(separator: ", ") + "]"
  }

  private func mapKey(_ ordinal: Int, _ keys: [Type]) -> String {
    keys.count == 1 ? key(ordinal, keys[0]) : "(" + index(ordinal, keys) + ")"
  }
}

/// The value that occurs most often, the earliest of several; nil for none at all.
func mostFrequent(_ values: [Value]) -> Value? {
  var counts: [Value: Int] = [:]
  for value in values { counts[value, default: 0] += 1 }
  var best: Value?
  for value in values where best.map({ counts[value, default: 0] > counts[$0, default: 0] }) ?? true { best = value }
  return best
}
