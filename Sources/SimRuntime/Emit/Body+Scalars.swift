/// Numbers, orders, options, containers and forests: the scalar operations of the language in C.

import Spec

extension Body {
  /// The least value of a scalar type: what evaluation goes on with after an error.
  private func least(_ type: Type) -> String {
    if case .int(let low, _) = type { literal(low) } else { "0" }
  }

  func number(_ e: Expr) throws(EmissionRefused) -> String {
    switch e.kind {
    case .negate(let inner): return "(-\(try operand(inner)))"
    case .arithmetic(let op, let a, let b):
      let left = try operand(a)
      let right = try operand(b)
      switch op {
      case .add, .subtract, .multiply: return "(\(left) \(op.rawValue) \(right))"
      case .divide, .remainder:
        let name = op == .divide ? "euclidean_quotient" : "euclidean_remainder"
        if case .int(let low, let high) = b.type, low > 0 || high < 0 { return "\(name)(\(left), \(right))" }
        let divisor = emitter.fresh("d")
        return "({ const I \(divisor) = \(right); \(divisor) ? \(name)(\(left), \(divisor)) : (*E = 1, \(least(e.type))); })"
      }
    case .less(let a, let b): return "(\(try operand(a)) < \(try operand(b)))"
    case .lessOrEqual(let a, let b): return "(\(try operand(a)) <= \(try operand(b)))"
    case .narrow(let inner):
      guard case .int(let low, let high) = e.type else { throw EmissionRefused("a narrowing into what is no range") }
      return "narrow(\(try scalar(inner)), \(literal(low)), \(literal(high)), E)"
    default: throw EmissionRefused("not a number")
    }
  }

  func option(_ e: Expr) throws(EmissionRefused) -> String {
    switch e.kind {
    case .next(let inner):
      let name = emitter.fresh("x")
      let last = instance.cardinality(inner.type) - 1
      return "({ const I \(name) = \(try scalar(inner)); \(name) < \(literal(last)) ? \(name) + 2 : 0; })"
    case .previous(let inner): return try scalar(inner)  // some(x - 1) is 1 + (x - 1), none is 0
    case .some(let inner):
      guard case .option(let payload) = e.type else { throw EmissionRefused("some of what is no option") }
      return "(1 + \(try ordinal(inner, as: payload)))"
    case .force(let inner):
      guard case .option(let payload) = inner.type else { throw EmissionRefused("! of what is no option") }
      let name = emitter.fresh("x")
      return """
        ({ const I \(name) = \(try scalar(inner)); \(name) ? \(emitter.scalar("\(name) - 1", payload)) : (*E = 1, \(least(payload))); })
        """
    case .orElse(let inner, let fallback):
      guard case .option(let payload) = inner.type else { throw EmissionRefused("?? of what is no option") }
      let name = emitter.fresh("x")
      let some = emitter.convert(emitter.scalar("(\(name) - 1)", payload), from: payload, to: e.type)
      return "({ const I \(name) = \(try scalar(inner)); \(name) ? \(some) : \(try scalar(fallback, as: e.type)); })"
    default: throw EmissionRefused("not an option")
    }
  }

  func equal(_ a: Expr, _ b: Expr) throws(EmissionRefused) -> String {
    let type = emitter.join(a.type, b.type)
    if try emitter.isScalar(type) { return "((\(try scalar(a, as: type))) == (\(try scalar(b, as: type))))" }
    let (setupA, left) = try place(a, as: type)
    let (setupB, right) = try place(b, as: type)
    let result = emitter.fresh("r")
    let index = emitter.fresh("i")
    let count = try emitter.cellCount(type)
    return """
      ({ \(setupA) \(setupB) I \(result) = 1;
      \(emitter.loop(index, count, "\(result) &= \(left.at(index)) == \(right.at(index));")) \(result); })
      """
  }

  // MARK: - Sets and queues

