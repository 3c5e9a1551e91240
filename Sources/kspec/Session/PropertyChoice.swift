import Spec

extension Model {
  /// The properties of these names, or all that qualify if none is named. `none`: what the spec lacks if nothing qualifies; `refusal`: what is wrong
  /// with a name that stands for something else.
  func properties(
    named names: [String], called word: String, where qualifies: (Property) -> Bool, none: String,
    refusal: (Property) -> CommandError
  ) throws(CommandError) -> [Int] {
    let all = properties.indices.filter { qualifies(properties[$0]) }
    if names.isEmpty {
      if all.isEmpty { throw CommandError("\(name) declares \(none)") }
      return all
    }
    var result: [Int] = []
    for wanted in names {
      guard let index = properties.firstIndex(where: { $0.name == wanted }) else {
        throw .unknown(word, wanted, in: name, candidates: all.map { properties[$0].name })
      }
      guard qualifies(properties[index]) else { throw refusal(properties[index]) }
      result.append(index)
    }
    return result
  }
}
