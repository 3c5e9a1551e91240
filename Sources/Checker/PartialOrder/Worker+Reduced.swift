import SimRuntime

/// A worker's part of a search under partial order reduction: the same as `work`, a parent at a time.
extension Worker {
  func workReduced(_ phase: Phase, _ reduced: ReducedExpansion) {
    while phase.layer.stop.isEmpty, let parent = claimed(phase)?.prefix(1) {
      profile?.lap(.other)
      var expansion = Expansion()
      let outcome = reduced.expand(
        parent, phase, made: phase.made, into: &successors, mark: marks, scratch, &expansion)
      // All of them at once, or none: otherwise it would be lost whether one was new.
      guard reserve(waiting, phase) else {
        successors.removeAll()
        return
      }
      profile?.expanded(expansion, successors: successors.count)
      if phase.made == nil {
        countTransitions(expansion, parent, phase)
        if !expansion.broken.isDisjoint(with: phase.judging.events) { noteMarks(parent, phase) }
      }
      let before = next.count
      guard insertSuccessors(phase, steps: phase.depth + 1) else { return }
      note(outcome, parent, madeNew: next.count > before, phase)
      advance(by: 1, phase)
      if chunk == nil { flush(phase) }
      if index == 0 { phase.watch.poll(phase) }
    }
  }

  private func note(_ outcome: ReducedExpansion.Outcome, _ parent: StateBatch, madeNew: Bool, _ phase: Phase) {
    switch outcome {
    case .open where !madeNew:
      undecided.append(parent[0], 1, words: words, chunkStates: phase.chunkStates, phase.memory)
    case .open(let skipped), .done(let skipped):
      reductions.expanded += 1
      reductions.reduced += skipped > 0 ? 1 : 0
      reductions.skipped += skipped
    case .contradiction: isContradicted = true
    }
  }

  /// Credit for `n` insertions; false, with growth asked for, if the table must grow first.
  private func reserve(_ n: Int, _ phase: Phase) -> Bool {
    if credit < n { credit += phase.store.takeCredit(n - credit) }
    if credit >= n { return true }
    phase.layer.ask(.growth)
    return false
  }
}
