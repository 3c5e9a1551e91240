/// What property-directed reachability asks a solver. In: a model, goals, and cubes that frames exclude. Out: whether a step leads from a frame into a cube, with the state
/// before it or with the literals that exclude it.
///
/// Frame 0 is the initial states; frame i holds every state that i steps reach (Bradley, VMCAI 2011; over diagrams: Karbyshev, Bjørner, Itzhaky, Rinetzky,
/// Shoham, CAV 2015). Steps are formulas over one state, so a cube after the step is one over the state before it. What excludes is an unbounded proof; a state
/// is looked for at small sizes, and the evaluator confirms its step.
import Spec

public final class FrameSolver {
  public struct Predecessor {
    public var instance: Instance
    public var rigid: RigidValuation
    public var state: State
  }

  public enum Answer {
    /// No step leads there: the literals that were used, as indices into the cube's.
    case blocked([Int])
    case reached(Predecessor)
    case unknown
  }

  private let theory: Theory
  private let engine: Engine
  private let policies: [Value]
  private let encoding: CubeEncoding
  private var store: TermStore { theory.store }
  private let initial: InitialFrame
  private var steps: [FrameStep] = []
  /// By frame: assumed where the frame is, or an earlier one.
  private var markers: [Term] = []
  private var tracked: [Term] = []
  private var excluded: [(negation: Term, frame: Int)] = []

  /// So much more a check may use once neither a proof nor a state was found.
  private static let patience: UInt32 = 10

  private struct InitialFrame {
    let solver: AssertingSolver
    let state: SymbolicState
    /// The initial states as a formula over the state before a step.
    let condition: Term
  }

  /// `invariants`: cubes that no reachable state is in, by induction. Throws if the spec has no sound encoding, or the goals none.
  public init(
    _ model: Model, policies: [Value], goals: [Int], atoms: [CubeAtom], invariants: [Cube],
    _ options: ProveOptions = ProveOptions()
  ) throws {
    let theory = try Theory(model, policies: policies)
    self.theory = theory
    engine = try Engine(theory.store, options)
    self.policies = policies
    encoding = CubeEncoding(theory, atoms)
    let store = theory.store
    let axioms = try theory.axioms().assertions.map(\.term)
    let start = try theory.initial()
    let equalities = try model.variables.indices.map {
      try theory.vocabulary.equal(theory.before.variables[$0], start.state.variables[$0], model.variables[$0].type)
    }
    initial = InitialFrame(
      solver: try AssertingSolver(theory, engine, axioms + start.assumptions.map(\.term)), state: start.state,
      condition: store.and(equalities + start.assumptions.map(\.term)))
    markers = [store.constant("frame.0", .bool)]
    let encoding = encoding
    func goal(in state: SymbolicState) throws -> Term {
      store.and(try goals.flatMap { try theory.invariant($0, in: state).conjuncts.map(\.term) })
    }
    let known = try invariants.map { try encoding.negation($0, in: theory.before, named: "pre") }
    let always = axioms + known + [try goal(in: theory.before), store.implies(markers[0], initial.condition)]
    var drafts: [(ActionID?, ActionTheory, Term, [Term])] = []
    for id in model.actions.indices {
      let action = try theory.action(id)
      let broken = store.not(try goal(in: action.after))
      let base = always + action.guards.map(\.term)
      drafts.append((id, action, broken, base))
      // Each site is under the guards before it: those after it may not be assumed.
      let wrong = store.not(store.and(action.sites.map(\.isFine)))
      if wrong != store.no { drafts.append((nil, action, wrong, always)) }
    }
    // A solver gets the facts about its symbols that there are by then: so after all actions are encoded.
    steps = try drafts.map { try FrameStep(theory, engine, id: $0, action: $1, target: $2, base: $3) }
  }

  public var isStopped: Bool { engine.isStopped }
  /// Z3's measure of the work so far.
  public var spent: UInt32 { engine.spent }

  /// No state of the frames up to `frame` is in the cube.
  public func exclude(_ cube: Cube, upTo frame: Int) throws {
    let negation = try encoding.negation(cube, in: theory.before, named: "pre")
    excluded.append((negation, frame))
    let guarded = store.implies(marker(frame), negation)
    for step in steps { try step.solver.assert(guarded) }
  }

