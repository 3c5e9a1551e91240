/// In: an action's updates. Out: C statements that write the successor: deltas into packed words `w`, cells into an
/// unpacked state `n`, whichever is not null. The text is emitted once; the two uses are instances of one inline function.

import Spec

extension Body {
  /// The whole body of an action's `apply`.
  func updates(_ action: Action) throws(EmissionRefused) -> String {
    let modes = WriteModes(action).modes
    var begin = ""
    var end = ""
    for (variable, mode) in modes.sorted(by: { $0.key < $1.key }) {
      let name = emitter.variable(variable)
      let type = model.variables[variable].type
      let cell = emitter.cellType(type)
      let count = max(1, try emitter.cellCount(type))
      let copy = "\(cell) n_\(name)[\(count)]; __builtin_memcpy(n_\(name), s->\(name), sizeof n_\(name));\n"
      let seen = "U m_\(name)[\((count + 63) / 64)] = {0};\n"
      switch mode {
      case .plain: break
      case .tracked: begin += copy + seen
      case .queues:
        begin += copy + seen + "u8 f_\(name)[\(count)] = {0}; \(cell) q_\(name)[\(count)];\n"
        end += finish(variable)
      case .forest(let one):
        begin += copy
        if !one { end += putAll(variable) }
      }
    }
    var text = ""
    for update in action.updates { text += try statement(update, modes) + "\n" }
    return begin + text + end
  }

  private func statement(_ update: Update, _ modes: [VariableID: WriteMode]) throws(EmissionRefused) -> String {
    switch update.kind {
    case .assign(let location, let expr): return try assign(location, expr, modes[location.variable])
    case .add(let location, let element): return try member(location, element, 1, modes[location.variable])
    case .remove(let location, let element): return try member(location, element, 0, modes[location.variable])
    case .push, .pop, .removeAll: return try queue(update, modes)
    case .forest(let variable, let operation):
      guard case .forest(let one) = modes[variable] else { throw EmissionRefused("a forest without a mode") }
      return try forest(variable, operation, one: one)
    case .forEach(let locals, let filter, let body):
      return try loops(locals, filter) { () throws(EmissionRefused) in try block(body, modes) }
    case .conditional(let condition, let then, let otherwise):
      let test = try scalar(condition)
      return "if (\(test)) {\n\(try block(then, modes)) } else {\n\(try block(otherwise, modes)) }"
    case .letIn(let local, let bound, let body): return "{ \(try bind(local, bound))\n\(try block(body, modes)) }"
    }
  }

  private func block(_ updates: [Update], _ modes: [VariableID: WriteMode]) throws(EmissionRefused) -> String {
    var text = ""
    for update in updates { text += try statement(update, modes) + "\n" }
    return text
  }

  /// The first cell of a location among its variable's.
  private func cell(_ location: Location) throws(EmissionRefused) -> String {
    var place = Place(base: "", offset: "0", cell: "", type: model.variables[location.variable].type)
    for step in location.path {
      switch step {
      case .index(let keys): place = try element(place, keys)
      case .field(let position):
        guard case .record(let id) = place.type else { throw EmissionRefused("a field of what is no record") }
        place = emitter.field(place, position, id)
      }
    }
    return place.offset
  }

  /// One cell gets a value.
  private func put(_ variable: VariableID, _ cell: String, _ value: String, _ mode: WriteMode?) -> String {
    let name = emitter.variable(variable)
    switch mode {
    case .tracked: return "write_\(name)(w, n, n_\(name), m_\(name), \(cell), \(value), E);"
    case .queues: return "KEEP(n_\(name), m_\(name), \(cell), \(value));"
    case .plain, .forest, nil: return "put_\(name)(w, n, \(cell), s->\(name)[\(cell)], \(value));"
    }
  }

