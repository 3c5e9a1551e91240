import SimRuntime
import Spec
import Synchronization

/// What walks walk on: a labelled source, the choices of the constants, and the initial states under each, listed when first
/// needed. Shared by all workers; replaced as a whole when native code is ready.
final class WalkGround: Sendable {
  let source: any SuccessorSource
  let numbering: ActionNumbering
  private let rigids: [RigidValuation]
  private let known = Mutex<(beginnings: [Int: Beginning], words: Int)>(([:], 0))

  /// One choice of the constants, as the source reads it, and its initial states.
  final class Beginning: Sendable {
    let rigid: PackedRigid
    let states: [UInt64]
    let count: Int

    init(_ rigid: PackedRigid, _ states: [UInt64], count: Int) {
      self.rigid = rigid
      self.states = states
      self.count = count
    }
  }

  /// Initial states that are kept; where there are more, they are listed again.
  private static let keptWords = 1 << 22

  init(_ source: any SuccessorSource, _ numbering: ActionNumbering, _ rigids: [RigidValuation]) {
    self.source = source
    self.numbering = numbering
    self.rigids = rigids
  }

  var choices: Int { rigids.count }

  func with(_ source: any SuccessorSource) -> WalkGround { WalkGround(source, numbering, rigids) }

  func rigid(_ choice: Int) -> RigidValuation { rigids[choice] }

  func beginning(_ choice: Int) throws(SpecError) -> Beginning {
    if let beginning = known.withLock({ $0.beginnings[choice] }) { return beginning }
    // Two workers may list the same states at the same time, which is harmless.
    let words = source.layout.wordsPerState
    var states = StateBuffer(words: words, capacity: 16)
    try source.initialStates(rigids[choice], into: &states)
    let listed = Array(UnsafeBufferPointer(start: states.base, count: states.count * words))
    let beginning = Beginning(source.pack(rigids[choice]), listed, count: states.count)
    known.withLock { known in
      if known.words + listed.count > Self.keptWords { known = ([:], 0) }
      known.beginnings[choice] = beginning
      known.words += listed.count
    }
    return beginning
  }
}
