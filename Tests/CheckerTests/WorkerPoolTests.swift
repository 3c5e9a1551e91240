import Testing

@testable import Checker

/// The barrier between layers.
@Suite struct WorkerPoolTests {
  /// More than there are processors, too: then nobody looks before sleeping.
  @Test(arguments: [1, 2, 3, 8]) func `each worker runs each task once, and all are done when it returns`(threads: Int) {
    let pool = WorkerPool(count: threads)
    defer { pool.close() }
    let runs = Counts(threads)
    for round in 1...2_000 {
      // Some work, so that now this worker is last and now that one.
      pool.run(workers: threads) { worker in
        var product = 1
        for step in 0..<(worker * round) % 301 { product = product &* 31 &+ step }
        runs[worker] += product == 0 ? 2 : 1
      }
      guard (0..<threads).allSatisfy({ runs[$0] == round }) else {
        Issue.record("after \(round) rounds: \((0..<threads).map { runs[$0] })")
        return
      }
    }
  }

  @Test func `fewer workers than threads leave the others idle`() {
    let pool = WorkerPool(count: 4)
    defer { pool.close() }
    for workers in [1, 2, 4, 9] {
      let ran = Counts(4)
      pool.run(workers: workers) { ran[$0] += 1 }
      #expect((0..<4).allSatisfy { ran[$0] == ($0 < workers ? 1 : 0) })
    }
  }

  /// Some microseconds of looking must not keep a pool that has slept from waking.
  @Test func `workers that have gone to sleep wake up`() async throws {
    let pool = WorkerPool(count: 2)
    defer { pool.close() }
    let ran = Counts(2)
    for _ in 0..<5 {
      try await Task.sleep(for: .milliseconds(20))
      pool.run(workers: 2) { ran[$0] += 1 }
    }
    #expect(ran.sum == 10)
  }
}

/// A count a worker, in plain memory: what a worker wrote must be seen by whoever waited for it.
final class Counts: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Int>
  private let count: Int
  init(_ count: Int) {
    self.count = count
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
  }
  deinit { base.deallocate() }
  subscript(_ index: Int) -> Int {
    get { base[index] }
    set { base[index] = newValue }
  }
  var sum: Int { (0..<count).reduce(0) { $0 + base[$1] } }
}
