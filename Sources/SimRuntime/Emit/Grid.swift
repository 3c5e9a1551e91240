/// In: the last parameters of an action, of at most 64 combinations, and the conjuncts on them. Out: a C word with a bit for each
/// combination, set where all conjuncts hold, worked out without a branch; then one loop over its bits.
///
/// Nested loops with tests mispredict at the end of each inner loop and at each test, some 18 cycles every time; a word costs a few
/// instructions a combination and mispredicts once. Measured on shadow paging's `share` (six parameters, two of them determined by
/// others): 50 to 25 ns a state.

import Spec

extension ActionEmitter {
  /// A C expression of the combinations' bits from a parameter on, and how many there are. The last parameter's are side by side.
  func bits(
    _ depth: Int, _ schedule: [[Conjunct]], _ plan: GridPlan
  ) throws(EmissionRefused) -> (text: String, width: Int) {
    let locals = action.instanceLocals
    guard depth < locals.count else { return ("(U)1", 1) }
    let local = locals[depth]
    let own = schedule[depth + 1]
    let count = emitter.instance.cardinality(local.type)
    if isSingle(local) && own.isEmpty {
      bindSingles()
      return try bits(depth + 1, schedule, plan)
    }
    let ok = emitter.fresh("g")
    if let found = plan.determined[depth] {
      let setup = try bindDetermined(local, found, valid: ok)
      var tests = ""
      for (position, conjunct) in own.enumerated() where position != found.conjunct { tests += try narrowed(conjunct, ok) }
      let (inner, width) = try bits(depth + 1, schedule, plan)
      return ("({ \(setup)\(tests)SPREAD(\(ok)) & \(inner); })", width)
    }
    if !plan.needed.contains(depth), let lane = body.lane(local) {
      let chosen = try laneMask(own, local, lane)
      let (inner, width) = try bits(depth + 1, schedule, plan)
      if inner == "(U)1" { return ("(\(chosen))", count) }
      if width == 1 { return ("(\(chosen) & SPREAD(\(inner)))", count) }
      // A copy of the inner bits for each chosen value: they do not overlap, so that nothing is carried.
      let spaced =
        chosen == lane.all
        ? hex(CellRun.pattern(count, stride: width)) : "PDEP(\(chosen), \(hex(CellRun.pattern(count, stride: width))))"
      return ("(\(spaced) * \(inner))", count * width)
    }
    let name = parameter(local)
    let (all, index) = (emitter.fresh("q"), emitter.fresh("i"))
    body.locals[local.slot] = .scalar(name)
    var tests = "const I \(name) = \(emitter.scalar(index, local.type));\nI \(ok) = 1;\n"
    for conjunct in own { tests += try narrowed(conjunct, ok) }
    let (inner, width) = try bits(depth + 1, schedule, plan)
    let place = width == 1 ? index : "\(index) * \(width)"
    // What is long is left out where nothing comes of it.
    let isLong = emitter.weight(of: inner) > 1000
    let step = isLong ? "if (\(ok)) \(all) |= \(inner) << (\(place));" : "\(all) |= (SPREAD(\(ok)) & \(inner)) << (\(place));"
    let loop = emitter.loop(index, count, tests + step)
    return ("({ U \(all) = 0;\n\(loop)\n\(all); })", saturatingMultiply(count, width))
  }

  /// The lane's values at which all conjuncts hold; a conjunct that has no mask is tested for each.
  private func laneMask(_ own: [Conjunct], _ local: Local, _ lane: Lane) throws(EmissionRefused) -> String {
    var result = lane.all
    for conjunct in own {
      let mask = try body.mask(conjunct.expr, lane)
      if let mask { result = body.both(result, mask) } else { result = body.both(result, try tested(conjunct.expr, local)) }
    }
    return result
  }

  private func tested(_ e: Expr, _ local: Local) throws(EmissionRefused) -> String {
    let (name, index, all) = (parameter(local), emitter.fresh("i"), emitter.fresh("q"))
    body.locals[local.slot] = .scalar(name)
    let test = "const I \(name) = \(emitter.scalar(index, local.type)); \(all) |= (U)!!\(try body.operand(e)) << \(index);"
    return "({ U \(all) = 0;\n\(emitter.loop(index, emitter.instance.cardinality(local.type), test))\n\(all); })"
  }

  /// Binds the parameter; `valid` says whether it has a value.
  private func bindDetermined(
    _ local: Local, _ found: (value: Expr, conjunct: Int, optional: Bool), valid: String
  ) throws(EmissionRefused) -> String {
    let name = parameter(local)
    let value = emitter.fresh("x")
    let text = "const I \(value) = \(try body.scalar(found.value));\n"
    body.locals[local.slot] = .scalar(name)
    if !found.optional { return text + "const I \(name) = \(value); I \(valid) = 1;\n" }
    return text + "const I \(name) = \(emitter.scalar("(\(value) - (\(value) != 0))", local.type)); I \(valid) = \(value) != 0;\n"
  }

  /// One more conjunct of those that must hold.
  private func narrowed(_ conjunct: Conjunct, _ ok: String) throws(EmissionRefused) -> String {
    switch conjunct {
    case .test(let e):
      let test = try body.scalar(e)
      return emitter.isCheap(e) ? "\(ok) &= \(test);\n" : "if (\(ok)) \(ok) = \(test);\n"
    case .bind(let local, let e): return try body.bind(local, e) + "\n"
    }
  }

  /// What binds the parameters at one combination of a grid.
  struct GridPoint {
    /// The combination.
    var index: String
    var names = ""
    /// Of the instance.
    var number: String
    /// Where some parameters are free: the combination with their first values, their own, and what binds them.
    var base = ""
    var run = ""
    var freeNames = ""
  }

