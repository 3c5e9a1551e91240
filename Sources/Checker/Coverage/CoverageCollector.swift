import SimRuntime
import Spec
import Synchronization

/// Coverage of an exhaustive search: every expanded state is expanded once more with the numbers of its action instances, which
/// makes the counts of actions exact, and guards and antecedents are judged by the evaluator, on every state while there are few
/// and on a sample beyond.
///
/// The sample depends on the states alone, not on who expands them: a layer of n states is judged where a hash of the packed state is
/// a multiple of the layer's stride, which is set before the layer is begun.
final class CoverageCollector {
  let workers: [CoverageWorker]
  private let probe: CoverageProbe
  /// Elementary evaluations that may yet be spent.
  private var budget: Double
  /// Even where nothing is left, of each layer about this many states.
  private static let least = 16

  init(_ instance: Instance, workers: Int, budget: Int) {
    probe = CoverageProbe(instance, CoverageSites(instance.model))
    self.budget = Double(budget)
    let probe = probe
    self.workers = (0..<workers).map { _ in CoverageWorker(probe) }
  }

  /// Before a layer's states are expanded.
  func begin(layer states: Int) {
    var stride = 1
    if Double(states) * probe.cost > budget {
      let share = max(Int(budget / 2 / probe.cost), Self.least)
      stride = max(1, (states + share - 1) / share)
    }
    budget = max(0, budget - Double(states / stride) * probe.cost)
    for worker in workers { worker.stride = UInt64(stride) }
  }

  func coverage(_ extent: Coverage.Extent) -> Coverage {
    var coverage = Coverage(
      probe.sites, extent, enabled: [UInt64](repeating: 0, count: workers.first?.enabled.count ?? 0),
      tally: CoverageTally(probe.sites))
    for worker in workers {
      for action in coverage.enabled.indices {
        coverage.enabled[action] = coverage.enabled[action].saturatingSum(worker.enabled[action])
      }
      coverage.states += worker.states
      coverage.tally.add(worker.tally)
    }
    return coverage
  }
}

/// One worker's share.
final class CoverageWorker: @unchecked Sendable {
  private let probe: CoverageProbe
  fileprivate(set) var stride: UInt64 = 1
  private(set) var enabled: [UInt64]
  private(set) var states: UInt64 = 0
  private(set) var tally: CoverageTally
  private var expansion: LabelledExpansion?

  fileprivate init(_ probe: CoverageProbe) {
    self.probe = probe
    enabled = [UInt64](repeating: 0, count: probe.actionCount)
    tally = CoverageTally(probe.sites)
  }

  /// States that were expanded. `sizes`: of their orbits, nil where each stands for itself.
  func observe(_ parents: StateBatch, _ sizes: UnsafePointer<UInt64>?, _ phase: Phase) {
    if expansion?.name != phase.source.name { expansion = LabelledExpansion(phase.source) }
    let weight = phase.reduction.weight
    for index in 0..<parents.count {
      let parent = StateBatch(base: parents[index], count: 1, words: parents.words)
      let stands = (sizes?[index] ?? 1).saturatingProduct(weight)
      expansion?.count(parent, phase.rigid, weight: stands, into: &enabled)
      states += 1
      guard Self.hash(parent) % stride == 0 else { continue }
      probe.judge(phase.source.layout.unpack(parents[index]), phase.rigid.valuation, weight: stands, into: &tally)
    }
  }

  private static func hash(_ state: StateBatch) -> UInt64 {
    var hash: UInt64 = 0
    for word in 0..<state.words {
      var mix = SplitMix64(state: hash ^ state.base[word])
      hash = mix.next()
    }
    return hash
  }
}

/// Counts the enabled instances of each action in a state.
final class LabelledExpansion {
  let name: String
  private let source: any SuccessorSource
  private let numbering: ActionNumbering?
  private let scratch: Scratch
  private var successors: LabelledBuffer
  private let mark: UnsafeMutablePointer<ParentMark>

  init(_ source: any SuccessorSource) {
    name = source.name
    self.source = source
    numbering = source.isLabelled ? ActionNumbering(source.instance) : nil
    scratch = source.makeScratch()
    successors = LabelledBuffer(words: source.layout.wordsPerState, capacity: 1024)
    mark = .allocate(capacity: 1)
    mark.initialize(to: ParentMark())
  }

  deinit { mark.deallocate() }

  func count(_ parent: StateBatch, _ rigid: PackedRigid, weight: UInt64, into enabled: inout [UInt64]) {
    guard let numbering else { return countByEvaluator(parent, rigid, weight: weight, into: &enabled) }
    successors.removeAll()
    let found = source.expandLabelled(parent, rigid, judging: [], into: &successors, marks: mark, scratch)
    // Instances that end in a spec error have no successor: the evaluator knows which they are.
    if found.transitions != UInt64(successors.count) {
      return countByEvaluator(parent, rigid, weight: weight, into: &enabled)
    }
    numbering.forEachAction(of: successors) { action, instances in
      enabled[action] = enabled[action].saturatingSum(UInt64(instances).saturatingProduct(weight))
    }
  }

  private func countByEvaluator(_ parent: StateBatch, _ rigid: PackedRigid, weight: UInt64, into enabled: inout [UInt64]) {
    let evaluator = Evaluator(source.instance)
    for edge in evaluator.successors(of: source.layout.unpack(parent.base), rigid.valuation) {
      enabled[edge.instance.action] = enabled[edge.instance.action].saturatingSum(weight)
    }
  }
}

extension ActionNumbering {
  /// The edges of one state rise by number, so those of an action stand together.
  func forEachAction(of edges: borrowing LabelledBuffer, _ body: (ActionID, Int) -> Void) {
    var action = 0
    var begun = 0
    for index in 0..<edges.count {
      let label = Int(edges.labels[index])
      guard action + 1 < firstNumber.count, firstNumber[action + 1] <= label else { continue }
      if index > begun { body(action, index - begun) }
      begun = index
      repeat { action += 1 } while action + 1 < firstNumber.count && firstNumber[action + 1] <= label
    }
    if edges.count > begun { body(action, edges.count - begun) }
  }
}
