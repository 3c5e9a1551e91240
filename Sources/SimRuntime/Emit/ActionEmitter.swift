/// In: an action. Out: its `apply` (guards already known to hold) and its expansion: nested loops over parameters and
/// choices, each conjunct tested as soon as its names are bound.
///
/// A conjunct that may raise an error is a barrier: it waits for everything before it, and nothing after it goes first.

import Spec

final class ActionEmitter {
  let emitter: Emitter
  let id: ActionID
  let action: Action
  let body: Body
  /// Whether each edge asks for room of its own.
  var roomPerEdge = false
  /// One of the conjunction: a guard, a binding, or a choice's filter.
  enum Conjunct {
    case test(Expr)
    case bind(Local, Expr)
    var expr: Expr {
      switch self {
      case .test(let e), .bind(_, let e): e
      }
    }
    var isBinding: Bool { if case .bind = self { true } else { false } }
  }

  /// Behind the action's name, where only one of its variants is meant.
  let suffix: String
  /// What expansion needs before it: the variants' updates.
  var before = ""
  /// At which depth each name is bound.
  private(set) var depths: [Int: Int] = [:]

  init(_ emitter: Emitter, _ id: ActionID, variant: (updates: [Update], suffix: String)? = nil) {
    self.emitter = emitter
    self.id = id
    var action = emitter.model.actions[id]
    action.updates = variant?.updates ?? emitter.simplified(action.updates)
    self.action = action
    self.suffix = variant?.suffix ?? ""
    self.body = Body(emitter)
  }

  var conjuncts: [Conjunct] {
    action.conjuncts.map { conjunct in
      switch conjunct {
      case .require(_, let e, _): .test(e)
      case .letIn(let local, let e): .bind(local, e)
      }
    } + action.choices.compactMap { $0.filter.map { .test($0) } }
  }

  private var lets: [Local] {
    action.conjuncts.compactMap { if case .letIn(let local, _) = $0 { local } else { nil } }
  }

  func parameter(_ local: Local) -> String { Emitter.name("l", local.slot, local.name) }

  // MARK: - Apply

  /// `apply_a0_map(s, k, w, n, parameters…, lets…)`: 0, or 1 for a spec error.
  func apply() throws(EmissionRefused) -> String {
    var parameters: [String] = []
    for local in action.instanceLocals + lets {
      let name = parameter(local)
      if try emitter.isScalar(local.type) {
        parameters.append("const I \(name)")
        body.locals[local.slot] = .scalar(name)
      } else {
        let cell = emitter.cellType(local.type)
        parameters.append("const \(cell) *\(name)")
        body.locals[local.slot] = .place(Place(base: name, offset: "0", cell: cell, type: local.type))
      }
    }
    let list = parameters.map { ", " + $0 }.joined()
    for case .test(let e) in conjuncts {
      guard case .not(let inner) = e.kind, case .equal(let a, let b) = inner.kind, case .local(let x) = a.kind,
        case .local(let y) = b.kind
      else { continue }
      body.distinct.insert([parameter(x), parameter(y)].sorted())
    }
    let updates = try body.updates(action)
    reads(body)
    if suffix.isEmpty { emitter.applyWeights[id] = emitter.weight(of: updates) }
    return """
      INLINE I apply_\(emitter.action(id))\(suffix)(const S *const s, const I *const k, edit *const w, S *const n\(list)) {
      I err = 0; I *const E = &err;
      \(updates)return err;
      }

      """
  }

  /// Notes what the text so far reads of the parent.
  private func reads(_ body: Body) { emitter.actionReads[id, default: Facets()].formUnion(body.readsAfter) }

  // MARK: - Guards

  /// The names an expression depends on, as loop depths; let-bound names are as deep as where they are bound.
  func depth(_ e: Expr, _ depths: [Int: Int]) -> Int {
    var deepest = 0
    if case .local(let local) = e.kind { deepest = depths[local.slot] ?? 0 }
    for child in e.children { deepest = max(deepest, depth(child, depths)) }
    return deepest
  }

  /// A parameter of one value is known everywhere.
  func isSingle(_ local: Local) -> Bool { emitter.instance.cardinality(local.type) == 1 }

  func bindSingles() {
    for local in action.instanceLocals where isSingle(local) {
      body.locals[local.slot] = .scalar(emitter.scalar("0", local.type))
    }
  }

