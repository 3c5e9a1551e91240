/// Random well-typed expressions. Everything compound is parenthesised: precedence is the parser's own tests' business.

extension SpecGenerator {
  /// Of the type where the type is expected (so `none` and `empty` may stand).
  func expression(_ type: RandomType, _ depth: Int, _ place: RandomPlace) -> String {
    if depth < -1 { return ground(type) }
    if case .forest = type { return path(type, depth, place) ?? "empty" }
    if depth > 0, chance(12) {
      return "(if \(bool(depth - 1, place)) then \(typed(type, depth - 1, place)) else \(typed(type, depth - 1, place)))"
    }
    if depth > 0, chance(8) {
      let (local, value) = binding(depth - 1, place)
      return "(let \(local.name) = \(value) in \(typed(type, depth - 1, place.with([local]))))"
    }
    if chance(60), let path = path(type, depth, place) { return path }
    if depth > 0, chance(15), let call = call(type, depth, place) { return call }
    if place.old, place.state, depth > 0, chance(25) {
      var before = place
      before.old = false
      return "old(\(typed(type, depth - 1, before)))"
    }
    switch type {
    case .bool: return bool(depth, place)
    case .range(_, let low, let high): return number(low, high, depth, place)
    case .sort: return element(type, depth, place)
    case .enumeration: return chance(40) || depth == 0 ? literal(type) : element(type, depth, place)
    case .record(let name): return record(name, depth, place)
    case .option(let payload): return option(payload, depth, place)
    case .set(let element): return set(element, depth, place)
    case .map(let keys, let value):
      let binders = keys.map { RandomName(name: fresh("x"), type: $0) }
      return "[\(list(binders)) => \(expression(value, depth - 1, place.with(binders)))]"
    case .queue, .forest: return path(type, depth, place) ?? "empty"
    }
  }

  /// Of the type without an expectation from around it.
  func typed(_ type: RandomType, _ depth: Int, _ place: RandomPlace) -> String {
    if depth < -1 { return ground(type) }
    for _ in 0..<3 { if chance(60), let path = path(type, depth, place) { return path } }
    switch type {
    case .bool: return bool(depth, place)
    case .range(_, let low, let high): return number(low, high, depth, place)
    case .sort, .enumeration: return expression(type, 0, place)
    case .record(let name): return record(name, max(0, depth - 1), place)
    case .set(let element):
      let name = fresh("x")
      return "{\(name): \(element.text) where \(bool(depth - 1, place.with([RandomName(name: name, type: element)])))}"
    case .map(let keys, let value):
      let binders = keys.map { RandomName(name: fresh("x"), type: $0) }
      return "[\(list(binders)) => \(typed(value, depth - 1, place.with(binders)))]"
    case .option(let payload):
      // `x` alone would be of the payload's type: a queue's `first` or a conditional with a typed branch is an option.
      return path(type, depth, place) ?? option(payload, depth, place)
    case .queue, .forest: return path(type, depth, place) ?? "empty"
    }
  }

  /// A name and its value for a `let`, which must show its type without a context.
  func binding(_ depth: Int, _ place: RandomPlace) -> (RandomName, String) {
    let type = valueType()
    let name = fresh("l")
    switch type {
    case .option, .queue:
      if let path = path(type, depth, place) { return (RandomName(name: name, type: type), path) }
      let other = scalarType()
      return (RandomName(name: name, type: other), typed(other, depth, place))
    default: return (RandomName(name: name, type: type), typed(type, depth, place))
    }
  }

  // MARK: - Leaves

  func literal(_ type: RandomType) -> String {
    switch type {
    case .bool: return chance(50) ? "true" : "false"
    case .range(_, let low, let high): return "\(low + below(high - low + 1))"
    case .enumeration(_, let cases, _): return pick(cases)
    default: return "none"
    }
  }

