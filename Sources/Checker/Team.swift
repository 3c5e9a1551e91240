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
/// Each thread has its own lane, and looks at nothing of another. Who finds no valuation left says so: the others leave their searches off
/// before the next layer, and all threads together go on with one after the other: valuations need not be of one size.
final class Team: @unchecked Sendable {
  /// What one valuation gave.
  struct Attempt {
    let result: Result<Search.Result, any Error>
    let reduction: Reduction
    /// Still holds what it found, if there is an event: a trace begins there.
    let search: Search
    let totals: Totals
    let recorder: Recorder?
    /// By the team: before what earlier valuations gave was known.
    let isAhead: Bool

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
    /// What is searched, until it is an attempt.
    var task: Task?

    init(_ search: Search) { self.search = search }
  }

  private struct Task {
    let index: Int
    let reduction: Reduction
    let totals: Totals
  }

  private let main: Search
  private var lanes: [Lane] = []
  private let next = Atomic(0)
  /// Somebody has nothing left to do.
  private let isIdle = Atomic(false)
  /// Searches that all threads together went on with.
  private(set) var joined = 0
  /// Valuations after this one are not wanted from the team.
  private let last = Atomic(Int.max)

  /// A table may become so many times what is small before the team gives the valuation up.
  private static let slack = 4
  /// Valuations at a time, so that what is kept of them is not much.
  static let stretch = 256

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
    isIdle.store(lanes.count < main.pool.count, ordering: .relaxed)
    let before = main.watch.valuation
    main.pool.run(workers: lanes.count) { [self] worker in
      let lane = lanes[worker]
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < orbits.endIndex, index <= last.load(ordering: .relaxed) else {
          isIdle.store(true, ordering: .relaxed)
          return
        }
        lane.search.watch.valuation = before + Int(orbits[..<index].reduce(0) { $0 + $1.size })
        let task = Task(index: index, reduction: reductions[index - orbits.startIndex], totals: Totals(within: whole))
        if !search(task, orbits[index].representative, judging, lane) { return }
      }
    }
    for lane in lanes.sorted(by: { $0.task?.index ?? 0 < $1.task?.index ?? 0 }) {
      guard let task = lane.task else { continue }
      joined += 1
      let watch = lane.search.watch
      let reports = watch.reports
      watch.reports = true
      // However large the table gets, all threads are there now. An event in an earlier one ends it at once.
      watch.isDismissed = { [unowned self] _ in task.index > last.load(ordering: .relaxed) }
      lane.search.leavesOff = nil
      finish(lane, Result { try lane.search.goOn(with: main) })
      watch.reports = reports
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

  /// False if it is left off.
  private func search(_ task: Task, _ rigid: RigidValuation, _ judging: Judging, _ lane: Lane) -> Bool {
    let most = Self.slack * main.tuning.teamBytes
    let search = lane.search
    search.watch.isDismissed = { [unowned self] phase in
      phase.store.bytes > most || task.index > last.load(ordering: .relaxed)
    }
    let least = main.tuning.leavesFrom ?? 8 * search.chunkStates
    search.leavesOff = { [unowned self] states in states >= least && isIdle.load(ordering: .relaxed) }
    search.recorder = main.recorder == nil ? nil : Recorder(workers: 1)
    lane.task = task
    let result = Result { try search.explore(rigid, judging, task.totals, reducing: task.reduction) }
    if search.hasLeftOff { return false }
    finish(lane, result)
    return true
  }

  private func finish(_ lane: Lane, _ found: Result<Search.Result, any Error>) {
    guard let task = lane.task else { return }
    lane.task = nil
    let search = lane.search
    var isPlain = false
    let result = found.map { found in
      var result = found
      isPlain = result.isComplete && result.event == nil
      if result.event == nil, let log = result.log {
        search.free(log)
        result.log = nil
      }
      return result
    }
    search.watch.isDismissed = nil
    search.leavesOff = nil
    if !isPlain { last.min(task.index, ordering: .relaxed) }
    lane.attempts[task.index] = Attempt(
      result: result, reduction: task.reduction, search: search, totals: task.totals, recorder: search.recorder, isAhead: true)
  }
}
