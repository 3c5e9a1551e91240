/// Interval arithmetic: the type of an integer expression is the interval its value provably lies in.

struct Interval: Hashable {
  var low: Int64
  var high: Int64

  init(_ low: Int64, _ high: Int64) {
    self.low = low
    self.high = high
  }

  init?(_ type: Type) {
    guard case .int(let low, let high) = type else { return nil }
    self.init(low, high)
  }

  var type: Type { .int(low: low, high: high) }

  func contains(_ other: Interval) -> Bool { low <= other.low && other.high <= high }
  func meets(_ other: Interval) -> Bool { low <= other.high && other.low <= high }
  func hull(_ other: Interval) -> Interval { Interval(min(low, other.low), max(high, other.high)) }

  /// What `count` and `size` may give.
  static let count = Interval(0, Int64(Int32.max))

  /// nil where a bound leaves 64 bits.
  var negated: Interval? {
    let (low, overflow) = Int64(0).subtractingReportingOverflow(self.low)
    let (high, overflow2) = Int64(0).subtractingReportingOverflow(self.high)
    return overflow || overflow2 ? nil : Interval(high, low)
  }

  /// The interval of `self op other`; nil where a bound leaves 64 bits. A divisor is taken as nonzero (zero is a spec
  /// error at run time, and `0..0` was reported before).
  func applying(_ op: ArithmeticOperator, _ other: Interval) -> Interval? {
    switch op {
    case .add: return corners(other, pairs: [(low, other.low), (high, other.high)]) { $0.addingReportingOverflow($1) }
    case .subtract: return corners(other, pairs: [(low, other.high), (high, other.low)]) { $0.subtractingReportingOverflow($1) }
    case .multiply:
      return corners(other, pairs: [(low, other.low), (low, other.high), (high, other.low), (high, other.high)]) {
        $0.multipliedReportingOverflow(by: $1)
      }
    case .divide:
      // Monotone in the dividend, and in the divisor on either side of zero: the extremes are at the corners.
      let divisors = [other.low, other.high, -1, 1].filter { $0 != 0 && other.low <= $0 && $0 <= other.high }
      let pairs = divisors.flatMap { [(low, $0), (high, $0)] }
      return corners(other, pairs: pairs) { euclideanQuotient($0, $1) }
    case .remainder:
      let (low, overflow) = Int64(0).subtractingReportingOverflow(other.low)
      guard !overflow else { return nil }
      let bound = max(max(low, other.high) - 1, 0)
      return Interval(0, self.low >= 0 ? min(self.high, bound) : bound)
    }
  }

  private func corners(
    _ other: Interval, pairs: [(Int64, Int64)], _ apply: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Interval? {
    var result: Interval?
    for (a, b) in pairs {
      let (value, overflow) = apply(a, b)
      if overflow { return nil }
      result = result.map { $0.hull(Interval(value, value)) } ?? Interval(value, value)
    }
    return result
  }
}

/// The quotient that leaves a remainder of at least 0.
private func euclideanQuotient(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) {
  let (quotient, overflow) = a.dividedReportingOverflow(by: b)
  if overflow || a % b >= 0 { return (quotient, overflow) }
  return b > 0 ? quotient.subtractingReportingOverflow(1) : quotient.addingReportingOverflow(1)
}
