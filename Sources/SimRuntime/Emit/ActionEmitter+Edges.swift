/// In: where an action's instances are enabled. Out: the C text of their edges: the successor built, judged and emitted, or counted.

import Spec

extension ActionEmitter {
  /// What one edge stands for: how many instances, itself one of them, and the bit that says whether they change nothing.
  struct Twins {
    let copies: String
    let idle: (mask: String, bit: String)
  }

  /// What the transition properties read of the successor.
  func seen(_ judged: [Int]) -> Facets {
    judged.reduce(into: Facets()) { $0.formUnion(emitter.propertyReads[$1]?.after ?? Facets()) }
  }

  /// The edges of all combinations of a grid's parameters at which the conjuncts hold, the action's variants one after another; for
  /// labels, in the evaluator's order. An action that changes nothing is counted and no more, where nothing asks for each edge.
  func edges(
    _ judged: [Int], _ schedule: [[Conjunct]], _ plan: GridPlan, number: String
  ) throws(EmissionRefused) -> String {
    let (mask, width) = try bits(plan.start, schedule, plan)
    let enabled = emitter.fresh("q")
    let variants = emitter.variants(action.updates)
    let isAsked = asked(judged)
    let grid = action.updates.isEmpty || roomPerEdge ? nil : sleepGrid(variants.map(\.updates), schedule, plan, width)
    let asleep = emitter.fresh("z")
    func loop(
      _ mask: String, variant: (updates: [Update], suffix: String)? = nil, twins: ((GridPoint) -> Twins)? = nil,
      free: FreeParameters? = nil
    ) throws(EmissionRefused) -> String {
      let point = try point(schedule, plan, width: width, number: number, free)
      let origin = grid.map {
        "\(isAsked) ? 0 : \($0.firstClass + 1) + (\(number)) * \(width) + \(point.index)"
      }
      let edge = try edge(
        judged, number: point.number, variant: variant, twins: twins?(point), origin: origin ?? "0")
      // Outside the loop, its names mean nothing.
      bindSingles()
      if let free { return free.loop(mask, point, edge, emitter) }
      let rest = emitter.fresh("q")
      return """
        for (U \(rest) = \(mask); \(rest); \(rest) &= \(rest) - 1) { const I \(point.index) = LOWEST(\(rest));
        \(point.names)\(edge) }

        """
    }
    // What each edge is asked about is not left out.
    let row = grid.map { "!SLEEPS || \(isAsked) ? 0 : to->asleep[\($0.firstSlot) + (\(number))]" } ?? "0"
    let counted = """
      const U \(enabled) = \(mask), \(asleep) = \(row);
      transitions += (U)__builtin_popcountll(\(enabled));

      """
    func awake(_ mask: String) -> String { "\(mask) & ~\(asleep)" }
    func slept(_ mask: String) -> String { "slept += (U)__builtin_popcountll(\(mask));\n" }
    let isPlain = variants.count == 1 && twins(action.updates, schedule, plan) == nil
    if isPlain, let moving = try moving(plan) {
      let some = emitter.fresh("q")
      let chosen = "(LABELLED && to->labels) || \(isAsked) ? \(enabled) : \(enabled) & \(moving)"
      return counted + "const U \(some) = \(chosen);\n" + slept("\(some) & \(asleep)") + (try loop(awake(some)))
    }
    if action.updates.isEmpty { return counted + "if ((LABELLED && to->labels) || \(isAsked)) {\n\(try loop(enabled))}\n" }
    if isPlain {
      let free = freeParameters(schedule, plan, conditions: [], folded: nil, isOrdered: true)
      return counted + slept("\(enabled) & \(asleep)") + (try loop(awake(enabled), free: free))
    }
    let whole = try loop(enabled)
    var text = ""
    var masks: [ObjectIdentifier: String] = [:]
    for (position, variant) in variants.enumerated() {
      var chosen = enabled
      for condition in variant.conditions {
        let key = ObjectIdentifier(condition.expr)
        if masks[key] == nil {
          let name = emitter.fresh("q")
          text += "const U \(name) = \(try bits(of: condition.expr, schedule, plan));\n"
          masks[key] = name
        }
        chosen += " & \(condition.negated ? "~" : "")\(masks[key] ?? "0")"
      }
      let suffix = variants.count == 1 ? "" : "_v\(position)"
      if variants.count > 1 { before += try ActionEmitter(emitter, id, variant: (variant.updates, suffix)).apply() }
      let found = twins(variant.updates, schedule, plan)
      let free = freeParameters(
        schedule, plan, conditions: variant.conditions.map(\.expr), folded: found?.strides, isOrdered: false)
      guard let (twins, firsts, _) = found else {
        let all = emitter.fresh("q")
        text +=
          "const U \(all) = \(chosen);\n" + slept("\(all) & \(asleep)")
          + (try loop(awake(all), variant: (variant.updates, suffix), free: free))
        continue
      }
      // Transition properties may ask for the parameters.
      let (all, like, one, idle) = (emitter.fresh("q"), emitter.fresh("q"), emitter.fresh("q"), emitter.fresh("q"))
      text += """
        const U \(all) = \(chosen), \(like) = \(isAsked) ? 1 : \(hex(twins)), \(one) = \(isAsked) ? \(all) : (\(folded(all, bits(of: twins)))) & \(hex(firsts));
        U \(idle) = 0;

        """
      // A bit stands for its twins, too; unless they are errors, which the edge takes back, or change nothing: these are kept as bits, since
      // whether an edge is one of them is as good as a throw of dice.
      text += slept("\(all) & (\(one) & \(asleep)) * \(like)")
      let stands = { (point: GridPoint) in
        Twins(copies: "__builtin_popcountll(\(all) & (\(like) << \(point.index)))", idle: (idle, point.index))
      }
      text += try loop(awake(one), variant: (variant.updates, suffix), twins: stands, free: free)
      let moving = "\(awake(one)) & ~\(idle)"
      text += "doubled += (U)(__builtin_popcountll(\(all) & (\(moving)) * \(like)) - __builtin_popcountll(\(moving)));\n"
    }
    return counted + "if (LABELLED && to->labels) {\n\(whole)} else {\n\(text)}\n"
  }

