/// What limits a search: how much of its work was in vain, where its time went, how full its table is, how its layers grow.
///
/// Collected on request only. Counts are sums over workers and over rigid valuations; under symmetry `successors`, `new` and
/// `duplicates` count what the store saw, which is representatives, while `layers` counts states as the verdict does.
public struct SearchStatistics: Sendable, Equatable {
  /// What a worker does with a batch, in this order.
  public enum Part: Int, CaseIterable, Sendable {
    case expand, canonicalise, insert, judge
    /// Claiming chunks, counting, keeping new states.
    case other
  }

  /// Looked up in the store: every successor that differs from its parent, and the initial states.
  public var successors: UInt64 = 0
  /// Of these, not known before, and known before.
  public var new: UInt64 = 0
  public var duplicates: UInt64 = 0
  /// Transitions that lead back to their state, which are not looked up.
  public var selfLoops: UInt64 = 0
  /// Transitions that were counted and not made, as the state they lead to is found otherwise.
  public var asleep: UInt64 = 0
  /// By `Part.rawValue`: seconds, all workers together.
  public var seconds = [Double](repeating: 0, count: Part.allCases.count)
  public var threads = 1
  /// The table when it held the most states of one rigid valuation, or all tables where several were searched at once.
  public var stored = 0
  public var slots = 0
  public var tableBytes = 0
  /// States found by depth, over all rigid valuations: they add up to `Verdict.states`.
  public var layers: [UInt64] = []
  /// What is still to come of an unfinished search; nil if it cannot be told, or nothing is.
  public var estimate: Estimate?

  /// States not yet found, by extrapolation of the layers: a guess with a range, and no bound.
  public struct Estimate: Sendable, Equatable {
    public var low: UInt64
    public var high: UInt64

    public init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }
  }

  public init() {}

  public mutating func add(_ other: SearchStatistics) {
    successors &+= other.successors
    new &+= other.new
    duplicates &+= other.duplicates
    selfLoops &+= other.selfLoops
    asleep &+= other.asleep
    for part in seconds.indices { seconds[part] += other.seconds[part] }
    threads = max(threads, other.threads)
    if other.stored > stored {
      stored = other.stored
      slots = other.slots
      tableBytes = other.tableBytes
    }
    for (depth, states) in other.layers.enumerated() { add(layer: depth, states: states) }
    estimate = nil
  }

  public mutating func add(layer depth: Int, states: UInt64) {
    while layers.count <= depth { layers.append(0) }
    layers[depth] = layers[depth].saturatingSum(states)
  }
}
