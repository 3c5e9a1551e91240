/// In: a way to run n rounds. Out: nanoseconds a round with their spread over many batches.

import Foundation

/// Nanoseconds: the middle batch, and the tenth part of batches below and above.
public struct Spread: Sendable {
  public var median: Double
  public var low: Double
  public var high: Double

  init(_ samples: [Double]) {
    let sorted = samples.sorted()
    func at(_ part: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
    }
    median = at(0.5)
    low = at(0.1)
    high = at(0.9)
  }

  func divided(by n: Int) -> Spread {
    var result = self
    result.median /= Double(n)
    result.low /= Double(n)
    result.high /= Double(n)
    return result
  }
}

enum Stopwatch {
  static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Runs batches of about a millisecond for about `seconds`, after one that warms up and sizes them.
  static func measure<E: Error>(seconds: Double, _ run: (Int) throws(E) -> Void) throws(E) -> (Spread, rounds: Int, batches: Int)
  {
    var rounds = 1
    while true {
      let begin = nanoseconds()
      try run(rounds)
      let elapsed = nanoseconds() - begin
      if elapsed >= 1_000_000 || rounds >= 1 << 30 { break }
      rounds *= 2
    }
    var samples: [Double] = []
    let begin = nanoseconds()
    let limit = UInt64(seconds * 1e9)
    while samples.count < 10 || nanoseconds() - begin < limit {
      let start = nanoseconds()
      try run(rounds)
      samples.append(Double(nanoseconds() - start) / Double(rounds))
    }
    return (Spread(samples), rounds * samples.count, samples.count)
  }
}
