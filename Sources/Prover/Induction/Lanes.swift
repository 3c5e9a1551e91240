/// One induction by several threads. In: how many lanes. Out: every lane gets every result, whoever worked it out.
///
/// Terms and Z3's contexts belong to one thread, and no term is handed from one to another. So each lane does the whole run by itself
/// (stating it costs a few percent of solving it), except that of what is to be solved it solves its own part, and takes the
/// findings of the rest from the others, who meet after every round. All lanes see the same findings, and so do the same next.
import Foundation
import Spec

/// A run's place among those that share its work.
final class Lane {
  private let index: Int
  /// nil: the only one.
  private let exchange: Exchange?
  /// The run was told to stop before the last meeting. All lanes know it at the same time, or one would wait for another for ever.
  private(set) var isStopped = false

  var count: Int { exchange?.count ?? 1 }

  /// All the work is its own.
  init() { (index, exchange) = (0, nil) }

  init(_ index: Int, of exchange: Exchange) {
    self.index = index
    self.exchange = exchange
  }

  /// A result for each of the names; `work` is called for this lane's own, in their order.
  ///
  /// Lanes agree on what stands where because they state the same spec. That is not taken on trust: what another lane found is only
  /// taken for what bears the same name here.
  func share<Result: Sendable>(
    _ names: [String], isStopped: @autoclosure () -> Bool, _ work: (Int) -> Result
  ) -> [Result] {
    guard let exchange else {
      let results = names.indices.map(work)
      self.isStopped = isStopped()
      return results
    }
    var own: [Int: Shared] = [:]
    for place in stride(from: index, to: names.count, by: count) { own[place] = Shared(name: names[place], result: work(place)) }
    let met = exchange.meet(own, isStopped: isStopped())
    self.isStopped = met.isStopped
    return names.indices.map { place in
      // What a lane that is gone has left undone is done by all others.
      guard let shared = met.results[place], shared.name == names[place], let result = shared.result as? Result else {
        return work(place)
      }
      return result
    }
  }

  /// Before its end: the others wait for it no longer.
  func leave() { exchange?.leave() }
}

fileprivate struct Shared: Sendable {
  var name: String
  var result: any Sendable
}

/// Where lanes wait for each other.
final class Exchange: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  /// Lanes that have not ended.
  private var running: Int
  private var arrived = 0
  private var meetings = 0
  /// Of the meeting that lanes are arriving at; of the last one.
  private var (gathered, published): ([Int: Shared], [Int: Shared]) = ([:], [:])
  private var (isStopping, wasStopped) = (false, false)

  init(_ count: Int) { (self.count, running) = (count, count) }

  fileprivate func meet(_ results: [Int: Shared], isStopped: Bool) -> (results: [Int: Shared], isStopped: Bool) {
    condition.lock()
    defer { condition.unlock() }
    gathered.merge(results) { first, _ in first }
    isStopping = isStopping || isStopped
    arrived += 1
    let meeting = meetings
    publishIfComplete()
    while meetings == meeting { condition.wait() }
    return (published, wasStopped)
  }

  func leave() {
    condition.lock()
    defer { condition.unlock() }
    running -= 1
    publishIfComplete()
  }

  /// The next meeting cannot be complete before the last lane has come from this one.
  private func publishIfComplete() {
    guard arrived > 0, arrived == running else { return }
    (published, gathered) = (gathered, [:])
    (wasStopped, arrived) = (isStopping, 0)
    meetings += 1
    condition.broadcast()
  }
}

extension InductionRun {
  /// A run of its own on each of so many threads; what the first found is what all found.
  static func solved(
    _ model: Model, policies: [Value], asked: [Int], established: [Int] = [], isFrugal: Bool, _ options: ProveOptions
  ) throws -> InductionRun {
    let lanes = max(1, options.threads)
    let exchange = Exchange(lanes)
    @Sendable func run(_ index: Int) throws -> InductionRun {
      let lane = lanes == 1 ? Lane() : Lane(index, of: exchange)
      defer { lane.leave() }
      let run = try InductionRun(
        model, policies: policies, asked: asked, established: established, isFrugal: isFrugal, options, lane: lane)
      run.run()
      return run
    }
    let others = (1..<lanes).map { index in LargeThread { _ = try? run(index) } }
    // A lane that has no thread is gone before it starts.
    for other in others where other == nil { exchange.leave() }
    defer { others.forEach { $0?.join() } }
    return try run(0)
  }
}
