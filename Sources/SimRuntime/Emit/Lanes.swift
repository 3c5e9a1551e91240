/// In: a truth value and one of the names in it, the *lane*. Out: a C word with a bit for each value of that name, set where the
/// expression holds: guards and quantifiers judge up to 64 values with each operation instead of one after another.
///
/// Only total expressions have this form, and not all of them: nil means that the caller tests value by value. Bits beyond the
/// lane's last value mean nothing. Measured on the mapping model (nine slots): expansion 40 to 7 ns a transition, judging 110 to
/// 20 ns a state, together with the facets that are then not unpacked.

import Spec

/// The values of one name, side by side.
struct Lane {
  var slots: Set<Int>
  let type: Type
  let count: Int

  var all: String { hex(count >= 64 ? UInt64.max : (1 << UInt64(count)) - 1) }
}

private let ones = "~(U)0"
private let zeros = "(U)0"

extension Body {
  /// The lane of a bound name; nil if its values do not fit a word.
  func lane(_ local: Local) -> Lane? {
    let count = instance.cardinality(local.type)
    return (2...64).contains(count) ? Lane(slots: [local.slot], type: local.type, count: count) : nil
  }

  /// Whether the lane's name occurs.
  func mentions(_ e: Expr, _ lane: Lane) -> Bool {
    if case .local(let local) = e.kind { return lane.slots.contains(local.slot) }
    return e.children.contains { mentions($0, lane) }
  }

  /// Whether the expression is the lane's name.
  func isLane(_ e: Expr, _ lane: Lane) -> Bool {
    if case .local(let local) = e.kind { lane.slots.contains(local.slot) } else { false }
  }

  func mask(_ e: Expr, _ lane: Lane) throws(EmissionRefused) -> String? {
    if let fixed = uniform(e) { return fixed }
    guard mentions(e, lane) else { return "SPREAD(\(try scalar(e)))" }
    switch e.kind {
    case .not(let inner): return try mask(inner, lane).map(complement)
    case .and(let a, let b):
      guard let left = try mask(a, lane), let right = try mask(b, lane) else { return nil }
      return both(left, right)
    case .or(let a, let b):
      guard let left = try mask(a, lane), let right = try mask(b, lane) else { return nil }
      return either(left, right)
    case .implies(let a, let b):
      guard let left = try mask(a, lane), let right = try mask(b, lane) else { return nil }
      return either(complement(left), right)
    case .iff(let a, let b):
      guard let left = try mask(a, lane), let right = try mask(b, lane) else { return nil }
      return "~(\(left) ^ \(right))"
    case .equal(let a, let b) where a.type == .bool && b.type == .bool:
      guard let left = try mask(a, lane), let right = try mask(b, lane) else { return nil }
      return "~(\(left) ^ \(right))"
    case .equal(let a, let b): return try equalMask(a, b, lane)
    case .less(let a, let b): return try lessMask(a, b, orEqual: false, lane)
    case .lessOrEqual(let a, let b): return try lessMask(a, b, orEqual: true, lane)
    case .ifThenElse(let c, let a, let b):
      if let fixed = uniform(c) { return try mask(fixed == ones ? a : b, lane) }
      guard let test = try mask(c, lane), let left = try mask(a, lane), let right = try mask(b, lane) else { return nil }
      let name = emitter.fresh("q")
      return "({ const U \(name) = \(test); (\(name) & \(left)) | (~\(name) & \(right)); })"
    case .letIn(let local, let bound, let body):
      if isLane(bound, lane), bound.type == local.type {
        var wider = lane
        wider.slots.insert(local.slot)
        return try mask(body, wider)
      }
      guard !mentions(bound, lane) else { return nil }
      let setup = try bind(local, bound)
      return try mask(body, lane).map { "({ \(setup) \($0); })" }
    case .forall(let binders, let filter, let body): return try quantified(binders, filter, body, every: true, lane)
    case .exists(let binders, let filter, let body): return try quantified(binders, filter, body, every: false, lane)
    case .old(let inner): return try inOld { () throws(EmissionRefused) in try mask(inner, lane) }
    case .member(let element, let set): return try memberMask(element, set, lane)
    case .under(let forest, let x, let a): return try underMask(forest, x, a, orSame: false, lane)
    case .within(let forest, let x, let a): return try underMask(forest, x, a, orSame: true, lane)
    case .call(let id, let arguments): return try callMask(id, arguments, lane)
    case .local, .variable, .index, .field:
      guard e.type == .bool, let value = try laneValue(e, lane) else { return nil }
      return planes(value, 1)[0]
    default: return nil
    }
  }

  /// All ones or zeros where the instance alone decides.
  private func uniform(_ e: Expr) -> String? { emitter.known(e).map { $0 ? ones : zeros } }

  private func complement(_ text: String) -> String { text == ones ? zeros : text == zeros ? ones : "~(\(text))" }

