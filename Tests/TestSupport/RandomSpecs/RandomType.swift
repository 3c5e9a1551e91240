/// The types of random specs, small enough that everything can be enumerated.

indirect enum RandomType: Equatable, Sendable {
  case bool
  /// A named range.
  case range(String, Int, Int)
  case sort(String, ordered: Bool)
  case enumeration(String, [String], ordered: Bool)
  /// By name; its fields are the generator's.
  case record(String)
  case option(RandomType)
  case set(RandomType)
  case map([RandomType], RandomType)
  case queue(Int, RandomType)
  case forest(RandomType)

  /// As the language writes it.
  var text: String {
    switch self {
    case .bool: "bool"
    case .range(let name, _, _), .sort(let name, _), .enumeration(let name, _, _), .record(let name): name
    case .option(let payload): payload.text + "?"
    case .set(let element): "set " + element.text
    case .map(let keys, let value):
      (keys.count == 1 ? keys[0].text : "(" + keys.map(\.text).joined(separator: ", ") + ")") + " -> " + value.text
    case .queue(let capacity, let element): "seq[\(capacity)] " + element.text
    case .forest(let node): "forest " + node.text
    }
  }

  var isOption: Bool { if case .option = self { true } else { false } }
}

struct RandomField: Sendable {
  var name: String
  var type: RandomType
}

/// A name that an expression may use.
struct RandomName: Sendable {
  var name: String
  var type: RandomType
}

/// Where an expression stands: what it may name.
struct RandomPlace: Sendable {
  var locals: [RandomName] = []
  /// Whether state variables may be read, and `old` used.
  var state = true
  var old = false
  /// Functions declared so far: how many of the list may be called.
  var functions = 0

  func with(_ names: [RandomName]) -> RandomPlace {
    var place = self
    place.locals += names
    return place
  }
}

struct RandomFunction: Sendable {
  var name: String
  var parameters: [RandomName]
  var result: RandomType
}