  func container(_ e: Expr) throws(EmissionRefused) -> String {
    switch e.kind {
    case .member(let element, let container): return try member(element, container)
    case .subset(let a, let b):
      let type = emitter.join(a.type, b.type)
      let (setupA, left) = try place(a, as: type)
      let (setupB, right) = try place(b, as: type)
      let result = emitter.fresh("r")
      let index = emitter.fresh("i")
      return """
        ({ \(setupA) \(setupB) I \(result) = 1;
        \(emitter.loop(index, try emitter.cellCount(type), "\(result) &= \(left.at(index)) <= \(right.at(index));")) \(result); })
        """
    case .size(let set):
      let (setup, place) = try self.place(set)
      let result = emitter.fresh("r")
      let index = emitter.fresh("i")
      return """
        ({ \(setup) I \(result) = 0;
        \(emitter.loop(index, try emitter.cellCount(set.type), "\(result) += \(place.at(index));")) \(result); })
        """
    case .queueLength(let queue): return try withPlace(queue) { "(I)\($0.first)" }
    case .queueFirst(let queue):
      guard case .queue(let capacity, let element) = queue.type else { throw EmissionRefused("first of what is no queue") }
      if capacity == 0 { return try withPlace(queue) { _ in "0" } }
      return try withPlace(queue) { place in
        let first = "(\(place.first) ? 1 + (I)\(place.at("1")) : 0)"
        return self.emitter.convert(first, from: .option(element), to: e.type)
      }
    case .queueAt(let queue, let position):
      guard case .queue(let capacity, let element) = queue.type else { throw EmissionRefused("an index into what is no queue") }
      let index = emitter.fresh("x")
      let at = try scalar(position)
      if capacity == 0 { return "({ (void)(\(at)); *E = 1; \(least(e.type)); })" }
      return try withPlace(queue) { place in
        """
        ({ const I \(index) = \(at); (U)\(index) < (U)\(place.first) ? \
        \(self.emitter.scalar("(I)\(place.at("1 + " + index))", element)) : (*E = 1, \(self.least(e.type))); })
        """
      }
    default: throw EmissionRefused("not a container operation")
    }
  }

  private func member(_ element: Expr, _ container: Expr) throws(EmissionRefused) -> String {
    switch container.type {
    case .set(let type):
      let name = emitter.fresh("x")
      let value = try ordinal(element, as: type)
      let contained = try contains(name, container)
      return "({ const I \(name) = \(value); \(contained); })"
    case .queue(let capacity, let type):
      let joined = emitter.join(element.type, type)
      let name = emitter.fresh("x")
      let result = emitter.fresh("r")
      let index = emitter.fresh("i")
      let (setup, place) = try self.place(container)
      let slot = emitter.convert(
        emitter.scalar("(I)\(place.at("1 + " + index))", type), from: type, to: joined)
      return """
        ({ const I \(name) = \(try scalar(element, as: joined)); \(setup) I \(result) = 0;
        \(emitter.loop(index, capacity, "\(result) |= \(index) < \(place.first) && \(slot) == \(name);")) \(result); })
        """
    default: throw EmissionRefused("membership in what is no set or queue")
    }
  }

  /// Whether the element of that ordinal (maybe outside) is in the set. A total set expression is not built for it.
  private func contains(_ ordinal: String, _ set: Expr) throws(EmissionRefused) -> String {
    guard case .set(let type) = set.type else { throw EmissionRefused("membership in what is no set") }
    let inside = "(U)\(ordinal) < \(instance.cardinality(type))u"
    if emitter.isTotal(set) {
      switch set.kind {
      case .empty: return "0"
      case .setLiteral(let elements):
        var texts: [String] = []
        for e in elements { texts.append("\(ordinal) == \(try self.ordinal(e, as: type))") }
        return texts.isEmpty ? "0" : "(" + texts.joined(separator: " || ") + ")"
      case .setBuilder(let local, let filter):
        let name = emitter.fresh("l")
        locals[local.slot] = .scalar(name)
        guard let filter else { return "(\(inside))" }
        return "(\(inside) && ({ const I \(name) = \(emitter.scalar(ordinal, type)); \(try scalar(filter)); }))"
      case .union(let a, let b) where a.type == b.type && a.type == set.type:
        return "(\(try contains(ordinal, a)) || \(try contains(ordinal, b)))"
      case .intersection(let a, let b) where a.type == b.type && a.type == set.type:
        return "(\(try contains(ordinal, a)) && \(try contains(ordinal, b)))"
      case .difference(let a, let b) where a.type == b.type && a.type == set.type:
        return "(\(try contains(ordinal, a)) && !\(try contains(ordinal, b)))"
      default: break
      }
    }
    // The set is evaluated whether or not the element lies inside: it may raise an error.
    return try withPlace(set) { "(\(inside) && \($0.at(ordinal)))" }
  }

  // MARK: - Forests and closures

