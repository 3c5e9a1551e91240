/// In: an action's updates. Out: C statements that write the successor: deltas into packed words `w`, cells into an
/// unpacked state `n`, whichever is not null. The text is emitted once; the two uses are instances of one inline function.

import Foundation
import Spec

extension Body {
  /// The whole body of an action's `apply`.
  func updates(_ action: Action) throws(EmissionRefused) -> String {
    let modes = emitter.modes(action)
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
      case .plain: note(\.cells, variable)
      case .few:
        note(\.cells, variable)
        few[variable] = []
      case .tracked:
        note(\.cells, variable)
        begin += copy + seen
      case .queues:
        note(\.cells, variable)
        begin += copy + seen + "u8 f_\(name)[\(count)] = {0}; \(cell) q_\(name)[\(count)];\n"
        end += finish(variable)
      case .forestOnce: note(\.cells, variable)
      case .forestCut:
        note(\.cells, variable)
        begin += "U cut_\(name) = 0;\n"
        end += fill(variable, "cut_\(name)", "0")
      case .forest(let one):
        note(\.cells, variable)
        begin += copy
        if !one { end += putAll(variable) }
      }
    }
    var text = ""
    for update in action.updates { text += try statement(update, modes) + "\n" }
    text += flush()
    // A place that was not passed has written no cell.
    for (variable, mode) in modes.sorted(by: { $0.key < $1.key }) {
      guard case .few = mode else { continue }
      for site in few[variable] ?? [] { begin += "I \(site.cell) = -1, \(site.value) = 0;\n" }
    }
    return begin + text + end
  }

  private func statement(_ update: Update, _ modes: [VariableID: WriteMode]) throws(EmissionRefused) -> String {
    switch update.kind {
    case .assign(let location, let expr): return try assign(location, expr, modes[location.variable])
    case .add(let location, let element): return try member(location, element, 1, modes[location.variable])
    case .remove(let location, let element): return try member(location, element, 0, modes[location.variable])
    case .push, .pop, .removeAll: return try queue(update, modes)
    case .forest(let variable, let operation):
      switch modes[variable] {
      case .forest(let one): return try forest(variable, operation, one: one)
      case .forestOnce: return try forestOnce(variable, operation)
      case .forestCut: return try forestCut(variable, operation)
      default: throw EmissionRefused("a forest without a mode")
      }
    case .forEach(let locals, let filter, let body):
      if let text = try forEachOfLane(locals, filter, body, modes) { return text }
      return try loops(locals, filter) { () throws(EmissionRefused) in try block(body, modes) }
    case .conditional(let condition, let then, let otherwise):
      let test = try scalar(condition)
      // What one branch writes cannot clash with the other's.
      let before = written
      let first = try block(then, modes)
      let inFirst = written
      written = before
      let second = try block(otherwise, modes)
      for (variable, sites) in inFirst { written[variable, default: []] += sites.dropFirst(before[variable]?.count ?? 0) }
      return "if (\(test)) {\n\(first) } else {\n\(second) }"
    case .letIn(let local, let bound, let body):
      // No block of its own: what is written here and around it may be written together.
      var text = try bind(local, bound) + "\n"
      for update in body { text += try statement(update, modes) + "\n" }
      return text
    }
  }

  private func block(_ updates: [Update], _ modes: [VariableID: WriteMode]) throws(EmissionRefused) -> String {
    let around = pending
    pending = []
    defer { pending = around }
    var text = ""
    for update in updates { text += try statement(update, modes) + "\n" }
    return text + flush()
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
    case .few:
      let site = (cell: emitter.fresh("c"), value: emitter.fresh("y"), text: cell)
      let others = (written[variable] ?? []).filter { !areDistinct($0.text, cell) }
      written[variable, default: []].append(site)
      few[variable, default: []].append(site)
      let begin = "\(site.cell) = \(cell); \(site.value) = \(value); "
      if emitter.layout.isGathered(variable) {
        // Written twice with one value, a cell has that value.
        pending.append(PendingPut(variable: variable, cell: cell, value: value))
        let clashes = others.map { "if ((\(site.cell) == \($0.cell)) & (\(site.value) != \($0.value))) *E = 1;" }
        return begin + clashes.joined(separator: " ")
      }
      let clashes = others.map { "if (\(site.cell) == \($0.cell)) { if (\(site.value) != \($0.value)) *E = 1; } else " }
      return begin + clashes.joined() + "put_\(name)(w, n, \(site.cell), s->\(name)[\(site.cell)], \(site.value));"
    case .plain where emitter.layout.isGathered(variable):
      pending.append(PendingPut(variable: variable, cell: cell, value: value))
      return ""
    case .plain, .forest, .forestOnce, .forestCut, nil: return "put_\(name)(w, n, \(cell), s->\(name)[\(cell)], \(value));"
    }
  }

  private func assign(_ location: Location, _ expr: Expr, _ mode: WriteMode?) throws(EmissionRefused) -> String {
    var (text, start) = named(try cell(location), "x")
    if try emitter.isScalar(location.type) {
      let (setup, value) = named(try scalar(expr, as: location.type), "l")
      text += setup
      for leaf in emitter.leaves(value, location.type) {
        text += put(location.variable, sum(start, "\(leaf.cell)"), leaf.ordinal, mode) + "\n"
      }
    } else {
      let (setup, place) = try self.place(expr, as: location.type)
      let index = emitter.fresh("i")
      let around = pending
      pending = []
      let one = put(location.variable, sum(start, index), place.at(index), mode) + flush()
      pending = around
      text += setup + emitter.loop(index, try emitter.cellCount(location.type), one) + "\n"
    }
    if case .queues = mode {
      let flags = "f_\(emitter.variable(location.variable))"
      text += forEachQueue(instance.shape(location.type), start) { queue, _ in
        "if (\(flags)[\(queue)] & 3) *E = 1; \(flags)[\(queue)] |= 4;"
      }
    }
    return text
  }

  /// A C expression under a name, unless it is short and plain: what is written at equal texts can be written together.
  private func named(_ text: String, _ prefix: String) -> (setup: String, name: String) {
    if text.utf8.count <= 60, text.utf8.allSatisfy({ isalnum(Int32($0)) != 0 || " _()+*".utf8.contains($0) }) {
      return ("", text)
    }
    let name = emitter.fresh(prefix)
    return ("const I \(name) = \(text);\n", name)
  }

  private func member(
    _ location: Location, _ element: Expr, _ value: Int, _ mode: WriteMode?
  ) throws(EmissionRefused) -> String {
    guard case .set(let type) = location.type else { throw EmissionRefused("a member of what is no set") }
    let (setup, index) = named(sum(try cell(location), "(\(try ordinal(element, as: type)))"), "x")
    return setup + put(location.variable, index, "\(value)", mode)
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

  /// The cells of a mask get one value.
  private func fill(_ variable: VariableID, _ cells: String, _ value: String) -> String {
    let name = emitter.variable(variable)
    if emitter.layout.canFill(variable) { return "fill_\(name)(w, n, \(cells), \(value));\n" }
    let (rest, index) = (emitter.fresh("q"), emitter.fresh("x"))
    return """
      for (U \(rest) = \(cells); \(rest); \(rest) &= \(rest) - 1) { const I \(index) = LOWEST(\(rest)); \
      put_\(name)(w, n, \(index), s->\(name)[\(index)], \(value)); }

      """
  }

  /// The nodes whose parent is a node.
  private func children(_ variable: VariableID, of node: String) -> String {
    note(\.planes, variable)
    let width = emitter.layout.planes(variable) ?? 1
    let wanted = planes(.fixed("\(node) + 1"), width)
    let terms = (0..<width).map { "(s->pl_\(emitter.variable(variable))[\($0)] ^ \(wanted[$0]))" }
    let count = emitter.layout.variables[variable].count
    return "(~(\(terms.joined(separator: " | "))) & \(hex(CellRun.pattern(count, stride: 1))))"
  }

  private func forestOnce(_ variable: VariableID, _ operation: ForestOperation) throws(EmissionRefused) -> String {
    guard case .forest(let node) = model.variables[variable].type else { throw EmissionRefused("not a forest") }
    let name = emitter.variable(variable)
    let (x, y) = (emitter.fresh("x"), emitter.fresh("x"))
    func put(_ cell: String, _ value: String) -> String { "put_\(name)(w, n, \(cell), s->\(name)[\(cell)], \(value));" }
    func begin(_ a: Expr) throws(EmissionRefused) -> String { "{ const I \(x) = \(try ordinal(a, as: node));\n" }
    func begin(_ a: Expr, _ b: Expr) throws(EmissionRefused) -> String {
      "{ const I \(x) = \(try ordinal(a, as: node)), \(y) = \(try ordinal(b, as: node));\n"
    }
    switch operation {
    case .attach(let child, let parent):
      note(\.climbs, variable)
      let cycle = "((\(emitter.above(variable, "s", y)) >> \(x)) & 1)"
      return try begin(child, parent)
        + "if (s->\(name)[\(x)] || \(x) == \(y) || \(cycle)) *E = 1;\n\(put(x, "\(y) + 1")) }"
    case .detach(let child): return try begin(child) + put(x, "0") + " }"
    case .prune(let root):
      note(\.climbs, variable)
      return try begin(root) + fill(variable, emitter.below(variable, "s", x), "0") + "}"
    case .remove(let child):
      return try begin(child) + fill(variable, children(variable, of: x), "s->\(name)[\(x)]") + put(x, "0") + " }"
    case .replace(let old, let new):
      // Were the new node no lone one, a cell might be written twice; but then the successor is an error.
      note(\.climbs, variable)
      return try begin(old, new)
        + "if (\(x) == \(y) || s->\(name)[\(y)] || \(emitter.below(variable, "s", y))) *E = 1;\n"
        + fill(variable, children(variable, of: x), "\(y) + 1")
        + "\(put(y, "s->\(name)[\(x)]")) \(put(x, "0")) }"
    }
  }

  /// After pruning, what was below is cut off already; so the union is right in any order of prunes.
  private func forestCut(_ variable: VariableID, _ operation: ForestOperation) throws(EmissionRefused) -> String {
    guard case .forest(let node) = model.variables[variable].type else { throw EmissionRefused("not a forest") }
    let cut = "cut_\(emitter.variable(variable))"
    switch operation {
    case .prune(let root):
      note(\.climbs, variable)
      let x = emitter.fresh("x")
      return "{ const I \(x) = \(try ordinal(root, as: node)); \(cut) |= \(emitter.below(variable, "s", x)); }"
    case .detach(let child): return "\(cut) |= (U)1 << (\(try ordinal(child, as: node)));"
    default: throw EmissionRefused("not a cut")
    }
  }

  // MARK: - Loops over a lane

  /// `for x where …` with a mask for the filter: what assigns one value to the cell of each x is done to all at once.
  private func forEachOfLane(
    _ locals: [Local], _ filter: Expr?, _ body: [Update], _ modes: [VariableID: WriteMode]
  ) throws(EmissionRefused) -> String? {
    guard locals.count == 1, let lane = lane(locals[0]), try emitter.isScalar(lane.type) else { return nil }
    var all = lane.all
    if let filter {
      guard emitter.isTotal(filter), let text = try mask(filter, lane) else { return nil }
      all = both(text, all)
    }
    let chosen = emitter.fresh("q")
    var filled = ""
    var rest: [Update] = []
    for update in body { filled += try fills(update, lane, chosen, modes, &rest) }
    var text = "{ const U \(chosen) = \(all);\n\(filled)"
    if !rest.isEmpty {
      let name = emitter.fresh("l")
      self.locals[locals[0].slot] = .scalar(name)
      text += eachBit(chosen, lane, name, try block(rest, modes))
    }
    return text + " }"
  }

  /// The text of what can be done at once; the others are left over.
  private func fills(
    _ update: Update, _ lane: Lane, _ chosen: String, _ modes: [VariableID: WriteMode], _ rest: inout [Update]
  ) throws(EmissionRefused) -> String {
    switch update.kind {
    case .assign(let location, let value):
      if let text = try filled(location, value, lane, chosen, modes) { return text }
    case .letIn(let local, let bound, let body) where isLane(bound, lane) && bound.type == local.type:
      var wider = lane
      wider.slots.insert(local.slot)
      var left: [Update] = []
      var text = ""
      for update in body { text += try fills(update, wider, chosen, modes, &left) }
      if !left.isEmpty { rest.append(Update(.letIn(local, bound, left), update.span)) }
      return text
    default: break
    }
    rest.append(update)
    return ""
  }

  private func filled(
    _ location: Location, _ value: Expr, _ lane: Lane, _ chosen: String, _ modes: [VariableID: WriteMode]
  ) throws(EmissionRefused) -> String? {
    guard case .plain = modes[location.variable], !mentions(value, lane), emitter.isTotal(value), emitter.isCell(location.type),
      emitter.layout.variables[location.variable].count <= 64
    else { return nil }
    var offset = "0"
    var stride = 0
    var type = model.variables[location.variable].type
    for step in location.path {
      switch (step, type) {
      case (.index(let keys), .map(let types, let held)):
        let count = try emitter.cellCount(held)
        for (position, weight) in emitter.strides(types).enumerated() {
          guard keys[position].type == types[position], emitter.isTotal(keys[position]), let at = try affine(keys[position], lane)
          else { return nil }
          offset = sum(offset, product("(\(at.offset))", weight * count))
          stride += at.stride * weight * count
        }
        type = held
      case (.field(let position), .record(let id)):
        offset = sum(offset, "\(emitter.fieldOffset(id, position))")
        type = emitter.fieldTypes(id)[position]
      default: return nil
      }
    }
    guard stride > 0 else { return nil }
    let spaced = stride == 1 ? chosen : "PDEP(\(chosen), \(hex(CellRun.pattern(lane.count, stride: stride))))"
    let cells = offset == "0" ? spaced : "\(spaced) << (\(offset))"
    return fill(location.variable, cells, "(\(try ordinal(value, as: location.type)))")
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

extension Emitter {
  func modes(_ action: Action) -> [VariableID: WriteMode] {
    WriteModes(action, isCell: isCell, isIdempotent: { self.layout.runs($0) != nil }) {
      self.climbed.contains($0) && self.layout.planes($0) != nil
    }.modes
  }

  /// Whether a value of the type is a single cell.
  func isCell(_ type: Type) -> Bool {
    switch type {
    case .bool, .int, .sort, .enumeration, .option: true
    case .record, .set, .map, .queue, .forest, .error: false
    }
  }
}
