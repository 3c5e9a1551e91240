/// What random walks did: beside the verdict, which says what they met.
public struct WalkSummary: Sendable, Equatable {
  public var seed: UInt64
  /// Walks, each of at most so many steps, and the states that they visited, repetitions included.
  public var walks: Int
  public var steps: Int
  public var visits: UInt64 = 0
  /// Of walking alone, without the time that a trace was shortened in.
  public var seconds: Double = 0
  /// The walk that met what is shown, from 0, and after how many steps it did.
  public var metBy: Int?
  public var metAfter: Int?

  public init(seed: UInt64, walks: Int, steps: Int) {
    self.seed = seed
    self.walks = walks
    self.steps = steps
  }
}
