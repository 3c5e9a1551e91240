/// In: packed states and the group of a rigid valuation. Out: for each state the representative of its orbit, and the orbit's size.
///
/// Exact, unless asked: two states have one representative if and only if a renaming of the group takes one to the other. Safe to use from
/// several threads, each with a scratch of its own.

import CNative
import Spec

public final class Canonicalizer: Sendable {
  public let layout: StateLayout
  public let group: SymmetryGroup
  /// How the representative is found, and what it is.
  package enum Form: Sendable {
    /// The least packed state of the orbit.
    case images
    /// The least where a block of elements is sorted, after all renamings of the others.
    case sorted
    /// The least among the labellings that agree with the elements' colours.
    case labelling
  }
  private enum Tables: Sendable {
    case images(ImageTables, [Renaming])
    /// The labelling is for those who ask for a renaming.
    case sorted(SortedTables, LabellingTables)
    case labelling(LabellingTables)
  }
  private let tables: Tables
  /// False: a representative is quick to find and a renaming of the state, but others of its orbit may have others.
  public let isExact: Bool
  package var form: Form {
    switch tables {
    case .images: .images
    case .sorted: .sorted
    case .labelling: .labelling
    }
  }

  /// Nil if the group is trivial, or if the states are too large for its tables.
  public convenience init?(_ layout: StateLayout, _ group: SymmetryGroup) {
    self.init(layout, group, nil, fault: [])
  }

  /// With a form, in that form, or in a later one if the group or the states do not permit it. Not `exact`: it may be inexact where that is
  /// quicker.
  package init?(_ layout: StateLayout, _ group: SymmetryGroup, _ form: Form?, exact: Bool = true, fault: SymmetryFault) {
    guard !group.isTrivial else { return nil }
    self.layout = layout
    self.group = group
    if form.map({ $0 == .images }) ?? (group.order <= ImageTables.orderLimit), group.order <= UInt64(KSPEC_MAX_RENAMINGS) {
      let renamings = group.renamings()
      if let images = ImageTables(layout, renamings, fault: fault) {
        tables = .images(images, renamings)
        isExact = true
        return
      }
    }
    guard let labelling = LabellingTables(layout, group, exact: exact) else { return nil }
    if form != .labelling, let sorted = SortedTables(layout, group, fault: fault) {
      tables = .sorted(sorted, labelling)
      isExact = true
    } else {
      tables = .labelling(labelling)
      isExact = exact
    }
  }

  /// The same group's exact representatives.
  package func exactly() -> Canonicalizer? {
    isExact ? self : Canonicalizer(layout, group, form, exact: true, fault: [])
  }

  /// One worker's room; nil if memory is refused.
  public func makeScratch() -> CanonicalScratch? { CanonicalScratch(layout) }

  /// Replaces each state by its representative.
  public func canonicalize(_ states: UnsafeMutablePointer<UInt64>, _ count: Int, _ scratch: CanonicalScratch) {
    run(states, count, into: states, nil, scratch)
  }

  /// The number of states in the orbit of each state, which must be a representative. Where these are inexact: 1, the state itself.
  public func orbitSizes(
    _ states: StateBatch, into sizes: UnsafeMutablePointer<UInt64>, _ scratch: CanonicalScratch
  ) {
    guard isExact else {
      sizes.update(repeating: 1, count: states.count)
      return
    }
    scratch.states.removeAll()
    scratch.states.reserve(states.count)
    run(states.base, states.count, into: scratch.states.base, sizes, scratch)
    for index in 0..<states.count { sizes[index] = group.order / sizes[index] }
  }

  /// Renamings that take one state to another: all of them for a small group, otherwise one; none if the orbits differ.
  public func renamings(from: State, to: State) -> [Renaming] {
    switch tables {
    case .images(_, let renamings): return renamings.filter { layout.instance.renamed(from, by: $0) == to }
    case .sorted(_, let tables), .labelling(let tables):
      guard let first = labelling(from, tables), let second = labelling(to, tables) else { return [] }
      let renaming = second.inverse.after(first)
      return layout.instance.renamed(from, by: renaming) == to ? [renaming] : []
    }
  }

  private func labelling(_ state: State, _ tables: LabellingTables) -> Renaming? {
    guard let scratch = makeScratch() else { return nil }
    var local = [UInt32](repeating: 0, count: tables.elements)
    withUnsafePointer(to: tables.header) { header in
      kspec_labelling_renaming(header, scratch.handle, layout.pack(state), &local)
    }
    var rest = local[...]
    return Renaming(
      images: group.sizes.map { size in
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).map { Int($0) }
      })
  }

  private func run(
    _ states: UnsafePointer<UInt64>, _ count: Int, into out: UnsafeMutablePointer<UInt64>,
    _ stabilisers: UnsafeMutablePointer<UInt64>?, _ scratch: CanonicalScratch
  ) {
    switch tables {
    case .images(let tables, _):
      withUnsafePointer(to: tables.header) {
        kspec_images_canonicalize($0, scratch.handle, states, count, out, stabilisers)
      }
    case .sorted(let tables, _):
      withUnsafePointer(to: tables.header) {
        kspec_sorted_canonicalize($0, scratch.handle, states, count, out, stabilisers)
      }
    case .labelling(let tables):
      withUnsafePointer(to: tables.header) {
        kspec_labelling_canonicalize($0, scratch.handle, states, count, out, stabilisers)
      }
    }
  }
}

public final class CanonicalScratch: @unchecked Sendable {
  fileprivate let handle: OpaquePointer
  fileprivate var states: StateBuffer

  fileprivate init?(_ layout: StateLayout) {
    guard let handle = kspec_symmetry_scratch_create(layout.wordsPerState, layout.cells.count) else { return nil }
    self.handle = handle
    states = StateBuffer(words: layout.wordsPerState, capacity: 64)
  }

  deinit { kspec_symmetry_scratch_destroy(handle) }
}
