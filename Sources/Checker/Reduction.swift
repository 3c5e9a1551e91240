import SimRuntime
import Spec

/// What one search stands for: each state for its orbit under a group, and the rigid valuation for the orbit that it is in.
struct Reduction: Sendable {
  /// nil: states are stored as they are.
  var canonicalizer: Canonicalizer?
  /// Rigid valuations that the one explored stands for.
  var weight: UInt64 = 1
  /// nil: every successor is followed.
  var partialOrder: PartialOrder?

  static let none = Reduction()
}

extension FixedWidthInteger {
  func saturatingProduct(_ other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  func saturatingSum(_ other: Self, times factor: Self) -> Self { saturatingSum(other.saturatingProduct(factor)) }
}