  /// A value of the type without any choice that could go deeper.
  private func ground(_ type: RandomType) -> String {
    switch type {
    case .sort(let name, _): return name == "Item" ? "anItem" : "aRank"
    case .record(let name):
      return "\(name)(\((fields[name] ?? []).map { "\($0.name): \(ground($0.type))" }.joined(separator: ", ")))"
    case .set(let element): return "{\(fresh("x")): \(element.text) where false}"
    case .map(let keys, let value):
      return "[\(list(keys.map { RandomName(name: fresh("x"), type: $0) })) => \(ground(value))]"
    case .queue, .forest: return "empty"
    default: return literal(type)
    }
  }

  private func element(_ type: RandomType, _ depth: Int, _ place: RandomPlace) -> String {
    if case .sort(let name, _) = type { return path(type, depth, place) ?? (name == "Item" ? "anItem" : "aRank") }
    if depth > 0, let option = path(.option(type), depth, place) { return "(\(option) ?? \(literal(type)))" }
    return literal(type)
  }

  /// A constant, policy, variable or local, or what stands below one, of exactly the type.
  func path(_ type: RandomType, _ depth: Int, _ place: RandomPlace) -> String? {
    if depth < -2 { return nil }
    var roots = place.locals + place.locals + constants + policies
    if place.state { roots += variables + variables }
    roots.shuffle(using: &random)
    for root in roots {
      if let found = descend(root.name, root.type, to: type, depth, place) { return found }
    }
    return nil
  }

  private func descend(
    _ text: String, _ type: RandomType, to wanted: RandomType, _ depth: Int, _ place: RandomPlace
  ) -> String? {
    if type == wanted { return text }
    switch type {
    case .map(let keys, let value) where reaches(value, wanted):
      let index = keys.map { expression($0, min(depth - 1, 1), place) }.joined(separator: ", ")
      return descend("\(text)[\(index)]", value, to: wanted, depth, place)
    case .record(let name):
      let fields = (fields[name] ?? []).filter { reaches($0.type, wanted) }
      guard !fields.isEmpty else { return nil }
      let field = pick(fields)
      return descend("\(text).\(field.name)", field.type, to: wanted, depth, place)
    case .forest(let node) where depth > 0:
      if wanted == node { return "\(text).root(\(expression(node, depth - 1, place)))" }
      if wanted == .option(node) { return "\(text).parent(\(expression(node, depth - 1, place)))" }
      return nil
    case .queue(_, let element) where depth > 0:
      if wanted == .option(element), !element.isOption { return "\(text).first" }
      if wanted == element, chance(40) { return "\(text)[\(number(0, 1, 0, place))]" }
      return nil
    case .option(let payload) where wanted == payload && depth > 0 && chance(60):
      return chance(50) ? "\(text)!" : "(\(text) ?? \(expression(payload, depth - 1, place)))"
    default: return nil
    }
  }

  private func reaches(_ type: RandomType, _ wanted: RandomType) -> Bool {
    if type == wanted { return true }
    switch type {
    case .map(_, let value): return reaches(value, wanted)
    case .record(let name): return (fields[name] ?? []).contains { reaches($0.type, wanted) }
    default: return false
    }
  }

  private func call(_ type: RandomType, _ depth: Int, _ place: RandomPlace) -> String? {
    guard place.state else { return nil }
    let fitting = functions.prefix(place.functions).filter { $0.result == type }
    guard !fitting.isEmpty else { return nil }
    let function = pick(Array(fitting))
    let arguments = function.parameters.map { expression($0.type, depth - 1, place) }
    return "\(function.name)(\(arguments.joined(separator: ", ")))"
  }

  // MARK: - By type