  /// Whether some initial state is in the cube; `blocked` if none is.
  public func initially(_ cube: Cube) throws -> Answer {
    let literals = try encoding.literals(cube, in: initial.state, named: "init")
    guard let core = try initial.solver.core(of: literals, asserting: [], assuming: [], tracks: track) else { return .unknown }
    return .blocked(core)
  }

  /// Whether a step leads from the frame, outside of the cube, into the cube. `wantsState`: without, what is not excluded is unknown.
  public func predecessor(of cube: Cube, from frame: Int, wantsState: Bool) throws -> Answer {
    let outside = try encoding.negation(cube, in: theory.before, named: "pre")
    var used: Set<Int> = []
    for step in steps where step.id != nil {
      let literals = try encoding.literals(cube, in: step.action.after, named: "post.\(step.id ?? 0)")
      func core(patience: UInt32) throws -> [Int]? {
        try step.solver.core(
          of: literals, asserting: [outside], assuming: frames(from: frame), tracks: track, patience: patience)
      }
      if let core = try core(patience: 1) {
        used.formUnion(core)
        continue
      }
      guard wantsState else { return .unknown }
      if let found = try state(before: step, asserting: literals + [outside], from: frame) { return .reached(found) }
      guard let core = try core(patience: Self.patience) else { return .unknown }
      used.formUnion(core)
    }
    return .blocked(used.sorted())
  }

  /// A state of the frame from which a step breaks a goal, or is a spec error; `blocked` if there is none.
  public func badState(in frame: Int) throws -> Answer {
    for step in steps {
      func isExcluded(patience: UInt32) throws -> Bool {
        try step.solver.core(of: [], asserting: [step.target], assuming: frames(from: frame), tracks: track, patience: patience)
          != nil
      }
      if try isExcluded(patience: 1) { continue }
      if let found = try state(before: step, asserting: [step.target], from: frame) { return .reached(found) }
      guard try isExcluded(patience: Self.patience) else { return .unknown }
    }
    return .blocked([])
  }

  // MARK: - Frames as assumptions

  private func marker(_ frame: Int) -> Term {
    while markers.count <= frame { markers.append(store.constant("frame.\(markers.count)", .bool)) }
    return markers[frame]
  }

  /// What is excluded up to a later frame is so in an earlier one.
  private func frames(from frame: Int) -> [Term] {
    _ = marker(frame)
    return Array(markers[frame...])
  }

  private func track(_ index: Int) -> Term {
    while tracked.count <= index { tracked.append(store.constant("literal.\(tracked.count)", .bool)) }
    return tracked[index]
  }

  // MARK: - States

  /// The smallest state from which the step does what is asserted.
  private func state(before step: FrameStep, asserting terms: [Term], from frame: Int) throws -> Predecessor? {
    try SmallSizes.search(theory.vocabulary.sortTerms.count) { try attempt(step, terms, frame, $0) }
  }

  private func attempt(_ step: FrameStep, _ terms: [Term], _ frame: Int, _ sizes: [Int]) throws -> Predecessor? {
    if engine.isStopped { return nil }
    guard let finite = try step.finite(sizes, theory, engine) else { return nil }
    let conditions =
      frame == 0 ? [initial.condition] : excluded.filter { $0.frame >= frame }.map(\.negation)
    guard let model = try finite.model(of: terms + conditions) else { return nil }
    let extraction = try Extraction(model, theory, policies: policies, finite.grounding)
    guard let rigid = try? extraction.rigid(), let state = try? extraction.state(theory.before) else { return nil }
    let evaluator = Evaluator(extraction.instance)
    // The solver's model is a proposal: the evaluator has to see the step as well.
    guard (try? evaluator.allows(rigid)) == true else { return nil }
    if let id = step.id {
      guard let instance = try? extraction.action(id, step.action.arguments),
        (try? evaluator.step(instance, from: state, rigid)) != nil
      else { return nil }
    }
    return Predecessor(instance: extraction.instance, rigid: rigid, state: state)
  }
}