  private func assign(_ location: Location, _ expr: Expr, _ mode: WriteMode?) throws(EmissionRefused) -> String {
    let start = emitter.fresh("x")
    var text = "{ const I \(start) = \(try cell(location));\n"
    if try emitter.isScalar(location.type) {
      let value = emitter.fresh("l")
      text += "const I \(value) = \(try scalar(expr, as: location.type));\n"
      for leaf in emitter.leaves(value, location.type) {
        text += put(location.variable, sum(start, "\(leaf.cell)"), leaf.ordinal, mode) + "\n"
      }
    } else {
      let (setup, place) = try self.place(expr, as: location.type)
      let index = emitter.fresh("i")
      let one = put(location.variable, sum(start, index), place.at(index), mode)
      text += setup + emitter.loop(index, try emitter.cellCount(location.type), one) + "\n"
    }
    if case .queues = mode {
      let flags = "f_\(emitter.variable(location.variable))"
      text += forEachQueue(instance.shape(location.type), start) { queue, _ in
        "if (\(flags)[\(queue)] & 3) *E = 1; \(flags)[\(queue)] |= 4;"
      }
    }
    return text + " }"
  }

  private func member(
    _ location: Location, _ element: Expr, _ value: Int, _ mode: WriteMode?
  ) throws(EmissionRefused) -> String {
    guard case .set(let type) = location.type else { throw EmissionRefused("a member of what is no set") }
    let index = emitter.fresh("x")
    let cell = sum(try cell(location), "(\(try ordinal(element, as: type)))")
    return "{ const I \(index) = \(cell); \(put(location.variable, index, "\(value)", mode)) }"
  }

  // MARK: - Forests

  private func forest(
    _ variable: VariableID, _ operation: ForestOperation, one: Bool
  ) throws(EmissionRefused) -> String {
    guard case .forest(let node) = model.variables[variable].type else { throw EmissionRefused("not a forest") }
    let name = emitter.variable(variable)
    let cell = emitter.cellType(.forest(node))
    let count = instance.cardinality(node)
    func call(_ operation: String, _ arguments: String) -> String {
      "*E |= forest_\(operation)_\(cell)(n_\(name), \(count), \(arguments));"
    }
    func put(_ node: String) -> String {
      one ? "put_\(name)(w, n, \(node), s->\(name)[\(node)], n_\(name)[\(node)]);" : ""
    }
    let x = emitter.fresh("x")
    switch operation {
    case .attach(let child, let parent):
      let p = emitter.fresh("x")
      return """
        { const I \(x) = \(try ordinal(child, as: node)), \(p) = \(try ordinal(parent, as: node));
        \(call("attach", "\(x), \(p)")) \(put(x)) }
        """
    case .detach(let child):
      return "{ const I \(x) = \(try ordinal(child, as: node)); \(call("detach", x)) \(put(x)) }"
    case .prune(let root): return call("prune", try ordinal(root, as: node))
    case .remove(let child): return call("remove", try ordinal(child, as: node))
    case .replace(let old, let new):
      return call("replace", "\(try ordinal(old, as: node)), \(try ordinal(new, as: node))")
    }
  }

  private func putAll(_ variable: VariableID) -> String {
    let name = emitter.variable(variable)
    let index = emitter.fresh("i")
    let one = "put_\(name)(w, n, \(index), s->\(name)[\(index)], n_\(name)[\(index)]);"
    return emitter.loop(index, instance.shape(model.variables[variable].type).count, one) + "\n"
  }

  // MARK: - Queues

  /// Statements for each queue of a shape whose first cell is `base`.
  private func forEachQueue(_ shape: CellShape, _ base: String, _ body: (String, Int) -> String) -> String {
    switch shape {
    case .queue(let capacity, _, _):
      let name = emitter.fresh("x")
      return "{ const I \(name) = \(base); \(body(name, capacity)) }\n"
    case .map(let count, let value):
      let index = emitter.fresh("i")
      let inner = forEachQueue(value, sum(base, product(index, value.count)), body)
      return inner.isEmpty ? "" : "for (I \(index) = 0; \(index) < \(count); \(index)++) \(inner)"
    case .record(_, let fields):
      var text = ""
      var offset = 0
      for field in fields {
        text += forEachQueue(field, sum(base, "\(offset)"), body)
        offset += field.count
      }
      return text.isEmpty ? "" : "{ \(text) }\n"
    case .scalar, .set, .forest: return ""
    }
  }

