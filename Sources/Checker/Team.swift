import SimRuntime
import Spec
import Synchronization

/// Searches of several rigid valuations at once, each by one thread in a table of its own.
///
/// In: orbits of valuations. Out: what searching each gave, as far as the team came; whoever takes the results in the order of the valuations
/// has what one search after the other gives. Threads that share a table wait for each other after every layer, and for the table's
/// lines; where valuations are many and small, both can be spared. The team is at its end once there is an event (how deep the valuations
/// after it are searched depends on it), a table outgrows what is small, or memory is short: the rest is for all threads together.
///
/// Each thread has its own lane, and looks at nothing of another.
final class Team: @unchecked Sendable {
  /// What one valuation gave.
  struct Attempt {
    let result: Result<Search.Result, any Error>
    let reduction: Reduction
    /// Still holds what it found, if there is an event: a trace begins there.
    let search: Search
    let totals: Totals
    let recorder: Recorder?

    var isComplete: Bool { (try? result.get().isComplete) ?? true }

    /// States still to come.
    var estimate: SearchStatistics.Estimate? {
      search.watch.growth.estimate(found: totals.states &- search.watch.statesBeforeLayer)
    }

    func free() { if let log = try? result.get().log { search.free(log) } }
  }

  private final class Lane: @unchecked Sendable {
    let search: Search
    var attempts: [Int: Attempt] = [:]

    init(_ search: Search) { self.search = search }
  }

  private let main: Search
  private var lanes: [Lane] = []
  private let next = Atomic(0)
  /// Valuations after this one are not wanted from the team.
  private let last = Atomic(Int.max)

  /// A table may become so many times what is small before the team gives the valuation up.
  private static let slack = 4
  /// Valuations at a time, so that what is kept of them is not much.
  static let stretch = 256

  /// Whether `valuations` are better begun by a team than one more of them by all threads together. Where valuations are about as large as each
  /// other, what is left over when they are dealt out is searched by a few threads while the others wait; if it is no more than half of
  /// a hand, all threads together are sooner done with it, be they only half as good at that.
  static func isDue(valuations: Int, threads: Int) -> Bool {
    let rest = valuations % threads
    return rest == 0 || 2 * rest > threads
  }

  /// nil if there is nothing to win, or memory is refused. `main` has searched a valuation to its end, and gives its table back until it
  /// searches another.
  init?(beside main: Search, valuations: Int) {
    let count = min(main.pool.count, valuations)
    let (bytes, states) = (main.store.bytes, main.store.count)
    guard count > 1, bytes <= main.tuning.teamBytes, main.watch.fits(count * Self.slack * bytes, main.memory) else { return nil }
    let shape = main.store.shape
    guard (try? main.reset()) != nil else { return nil }
    self.main = main
    // Each by the thread that will search there: its table is thousands of pages, which the system clears.
    let made = Mutex<[Int: Lane]>([:])
    main.pool.run(workers: count) { [self] worker in
      guard let search = self.main.sibling(Watch(beside: self.main.watch, reports: worker == 0), shape) else { return }
      search.likelyStates = states
      made.withLock { $0[worker] = Lane(search) }
    }
    lanes = made.withLock { made in (0..<count).compactMap { made[$0] } }
    if lanes.count < count { return nil }
  }

  /// Whether it can take on other valuations.
  var isWhole: Bool { last.load(ordering: .relaxed) == .max }

  /// By the orbits' indices; there are gaps only where the team gave up. `done`: what the run has found so far, for limits and progress.
  func run(_ orbits: ArraySlice<RigidOrbit>, _ reductions: [Reduction], _ judging: Judging, _ done: Totals) -> [Int: Attempt] {
    let whole = Totals()
    whole.add(done)
    next.store(orbits.startIndex, ordering: .relaxed)
    let before = main.watch.valuation
    main.pool.run(workers: lanes.count) { [self] worker in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < orbits.endIndex, index <= last.load(ordering: .relaxed) else { return }
        let lane = lanes[worker]
        lane.search.watch.valuation = before + Int(orbits[..<index].reduce(0) { $0 + $1.size })
        lane.attempts[index] = search(
          index, orbits[index].representative, reductions[index - orbits.startIndex], judging, Totals(within: whole), lane.search)
      }
    }
    main.take(siblings: lanes.map(\.search))
    // What memory ended is to be searched again; what a limit of the user's ended, ends the run.
    if let reason = lanes.compactMap(\.search.watch.reason).first(where: { !$0.isOfMemory }) { main.watch.stop(reason) }
    var attempts: [Int: Attempt] = [:]
    for lane in lanes {
      for (index, attempt) in lane.attempts {
        if attempt.isComplete || main.watch.reason != nil { attempts[index] = attempt } else { attempt.free() }
      }
      lane.attempts = [:]
    }
    return attempts
  }

  private func search(
    _ index: Int, _ rigid: RigidValuation, _ reduction: Reduction, _ judging: Judging, _ totals: Totals, _ search: Search
  ) -> Attempt {
    let most = Self.slack * main.tuning.teamBytes
    search.watch.isDismissed = { [unowned self] phase in
      phase.store.bytes > most || index > last.load(ordering: .relaxed)
    }
    search.recorder = main.recorder == nil ? nil : Recorder(workers: 1)
    var isPlain = false
    let result = Result<Search.Result, any Error> {
      var result = try search.explore(rigid, judging, totals, reducing: reduction)
      isPlain = result.isComplete && result.event == nil
      if result.event == nil, let log = result.log {
        search.free(log)
        result.log = nil
      }
      return result
    }
    search.watch.isDismissed = nil
    if !isPlain { last.min(index, ordering: .relaxed) }
    return Attempt(result: result, reduction: reduction, search: search, totals: totals, recorder: search.recorder)
  }
}
