/// Random updates, conflicts and errors included: what would be refused by the type checker is avoided, nothing else.

/// What an action's updates may still do.
struct Statements {
  /// Choices stand at the top level of an action only.
  var topLevel: Bool
  var inLoop = false
  /// How each forest is written: by operations, or whole.
  var forests: [String: Bool] = [:]
}

extension SpecGenerator {
  func block(_ count: Int, _ place: RandomPlace, _ context: inout Statements) -> String {
    var text = ""
    var place = place
    for _ in 0..<count {
      if chance(8) {
        let (local, value) = binding(1, place)
        text += "  let \(local.name) = \(value)\n"
        place.locals.append(local)
      }
      text += "  \(statement(place, &context))\n"
    }
    return text
  }

  private func statement(_ place: RandomPlace, _ context: inout Statements) -> String {
    switch below(12) {
    case 0:
      var inner = context
      inner.topLevel = false
      let condition = bool(2, place)
      let then = block(1, place, &inner)
      let otherwise = chance(40) ? " else {\n\(block(1, place, &inner))}" : ""
      context.forests = inner.forests
      return "if \(condition) {\n\(then)}\(otherwise)"
    case 1, 2:
      var inner = context
      inner.topLevel = false
      inner.inLoop = true
      let binders = (0..<(1 + below(2))).map { _ in RandomName(name: fresh("x"), type: indexType()) }
      let bound = place.with(binders)
      let filter = chance(50) ? " where \(bool(1, bound))" : ""
      let body = block(1, bound, &inner)
      context.forests = inner.forests
      return "for \(list(binders))\(filter) {\n\(body)}"
    case 3:
      if !effects.isEmpty, !context.inLoop {
        let effect = pick(effects)
        return "\(effect.name)(\(effect.parameters.map { expression($0.type, 1, place) }.joined(separator: ", ")))"
      }
    default: break
    }
    return update(place, &context)
  }

  private func update(_ place: RandomPlace, _ context: inout Statements) -> String {
    let variable = pick(variables)
    if case .forest(let node) = variable.type { return forest(variable.name, node, place, &context) }
    let (location, type) = location(variable.name, variable.type, place)
    switch type {
    case .set(let element) where chance(65):
      return "\(location).\(pick(["add", "remove"]))(\(expression(element, 1, place)))"
    case .queue(_, let element) where chance(85):
      switch below(4) {
      case 0: return "\(location).pop()"
      case 1:
        let name = fresh("x")
        return "\(location).removeAll(\(name) where \(bool(1, place.with([RandomName(name: name, type: element)]))))"
      default: return "\(location).push(\(expression(element, 1, place)))"
      }
    default:
      if context.topLevel, isKey(type), chance(20) {
        if chance(40) { return "\(location) := any" }
        let name = fresh("x")
        let filter = bool(1, place.with([RandomName(name: name, type: type)]))
        return "\(location) := any \(name): \(type.text) where \(filter)"
      }
      return "\(location) := \(expression(type, 2, place))"
    }
  }

  private func isKey(_ type: RandomType) -> Bool {
    switch type {
    case .bool, .range, .sort, .enumeration, .record("Cell"): true
    case .option(let payload): isKey(payload)
    default: false
    }
  }

  /// A variable or something below it.
  private func location(_ text: String, _ type: RandomType, _ place: RandomPlace) -> (String, RandomType) {
    switch type {
    case .map(let keys, let value) where chance(85):
      let index = keys.map { key in
        // Mostly a name, so that loops write cells of their own.
        let named = place.locals.filter { $0.type == key }
        return !named.isEmpty && chance(60) ? pick(named).name : expression(key, 1, place)
      }
      return location("\(text)[\(index.joined(separator: ", "))]", value, place)
    case .record(let name) where chance(75):
      let field = pick(fields[name] ?? [])
      return location("\(text).\(field.name)", field.type, place)
    default: return (text, type)
    }
  }

  private func forest(_ name: String, _ node: RandomType, _ place: RandomPlace, _ context: inout Statements) -> String {
    func argument() -> String { expression(node, 1, place) }
    if context.inLoop {
      if context.forests[name] == false { return "if true { }" }
      context.forests[name] = true
      return "\(name).remove(\(argument()))"
    }
    let operations = context.forests[name] ?? chance(92)
    context.forests[name] = operations
    if !operations {
      let others = variables.filter { $0.type == .forest(node) }
      return "\(name) := \(chance(60) ? "empty" : pick(others).name)"
    }
    switch below(5) {
    case 0: return "\(name).detach(\(argument()))"
    case 1: return "\(name).prune(\(argument()))"
    case 2: return "\(name).remove(\(argument()))"
    case 3: return "\(name).replace(\(argument()), by: \(argument()))"
    default: return "\(name).attach(\(argument()), under: \(argument()))"
    }
  }
}