  /// A number whose interval meets the range, so that it can be narrowed into it.
  func number(_ low: Int, _ high: Int, _ depth: Int, _ place: RandomPlace) -> String {
    guard depth > 0, chance(60) else {
      if chance(65), let path = path(chance(50) ? small : signed, depth, place) { return path }
      return "\(low + below(high - low + 1))"
    }
    func operand() -> String { number(low, high, depth - 1, place) }
    switch below(8) {
    case 0: return "(\(operand()) + \(operand()))"
    case 1: return "(\(operand()) - \(operand()))"
    case 2: return "(\(operand()) * \(operand()))"
    case 3: return "(\(operand()) / \(path(small, depth - 1, place) ?? "2"))"
    case 4: return "(\(operand()) % \(path(signed, depth - 1, place) ?? "2"))"
    case 5:
      let binders = binders()
      return "count(\(list(binders)) where \(bool(depth - 1, place.with(binders))))"
    case 6:
      if let queue = path(.queue(2, small), 0, place) { return "\(queue).length" }
      return "size(\(typed(.set(item), depth - 1, place)))"
    default:
      return "(if \(bool(depth - 1, place)) then \(operand()) else \(operand()))"
    }
  }

  private func record(_ name: String, _ depth: Int, _ place: RandomPlace) -> String {
    let arguments = (fields[name] ?? []).map { "\($0.name): \(expression($0.type, depth - 1, place))" }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }

  private func option(_ payload: RandomType, _ depth: Int, _ place: RandomPlace) -> String {
    if case .enumeration(_, _, ordered: true) = payload, depth > 0, chance(50) {
      return "\(pick(["next", "previous"]))(\(expression(payload, depth - 1, place)))"
    }
    return chance(35) ? "none" : expression(payload, depth - 1, place)
  }

  private func set(_ element: RandomType, _ depth: Int, _ place: RandomPlace) -> String {
    guard depth > 0 else { return "empty" }
    switch below(6) {
    case 0: return "empty"
    case 1:
      return "{" + (0..<(1 + below(2))).map { _ in expression(element, depth - 1, place) }.joined(separator: ", ") + "}"
    case 2, 3: return typed(.set(element), depth, place)
    default:
      let operands =
        "\(typed(.set(element), depth - 1, place)) \(pick(["+", "-", "&"])) \(typed(.set(element), depth - 1, place))"
      return "(\(operands))"
    }
  }

  // MARK: - Formulas

  func binders() -> [RandomName] {
    let type = indexType()
    return (0..<(1 + below(2))).map { _ in RandomName(name: fresh("x"), type: type) }
  }

  func bool(_ depth: Int, _ place: RandomPlace) -> String {
    if depth < -1 { return literal(.bool) }
    guard depth > 0 else {
      if chance(60), let path = path(.bool, 0, place) { return path }
      return chance(30) ? literal(.bool) : comparison(0, place)
    }
    func operand() -> String { bool(depth - 1, place) }
    switch below(16) {
    case 13: return partial(depth, place) ?? comparison(depth, place)
    case 14: return forestFormula(depth, place) ?? quantified(depth, place)
    case 0: return "(\(operand()) && \(operand()))"
    case 1: return "(\(operand()) || \(operand()))"
    case 2: return "(\(operand()) ==> \(operand()))"
    case 3: return "(\(operand()) <==> \(operand()))"
    case 4: return "!(\(operand()))"
    case 5, 6:
      return quantified(depth, place)
    case 7: return forestFormula(depth, place) ?? comparison(depth, place)
    case 8: return membership(depth, place)
    case 9: return closure(depth, place) ?? comparison(depth, place)
    case 10: return call(.bool, depth, place) ?? comparison(depth, place)
    default: return comparison(depth, place)
    }
  }

  private func quantified(_ depth: Int, _ place: RandomPlace) -> String {
    let binders = binders()
    let inner = place.with(binders)
    let filter = chance(40) ? " where \(bool(depth - 1, inner))" : ""
    let body = chance(30) ? partial(depth, inner) ?? bool(depth - 1, inner) : bool(depth - 1, inner)
    return "(\(pick(["forall", "exists"])) \(list(binders))\(filter) :: \(body))"
  }