  /// Pushes go behind what removals left; then every changed cell is written.
  private func finish(_ variable: VariableID) -> String {
    let name = emitter.variable(variable)
    let queues = forEachQueue(instance.shape(model.variables[variable].type), "0") { queue, capacity in
      """
      if (f_\(name)[\(queue)] & 2) { const I z = n_\(name)[\(queue)];
      if (z >= \(capacity)) *E = 1; else { n_\(name)[\(queue) + 1 + z] = q_\(name)[\(queue)]; n_\(name)[\(queue)] = z + 1; } }
      """
    }
    return queues + putAll(variable)
  }

  /// An only operation on a queue writes the successor at once; otherwise flags tell a removal (1), a push (2) and an
  /// assignment (4) apart: each at most once, and the last with none of the others.
  private func queue(_ update: Update, _ modes: [VariableID: WriteMode]) throws(EmissionRefused) -> String {
    let location: Location
    switch update.kind {
    case .push(let at, _), .pop(let at), .removeAll(let at, _, _): location = at
    default: throw EmissionRefused("not a queue operation")
    }
    guard case .queue(let capacity, let element) = location.type else { throw EmissionRefused("not a queue") }
    let name = emitter.variable(location.variable)
    let was = "s->\(name)"
    var alone = true
    if case .queues = modes[location.variable] { alone = false }
    let c = emitter.fresh("x")
    let begin = "{ const I \(c) = \(try cell(location));\n"
    func put(_ cell: String, _ value: String) -> String {
      alone ? "put_\(name)(w, n, \(cell), \(was)[\(cell)], \(value));" : "n_\(name)[\(cell)] = \(value);"
    }
    func claim(_ forbidden: Int, _ flag: Int) -> String {
      alone ? "" : "if (f_\(name)[\(c)] & \(forbidden)) *E = 1; f_\(name)[\(c)] |= \(flag);\n"
    }
    let i = emitter.fresh("i")
    switch update.kind {
    case .push(_, let value):
      let x = emitter.fresh("x")
      let pushed = "const I \(x) = \(try ordinal(value, as: element));\n"
      if !alone { return begin + pushed + claim(6, 2) + "q_\(name)[\(c)] = \(x); }" }
      return begin + pushed + """
        if (\(was)[\(c)] >= \(capacity)) *E = 1; else { const I z = \(c) + 1 + \(was)[\(c)];
        \(put("z", x)) \(put(c, "\(was)[\(c)] + 1")) } }
        """
    case .pop:
      let shift = put("\(c) + 1 + \(i)", "(\(i) < \(capacity - 1) ? \(was)[\(c) + 2 + \(i)] : 0)")
      return begin + claim(5, 1) + """
        if (!\(was)[\(c)]) *E = 1; else { \(put(c, "\(was)[\(c)] - 1"))
        \(emitter.loop(i, capacity, shift)) } }
        """
    case .removeAll(_, let local, let filter):
      let (x, kept) = (emitter.fresh("l"), emitter.fresh("t"))
      let count = emitter.fresh("n")
      locals[local.slot] = .scalar(x)
      let element = emitter.convert(emitter.scalar("(I)\(was)[\(c) + 1 + \(i)]", element), from: element, to: local.type)
      return begin + claim(5, 1) + """
        \(emitter.cellType(location.type)) \(kept)[\(capacity + 1)] = {0}; I \(count) = 0;
        for (I \(i) = 0; \(i) < \(was)[\(c)]; \(i)++) { const I \(x) = \(element);
        if (!(\(try scalar(filter)))) \(kept)[\(count)++] = \(was)[\(c) + 1 + \(i)]; }
        \(put(c, count))
        for (I \(i) = 0; \(i) < \(capacity); \(i)++) { \(put("\(c) + 1 + \(i)", "\(kept)[\(i)]")) } }
        """
    default: throw EmissionRefused("not a queue operation")
    }
  }
}