  /// Made anew for each loop: C has labels once a function, and an expression may hold some.
  func point(
    _ schedule: [[Conjunct]], _ plan: GridPlan, width: Int, number: String, _ free: FreeParameters?
  ) throws(EmissionRefused) -> GridPoint {
    let locals = action.instanceLocals
    var result = GridPoint(index: emitter.fresh("i"), number: number)
    if free != nil { (result.base, result.run) = (emitter.fresh("i"), emitter.fresh("i")) }
    var stride = width
    for depth in plan.start..<locals.count {
      let local = locals[depth]
      let name = parameter(local)
      let count = emitter.instance.cardinality(local.type)
      if let found = plan.determined[depth] {
        let valid = emitter.fresh("g")
        result.names += try bindDetermined(local, found, valid: valid) + "(void)\(valid);\n"
      } else {
        stride /= max(1, count)
        if let free, let place = free.digits[depth] {
          let ordinal = digit(of: result.run, place.stride, count, free.count)
          result.freeNames += "const I \(name) = \(emitter.scalar(ordinal, local.type));\n"
        } else {
          let ordinal = digit(of: free == nil ? result.index : result.base, stride, count, width)
          result.names += "const I \(name) = \(emitter.scalar(ordinal, local.type));\n"
        }
        body.locals[local.slot] = .scalar(name)
      }
      for case .bind(let bound, let e) in schedule[depth + 1] { result.names += try body.bind(bound, e) + "\n" }
      result.number = "(\(result.number)) * \(literal(count)) + \(emitter.ordinal(name, local.type))"
    }
    return result
  }

  /// Where a condition on names bound here or before holds, among the combinations of a grid.
  func bits(of condition: Expr, _ schedule: [[Conjunct]], _ plan: GridPlan) throws(EmissionRefused) -> String {
    let level = depth(condition, depths)
    guard level > plan.start else { return "SPREAD(\(try body.scalar(condition)))" }
    // The other conjuncts are left out, but for those that bind a name.
    var own = schedule
    var plan = plan
    plan.needed = []
    var deeper: [Conjunct] = []
    for depth in action.instanceLocals.indices.reversed() where depth >= plan.start {
      var kept: [Conjunct] = []
      for (position, conjunct) in schedule[depth + 1].enumerated() {
        let binds = position == plan.determined[depth]?.conjunct
        guard binds || conjunct.isBinding else { continue }
        if binds { plan.determined[depth]?.conjunct = kept.count }
        kept.append(conjunct)
      }
      if level == depth + 1 { kept.append(.test(condition)) }
      let slot = action.instanceLocals[depth].slot
      if deeper.contains(where: { $0.expr.mentions([slot]) }) || kept.contains(where: \.isBinding) { plan.needed.insert(depth) }
      deeper += kept
      own[depth + 1] = kept
    }
    return try bits(plan.start, own, plan).text
  }

  /// The combinations that differ from the first in parameters alone that do not matter for the updates; and where those have their
  /// first value.
  func twins(_ updates: [Update], _ schedule: [[Conjunct]], _ plan: GridPlan) -> (twins: UInt64, firsts: UInt64, strides: [Int])?
  {
    let locals = action.instanceLocals
    // What matters, and what that is made of.
    var matters = Emitter.mentioned(updates)
    while true {
      let before = matters.count
      for (depth, found) in plan.determined where matters.contains(locals[depth].slot) { matters.formUnion(found.value.slots) }
      for case .bind(let local, let e) in schedule.joined() where matters.contains(local.slot) { matters.formUnion(e.slots) }
      if matters.count == before { break }
    }
    let isTwin = { (depth: Int) in !matters.contains(locals[depth].slot) }
    let twins = combinations(plan, of: isTwin)
    let strides = zip(plan.start..., strides(plan)).map { isTwin($0) ? 0 : $1 }
    return twins == 1 ? nil : (twins, combinations(plan) { !isTwin($0) }, strides)
  }

  /// A bit for each combination of some of a grid's parameters, all others having their first value.
  func combinations(_ plan: GridPlan, of isChosen: (Int) -> Bool) -> UInt64 {
    let locals = action.instanceLocals
    return zip(plan.start..., strides(plan)).reduce(1) { bits, place in
      guard plan.determined[place.0] == nil, isChosen(place.0) else { return bits }
      return bits &* CellRun.pattern(emitter.instance.cardinality(locals[place.0].type), stride: place.1)
    }
  }

  /// What one more of each parameter of a grid adds to the combination: the last ones are side by side.
  func strides(_ plan: GridPlan) -> [Int] {
    let locals = action.instanceLocals
    var strides = [Int](repeating: 0, count: locals.count - plan.start)
    var stride = 1
    for depth in (plan.start..<locals.count).reversed() where plan.determined[depth] == nil {
      strides[depth - plan.start] = stride
      stride *= emitter.instance.cardinality(locals[depth].type)
    }
    return strides
  }

  /// `index / stride % count`; looked up where that would be divisions.
  private func digit(of index: String, _ stride: Int, _ count: Int, _ width: Int) -> String {
    if count <= 1 { return "0" }
    if stride.nonzeroBitCount == 1 && (count.nonzeroBitCount == 1 || stride * count >= width) {
      let quotient = stride == 1 ? index : "(\(index) / \(stride))"
      return stride * count >= width ? quotient : "(\(quotient) % \(count))"
    }
    let table = emitter.fresh("t")
    let digits = (0..<width).map { "\($0 / stride % count)" }.joined(separator: ", ")
    return "({ static const u8 \(table)[] = {\(digits)}; (I)\(table)[\(index)]; })"
  }
}