  /// A formula that has no value in some states.
  private func partial(_ depth: Int, _ place: RandomPlace) -> String? {
    switch below(3) {
    case 0:
      let type = pick([item, small, signed])
      guard let option = path(.option(type), depth, place) else { return nil }
      return "(\(option)! == \(expression(type, depth - 1, place)))"
    case 1:
      guard let queue = path(.queue(2, small), depth, place) else { return nil }
      return "(\(queue)[\(number(0, 1, depth - 1, place))] == \(number(0, 2, 0, place)))"
    default:
      guard let number = path(pick([small, signed]), depth, place) else { return nil }
      return "(\(pick(["2", "-1", "1"])) \(pick(["/", "%"])) \(number) \(pick(["==", "<", ">="])) 1)"
    }
  }

  private func comparison(_ depth: Int, _ place: RandomPlace) -> String {
    switch below(6) {
    case 0:
      return "(\(number(-1, 2, depth - 1, place)) \(pick(["<", "<=", ">", ">=", "==", "!="])) \(number(0, 2, depth - 1, place)))"
    case 1:
      let type = pick([level, rank, rank])
      return "(\(expression(type, 1, place)) \(pick(["<", "<=", ">", ">="])) \(expression(type, 0, place)))"
    case 2:
      let type = RandomType.option(pick([item, small, signed]))
      guard let option = path(type, depth, place) else { break }
      return "(\(option) \(pick(["==", "!="])) \(expression(type, depth - 1, place)))"
    case 3 where place.state:
      let variable = pick(variables)
      return "(\(variable.name) \(pick(["==", "!="])) \(expression(variable.type, depth - 1, place)))"
    default: break
    }
    let type = keyTypeWithoutOption()
    return "(\(typed(type, depth - 1, place)) \(pick(["==", "!="])) \(expression(type, depth - 1, place)))"
  }

  private func keyTypeWithoutOption() -> RandomType { chance(15) ? cell : scalarType() }

  private func membership(_ depth: Int, _ place: RandomPlace) -> String {
    let type = pick([item, small, signed, .option(item), cell])
    if chance(30), let queue = path(.queue(2, type), depth, place) {
      return "(\(expression(type, depth - 1, place)) in \(queue))"
    }
    let set = typed(.set(type), depth - 1, place)
    if chance(30) { return "(\(set) <= \(typed(.set(type), depth - 1, place)))" }
    return "(\(expression(type, depth - 1, place)) in \(set))"
  }

  private func forestFormula(_ depth: Int, _ place: RandomPlace) -> String? {
    guard place.state else { return nil }
    let forests = variables.compactMap { variable -> (String, RandomType)? in
      if case .forest(let node) = variable.type { (variable.name, node) } else { nil }
    }
    guard !forests.isEmpty else { return nil }
    let (name, node) = pick(forests)
    func argument() -> String { expression(node, depth - 1, place) }
    switch below(5) {
    case 0: return "\(name).under(\(argument()), \(argument()))"
    case 1: return "\(name).within(\(argument()), \(argument()))"
    case 2: return "\(name).lone(\(argument()))"
    case 3: return "(\(name).root(\(argument())) == \(argument()))"
    default: return "(\(name).parent(\(argument())) == \(chance(50) ? "none" : argument()))"
    }
  }

  private func closure(_ depth: Int, _ place: RandomPlace) -> String? {
    for type in [RandomType.map([item], .option(item)), .map([item], .set(item)), .map([item, item], .bool)] {
      if let relation = path(type, depth, place) {
        return "closure(\(relation))(\(expression(item, 0, place)), \(expression(item, 0, place)))"
      }
    }
    let related = functions.prefix(place.functions).filter {
      $0.result == .bool && $0.parameters.count == 2 && $0.parameters[0].type == $0.parameters[1].type
        && [item, small, mode, rank].contains($0.parameters[0].type)
    }
    guard place.state, !related.isEmpty else { return nil }
    let function = pick(Array(related))
    let type = function.parameters[0].type
    return "closure(\(function.name))(\(expression(type, 0, place)), \(expression(type, 0, place)))"
  }
}
