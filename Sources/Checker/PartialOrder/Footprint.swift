import SimRuntime
import Spec

/// Which cells of a state an expression reads, once some of its names have values.
///
/// In: an expression and the values of some locals (an action's arguments; binders are given each value in turn). Out: the cells
/// that its value, or whether it has one, can depend on: never too few. What depends on names and constants alone is evaluated,
/// so that `holds[to]` is one cell and `forall s where s.space == at.space :: …` reads that space's cells only.
final class Footprint {
  /// A name: its value, if it is the same in every state, and the cells that it was read from.
  struct Binding {
    var value: Value?
    var reads: Bits?
    var climbs = false
  }

  let layout: StateLayout
  /// nil: the constants may have any values.
  let rigid: RigidValuation?
  private let evaluator: Evaluator
  private var frame: [Binding] = []
  /// The same as `frame` for the evaluator, with something arbitrary for what is not known.
  private var values: [Value] = []
  private var facts: [ObjectIdentifier: Facts] = [:]
  /// Evaluations that may still be spent on giving binders their values one by one.
  private var fuel: Int

  private(set) var reads: Bits
  /// Whether some state might make the expression a spec error.
  private(set) var mayFail = false
  /// Whether a forest is followed upwards, which only forests without cycles allow.
  private(set) var climbs = false

  init(_ layout: StateLayout, _ rigid: RigidValuation?, fuel: Int = 1 << 22) {
    self.layout = layout
    self.rigid = rigid
    self.fuel = fuel
    evaluator = Evaluator(layout.instance)
    reads = Bits(layout.cells.count)
  }

  private var instance: Instance { layout.instance }
  private var model: Model { layout.instance.model }

  /// Begins with a declaration whose names are not bound yet.
  func begin(frameSize: Int) {
    frame = Array(repeating: Binding(), count: frameSize)
    values = Array(repeating: .none, count: frameSize)
    forget()
  }

  /// Begins to collect anew; names stay bound.
  func forget() {
    reads = Bits(layout.cells.count)
    mayFail = false
    climbs = false
  }

  func bind(_ local: Local, _ value: Value?, reads: Bits? = nil, climbs: Bool = false) {
    frame[local.slot] = Binding(value: value, reads: reads, climbs: climbs)
    values[local.slot] = value ?? .none
  }

  func noteFailure() { mayFail = true }
  func noteClimb() { climbs = true }
  func note(_ place: Place) { place.forEachCell { reads.insert($0) } }

  // MARK: - Values

  /// The value, if no state changes it. What is read to find it is collected.
  @discardableResult func value(_ e: Expr) -> Value? {
    switch e.kind {
    case .local(let local):
      if let read = frame[local.slot].reads { reads.formUnion(read) }
      if frame[local.slot].climbs { climbs = true }
      return frame[local.slot].value
    case .bool(let flag): return .bool(flag)
    case .int(let number): return .int(number)
    default: break
    }
    if isFixed(e) {
      do throws(SpecError) {
        let rigid = rigid ?? RigidValuation(constants: [])
        return try evaluator.evaluate(e, frame: &values, state: nil, before: nil, rigid)
      } catch {
        mayFail = true
        return nil
      }
    }
    return read(e)
  }

  func bool(_ e: Expr) -> Bool? { if case .bool(let flag)? = value(e) { flag } else { nil } }

  private func read(_ e: Expr) -> Value? {
    if let place = place(e) {
      note(place)
      return nil
    }
    switch e.kind {
    case .not(let inner): return bool(inner).map { .bool(!$0) }
    case .and(let a, let b): return conditional(bool(a), unless: false, b)
    case .or(let a, let b): return conditional(bool(a), unless: true, b)
    case .implies(let a, let b): return conditional(bool(a).map { !$0 }, unless: true, b)
    case .ifThenElse(let condition, let a, let b):
      if let known = bool(condition) { return value(known ? a : b) }
      value(a)
      value(b)
      return nil
    case .orElse(let option, let fallback):
      switch value(option) {
      case .some(let payload)?: return payload
      case Value.none?: return value(fallback)
      default:
        value(fallback)
        return nil
      }
    case .letIn(let local, let bound, let body):
      bind(local, value(bound))
      return value(body)
    case .forall(let locals, let filter, let body): return all(locals, filter, body).map { .bool($0) }
    case .exists(let locals, let filter, let body):
      var isKnown = true
      var found = false
      forEach(locals, filter) { isCertain in
        let known = bool(body)
        if known == nil || !isCertain { isKnown = false }
        if known == true && isCertain { found = true }
      }
      return found ? .bool(true) : isKnown ? .bool(false) : nil
    case .count(let locals, let filter): forEach(locals, filter) { _ in }
    case .mapLiteral(let locals, let filter, let body): forEach(locals, filter) { _ in value(body) }
    case .setBuilder(let local, let filter): forEach([local], filter) { _ in }
    case .closure(let x, let y, let body, let from, let to):
      value(from)
      value(to)
      forEach([x, y], nil) { _ in value(body) }
    case .call(let id, let arguments): return call(model.functions[id], arguments)
    case .member(let element, let container): return member(element, container)
    case .parent(let forest, let node):
      let known = value(node)
      if let place = place(forest) { note(place.member(known, instance)) } else { value(forest) }
    case .under, .within, .root, .lone:
      climbs = true
      e.children.forEach { value($0) }
    case .force(let option):
      if case .some(let payload)? = value(option) { return payload }
      mayFail = true
    case .narrow(let number):
      value(number)
      mayFail = true
    case .queueAt(let queue, let position):
      value(queue)
      value(position)
      mayFail = true
    case .arithmetic(let op, let a, let b):
      value(a)
      value(b)
      if !Self.isTotal(op, b.type) { mayFail = true }
    case .field(let record, let position):
      if case .record(let fields)? = value(record) { return fields[position] }
    case .some(let inner): return value(inner).map { .some($0) }
    default: e.children.forEach { value($0) }
    }
    return nil
  }

