import Foundation
import SimRuntime
import Spec
import Testing

@testable import Checker

/// A layer goes on until no worker is in the middle of something.
@Suite struct MidwayTests {
  /// What two threads that sweep come to: the first found nothing more and ended, the second stopped for growth with the successors of its last
  /// parents in hand. The layer has no chunks left then, and for that nobody but the first worker used to be woken, for ever.
  @Test(arguments: [CheckOptions.StoreForm.fast, .compact])
  func `a layer ends when only its last worker has successors left to insert`(
    _ form: CheckOptions.StoreForm
  ) throws {
    let instance = try instance(counters(3, 4))
    let counted = inTime(60) {
      let source = try ReferenceSourceForTests(instance)
      let options = CheckOptions.with(threads: 3) { $0.tuning.tableSlots = 4 }
      guard let search = Search(source, Watch(options, Cancellation(), { _ in }), threads: 3, options.tuning, store: form) else {
        return -1
      }
      let course = Course(
        depth: 0, rigid: RigidValuation(constants: []), judging: Judging(.all, instance.model), totals: Totals(),
        reduction: .none, maxDepth: .max, journal: nil)
      var found = StateBuffer(words: source.layout.wordsPerState, capacity: 1)
      try source.initialStates(course.rigid, into: &found)
      search.workers[2].receive(found)
      let layer = Layer([])
      guard layer.isSwept, search.workers[2].isMidway, try search.runLayer(layer, course) else { return -1 }
      for worker in search.workers { worker.forget(search.memory) }
      return search.workers.contains(where: \.isMidway) ? -1 : Int(course.totals.states)
    }
    #expect(counted == 1)
  }

  /// What `body` gives; nil if it fails or does not come to its end, and then its thread is left behind.
  private func inTime(_ seconds: Double, _ body: @escaping @Sendable () throws -> Int) -> Int? {
    let result = Box()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      result.value = try? body()
      done.signal()
    }
    thread.stackSize = 64 << 20
    thread.start()
    return done.wait(timeout: .now() + seconds) == .success ? result.value : nil
  }

  private final class Box: @unchecked Sendable { var value: Int? }
}