  /// Conjuncts by the depth at which they are evaluated, in the order of the text.
  private func schedule() -> [[Conjunct]] {
    var depths: [Int: Int] = [:]
    for (position, local) in action.instanceLocals.enumerated() { depths[local.slot] = isSingle(local) ? 0 : position + 1 }
    var result = [[Conjunct]](repeating: [], count: action.instanceLocals.count + 1)
    var deepest = 0
    var barrier = 0
    for conjunct in conjuncts {
      var level = max(depth(conjunct.expr, depths), barrier)
      if !emitter.isTotal(conjunct.expr) {
        level = max(level, deepest)
        barrier = level
      }
      deepest = max(deepest, level)
      result[level].append(conjunct)
      if case .bind(let local, _) = conjunct { depths[local.slot] = level }
    }
    self.depths = depths
    return result
  }

  /// One conjunct: falls through if it holds, else runs `skip`; an error runs `fault`.
  func text(_ conjunct: Conjunct, skip: String, fault: String) throws(EmissionRefused) -> String {
    switch conjunct {
    case .test(let e):
      let test = try body.scalar(e)
      if emitter.isTotal(e) { return "if (!(\(test))) \(skip)\n" }
      let name = emitter.fresh("g")
      return "err = 0; const I \(name) = \(test); if (err) { \(fault) } if (!\(name)) \(skip)\n"
    case .bind(let local, let e):
      var text = emitter.isTotal(e) ? "" : "err = 0; "
      if try emitter.isScalar(local.type) {
        text += try body.bind(local, e)
      } else {
        let (setup, place) = try body.materialised(e, as: local.type)
        body.locals[local.slot] = .place(place)
        text += setup
      }
      return text + (emitter.isTotal(e) ? "\n" : " if (err) { \(fault) }\n")
    }
  }

  /// What a call of `apply` passes for the instance.
  func arguments() -> String {
    (action.instanceLocals + lets).map { local in
      switch body.locals[local.slot] {
      case .scalar(let name): ", \(name)"
      case .place(let place): ", \(place.pointer)"
      case nil: ", 0"
      }
    }.joined()
  }

  /// The values of the actions' parameters, without choices, as trigger properties take them.
  func parameterArguments() -> String {
    action.parameters.map { if case .scalar(let name) = body.locals[$0.slot] { ", \(name)" } else { ", 0" } }.joined()
  }

  // MARK: - Expansion

  /// `act_a0_map(s, p, k, judging, sink)`: every enabled instance in one parent.
  func expansion(_ judged: [Int]) throws(EmissionRefused) -> String {
    let locals = action.instanceLocals
    let schedule = schedule()
    bindSingles()
    let plan = try gridPlan(schedule)
    // Room for all instances is asked for once, of few before the parent's first action; of very many, for each.
    let most = emitter.instance.cardinality(of: locals.map(\.type))
    roomPerEdge = most > 1 << 12
    let room = roomPerEdge || emitter.roomAhead(most) ? "" : "if (capacity - used < \(most) + ROOM) { to->full = 1; return; }"
    let head = """
      static void act_\(emitter.action(id))(const S *restrict const s, const U *restrict const p, const I *const k, const U judging, sink *const to) {
      I err = 0; I *const E = &err; I used = to->used; const I capacity = to->capacity; U *restrict const out = to->out;
      u16 *restrict const origins = to->origins; const kspec_numbers *const numbers = to->numbers; const U own = to->key; const U *restrict const without = to->without;
      U transitions = 0, self_loops = 0, broken = 0, faults = 0, doubled = 0, slept = 0, lost = 0; (void)self_loops;
      \(room)

      """
    // From a depth on: the conjuncts there (but those judged as the loop around chose its values), then the loop over the next
    // parameter, or the edge. `number` is the instance's so far: the parameters before, in mixed radix.
    func nest(_ depth: Int, number: String, judged done: Set<Int> = []) throws(EmissionRefused) -> String {
      let rest = emitter.instance.cardinality(of: locals[depth...].map(\.type))
      let skip = depth == 0 ? "goto done;" : "continue;"
      var text = ""
      for (position, conjunct) in schedule[depth].enumerated() where !done.contains(position) {
        let lost = "broken |= ERROR; transitions += \(literal(rest)); faults += \(literal(rest)); \(skip)"
        text += try self.text(conjunct, skip: skip, fault: lost)
      }
      if depth == 0, let plan { text += try leaving(schedule, plan) }
      guard depth < locals.count else { return text + "transitions++; " + (try edge(judged, number: number)) }
      if let plan, plan.start == depth { return text + (try edges(judged, schedule, plan, number: number)) }
      let local = locals[depth]
      let name = parameter(local)
      guard try emitter.isScalar(local.type) else { throw EmissionRefused("\(local.name) has too many values") }
      if isSingle(local) && schedule[depth + 1].isEmpty { return text + (try nest(depth + 1, number: number)) }
      let (mask, covered) = try chosen(local, schedule[depth + 1])
      body.locals[local.slot] = .scalar(name)
      let cardinality = emitter.instance.cardinality(local.type)
      let next = "(\(number)) * \(literal(cardinality)) + \(emitter.ordinal(name, local.type))"
      let inner = try nest(depth + 1, number: next, judged: covered)
      if let mask, let lane = body.lane(local) { return text + body.eachBit(mask, lane, name, inner) + "\n" }
      let index = emitter.fresh("i")
      return text + emitter.loop(index, cardinality, "const I \(name) = \(emitter.scalar(index, local.type));\n" + inner) + "\n"
    }
    let text = try nest(0, number: "0")
    reads(body)
    let look = judged.isEmpty ? "" : LayoutEmitter(emitter: emitter).unpack("look_\(emitter.action(id))", seen(judged))
    return before + look + head + text + """
      done:;
      to->self_loops += LABELLED && to->labels ? self_loops : transitions - faults - doubled - slept - (U)(used - to->used);
      to->used = used; to->transitions += transitions; to->slept += slept; to->broken |= broken;
      to->lost |= lost; (void)E; (void)judging; (void)numbers; (void)own; (void)without;
      }

      """
  }