  private static func isTotal(_ op: ArithmeticOperator, _ divisor: Type) -> Bool {
    switch op {
    case .add, .subtract, .multiply: return true
    case .divide, .remainder: if case .int(let low, let high) = divisor { return low > 0 || high < 0 } else { return false }
    }
  }

  /// `a && b` and its like: `b` matters unless `a` is known to be `unless`.
  private func conditional(_ a: Bool?, unless decided: Bool, _ b: Expr) -> Value? {
    if a == decided { return .bool(decided) }
    let b = bool(b)
    return a == nil ? nil : b.map { .bool($0) }
  }

  private func all(_ locals: [Local], _ filter: Expr?, _ body: Expr) -> Bool? {
    var isKnown = true
    var refuted = false
    forEach(locals, filter) { isCertain in
      let known = bool(body)
      if known == nil || !isCertain { isKnown = false }
      if known == false && isCertain { refuted = true }
    }
    return refuted ? false : isKnown ? true : nil
  }

  private func member(_ element: Expr, _ container: Expr) -> Value? {
    let known = value(element)
    guard case .set(let type) = container.type, let place = place(container) else {
      value(container)
      return nil
    }
    // A number may lie outside the set's element range: then it is no member.
    if case .int(let number)? = known, case .int(let low, let high) = type, number < low || number > high { return .bool(false) }
    note(place.member(known, instance))
    return nil
  }

  private func call(_ function: FunctionDeclaration, _ arguments: [Expr]) -> Value? {
    let known = arguments.map { value($0) }
    let caller = (frame, values)
    frame = Array(repeating: Binding(), count: function.frameSize)
    values = Array(repeating: .none, count: function.frameSize)
    for (local, value) in zip(function.parameters, known) { bind(local, value) }
    defer { (frame, values) = caller }
    return value(function.body)
  }

  // MARK: - Binders

  /// Gives the locals every tuple of values that may satisfy the filter; `isCertain`: that surely does. Where they are too many,
  /// they stand for any value at once: then the result is false.
  @discardableResult
  func forEach(_ locals: [Local], _ filter: Expr?, _ body: (_ isCertain: Bool) -> Void) -> Bool {
    let tuples = instance.cardinality(of: locals.map(\.type))
    guard tuples <= 4096, tuples < fuel else {
      for local in locals { bind(local, nil) }
      if filter.flatMap({ bool($0) }) != false { body(false) }
      return false
    }
    fuel -= tuples
    for ordinal in 0..<tuples {
      for (local, value) in zip(locals, instance.values(ordinal, locals.map(\.type))) { bind(local, value) }
      let passes = filter.map { bool($0) } ?? true
      if passes != false { body(passes == true) }
    }
    return true
  }

  // MARK: - What depends on no state

  private struct Facts {
    var readsState: Bool
    var usesConstants: Bool
    /// Slots of the locals that are bound outside.
    var free: Set<Int>
  }

  private func isFixed(_ e: Expr) -> Bool {
    let facts = facts(e)
    return !facts.readsState && (rigid != nil || !facts.usesConstants) && facts.free.allSatisfy { frame[$0].value != nil }
  }

  private func facts(_ e: Expr) -> Facts {
    if let known = facts[ObjectIdentifier(e)] { return known }
    var result = Facts(readsState: false, usesConstants: false, free: [])
    for child in e.children {
      let below = facts(child)
      result.readsState = result.readsState || below.readsState
      result.usesConstants = result.usesConstants || below.usesConstants
      result.free.formUnion(below.free)
    }
    switch e.kind {
    case .variable, .old: result.readsState = true
    case .constant: result.usesConstants = true
    case .local(let local): result.free.insert(local.slot)
    case .call(let id, _):
      let body = facts(model.functions[id].body)
      result.readsState = result.readsState || body.readsState
      result.usesConstants = result.usesConstants || body.usesConstants
    case .forall(let locals, _, _), .exists(let locals, _, _), .count(let locals, _), .mapLiteral(let locals, _, _):
      for local in locals { result.free.remove(local.slot) }
    case .letIn(let local, let bound, _):
      result.free.remove(local.slot)
      result.free.formUnion(facts(bound).free)
    case .setBuilder(let local, _): result.free.remove(local.slot)
    case .closure(let x, let y, _, _, _):
      result.free.remove(x.slot)
      result.free.remove(y.slot)
    default: break
    }
    facts[ObjectIdentifier(e)] = result
    return result
  }

  /// Slots that an expression reads and does not bind.
  func free(_ e: Expr) -> Set<Int> { facts(e).free }
  func usesConstants(_ e: Expr) -> Bool { facts(e).usesConstants }
  /// The value of each slot of the declaration, something arbitrary for those that are not known.
  var knownValues: [Value] { values }
  func isKnown(_ slot: Int) -> Bool { frame[slot].value != nil }
}
