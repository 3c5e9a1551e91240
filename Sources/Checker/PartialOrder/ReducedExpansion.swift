import SimRuntime
import Spec
import Synchronization

/// One worker's expansion of states by a stubborn set of their enabled instances.
///
/// Every edge of an expanded state is generated and judged (deadlock, spec errors); what is saved are the states that the edges not
/// followed would lead to.
///
/// **What is kept.** Let a run t1 … tn lead from an expanded state s to a state that breaks an invariant, reaches a cover, has a
/// deadlock or from which an instance is a spec error. Then such a state is expanded, by induction over n:
/// - Some ti is in the stubborn set T of s. The first such ti can go first, the others lead from there to the same end: a run that is
///   shorter by one, from a state that is followed.
/// - No ti is in T. If T has an enabled visible member, all visible instances are in T, so none of t1 … tn is visible: s itself is such
///   a state. Otherwise every enabled member of T can go first, and the same t1 … tn lead from there to an end which has the same property
///   values, since the member is invisible, and at which the same instance is an error, since nothing that it reads has changed (a
///   deadlock cannot occur here: members of T stay enabled). The run is no shorter, and following it might go round in a circle forever.
///
/// **The proviso.** So that it does not, T must contain an instance that leads to the next layer, to a state that is in none of the layers up
/// to this one: that one is taken in the second case, and as there are finitely many layers, the second case cannot go on forever
/// (Bošnački and Holzmann 2005, for breadth-first search). Otherwise s is expanded by its *attractor*: the least stubborn set that has all
/// visible instances as members (after Schmidt 1999). There the second case does not occur unless s is such a state itself, so it needs no
/// proviso: a run to a state judged otherwise than s has a visible step, and of a run to an error that instance, which is visible, is in T
/// and its guards and reads are as they were. Where everything is visible, that is a full expansion. Where the attractor has no enabled
/// member, nothing visible is ever enabled again: only a deadlock can follow, and any stubborn set with an enabled member keeps that.
///
/// "In none of the layers up to this one" does not depend on who inserts first, so neither does the reduced graph depend on threads. The
/// store only says who was first. So there are two passes: a parent of whose chosen successors one was new to the store at once is done;
/// the others wait until the layer is through, and are completed unless one of their chosen successors is in the layer made.
///
/// **Symmetry.** The argument holds of the quotient: properties do not tell renamed states apart, and a run from a state renamed is the run
/// renamed. Successors are asked for in the store after canonicalisation (Emerson, Jha, Peled 1997).
final class ReducedExpansion {
  private let order: PartialOrder
  private let stubborn: StubbornSet
  private let canonicalizer: Canonicalizer?
  private let canonicalScratch: CanonicalScratch?
  private var labelled: LabelledBuffer
  private var probe: StateBuffer
  /// Instances with a successor: those that lead elsewhere, and loops.
  private var moving: [Int] = []
  private var staying: [Int] = []

  /// nil if memory is refused.
  init?(_ order: PartialOrder, _ canonicalizer: Canonicalizer?, words: Int, room: Int) {
    self.order = order
    self.canonicalizer = canonicalizer
    canonicalScratch = canonicalizer?.makeScratch()
    if canonicalizer != nil && canonicalScratch == nil { return nil }
    stubborn = order.makeStubbornSet()
    labelled = LabelledBuffer(words: words, capacity: room)
    probe = StateBuffer(words: words, capacity: room)
  }

  /// How a parent was expanded.
  enum Outcome {
    /// The successors that are to be inserted are all that need be followed; how many are not.
    case done(skipped: UInt64)
    /// They are, if one of them is new.
    case open(skipped: UInt64)
    /// A successor has an instance that the analysis believes impossible: a fault of ours.
    case contradiction
  }

  /// Appends the successors of one parent that are to be inserted. `made`: the states of the next layer, in the second pass.
  func expand(
    _ parent: StateBatch, _ phase: Phase, made: LayerSet?, into successors: inout StateBuffer,
    mark: UnsafeMutablePointer<ParentMark>, _ scratch: Scratch, _ expansion: inout Expansion
  ) -> Outcome {
    labelled.removeAll()
    expansion = phase.source.expandLabelled(
      parent, phase.rigid, judging: phase.judging.edges, into: &labelled, marks: mark, scratch)
    moving.removeAll(keepingCapacity: true)
    staying.removeAll(keepingCapacity: true)
    for edge in 0..<labelled.count {
      let instance = instance(edge)
      if instance < 0 { return .contradiction }
      if isLoop(edge, parent) { staying.append(instance) } else { moving.append(instance) }
    }
    stubborn.choose(moving + staying, moving: moving.count, parent[0])
    let isOpen = stubborn.needsProviso && made == nil
    let isCompleted = stubborn.needsProviso && !(made.map { leads(into: $0) } ?? true)
    let followed = isCompleted ? stubborn.attractor : stubborn.chosen
    for edge in 0..<labelled.count where followed.contains(instance(edge)) && !isLoop(edge, parent) {
      successors.append(UnsafePointer(labelled.states[edge]))
    }
    // Instances that lead nowhere else need not be followed, whether chosen or not.
    let skipped = UInt64(moving.count { !followed.contains($0) })
    return isOpen ? .open(skipped: skipped) : .done(skipped: skipped)
  }

  private func instance(_ edge: Int) -> Int { Int(order.independence.index[Int(labelled.labels[edge])]) }

  private func isLoop(_ edge: Int, _ parent: StateBatch) -> Bool {
    for word in 0..<parent.words where labelled.states[edge][word] != parent[0][word] { return false }
    return true
  }

  /// Whether a chosen successor is in the layer made.
  private func leads(into made: LayerSet) -> Bool {
    if order.fault.contains(.skipsProviso) { return true }
    probe.removeAll()
    for edge in 0..<labelled.count where stubborn.chosen.contains(instance(edge)) {
      probe.append(UnsafePointer(labelled.states[edge]))
    }
    if let canonicalizer, let canonicalScratch, probe.count > 0 {
      canonicalizer.canonicalize(probe[0], probe.count, canonicalScratch)
    }
    return (0..<probe.count).contains { made.contains(UnsafePointer(probe[$0])) }
  }
}
