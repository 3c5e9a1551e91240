/// `SuccessorSource` over generated C: the same states, successors and marks as the evaluator's, a thousand times faster.

import CNative
import Foundation
import Spec

public struct NativeSource: SuccessorSource {
  public let layout: StateLayout
  public var instance: Instance { layout.instance }
  public var name: String { "native" }
  let library: NativeLibrary

  init(_ layout: StateLayout, _ library: NativeLibrary) {
    self.layout = layout
    self.library = library
  }

  /// Emits, compiles and loads, or loads from the cache. Blocks; see `PendingNative` for the form that does not.
  public init(_ layout: StateLayout, compiler: CCompiler? = .find()) throws(NativeUnavailable) {
    try self.init(layout, compiler, started: { _ in true })
  }

  init(
    _ layout: StateLayout, _ compiler: CCompiler?, started: (Process) -> Bool
  ) throws(NativeUnavailable) {
    guard let compiler else { throw .noCompiler }
    let text: NativeText
    do { text = try NativeText(layout) } catch { throw .refused(error.reason) }
    self.init(layout, try text.load(compiler, started: started))
  }

  public func makeScratch() -> Scratch { Scratch() }

  public func pack(_ rigid: RigidValuation) -> PackedRigid { NativeRigid(rigid, instance) }

  /// Through the evaluator: once a rigid valuation, and `init` may hold anything.
  public func initialStates(_ rigid: RigidValuation, into states: inout StateBuffer) throws(SpecError) {
    for state in try Evaluator(instance).initialStates(rigid) {
      states.reserve(1)
      layout.pack(state, into: states[states.count])
      states.count += 1
    }
  }

  public func expand(
    _ parents: StateBatch, _ rigid: PackedRigid, judging: PropertySet, into successors: inout StateBuffer,
    marks: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch
  ) -> Expansion {
    guard let rigid = rigid as? NativeRigid else { preconditionFailure("a rigid valuation packed by another source") }
    var result = kspec_expansion()
    repeat {
      if result.consumed < 0 { successors.reserve(successors.capacity - successors.count + 1) }
      marks.withMemoryRebound(to: kspec_mark.self, capacity: parents.count) { marks in
        library.table.pointee.expand(
          parents.base, Int64(parents.count), rigid.cells, judging.rawValue, successors.base, Int64(successors.count),
          Int64(successors.capacity), marks, &result)
      }
      if result.consumed == 0 { result.consumed = -1 }  // not even one parent's successors fit: grow and try again
    } while result.consumed < 0 && parents.count > 0
    successors.count = Int(result.used)
    var expansion = Expansion()
    expansion.consumed = max(0, Int(result.consumed))
    expansion.transitions = result.transitions
    expansion.selfLoops = result.self_loops
    expansion.broken = PropertySet(rawValue: result.broken)
    return expansion
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
  /// Compiles unless cached, and loads; once more from scratch if what the cache holds does not load.
  func load(
    _ compiler: CCompiler, cache: NativeCache = .shared, started: (Process) -> Bool = { _ in true }
  ) throws(NativeUnavailable) -> NativeLibrary {
    let path = try cache.library(self, compiler, started: started)
    if let library = try? NativeLibrary(path, self) { return library }
    return try NativeLibrary(try cache.library(self, compiler, fresh: true, started: started), self)
  }
}