  func both(_ a: String, _ b: String) -> String {
    if a == zeros || b == zeros { return zeros }
    return a == ones ? b : b == ones ? a : "(\(a) & \(b))"
  }

  private func either(_ a: String, _ b: String) -> String {
    if a == ones || b == ones { return ones }
    return a == zeros ? b : b == zeros ? a : "(\(a) | \(b))"
  }

  /// Inner names are taken one after another, all values of the lane at once.
  private func quantified(
    _ binders: [Local], _ filter: Expr?, _ body: Expr, every: Bool, _ lane: Lane
  ) throws(EmissionRefused) -> String? {
    let result = emitter.fresh("q")
    var failed = false
    let loops = try loops(binders, nil) { () throws(EmissionRefused) in
      let test = try filter.map { (filter) throws(EmissionRefused) in try mask(filter, lane) }
      guard let holds = try mask(body, lane), test != .some(nil) else {
        failed = true
        return ""
      }
      let inside = (test ?? nil) ?? ones
      return every
        ? "\(result) &= \(either(complement(inside), holds));" : "\(result) |= \(both(inside, holds));"
    }
    return failed ? nil : "({ U \(result) = \(every ? ones : zeros);\n\(loops)\n\(result); })"
  }

  private func memberMask(_ element: Expr, _ set: Expr, _ lane: Lane) throws(EmissionRefused) -> String? {
    guard case .set(let type) = set.type else { return nil }
    switch set.kind {
    case .empty: return zeros
    case .setLiteral(let elements):
      var result = zeros
      for e in elements {
        guard let same = try equalMask(element, e, lane) else { return nil }
        result = either(result, same)
      }
      return result
    case .setBuilder(let local, let filter):
      guard let filter else { return element.type == type ? ones : nil }
      guard element.type == local.type else { return nil }
      return try mask(Expr(.letIn(local, element, filter), .bool, filter.span), lane)
    case .union(let a, let b), .intersection(let a, let b), .difference(let a, let b):
      guard a.type == set.type, b.type == set.type, let left = try memberMask(element, a, lane),
        let right = try memberMask(element, b, lane)
      else { return nil }
      switch set.kind {
      case .union: return either(left, right)
      case .intersection: return both(left, right)
      default: return both(left, complement(right))
      }
    default:
      guard element.type == type, var cells = try laneCells(set, lane), let at = try affine(element, lane) else { return nil }
      cells.offset = sum(cells.offset, "(\(at.offset))")
      cells.stride += at.stride
      return planes(.planes(planes(of: cells, .bool, lane)), 1)[0]
    }
  }

  private func underMask(_ forest: Expr, _ x: Expr, _ a: Expr, orSame: Bool, _ lane: Lane) throws(EmissionRefused) -> String? {
    guard case .forest(let node) = forest.type, x.type == node, a.type == node, let (id, state) = climbedForest(forest) else {
      return nil
    }
    let sets: String
    let other: String
    switch (isLane(x, lane), isLane(a, lane)) {
    case (true, true): return orSame ? ones : zeros
    case (true, false) where !mentions(a, lane):
      other = try ordinal(a, as: node)
      sets = emitter.below(id, state, other)
    case (false, true) where !mentions(x, lane):
      other = try ordinal(x, as: node)
      sets = emitter.above(id, state, other)
    default: return nil
    }
    return orSame ? "(\(sets) | (U)1 << (\(other)))" : sets
  }

  /// A function's body with its parameters bound: the lane's name may be one of the arguments.
  private func callMask(_ id: FunctionID, _ arguments: [Expr], _ lane: Lane) throws(EmissionRefused) -> String? {
    let function = model.functions[id]
    let inner = Body(emitter)
    inner.state = state
    inner.before = before
    var slots: Set<Int> = []
    var setup = ""
    for (argument, parameter) in zip(arguments, function.parameters) {
      guard try emitter.isScalar(parameter.type) else { return nil }
      if isLane(argument, lane), argument.type == parameter.type {
        slots.insert(parameter.slot)
      } else {
        guard !mentions(argument, lane) else { return nil }
        let name = emitter.fresh("l")
        setup += "const I \(name) = \(try scalar(argument, as: parameter.type)); "
        inner.locals[parameter.slot] = .scalar(name)
      }
    }
    guard !slots.isEmpty else { return nil }
    let text = try inner.mask(function.body, Lane(slots: slots, type: lane.type, count: lane.count))
    facets.merge(inner.facets) { a, b in
      var a = a
      a.formUnion(b)
      return a
    }
    return text.map { setup.isEmpty ? $0 : "({ \(setup)\($0); })" }
  }

  /// A forest variable with ancestor sets, and the state it is read from.
  func climbedForest(_ forest: Expr) -> (id: VariableID, state: String)? {
    switch forest.kind {
    case .variable(let id) where emitter.climbed.contains(id):
      note(\.climbs, id)
      return (id, state)
    case .old(let inner):
      let current = state
      state = before
      defer { state = current }
      return climbedForest(inner)
    default: return nil
    }
  }
}
