/// Property-directed search for an invariant. In: goals, atoms, sampled states. Out: clauses that carry the goals by induction, or why there are none.
///
/// Where a step leads out of the goals, the state before it is excluded, with everything that looks like it: its diagram, cut down to what keeps it apart from
/// the states that are reached. States that lead there are excluded first. A frame that excludes all that the next one does is an invariant
/// (UPDR: Karbyshev et al., CAV 2015). Diagrams are of the spec's own atoms, so a clause may say what no diagram of symbols says: `exists` where a guard does.
import Prover
import Spec

struct DirectedSearch {
  enum Ending {
    case inductive
    case stuck(String)
  }

  private let solver: FrameSolver
  private let diagrams: Diagrams
  private let samples: [(table: TruthTable, instance: Instance)]
  private let isOver: () -> Bool
  private let progress: (String) -> Void
  /// What is excluded, and up to which frame.
  private(set) var excluded: [(cube: Cube, frame: Int)] = []

  private struct Obligation {
    var cube: Cube
    var frame: Int
  }

  /// What ends a search that leads nowhere.
  private static let mostFrames = 40
  private static let mostObligations = 2000
  private var obligations = 0
  /// Frames so far.
  private(set) var frames = 0

  init(
    _ solver: FrameSolver, _ diagrams: Diagrams, _ samples: [(table: TruthTable, instance: Instance)],
    isOver: @escaping () -> Bool, progress: @escaping (String) -> Void
  ) {
    self.solver = solver
    self.diagrams = diagrams
    self.samples = samples
    self.isOver = isOver
    self.progress = progress
  }

  mutating func run() throws -> Ending {
    for last in 1...Self.mostFrames {
      frames = last
      while true {
        if isStopped { return .stuck("the search was stopped") }
        progress("frame \(last), \(excluded.count) clauses")
        switch try solver.badState(in: last) {
        case .blocked: break
        case .unknown: return .stuck("a step that may break the goal was neither excluded nor found")
        case .reached(let state):
          if let reason = try exclude(state, last) { return .stuck(reason) }
          continue
        }
        break
      }
      if try push(last) { return .inductive }
    }
    return .stuck("none of \(Self.mostFrames) frames was an invariant")
  }

  private var isStopped: Bool { isOver() || solver.isStopped || obligations > Self.mostObligations }

  /// Moves what is excluded on to later frames. Whether a frame then excludes all that the one after it does.
  private mutating func push(_ last: Int) throws -> Bool {
    for frame in 1...last {
      for index in excluded.indices where excluded[index].frame == frame {
        if isStopped { return false }
        guard case .blocked = try solver.predecessor(of: excluded[index].cube, from: frame, wantsState: false) else { continue }
        try solver.exclude(excluded[index].cube, upTo: frame + 1)
        excluded[index].frame = frame + 1
      }
      if !excluded.contains(where: { $0.frame == frame }) {
        excluded.removeAll { $0.frame <= frame }
        return true
      }
    }
    return false
  }

  /// Excludes a state from the frames up to one, and before it what leads there. The reason if that cannot be.
  private mutating func exclude(_ state: FrameSolver.Predecessor, _ frame: Int) throws -> String? {
    var open: [Obligation] = []
    func add(_ state: FrameSolver.Predecessor, _ frame: Int) -> String? {
      guard let cube = diagrams.cube(state.state, state.rigid, state.instance) else {
        return "there was too much to say of a state"
      }
      if Embedding(cube, diagrams.atoms).holds(inOneOf: samples) {
        return "a reachable state looked like one of them"
      }
      open.append(Obligation(cube: cube, frame: frame))
      return nil
    }
    if let reason = add(state, frame) { return reason }
    while let next = open.last {
      obligations += 1
      if isStopped { return "the search was stopped" }
      // From the initial states, in as many steps as there are open obligations, to one that breaks the goal: as far as diagrams can tell.
      if next.frame == 0 { return "an initial state looked like one of them" }
      switch try solver.predecessor(of: next.cube, from: next.frame - 1, wantsState: true) {
      case .unknown: return "a step was neither excluded nor found"
      case .reached(let earlier):
        if let reason = add(earlier, next.frame - 1) { return reason }
      case .blocked(let core):
        open.removeLast()
        guard let cube = try generalise(next.cube, core, next.frame) else { return "an initial state looked like one of them" }
        var upTo = next.frame
        while upTo < frame, case .blocked = try solver.predecessor(of: cube, from: upTo, wantsState: false) { upTo += 1 }
        try solver.exclude(cube, upTo: upTo)
        excluded.append((cube, upTo))
      }
    }
    return nil
  }

  // MARK: - Generalisation

  /// Fewer literals that are still excluded: first whole elements go, then one literal after the other. nil if an initial state is in the cube.
  private func generalise(_ cube: Cube, _ core: [Int], _ frame: Int) throws -> Cube? {
    guard case .blocked(let apart) = try solver.initially(cube) else { return nil }
    var best = cube.keeping(Set(core + apart).sorted())
    // A core is of the whole cube: outside of less, more states lead in.
    if try isExcluded(&best, frame) == false { best = cube }
    for element in cube.types.indices.reversed() {
      if isStopped { return best.compact }
      let kept = best.literals.indices.filter { !best.literals[$0].elements.contains(element) }
      if kept.count == best.literals.count || kept.isEmpty { continue }
      var fewer = best.keeping(kept)
      if try isExcluded(&fewer, frame) { best = fewer }
    }
    var settled: Set<Cube.Literal> = []
    while let index = best.literals.lastIndex(where: { !settled.contains($0) }), best.literals.count > 1, !isStopped {
      settled.insert(best.literals[index])
      var fewer = best.keeping(best.literals.indices.filter { $0 != index })
      if try isExcluded(&fewer, frame) { best = fewer }
    }
    return best.compact
  }

  /// Whether no sampled and no initial state is in the cube, and no step from outside leads in; then it is cut down to what that rests on.
  private func isExcluded(_ cube: inout Cube, _ frame: Int) throws -> Bool {
    if Embedding(cube, diagrams.atoms).holds(inOneOf: samples) { return false }
    guard case .blocked(let apart) = try solver.initially(cube),
      case .blocked(let core) = try solver.predecessor(of: cube, from: frame - 1, wantsState: false)
    else { return false }
    let kept = Set(apart + core).sorted()
    if kept.count < cube.literals.count, !kept.isEmpty {
      var fewer = cube.keeping(kept)
      // Outside of a smaller cube there is more: it has to be excluded again.
      if try isExcluded(&fewer, frame) { cube = fewer }
    }
    return true
  }
}
