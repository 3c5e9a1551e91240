/// `SuccessorSource` over generated C: the same states, successors and marks as the evaluator's, a thousand times faster.

import CNative
import Foundation
import Spec

public struct NativeSource: SuccessorSource {
  public let layout: StateLayout
  public var instance: Instance { layout.instance }
  public var name: String { "native" }
  public let isLabelled: Bool
  /// What the code cannot judge edges by.
  private let unjudged: PropertySet
  /// Otherwise it was compiled in a hurry, and runs some ten times slower.
  public let isOptimized: Bool
  public let sleep: SleepTable?
  public let narrowing: Narrowing?
  let library: NativeLibrary

  /// Emits, compiles and loads, or loads from the cache. Blocks; see `PendingNative` for the form that does not.
  /// `quick`: without optimisation, unless optimised code is in the cache.
  public init(
    _ layout: StateLayout, _ form: NativeForm = NativeForm(), quick: Bool = false, compiler: CCompiler? = .find()
  ) throws(NativeUnavailable) {
    try self.init(layout, form, quick: quick, compiler, started: { _ in true })
  }

  init(
    _ layout: StateLayout, _ form: NativeForm, quick: Bool, _ compiler: CCompiler?, started: (Process) -> Bool
  ) throws(NativeUnavailable) {
    guard var compiler else { throw .noCompiler }
    if form.isLabelled {
      guard ActionNumbering(layout.instance) != nil else { throw .refused("there are more than 2^32 action instances") }
      compiler.definitions.append("LABELLED=1")
    }
    let text: NativeText
    do { text = try NativeText(layout) } catch { throw .refused(error.reason) }
    let sleep = form.isLabelled ? nil : form.sleep?(text.sleepClasses)
    if sleep != nil { compiler.definitions.append("SLEEPS=1") }
    let narrowing = layout.narrowing(bits: form.numberBits)
    if let narrowing { compiler.definitions.append("KEYED=\(narrowing.bits)") }
    let transitions = layout.instance.model.transitionProperties
    if !form.judgesEdges && !transitions.isEmpty { compiler.definitions.append("EDGES=0") }
    let held = quick ? text.held(compiler) : nil
    self.layout = layout
    isLabelled = form.isLabelled
    self.sleep = sleep
    self.narrowing = narrowing
    unjudged = form.judgesEdges ? [] : transitions
    isOptimized = held != nil || !quick
    if let held { library = held } else { library = try text.load(quick ? compiler.quick : compiler, started: started) }
  }

  public func makeScratch() -> Scratch { Scratch() }

  public func pack(_ rigid: RigidValuation) -> PackedRigid { NativeRigid(rigid, instance) }

  /// Through the evaluator: once a rigid valuation, and `init` may hold anything.
  public func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    for state in try Evaluator(instance).initialStates(rigid) {
      states.reserve(1)
      layout.pack(state, into: states[states.count])
      states.origins[states.count] = 0
      states.count += 1
    }
  }

  public func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    var result = kspec_expansion()
    while !expand(parents, rigid, judging, &successors, nil, nil, marks, &result) {
      successors.reserve(successors.capacity - successors.count + 1)
    }
    return Expansion(result)
  }

  public func expandKeyed(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, by numbers: UnsafePointer<kspec_numbers>,
    into keys: inout StateBuffer, marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    precondition(narrowing != nil, "native code was compiled without keys")
    var result = kspec_expansion()
    while !expand(parents, rigid, judging, &keys, numbers, nil, marks, &result) {
      if kspec_dictionary_is_full(OpaquePointer(numbers.pointee.dictionary)) { return Expansion() }
      keys.reserve(keys.capacity - keys.count + 1)
    }
    return Expansion(result)
  }

  public func expandLabelled(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout LabelledBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    precondition(isLabelled, "native code was compiled without labels")
    var result = kspec_expansion()
    while !expand(parents, rigid, judging, &successors.states, nil, successors.labels, marks, &result) {
      successors.reserve(successors.states.capacity - successors.count + 1)
    }
    return Expansion(result)
  }

  /// False if not even the first parent's successors fit.
  private func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, _ judging: PropertySet, _ successors: inout StateBuffer,
    _ numbers: UnsafePointer<kspec_numbers>?, _ labels: UnsafeMutablePointer<UInt32>?, _ marks: UnsafeMutablePointer<ParentMark>,
    _ result: inout kspec_expansion
  ) -> Bool {
    precondition(judging.isDisjoint(with: unjudged), "native code was compiled without transition properties")
    guard let rigid = rigid as? NativeRigid else { preconditionFailure("a rigid valuation packed by another source") }
    marks.withMemoryRebound(to: kspec_mark.self, capacity: parents.count) { marks in
      library.table.pointee.expand(
        parents.base, parents.origins, Int64(parents.count), rigid.cells, judging.rawValue, sleep?.rows, numbers,
        successors.base, successors.origins, labels, Int64(successors.count), Int64(successors.capacity), marks, &result)
    }
    if result.consumed == 0 && parents.count > 0 { return false }
    successors.count = Int(result.used)
    return true
  }

  public func judge(
    _ states: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into masks: UnsafeMutablePointer<PropertySet>,
    _ scratch: Scratch
  ) {
    guard let rigid = rigid as? NativeRigid else { preconditionFailure("a rigid valuation packed by another source") }
    masks.withMemoryRebound(to: UInt64.self, capacity: states.count) { masks in
      library.table.pointee.judge(states.base, Int64(states.count), rigid.cells, judging.rawValue, masks)
    }
  }
}

