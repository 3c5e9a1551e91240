import SimRuntime
import Spec

/// Partial order reduction for the searches of one rigid valuation: what workers share. See StubbornSet.swift for which successors
/// are followed, ReducedExpansion.swift for why that is enough.
struct PartialOrder: Sendable {
  let independence: Independence
  let judged: Judged
  let fault: PartialOrderFault

  /// What is judged besides properties of states.
  struct Judged: Sendable {
    var errors: Bool
    var deadlock: Bool
  }

  /// What the reduction did; of one search.
  struct Summary: Sendable, Equatable {
    /// States expanded, and of these the ones of which only some successors were followed.
    var expanded: UInt64 = 0
    var reduced: UInt64 = 0
    /// Successors not followed.
    var skipped: UInt64 = 0

    mutating func add(_ other: Summary) {
      expanded += other.expanded
      reduced += other.reduced
      skipped += other.skipped
    }
  }

  func makeStubbornSet() -> StubbornSet { StubbornSet(independence, judged, fault: fault) }
}
