import SimRuntime
import Spec

/// One worker's walks: a state, all its edges in the order of their numbers, one of them by the walk's own random stream.
///
/// In: a ground and a walk's number. Out: what it met, if anything, and counts. The source is asked for all edges of a state,
/// not for one that is enabled, because the choice must be uniform over those that are, and because each is judged on the way.
final class Walker {
  private let ground: WalkGround
  private let book: WalkBook
  private let judging: Judging
  private let seed: UInt64
  private let steps: Int
  /// Judges the states of the first walks, for coverage.
  private let probe: CoverageProbe?
  private let judgedWalks: Int
  private let source: any SuccessorSource
  private let scratch: Scratch
  private let words: Int
  private let deadlockAllowed: Bool
  private var successors: LabelledBuffer
  private let state: UnsafeMutablePointer<UInt64>
  private let mark: UnsafeMutablePointer<ParentMark>
  private let mask: UnsafeMutablePointer<PropertySet>
  private var labels: [UInt32] = []
  /// Without the covers that earlier walks have reached.
  private var looking: Judging
  private var changesSeen = -1

  init(_ ground: WalkGround, _ book: WalkBook, _ simulation: Simulation, _ probe: CoverageProbe?) {
    self.ground = ground
    self.book = book
    seed = simulation.seed
    steps = simulation.steps
    self.probe = probe
    let cost = (probe?.cost ?? 1) * Double(steps)
    judgedWalks = max(1, Int(Double(simulation.coverageBudget) / cost))
    source = ground.source
    let model = source.instance.model
    judging = Judging(.all, model)
    looking = judging
    deadlockAllowed = model.deadlockAllowed
    scratch = source.makeScratch()
    words = source.layout.wordsPerState
    successors = LabelledBuffer(words: words, capacity: 256)
    state = .allocate(capacity: max(words, 1))
    mark = .allocate(capacity: 1)
    mark.initialize(to: ParentMark())
    mask = .allocate(capacity: 1)
    mask.initialize(to: [])
  }

  deinit {
    state.deallocate()
    mark.deallocate()
    mask.deallocate()
  }

  func walk(_ number: Int, _ tally: inout WalkTally) -> WalkEnd? {
    var random = SplitMix64(seed: seed, walk: number)
    let choice = random.below(ground.choices)
    tally.walks += 1
    let beginning: WalkGround.Beginning
    do throws(SpecError) {
      beginning = try ground.beginning(choice)
    } catch {
      return WalkEnd(walk: number, what: .beginning(error), choice: choice, initial: [], labels: [])
    }
    guard beginning.count > 0 else { return nil }
    forgetReached(before: number)
    let first = random.below(beginning.count) * words
    for word in 0..<words { state[word] = beginning.states[first + word] }
    labels.removeAll(keepingCapacity: true)

    func end(_ kind: Event.Kind) -> WalkEnd {
      WalkEnd(
        walk: number, what: .event(kind), choice: choice, initial: Array(beginning.states[first..<(first + words)]),
        labels: labels)
    }
    while true {
      tally.visits += 1
      if let probe, number < judgedWalks { judge(probe, beginning.rigid, &tally) }
      if isEvent(beginning.rigid, number) { return end(.state) }
      guard labels.count < steps, labels.count & 63 != 63 || !book.isStopped else { return nil }
      expand(beginning.rigid, &tally)
      let found = mark.pointee.broken.intersection(judging.events)
      if found.contains(.deadlock) && !deadlockAllowed { return end(.deadlock) }
      if !found.subtracting(.deadlock).isEmpty,
        judging.confirms(found, edgesOf: source.layout.unpack(state), Evaluator(source.instance), beginning.rigid.valuation)
      {
        return end(.edge)
      }
      guard successors.count > 0 else { return nil }
      take(random.below(successors.count), &tally)
    }
  }

  private func judge(_ probe: CoverageProbe, _ rigid: PackedRigid, _ tally: inout WalkTally) {
    guard var coverage = tally.coverage else { return }
    tally.coverage = nil
    probe.judge(source.layout.unpack(state), rigid.valuation, into: &coverage)
    tally.coverage = coverage
  }

  private var batch: StateBatch { StateBatch(base: UnsafePointer(state), count: 1, words: words) }

  private func forgetReached(before number: Int) {
    if judging.covers.isEmpty { return }
    let changes = book.coverChanges
    // Walks of one walker rise, so what was reached before the last one was reached before this one.
    guard changes != changesSeen || !looking.covers.isEmpty else { return }
    changesSeen = changes
    looking = judging.without(book.covers(before: number))
  }

  /// Judges the state: whether it is an event; covers are noted.
  private func isEvent(_ rigid: PackedRigid, _ number: Int) -> Bool {
    if looking.states.isEmpty { return false }
    source.judge(batch, rigid, judging: looking.states, into: mask, scratch)
    let found = mask.pointee
    if found.isEmpty { return false }
    if looking.sharesLastBit && found.contains(Judging.lastBit) {
      let (isEvent, covers) = looking.resolve(source.layout.unpack(state), Evaluator(source.instance), rigid.valuation)
      for cover in covers { book.reached(cover, walk: number, steps: labels.count) }
      return isEvent
    }
    for cover in looking.covers where found.contains(.property(cover)) {
      book.reached(cover, walk: number, steps: labels.count)
      looking = looking.without([cover])
    }
    return !found.isDisjoint(with: looking.events)
  }

  /// All edges of the state; counts the instances that are enabled. An instance that is a spec error is counted nowhere: the
  /// walk ends there.
  private func expand(_ rigid: PackedRigid, _ tally: inout WalkTally) {
    successors.removeAll()
    let expansion = source.expandLabelled(batch, rigid, judging: judging.edges, into: &successors, marks: mark, scratch)
    precondition(expansion.consumed == 1, "a buffer that cannot hold one parent's successors grows")
    ground.numbering.forEachAction(of: successors) { action, instances in tally.enabled[action] += UInt64(instances) }
  }

  private func take(_ index: Int, _ tally: inout WalkTally) {
    let label = successors.labels[index]
    tally.taken[ground.numbering.action(Int(label))] += 1
    labels.append(label)
    state.update(from: successors.states[index], count: words)
  }
}