  /// Values gone through one by one from which on it pays to ask before: of four it does not.
  private static let manySteps = 8

  /// Leaves the action where a parameter of the grid has no value that passes the conjuncts on it alone, before others are gone through one by one:
  /// where most states have no vacant slot, nobody need be asked what it would map there.
  private func leaving(_ schedule: [[Conjunct]], _ plan: GridPlan) throws(EmissionRefused) -> String {
    let oneByOne = plan.needed.reduce(1) { saturatingMultiply($0, emitter.instance.cardinality(action.instanceLocals[$1].type)) }
    guard plan.start > 0 || oneByOne >= Self.manySteps, schedule.joined().allSatisfy({ emitter.isTotal($0.expr) }) else {
      return ""
    }
    var text = ""
    for depth in plan.start..<action.instanceLocals.count where plan.determined[depth] == nil {
      let local = action.instanceLocals[depth]
      let alone = schedule[depth + 1].filter { !$0.isBinding && $0.expr.slots == [local.slot] }
      guard let lane = body.lane(local), let mask = try chosen(local, alone).mask else { continue }
      text += "if (!\(body.both(mask, lane.all))) goto done;\n"
    }
    return text
  }

  /// The values of a parameter that pass the conjuncts with masks among those that may be tested at once: before any that may raise
  /// an error, and before any name is bound.
  private func chosen(_ local: Local, _ conjuncts: [Conjunct]) throws(EmissionRefused) -> (mask: String?, covered: Set<Int>) {
    guard let lane = body.lane(local) else { return (nil, []) }
    var mask: String?
    var covered: Set<Int> = []
    for (position, conjunct) in conjuncts.enumerated() {
      guard case .test(let e) = conjunct, emitter.isTotal(e) else { break }
      guard body.mentions(e, lane), let text = try body.mask(e, lane) else { continue }
      mask = mask.map { body.both($0, text) } ?? text
      covered.insert(position)
    }
    return (mask, covered)
  }
}

extension ActionEmitter {
  /// Brings ancestor sets, planes and what is made of them up to date after an unpacked step, for the variables that the action writes.
  func refresh(_ state: String) -> String {
    let used = emitter.allReads
    let written = emitter.modes(action)
    let climbs = used.climbs.sorted().filter { written[$0] != nil }.map { "climb_\(emitter.variable($0))(\(state)); " }
    let planes = used.planes.sorted().filter { written[$0] != nil }.map { "slice_\(emitter.variable($0))(\(state)); " }
    let equals = used.equals.sorted().filter { written[$0] != nil }.map { "tell_\(emitter.variable($0))(\(state)); " }
    return (climbs + planes + equals).joined()
  }
}

func hex(_ bits: UInt64) -> String { "0x\(String(bits, radix: 16))ull" }

extension Emitter {
  func trigger(_ property: Int) -> Property.Trigger? {
    if case .transition(let trigger, _) = model.properties[property].kind { trigger } else { nil }
  }

  /// The transition properties that an action's edges are judged by.
  func judged(_ action: ActionID) -> [Int] {
    model.properties.indices.filter { index in
      guard case .transition(let trigger, _) = model.properties[index].kind else { return false }
      return trigger.map { $0.action == action } ?? true
    }
  }
}
