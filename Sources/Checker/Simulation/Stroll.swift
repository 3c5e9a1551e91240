import Foundation
import SimRuntime
import Spec
import Synchronization

/// All walks of a simulation: blocks of them over a pool of workers, in the evaluator until native code is there.
final class Stroll {
  private let simulation: Simulation
  private let isOver: () -> Bool
  private let progress: (Int, String) -> Void
  private let book: WalkBook
  private let ground: Shared
  private let late: LateNative?
  private let probe: CoverageProbe?
  private let start = ContinuousClock.now
  private var lastProgress = ContinuousClock.now
  private(set) var notes: [String] = []

  /// The ground that workers take at the start of a block.
  private final class Shared: Sendable {
    let current: Mutex<WalkGround>
    init(_ ground: WalkGround) { current = Mutex(ground) }
  }

  init(
    _ simulation: Simulation, _ ground: WalkGround, _ isOver: @escaping () -> Bool, _ progress: @escaping (Int, String) -> Void
  ) {
    self.simulation = simulation
    self.isOver = isOver
    self.progress = progress
    self.ground = Shared(ground)
    probe = simulation.coverage ? CoverageProbe(simulation.instance, CoverageSites(simulation.instance.model)) : nil
    book = WalkBook(walks: simulation.walks, Self.empty(simulation, probe))
    late =
      simulation.useNative == .auto ? LateNative(ground.source.layout, .labelled, threads: simulation.threads, isOver) : nil
  }

  private static func empty(_ simulation: Simulation, _ probe: CoverageProbe?) -> WalkTally {
    WalkTally(actions: simulation.instance.model.actions.count, probe?.sites)
  }

  func coverage(_ tally: WalkTally) -> Coverage? {
    guard let probe, let judged = tally.coverage else { return nil }
    var coverage = Coverage(probe.sites, .walks, enabled: tally.enabled, tally: judged)
    coverage.taken = tally.taken
    coverage.states = tally.visits
    return coverage
  }

  var engine: String { ground.current.withLock { $0.source.name } }
  var isInterrupted: Bool { book.isStopped }

  func run() -> (tally: WalkTally, end: WalkEnd?, covers: [Int: Int]) {
    let pool = WorkerPool(count: simulation.threads)
    defer {
      pool.close()
      late?.cancel()
    }
    let (book, ground, simulation, probe) = (book, ground, simulation, probe)
    let empty = Self.empty(simulation, probe)
    // Only the first worker, which is this thread, looks after clock, progress and native code.
    let watch = WatchBox { self.watch() }
    pool.run(workers: pool.count) { index in
      var walker: Walker?
      var walkedOn: WalkGround?
      while let (block, walks) = book.claim() {
        let here = ground.current.withLock { $0 }
        if walkedOn !== here {
          walker = Walker(here, book, simulation, probe)
          walkedOn = here
        }
        var tally = empty
        var end: WalkEnd?
        for walk in walks where end == nil && book.needs(block) {
          end = walker?.walk(walk, &tally)
          if index == 0 { watch.look() }
        }
        book.finish(block, tally, end)
      }
    }
    if let note = late?.note { notes.append(note) }
    return book.result
  }

  private final class WatchBox: @unchecked Sendable {
    let look: () -> Void
    init(_ look: @escaping () -> Void) { self.look = look }
  }

  private func watch() {
    if isOver() { book.stop() }
    if let late, late.isReady, let better = late.take() { ground.current.withLock { $0 = $0.with(better) } }
    let now = ContinuousClock.now
    guard now - lastProgress > .milliseconds(200) else { return }
    lastProgress = now
    progress(book.walked, engine)
  }
}