/// Atoms of temporal properties.
extension NativeSource {
  public func pack(_ formulas: [StateFormula]) -> PackedFormulas { NativeFormulas(formulas, instance) }

  public func judge(
    _ formulas: PackedFormulas, _ states: StateBatch, _ rigid: PackedRigid, into rows: UnsafeMutablePointer<UInt64>, stride: Int
  ) -> Int {
    guard let native = formulas as? NativeFormulas, let rigid = rigid as? NativeRigid else {
      preconditionFailure("formulas or a rigid valuation packed by another source")
    }
    return Int(
      library.table.pointee.atoms(
        states.base, Int64(states.count), rigid.cells, native.cells, Int64(formulas.formulas.count), rows, Int64(stride)))
  }
}

/// Each formula as the number of its template and the values of its variables.
final class NativeFormulas: PackedFormulas, @unchecked Sendable {
  let cells: UnsafeMutablePointer<Int64>

  init(_ formulas: [StateFormula], _ instance: Instance) {
    let templates = instance.model.atomTemplates
    let width = AtomEmitter.width(instance.model)
    cells = .allocate(capacity: max(formulas.count * width, 1))
    cells.initialize(repeating: 0, count: max(formulas.count * width, 1))
    for (position, formula) in formulas.enumerated() {
      // Native code has no value for a number beyond all templates, and says so.
      let number = templates.firstIndex { $0.expr === formula.expr } ?? templates.count
      cells[position * width] = Int64(number)
      guard number < templates.count else { continue }
      for (place, local) in templates[number].locals.enumerated() {
        let value = formula.frame[local.slot]
        cells[position * width + place + 1] =
          if case .int(let number) = value { number } else { Int64(instance.ordinal(value, local.type)) }
      }
    }
    super.init(formulas)
  }

  deinit { cells.deallocate() }
}

extension Model {
  /// The bits of transition properties.
  fileprivate var transitionProperties: PropertySet {
    properties.indices.reduce(into: []) { set, index in
      if case .transition = properties[index].kind { set.insert(.property(index)) }
    }
  }
}

extension Expansion {
  fileprivate init(_ result: kspec_expansion) {
    consumed = Int(result.consumed)
    transitions = result.transitions
    selfLoops = result.self_loops
    asleep = result.asleep
    broken = PropertySet(rawValue: result.broken)
  }
}

/// The cells of the constants, in order, as generated code reads them.
final class NativeRigid: PackedRigid, @unchecked Sendable {
  let cells: UnsafeMutablePointer<Int64>

  init(_ valuation: RigidValuation, _ instance: Instance) {
    var ordinals: [Int] = []
    for (value, constant) in zip(valuation.constants, instance.model.constants) {
      instance.appendCells(of: value, constant.type, to: &ordinals)
    }
    cells = .allocate(capacity: max(1, ordinals.count))
    for (index, ordinal) in ordinals.enumerated() { cells[index] = Int64(ordinal) }
    super.init(valuation)
  }

  deinit { cells.deallocate() }
}

extension NativeText {
  /// What the cache has.
  func held(_ compiler: CCompiler, cache: NativeCache = .shared) -> NativeLibrary? {
    cache.held(self, compiler).flatMap { try? NativeLibrary($0, self) }
  }

  /// Compiles unless cached, and loads; once more from scratch if what the cache holds does not load.
  func load(
    _ compiler: CCompiler, cache: NativeCache = .shared, started: (Process) -> Bool = { _ in true }
  ) throws(NativeUnavailable) -> NativeLibrary {
    let path = try cache.library(self, compiler, started: started)
    if let library = try? NativeLibrary(path, self) { return library }
    return try NativeLibrary(try cache.library(self, compiler, fresh: true, started: started), self)
  }
}
