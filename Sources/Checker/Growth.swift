import Foundation
import Spec

/// In: how many states each layer of a breadth-first search has found. Out: a range for those still to come, or nothing.
///
/// Layers of a finite graph swell and shrink, and their logarithms bend downward nearly all the way (exactly so in a product
/// of independent parts, whose layers are binomial). So the bend of the last layers is extrapolated: once as twice the strongest
/// of late and growing, once as two thirds of the weakest of late and fading as it does in the layers of a product that is still
/// swelling. Where the layers do not bend yet, or hardly, there is no estimate. The factors are those with which the range holds the
/// truth at every layer of products of 6 to 40 parts of several shapes; early ranges are wide, which is what is known then.
struct Growth: Sendable {
  private(set) var layers: [UInt64] = []

  init(_ layers: [UInt64] = []) { self.layers = layers }

  mutating func append(_ states: UInt64) { if states > 0 { layers.append(states) } }

  /// Beyond this many times what was found, an extrapolation says nothing.
  private static let horizon = 1000.0

  /// `found`: states of the next layer that are known already.
  func estimate(found beyond: UInt64 = 0) -> SearchStatistics.Estimate? {
    guard layers.count >= 5, let last = layers.last else { return nil }
    let logs = layers.suffix(9).map { log(Double($0)) }
    let ratios = zip(logs.dropFirst(), logs).map { $0 - $1 }
    guard let ratio = ratios.last else { return nil }
    // The mean bend over the last 2, 3, ... ratios.
    let bends = (2...min(6, ratios.count - 1)).map { (ratio - ratios[ratios.count - 1 - $0]) / Double($0) }
    guard let strongest = bends.min(), let weakest = bends.max(), strongest < 0 else { return nil }
    let found = layers.reduce(0) { $0 + Double($1) }
    let low = Self.sum(from: Double(last), ratio, upTo: found * Self.horizon) { strongest * 2 * pow(1.2, $0) }
    // Layers that shrink without bending shrink as a geometric series does; those that grow without bending have no end.
    let depth = Double(layers.count - 1)
    let high = Self.sum(from: Double(last), ratio, upTo: found * Self.horizon) { min(weakest, 0) / 1.5 * (depth / (depth + $0)) }
    guard let low, let high, high < 0x1p63 else { return nil }
    return SearchStatistics.Estimate(
      low: UInt64(max(low.rounded(.down) - Double(beyond), 0)), high: UInt64(max(high.rounded(.up) - Double(beyond), 0)))
  }

  /// How many there will be in all: the middle of the range.
  var expected: Int? { estimate().map { Int(clamping: layers.reduce($0.low / 2 + $0.high / 2, +)) } }

  /// `bend`: of the layer so many after the last.
  private static func sum(from last: Double, _ ratio: Double, upTo most: Double, bend: (Double) -> Double) -> Double? {
    var size = last
    var ratio = ratio
    var sum = 0.0
    for step in 1...100_000 {
      ratio += bend(Double(step))
      size *= exp(ratio)
      if size < 0.5 { return sum }
      sum += size
      if sum > most { return nil }
    }
    return nil
  }
}
