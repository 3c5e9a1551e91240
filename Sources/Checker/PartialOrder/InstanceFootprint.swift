import SimRuntime
import Spec

/// One conjunct of an action's guard at some arguments, shared by all instances that agree in the arguments it depends on.
final class GuardFootprint: Sendable {
  let reads: Bits
  /// Some state might make it a spec error.
  let mayFail: Bool
  /// Its truth, if no state changes it.
  let known: Bool?
  /// A forest is followed upwards.
  let climbs: Bool
  let table: GuardTable?

  init(reads: Bits, mayFail: Bool, known: Bool?, climbs: Bool, table: GuardTable?) {
    self.reads = reads
    self.mayFail = mayFail
    self.known = known
    self.climbs = climbs
    self.table = table
  }
}

/// What an action instance reads and writes.
struct InstanceFootprint: Sendable {
  /// Conjuncts in the order they are judged, the filters of choices last. A `let` that may fail counts as one.
  var guards: [GuardFootprint] = []
  var guardReads: Bits
  /// Guards and updates.
  var reads: Bits
  var writes: Bits
  /// What surely stands in a cell afterwards.
  var constants: [Int: Int] = [:]
  /// Some state might make the instance a spec error.
  var mayFail = false
  /// No state enables it, none makes it an error.
  var isDead = false
}

/// The footprints of all instances of an action, one after the other.
struct FootprintBuilder {
  let layout: StateLayout
  let rigid: RigidValuation?
  let fault: PartialOrderFault
  private let evaluator: Evaluator
  private let footprint: Footprint
  private var shared: [Key: GuardFootprint] = [:]
  /// `filter ==> body` of a quantified guard, kept because expressions are told apart by identity.
  private var implications: [ObjectIdentifier: Expr] = [:]
  /// Evaluations that may still be spent on tables of guards, and on finding out that instances are no errors.
  private var fuel = 1 << 16
  private var errorFuel = 1 << 15
  private let judgesErrors: Bool
  /// Whether guards get tables of when they are true.
  private let tables: Bool

  private struct Key: Hashable {
    var expr: ObjectIdentifier
    /// Slot and ordinal of each argument that matters.
    var arguments: [Int]
  }

  init(_ layout: StateLayout, _ rigid: RigidValuation?, judgesErrors: Bool, tables: Bool = true, fault: PartialOrderFault) {
    self.layout = layout
    self.rigid = rigid
    self.judgesErrors = judgesErrors
    self.tables = tables
    self.fault = fault
    evaluator = Evaluator(layout.instance)
    footprint = Footprint(layout, rigid)
  }

  /// What a property of states reads.
  func reads(_ property: Property) -> Bits {
    footprint.begin(frameSize: property.frameSize)
    switch property.kind {
    case .invariant(let body), .cover(let body), .transition(_, let body): footprint.value(body)
    case .temporal: break
    }
    return footprint.reads
  }

  mutating func instance(_ instance: ActionInstance) -> InstanceFootprint {
    let action = layout.instance.model.actions[instance.action]
    footprint.begin(frameSize: action.frameSize)
    var arguments: [Int: Int] = [:]
    for (local, ordinal) in zip(action.instanceLocals, instance.arguments) {
      footprint.bind(local, layout.instance.value(ordinal, local.type))
      arguments[local.slot] = ordinal
    }
    var lets: [(local: Local, bound: Expr)] = []
    var guards: [GuardFootprint] = []
    for conjunct in action.conjuncts {
      switch conjunct {
      case .require(_, let e, _): append(e, lets, arguments, to: &guards)
      case .letIn(let local, let bound):
        footprint.forget()
        let value = footprint.value(bound)
        footprint.bind(local, value, reads: footprint.reads, climbs: footprint.climbs)
        lets.append((local, bound))
        if footprint.mayFail {
          guards.append(
            GuardFootprint(reads: footprint.reads, mayFail: true, known: nil, climbs: footprint.climbs, table: nil))
        }
      }
    }
    for choice in action.choices {
      if let filter = choice.filter { append(filter, lets, arguments, to: &guards) }
    }
    let nothing = Bits(layout.cells.count)
    let guardReads = guards.reduce(into: nothing) { $0.formUnion($1.reads) }
    var result = InstanceFootprint(guards: guards, guardReads: guardReads, reads: guardReads, writes: nothing)
    if let never = guards.firstIndex(where: { $0.known == false }) {
      result.isDead = !guards[...never].contains { $0.mayFail }
    }
    if result.isDead { return result }
    footprint.forget()
    var writes = WriteSet(layout.cells.count, fault: fault)
    writes.collect(action.updates, footprint)
    result.reads.formUnion(footprint.reads)
    result.writes = writes.cells
    result.constants = writes.constants
    result.mayFail = footprint.mayFail || guards.contains { $0.mayFail }
    if judgesErrors && result.mayFail && !footprint.climbs && !guards.contains(where: { $0.climbs }) {
      result.mayFail = fails(instance, result.reads)
    }
    return result
  }

