import SimRuntime

/// What one search stands for: each state for its orbit under a group, and the rigid valuation for the orbit that it is in.
struct Reduction: Sendable {
  /// nil: states are stored as they are.
  var canonicalizer: Canonicalizer?
  /// Rigid valuations that the one explored stands for.
  var weight: UInt64 = 1

  static let none = Reduction()
}

extension UInt64 {
  func saturatingSum(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func saturatingProduct(_ other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  func saturatingSum(_ other: UInt64, times factor: UInt64) -> UInt64 { saturatingSum(other.saturatingProduct(factor)) }
}
