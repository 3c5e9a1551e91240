/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same numbers on every machine, unlike the system's generator.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  var state: UInt64

  package init(state: UInt64) { self.state = state }

  /// The stream of one walk: seed and number each go through the mixing function, so that neighbours have nothing in common.
  init(seed: UInt64, walk: Int) {
    var numbers = SplitMix64(state: seed)
    var walks = SplitMix64(state: numbers.next() ^ UInt64(truncatingIfNeeded: walk))
    state = walks.next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `0 ..< bound`, near enough uniform for walks (the bias is bound / 2^64).
  package mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(max(bound, 1))).high) }
}