  /// Whether an instance is an error in some state, by trying every content of the cells that it reads: mostly its guards see to it that
  /// it is not. True if they are too many.
  private mutating func fails(_ instance: ActionInstance, _ reads: Bits) -> Bool {
    guard let rigid, let entries = GuardTable.entries(reads.members, layout), entries <= errorFuel else { return true }
    errorFuel -= entries
    let table = GuardTable(reads.members, layout) { state in
      do throws(SpecError) {
        return try evaluator.step(instance, from: state, rigid) == nil ? .no : .yes
      } catch {
        return .error
      }
    }
    return table?.canBe(.error, where: [:]) ?? true
  }

  /// A guard's parts, each with what it reads: `a && b` is two, and `forall p: …` one for each p. That needs definedness to be no
  /// question: `forall` judges all of its elements, whatever the first ones say.
  private mutating func append(
    _ e: Expr, _ lets: [(local: Local, bound: Expr)], _ arguments: [Int: Int], to guards: inout [GuardFootprint]
  ) {
    if case .and(let a, let b) = e.kind {
      append(a, lets, arguments, to: &guards)
      append(b, lets, arguments, to: &guards)
      return
    }
    let whole = guardFootprint(e, lets, arguments)
    guard case .forall(let locals, let filter, let body) = e.kind, !whole.mayFail, whole.known == nil else {
      guards.append(whole)
      return
    }
    let types = locals.map(\.type)
    let tuples = layout.instance.cardinality(of: types)
    guard tuples <= 64 else {
      guards.append(whole)
      return
    }
    let part = filter.map { implication(e, $0, body) } ?? body
    for ordinal in 0..<tuples {
      var arguments = arguments
      for (local, value) in zip(locals, layout.instance.values(ordinal, types)) {
        footprint.bind(local, value)
        arguments[local.slot] = layout.instance.ordinal(value, local.type)
      }
      append(part, lets, arguments, to: &guards)
    }
  }

  private mutating func implication(_ quantified: Expr, _ filter: Expr, _ body: Expr) -> Expr {
    if let known = implications[ObjectIdentifier(quantified)] { return known }
    let made = Expr(.implies(filter, body), .bool, body.span)
    implications[ObjectIdentifier(quantified)] = made
    return made
  }

  private mutating func guardFootprint(
    _ e: Expr, _ lets: [(local: Local, bound: Expr)], _ arguments: [Int: Int]
  ) -> GuardFootprint {
    // The arguments it depends on, through the names bound before it too.
    var slots = footprint.free(e)
    var needed: [(local: Local, bound: Expr)] = []
    for (local, bound) in lets.reversed() where slots.contains(local.slot) {
      needed.append((local, bound))
      slots.formUnion(footprint.free(bound))
    }
    let matter = slots.sorted().compactMap { slot in arguments[slot].map { [slot, $0] } }.flatMap { $0 }
    let key = Key(expr: ObjectIdentifier(e), arguments: matter)
    if let known = shared[key] { return known }
    footprint.forget()
    let known = footprint.bool(e)
    let table = known == nil ? table(e, needed.reversed()) : nil
    let mayFail = footprint.mayFail && (table?.canBe(.error, where: [:]) ?? true)
    let result = GuardFootprint(
      reads: footprint.reads, mayFail: mayFail, known: known, climbs: footprint.climbs, table: table)
    shared[key] = result
    return result
  }

  private mutating func table(_ e: Expr, _ lets: [(local: Local, bound: Expr)]) -> GuardTable? {
    // States that nobody reaches might have cycles in a forest.
    if footprint.climbs || !tables { return nil }
    if rigid == nil && ([e] + lets.map(\.bound)).contains(where: { footprint.usesConstants($0) }) { return nil }
    let cells = footprint.reads.members
    guard let entries = GuardTable.entries(cells, layout), entries <= fuel else { return nil }
    fuel -= entries
    let rigid = rigid ?? RigidValuation(constants: [])
    let known = footprint.knownValues
    return GuardTable(cells, layout) { state in
      var frame = known
      do throws(SpecError) {
        for (local, bound) in lets {
          frame[local.slot] = try evaluator.evaluate(bound, frame: &frame, state: state, before: nil, rigid)
        }
        return try evaluator.evaluate(e, frame: &frame, state: state, before: nil, rigid) == .bool(true) ? .yes : .no
      } catch {
        return .error
      }
    }
  }
}
