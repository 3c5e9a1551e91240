import Foundation

/// Threads that run one task together and wait for each other: the barrier between layers.
///
/// Plain threads and not Swift tasks, because a worker computes for minutes without suspending, wants a large stack (the
/// evaluator recurses over expressions) and must not take the cooperative pool's threads away from others.
final class WorkerPool: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  private var task: (@Sendable (Int) -> Void)?
  private var round = 0
  private var running = 0
  private var closed = false

  /// `count` workers; the first is the caller of `run`.
  init(count: Int) {
    self.count = max(count, 1)
    for index in 1..<max(self.count, 1) {
      let thread = Thread { [self] in serve(index) }
      thread.stackSize = 256 << 20
      thread.start()
    }
  }

  /// Ends the threads. The pool cannot be used afterwards.
  func close() {
    condition.withLock {
      closed = true
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
        round += 1
        running = count - 1
        condition.broadcast()
      }
      body(0)
      condition.withLock {
        while running > 0 { condition.wait() }
        task = nil
      }
    }
  }

  private func serve(_ index: Int) {
    var done = 0
    while let round = awaitRound(after: done) {
      done = round
      perform(index)
      condition.withLock {
        running -= 1
        if running == 0 { condition.broadcast() }
      }
    }
  }

  /// nil once the pool is closed.
  private func awaitRound(after done: Int) -> Int? {
    condition.withLock {
      while round == done && !closed { condition.wait() }
      return closed ? nil : round
    }
  }

  /// A function of its own, so that no reference to the task is left when the round is reported as done.
  private func perform(_ index: Int) {
    let current = condition.withLock { task }
    current?(index)
  }
}