  func forest(_ e: Expr) throws(EmissionRefused) -> String {
    let children = e.children
    guard let first = children.first, case .forest(let node) = first.type else {
      throw EmissionRefused("a forest operation on what is no forest")
    }
    let (setup, place) = try self.place(first)
    var arguments = [place.pointer]
    for argument in children.dropFirst() { arguments.append(try ordinal(argument, as: node)) }
    let text: String
    if isAncestry(e), let (id, of) = climbedForest(first) {
      let (x, a) = (emitter.fresh("x"), emitter.fresh("x"))
      let bound = arguments.count == 3 ? "const I \(x) = \(arguments[1]), \(a) = \(arguments[2]);" : ""
      switch e.kind {
      case .under: return "({ \(bound) (I)((\(emitter.above(id, of, x)) >> \(a)) & 1); })"
      case .within: return "({ \(bound) \(x) == \(a) || ((\(emitter.above(id, of, x)) >> \(a)) & 1); })"
      case .root where emitter.layout.planes(id) != nil:
        // Of the node and all above it, the one without a parent.
        facets[of, default: Facets()].planes.insert(id)
        let parents = (0..<(emitter.layout.planes(id) ?? 1)).map { "\(of)->pl_\(emitter.variable(id))[\($0)]" }
        let root = "LOWEST((\(emitter.above(id, of, x)) | (U)1 << \(x)) & ~(\(parents.joined(separator: " | "))))"
        return "({ const I \(x) = \(arguments[1]); \(emitter.scalar(root, node)); })"
      default: break
      }
    }
    switch e.kind {
    case .parent: text = "((I)\(place.at(arguments[1])))"
    case .under: text = "forest_under_\(place.cell)(\(arguments.joined(separator: ", ")))"
    case .within: text = "forest_within_\(place.cell)(\(arguments.joined(separator: ", ")))"
    case .root: text = emitter.scalar("forest_root_\(place.cell)(\(arguments.joined(separator: ", ")))", node)
    case .lone:
      text = "forest_lone_\(place.cell)(\(arguments.joined(separator: ", ")), \(instance.cardinality(node)))"
    default: throw EmissionRefused("not a forest operation")
    }
    return setup.isEmpty ? text : "({ \(setup) \(text); })"
  }

  private func isAncestry(_ e: Expr) -> Bool {
    switch e.kind {
    case .under, .within, .root: true
    default: false
    }
  }

  /// Nodes reached but not yet expanded are 1, expanded ones 2. A relation that may raise an error is evaluated at every
  /// pair first, so that its errors do not depend on what is reachable.
  func closure(_ x: Local, _ y: Local, _ body: Expr, _ from: Expr, _ to: Expr) throws(EmissionRefused) -> String {
    let count = instance.cardinality(x.type)
    guard try emitter.isScalar(x.type), count <= 1 << 12 else { throw EmissionRefused("closure over \(count) elements") }
    let n = literal(count)
    let (start, goal) = (emitter.fresh("x"), emitter.fresh("x"))
    let (seen, more) = (emitter.fresh("t"), emitter.fresh("r"))
    let (a, b) = (emitter.fresh("i"), emitter.fresh("i"))
    let (valueA, valueB) = (emitter.fresh("l"), emitter.fresh("l"))
    let bindA = "const I \(valueA) = \(emitter.scalar(a, x.type));"
    let bindB = "const I \(valueB) = \(emitter.scalar(b, y.type));"
    let begin = """
      const I \(start) = \(try ordinal(from, as: x.type)), \(goal) = \(try ordinal(to, as: y.type));
      u8 \(seen)[\(n)] = {0}; \(seen)[\(start)] = 1; I \(more) = 1;
      """
    locals[x.slot] = .scalar(valueA)
    locals[y.slot] = .scalar(valueB)
    let related = try scalar(body)
    func search(_ edge: String, _ bindings: Bool) -> String {
      """
      while (\(more)) { \(more) = 0;
      for (I \(a) = 0; \(a) < \(n); \(a)++) if (\(seen)[\(a)] == 1) { \(bindings ? bindA : "") \(seen)[\(a)] = 2; \(more) = 1;
      for (I \(b) = 0; \(b) < \(n); \(b)++) { \(bindings ? bindB : "") if (!\(seen)[\(b)] && \(edge)) \(seen)[\(b)] = 1; } } }
      """
    }
    if emitter.isTotal(body) { return "({ \(begin)\n\(search("(\(related))", true))\n(I)(\(seen)[\(goal)] != 0); })" }
    if count > 1 << 8 { throw EmissionRefused("closure of a partial relation over \(count) elements") }
    let matrix = emitter.fresh("t")
    return """
      ({ \(begin) u8 \(matrix)[\(n)][\(n)];
      for (I \(a) = 0; \(a) < \(n); \(a)++) for (I \(b) = 0; \(b) < \(n); \(b)++) { \(bindA) \(bindB) \(matrix)[\(a)][\(b)] = \(related); }
      \(search("\(matrix)[\(a)][\(b)]", false))
      (I)(\(seen)[\(goal)] != 0); })
      """
  }
}
