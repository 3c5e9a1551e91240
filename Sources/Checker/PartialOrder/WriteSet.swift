import SimRuntime
import Spec

/// Which cells the updates of an action instance may write, on the same footing as what they read.
///
/// A cell that keeps its value unless another is read (a queue's slots, a forest's parents) counts as read as well. A `for` writes
/// what its body writes for each element that may satisfy the filter.
struct WriteSet {
  private(set) var cells: Bits
  /// What surely stands in a cell afterwards: written in every case, and with the same value in every state.
  private(set) var constants: [Int: Int] = [:]
  private let fault: PartialOrderFault

  init(_ cells: Int, fault: PartialOrderFault) {
    self.cells = Bits(cells)
    self.fault = fault
  }

  mutating func collect(_ updates: [Update], _ footprint: Footprint, isCertain: Bool = true) {
    for update in updates { collect(update, footprint, isCertain) }
  }

  private mutating func collect(_ update: Update, _ footprint: Footprint, _ isCertain: Bool) {
    switch update.kind {
    case .assign(let location, let value):
      let place = footprint.place(location) ?? footprint.variable(location.variable)
      write(place, footprint.value(value), footprint, isCertain)
    case .add(let location, let element): member(location, element, 1, footprint, isCertain)
    case .remove(let location, let element): member(location, element, 0, footprint, isCertain)
    case .push(let location, let element):
      footprint.value(element)
      queue(location, footprint)
    case .pop(let location): queue(location, footprint)
    case .removeAll(let location, let local, let filter):
      footprint.bind(local, nil)
      footprint.value(filter)
      queue(location, footprint)
    case .forest(let variable, let operation): forest(operation, footprint.variable(variable), footprint)
    case .forEach(let locals, let filter, let body):
      if fault.contains(.forgetsLoops) { return }
      var inner = self
      let isUnrolled = footprint.forEach(locals, filter) { inner.collect(body, footprint, isCertain: isCertain && $0) }
      // A loop whose elements were not told apart may write a cell twice.
      if !isUnrolled { footprint.noteFailure() }
      self = inner
    case .conditional(let condition, let then, let otherwise):
      if let known = footprint.bool(condition) { return collect(known ? then : otherwise, footprint, isCertain: isCertain) }
      // One of them is taken: what both write is not written twice.
      var other = self
      collect(then, footprint, isCertain: false)
      other.collect(otherwise, footprint, isCertain: false)
      cells.formUnion(other.cells)
      for cell in other.constants.keys where constants[cell] != other.constants[cell] { constants[cell] = nil }
      constants = constants.filter { other.constants[$0.key] == $0.value }
    case .letIn(let local, let bound, let body):
      footprint.bind(local, footprint.value(bound))
      collect(body, footprint, isCertain: isCertain)
    }
  }

  private mutating func write(_ place: Place, _ value: Value?, _ footprint: Footprint, _ isCertain: Bool) {
    var isSecond = false
    place.forEachCell { cell in
      if cells.contains(cell) { isSecond = true }
      cells.insert(cell)
      constants[cell] = nil
    }
    // Written twice, maybe differently.
    if isSecond { footprint.noteFailure() }
    if isCertain, !isSecond, place.bases.count == 1, let value, case .scalar = place.shape {
      constants[place.bases[0]] = footprint.layout.instance.ordinal(value, place.type)
    }
  }

  private mutating func member(
    _ location: Location, _ element: Expr, _ ordinal: Int, _ footprint: Footprint, _ isCertain: Bool
  ) {
    let set = footprint.place(location) ?? footprint.variable(location.variable)
    let known = footprint.value(element)
    write(set.member(known, footprint.layout.instance), known.map { _ in .bool(ordinal == 1) }, footprint, isCertain)
  }

  private mutating func queue(_ location: Location, _ footprint: Footprint) {
    let place = footprint.place(location) ?? footprint.variable(location.variable)
    footprint.note(place)
    footprint.noteFailure()
    place.forEachCell {
      cells.insert($0)
      constants[$0] = nil
    }
  }

  /// What an operation moves, and what decides it. Later operations of the same action see what earlier ones left, which reads no
  /// more than these do together.
  private mutating func forest(_ operation: ForestOperation, _ forest: Place, _ footprint: Footprint) {
    let instance = footprint.layout.instance
    footprint.noteClimb()
    switch operation {
    case .attach(let child, let parent):
      footprint.value(parent)
      insert(forest.member(footprint.value(child), instance))
      footprint.note(forest)
      footprint.noteFailure()
    case .detach(let node): insert(forest.member(footprint.value(node), instance))
    case .replace(let node, let by):
      footprint.value(node)
      footprint.value(by)
      insert(forest)
      footprint.note(forest)
      footprint.noteFailure()
    case .prune(let node), .remove(let node):
      footprint.value(node)
      insert(forest)
      footprint.note(forest)
    }
  }

  private mutating func insert(_ place: Place) {
    place.forEachCell {
      cells.insert($0)
      constants[$0] = nil
    }
  }
}
