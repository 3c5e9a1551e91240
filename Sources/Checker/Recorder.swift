import Foundation
import SimRuntime
import Spec

/// Where one worker's time goes and what it looks up, in hooks of one line: `profile?.lap(.expand)` charges the time since the
/// last lap to a part. Clocks are read a few times a batch of some hundred successors, and only if statistics are asked for.
final class Profile: @unchecked Sendable {
  private var nanoseconds = [UInt64](repeating: 0, count: SearchStatistics.Part.allCases.count)
  private var last: UInt64 = 0
  private var lookedUp: UInt64 = 0
  private var new: UInt64 = 0
  private var duplicates: UInt64 = 0
  private var selfLoops: UInt64 = 0
  private var asleep: UInt64 = 0

  /// Whatever was before is nobody's.
  func start() { last = Self.now() }

  func lap(_ part: SearchStatistics.Part) {
    let now = Self.now()
    nanoseconds[part.rawValue] &+= now &- last
    last = now
  }

  /// An expansion and how many states the buffer grew by.
  func expanded(_ expansion: Expansion, successors: Int) {
    lookedUp &+= UInt64(successors)
    selfLoops &+= expansion.selfLoops
    asleep &+= expansion.asleep
    lap(.expand)
  }

  func inserted(_ looked: Int, new made: Int) {
    new &+= UInt64(made)
    duplicates &+= UInt64(looked - made)
    lap(.insert)
  }

  /// Initial states, which no expansion made.
  func received(_ states: Int) { lookedUp &+= UInt64(states) }

  func add(to statistics: inout SearchStatistics) {
    statistics.successors &+= lookedUp
    statistics.new &+= new
    statistics.duplicates &+= duplicates
    statistics.selfLoops &+= selfLoops
    statistics.asleep &+= asleep
    for part in nanoseconds.indices { statistics.seconds[part] += Double(nanoseconds[part]) * 1e-9 }
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

/// The statistics of a search: a profile a worker, read when no worker runs, and what the coordinator sees at layer ends.
final class Recorder {
  let profiles: [Profile]
  private var statistics = SearchStatistics()

  init(workers: Int) {
    profiles = (0..<workers).map { _ in Profile() }
    statistics.threads = workers
  }

  /// The states at this depth are found.
  func finished(layer depth: Int, states: UInt64, _ store: StateStore) {
    if states > 0 { statistics.add(layer: depth, states: states) }
    note(stored: store.count, in: [store])
  }

  /// Tables of searches that went on at one time, and what they held.
  func note(stored: Int, in stores: [StateStore]) {
    guard stored > statistics.stored else { return }
    statistics.stored = stored
    statistics.slots = stores.reduce(0) { $0 + $1.capacity }
    statistics.tableBytes = stores.reduce(0) { $0 + $1.bytes }
  }

  /// Another search of the same run.
  func add(_ other: Recorder) { statistics.add(other.summary) }

  var summary: SearchStatistics {
    var summary = statistics
    for profile in profiles { profile.add(to: &summary) }
    return summary
  }
}
