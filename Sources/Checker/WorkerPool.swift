import CNative
import Foundation
import Synchronization

/// Threads that run one task together and wait for each other: the barrier between layers.
///
/// Plain threads and not Swift tasks, because a worker computes for minutes without suspending, wants a large stack (the
/// evaluator recurses over expressions) and must not take the cooperative pool's threads away from others. Whoever waits looks some
/// microseconds before it sleeps: layers of small searches take less than a processor needs to wake up.
final class WorkerPool: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  private var task: (@Sendable (Int) -> Void)?
  // Changed under `condition`, but for `running` on its way down.
  private let round = Atomic(0)
  private let running = Atomic(0)
  private let closed = Atomic(false)
  /// How often to look before sleeping; not at all where threads must share processors.
  private let looks: Int
  private static let looks = 2000

  /// `count` workers; the first is the caller of `run`.
  init(count: Int) {
    self.count = max(count, 1)
    looks = count <= ProcessInfo.processInfo.activeProcessorCount ? Self.looks : 0
    for index in 1..<max(self.count, 1) {
      let thread = Thread { [self] in serve(index) }
      thread.stackSize = 256 << 20
      thread.start()
    }
  }

  /// Ends the threads. The pool cannot be used afterwards.
  func close() {
    condition.withLock {
      closed.store(true, ordering: .releasing)
      condition.broadcast()
    }
  }

  /// Runs `body` once in each of the first `workers` workers and returns when all are done.
  func run(workers: Int, _ body: @Sendable (Int) -> Void) {
    guard workers > 1, count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { body in
      let wanted = min(workers, count)
      condition.withLock {
        task = { if $0 < wanted { body($0) } }
        running.store(count - 1, ordering: .relaxed)
        round.add(1, ordering: .releasing)
        condition.broadcast()
      }
      body(0)
      look(for: { running.load(ordering: .acquiring) == 0 })
      condition.withLock {
        while running.load(ordering: .acquiring) > 0 { condition.wait() }
        task = nil
      }
    }
  }

  private func serve(_ index: Int) {
    var done = 0
    while let round = awaitRound(after: done) {
      done = round
      perform(index)
      if running.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { condition.withLock { condition.broadcast() } }
    }
  }

  /// Returns when it happened, or soon.
  private func look(for event: () -> Bool) {
    for _ in 0..<looks {
      if event() { return }
      kspec_pause()
    }
  }

  /// nil once the pool is closed.
  private func awaitRound(after done: Int) -> Int? {
    let isCalled = { [self] in round.load(ordering: .acquiring) != done || closed.load(ordering: .acquiring) }
    look(for: isCalled)
    return condition.withLock {
      while !isCalled() { condition.wait() }
      return closed.load(ordering: .acquiring) ? nil : round.load(ordering: .acquiring)
    }
  }

  /// A function of its own, so that no reference to the task is left when the round is reported as done.
  private func perform(_ index: Int) {
    let current = condition.withLock { task }
    current?(index)
  }
}