  /// Registers the instances of a grid, with all ways in which they are told apart.
  private func sleepGrid(_ variants: [[Update]], _ schedule: [[Conjunct]], _ plan: GridPlan, _ width: Int) -> SleepClasses.Grid? {
    let folded = variants.compactMap { twins($0, schedule, plan)?.strides }
    return emitter.sleepClasses.add(id, start: plan.start, width: width, strides: [strides(plan)] + folded)
  }

  func bits(of word: UInt64) -> [Int] { (0..<64).filter { word >> UInt64($0) & 1 == 1 } }

  /// Whether an edge is judged by one of the properties.
  private func asked(_ judged: [Int]) -> String {
    "ASKED(\(hex(judged.reduce(UInt64(0)) { $0 | PropertySet.property($1).rawValue })))"
  }

  /// One enabled instance: its successor as the parent's words with only the changed cells edited. What transition properties read
  /// of it is unpacked from these words. With VERIFY the cells are written unpacked, too, and both forms compared.
  /// It stands for its `twins`, too. `origin`: what the successor is told of it.
  func edge(
    _ judged: [Int], number: String, variant: (updates: [Update], suffix: String)? = nil, twins: Twins? = nil,
    origin: String = "0"
  ) throws(EmissionRefused) -> String {
    let copies = twins?.copies ?? "1"
    let words = emitter.layout.wordsPerState
    // Without numbers (too many instances) the labelled form is refused: see `NativeSource.init`.
    let first = literal(ActionNumbering(emitter.instance)?.firstNumber[id] ?? 0)
    let apply = "apply_\(emitter.action(id))\(variant?.suffix ?? "")(s, k, "
    // A few words are edited in registers: in the buffer, each write might change the parent's cells for all the compiler knows.
    let isLocal = words <= LayoutEmitter.fewWords
    let compare =
      isLocal
      ? (0..<words).map { "(w[\($0)] != p[\($0)])" }.joined(separator: " | ")
      : "__builtin_memcmp(w, p, WORDS * sizeof(U)) != 0"
    var text = "{ \(roomPerEdge ? "if (capacity - used <= ROOM) { to->full = 1; goto done; }\n" : "")"
    if isLocal {
      text += "edit d = {{0}, {0}, {0}}; edit *const e = &d;\n"
    } else {
      text += "U *const w = out + used * WORDS; __builtin_memcpy(w, p, WORDS * sizeof(U)); edit *const e = w;\n"
    }
    let edited =
      isLocal
      ? "U w[WORDS];" + (0..<words).map { " w[\($0)] = ((p[\($0)] & ~d.clear[\($0)]) | d.set[\($0)]) + d.add[\($0)];" }.joined()
      : ""
    text += """
      #if VERIFY
      S n = *s; const I fault = \(apply)e, &n\(arguments()));
      #else
      const I fault = \(apply)e, 0\(arguments()));
      #endif
      \(edited)
      #if VERIFY
      if (!fault) { U z[WORDS]; pack(z, &n); if (__builtin_memcmp(z, w, WORDS * sizeof(U))) broken |= FAULT; }
      #endif
      if (fault) { broken |= ERROR; faults += \(copies); \(twins == nil ? "" : "doubled -= (U)(\(copies) - 1);") } else {

      """
    if !judged.isEmpty {
      text += "if (\(asked(judged))) { S t; look_\(emitter.action(id))(w, &t);\n"
      for property in judged {
        let trigger = emitter.trigger(property) == nil ? "" : parameterArguments()
        let bit = PropertySet.property(property).rawValue
        text += "if (judging & \(hex(bit))) broken |= \(emitter.property(property))(s, &t, k\(trigger));\n"
      }
      text += "}\n"
    }
    text += "if (SLEEPS) origins[used] = (u16)(\(origin));\nI moved;\n"
    if let keys = KeyEmitter(emitter) {
      text += keys.edge(variant?.updates ?? action.updates, action) { local in
        if case .scalar(let name)? = body.locals[local.slot] { name } else { nil }
      }
    }
    let written =
      isLocal ? "U *const next = out + used * WORDS;" + (0..<words).map { " next[\($0)] = w[\($0)];" }.joined() + " " : ""
    text += "{ \(written)moved = \(compare); }\n"
    if variant != nil {
      let idle = twins.map { "\($0.idle.mask) |= (U)!moved << \($0.idle.bit); " } ?? ""
      return text + "\(idle)used += moved; } }\n"
    }
    return text + """
      if (LABELLED && to->labels) { self_loops += !moved; to->labels[used++] = (u32)(\(first) + (\(number))); } else used += moved; } }

      """
  }
}
