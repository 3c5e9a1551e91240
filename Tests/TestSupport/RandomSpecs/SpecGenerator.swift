/// In: a seed. Out: the text of a small spec that uses any construct of the language anywhere it is allowed, errors included.
///
/// The text goes through the whole front end, so that what is tested is what a user writes. Every spec has the same sorts
/// and named types, and its own constants, variables, functions, actions and properties.
public final class SpecGenerator {
  var random: SeededGenerator
  private var names = 0

  let item = RandomType.sort("Item", ordered: false)
  let rank = RandomType.sort("Rank", ordered: true)
  let mode = RandomType.enumeration("Mode", ["idle", "busy", "dead"], ordered: false)
  let level = RandomType.enumeration("Level", ["low", "middle", "high"], ordered: true)
  let small = RandomType.range("Small", 0, 2)
  let signed = RandomType.range("Signed", -1, 1)
  let cell = RandomType.record("Cell")
  let box = RandomType.record("Box")
  let fields: [String: [RandomField]]

  var constants: [RandomName] = []
  var policies: [RandomName] = []
  var variables: [RandomName] = []
  var functions: [RandomFunction] = []
  var effects: [(name: String, parameters: [RandomName])] = []
  var actions: [(name: String, parameters: [RandomName])] = []
  /// Some actions are fair, and there are temporal properties.
  var isTemporal = false

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    fields = [
      "Cell": [RandomField(name: "item", type: item), RandomField(name: "on", type: .bool)],
      "Box": [
        RandomField(name: "marks", type: .set(item)), RandomField(name: "holder", type: .option(item)),
        RandomField(name: "line", type: .queue(2, small)), RandomField(name: "number", type: signed),
      ],
    ]
  }

  /// The spec of a seed, with a scope `tiny`.
  public static func text(seed: UInt64) -> String { SpecGenerator(seed: seed).spec(seed) }

  // MARK: - Chance

  func below(_ n: Int) -> Int { Int.random(in: 0..<max(1, n), using: &random) }
  func chance(_ percent: Int) -> Bool { below(100) < percent }
  func pick<T>(_ list: [T]) -> T { list[below(list.count)] }

  func fresh(_ prefix: String) -> String {
    names += 1
    return "\(prefix)\(names)"
  }

  // MARK: - Types

  func scalarType() -> RandomType { pick([.bool, item, item, rank, mode, level, small, signed]) }

  func keyType() -> RandomType {
    switch below(8) {
    case 0: return cell
    case 1: return .option(pick([item, small, signed, .bool, cell]))
    default: return scalarType()
    }
  }

  /// Of a few values, since it is looped over.
  func indexType() -> RandomType { pick([.bool, item, item, item, rank, mode, small, signed, .option(item), cell]) }

  func variableType() -> RandomType {
    switch below(15) {
    case 0, 1: return scalarType()
    case 2: return keyType()
    case 3: return .option(pick([item, small, signed]))
    case 4: return .set(indexType())
    case 5: return .map([indexType()], keyType())
    case 6: return .map([item], .set(pick([item, small, signed])))
    case 7: return .map([pick([item, .bool]), pick([item, rank])], scalarType())
    case 8: return .queue(1 + below(2), pick([item, small, signed, .option(item), cell]))
    case 9: return .map([item], .queue(2, pick([item, small])))
    case 10: return pick([box, .map([item], box)])
    case 11: return .map([item], .map([.bool], keyType()))
    default: return .forest(pick([item, item, item, rank, cell]))
    }
  }

  /// Of a parameter of a function, an effect, or a `let`.
  func valueType() -> RandomType {
    switch below(8) {
    case 0: return .set(item)
    case 1: return .map([item], scalarType())
    case 2: return .queue(2, small)
    case 3: return box
    default: return keyType()
    }
  }

  // MARK: - Declarations

  func spec(_ seed: UInt64) -> String {
    var text = """
      spec Random.S\(seed)
      sort Item
      ordered sort Rank
      enum Mode { idle, busy, dead }
      ordered enum Level { low, middle, high }
      type Small = 0..2
      type Signed = -1..1
      record Cell { item: Item, on: bool }
      record Box { marks: set Item, holder: Item?, line: seq[2] Small, number: Signed }
      const anItem: Item
      const aRank: Rank

      """
    constants = [RandomName(name: "anItem", type: item), RandomName(name: "aRank", type: rank)]
    if chance(30) {
      let type = pick([.map([item], .bool), .map([item], rank), small, mode, .set(item), .option(item)])
      constants.append(RandomName(name: "given", type: type))
      text += "const given: \(type.text)\n"
      if chance(40) {
        text += "axiom Given: \(bool(2, RandomPlace(state: false)))\n"
      }
    }
    if chance(50) {
      let type = pick([.bool, small, level])
      text += "policy option: \(type.text) = \(literal(type))\n"
      policies.append(RandomName(name: "option", type: type))
    }
    for _ in 0..<(2 + below(4)) {
      let variable = RandomName(name: fresh("v"), type: variableType())
      variables.append(variable)
      text += "var \(variable.name): \(variable.type.text)\n"
    }
    for _ in 0..<below(3) { text += function() }
    text += "init {\n" + variables.map { "  \(initial($0))\n" }.joined() + "}\n"
    for _ in 0..<below(2) { text += effect() }
    for _ in 0..<(1 + below(3)) { text += action() }
    for _ in 0..<(1 + below(2)) { text += property() }
    text += temporalProperties()
    let sizes = pick([(2, 2), (2, 3), (3, 2), (1, 2), (3, 1), (4, 2), (5, 1)])
    return text + "deadlock allowed\nscope tiny { Item = \(sizes.0), Rank = \(sizes.1) }\n"
  }

  private func initial(_ variable: RandomName) -> String {
    let place = RandomPlace(state: false)
    let few: Bool
    switch variable.type {
    case .map, .forest, .record("Box"): few = false
    default: few = true
    }
    if few, chance(20) { return "\(variable.name) = any" }
    if case .sort = variable.type, chance(20) {
      let name = fresh("x")
      let inner = place.with([RandomName(name: name, type: variable.type)])
      return "\(variable.name) = any \(name): \(variable.type.text) where \(bool(1, inner))"
    }
    return "\(variable.name) = \(expression(variable.type, 1, place))"
  }

  private func function() -> String {
    var place = RandomPlace(functions: functions.count)
    // A third are relations, which `closure` can take.
    let relation = chance(33)
    let node = pick([item, item, small, mode])
    let parameters = (0..<(relation ? 2 : 1 + below(2))).map { _ in
      RandomName(name: fresh("a"), type: relation ? node : valueType())
    }
    place.locals = parameters
    let result = relation || chance(50) ? .bool : valueType()
    let name = fresh("f")
    let body = expression(result, 2, place)
    functions.append(RandomFunction(name: name, parameters: parameters, result: result))
    return "def \(name)(\(list(parameters))): \(result.text) = \(body)\n"
  }

  private func effect() -> String {
    let name = fresh("e")
    let parameters = (0..<(1 + below(2))).map { _ in RandomName(name: fresh("a"), type: keyType()) }
    let place = RandomPlace(locals: parameters, functions: functions.count)
    var body = Statements(topLevel: false)
    let text = block(2, place, &body)
    effects.append((name, parameters))
    return "effect \(name)(\(list(parameters))) {\n\(text)}\n"
  }

  private func action() -> String {
    let name = fresh("act")
    let parameters = (0..<(below(7) + 1) / 3).map { _ in RandomName(name: fresh("a"), type: indexType()) }
    var place = RandomPlace(locals: parameters, functions: functions.count)
    var text = ""
    for _ in 0..<below(3) {
      if chance(25) {
        let (local, value) = binding(2, place)
        text += "  let \(local.name) = \(value)\n"
        place.locals.append(local)
      }
      // Mostly weak guards, so that there is something to explore.
      let guardText = bool(3, place)
      text += "  require \(fresh("G")): \(chance(50) ? "(\(guardText)) || \(bool(1, place))" : guardText)\n"
    }
    var statements = Statements(topLevel: true)
    text += block(1 + below(3), place, &statements)
    actions.append((name, parameters))
    return "\(fairness())action \(name)(\(list(parameters))) {\n\(text)}\n"
  }

  private func property() -> String {
    let place = RandomPlace(functions: functions.count)
    let name = fresh("P")
    switch below(4) {
    case 0: return "cover \(name): \(bool(3, place))\n"
    case 1, 2:
      var step = place
      step.old = true
      guard chance(50), let action = actions.randomElement(using: &random) else {
        return "transition \(name): \(bool(3, step))\n"
      }
      let named = action.parameters.map { RandomName(name: fresh("t"), type: $0.type) }
      let trigger = named.map(\.name).joined(separator: ", ")
      return "transition \(name): on \(action.name)(\(trigger)) :: \(bool(3, step.with(named)))\n"
    default: return "invariant \(name): \(bool(3, place))\n"
    }
  }

  func list(_ parameters: [RandomName]) -> String { parameters.map { "\($0.name): \($0.type.text)" }.joined(separator: ", ") }
}
