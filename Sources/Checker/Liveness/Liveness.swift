import SimRuntime
import Spec

/// Judges temporal properties under one rigid valuation: graph, atoms, automata, fair components, lasso.
///
/// A run is an infinite path of the graph; in a deadlock it stutters. It is fair if it treats every fair action fairly. A property
/// holds if every fair run satisfies it, so its negation's automaton is searched for a fair run that it accepts.
struct Liveness {
  struct Found {
    var broken: Broken
    var trace: Trace
    var explanation: Explanation?
  }

  enum Outcome {
    case holds
    /// True whatever the graph, which was not built.
    case trivial
    case violated(Found)
    case undecided(String)
  }

  struct Result {
    var outcome: Outcome
    var states: UInt64 = 0
    var edges = 0
    var transitions: UInt64 = 0
    var depth = 0
  }

  let search: Search
  /// Indices into `Model.properties`.
  let properties: [Int]
  let before: UInt64
  /// Only whether the atoms are defined in every state.
  let errorsAlone: Bool
  /// Of conjuncts that differ by a renaming, only one is judged.
  let usesSymmetry: Bool
  /// Nobody needs the graph's counts.
  let skipsTrivial: Bool

  private var instance: Instance { search.source.instance }
  private var watch: Watch { search.watch }
  private var memory: MemoryGauge { search.memory }

  /// Throws a spec error in what reads no state: there is no trace to show.
  func judge(_ rigid: RigidValuation) throws -> Result {
    guard search.source.isLabelled, let numbering = ActionNumbering(instance) else {
      return Result(outcome: .undecided("temporal properties need numbered action instances, of which there are too many"))
    }
    let evaluator = Evaluator(instance)
    let expansions = try properties.map { property throws(SpecError) in try TemporalExpansion(property, evaluator, rigid) }
    // Under its policies a property may say nothing: then the graph is not worth its memory.
    if skipsTrivial && expansions.allSatisfy({ $0.conjuncts.isEmpty && $0.atoms.isEmpty }) { return Result(outcome: .trivial) }
    let classes = FairClasses(instance, numbering)
    let builder = GraphBuilder(search: search, classes: classes, before: before)
    let built = try builder.build(rigid)
    var result = Result(outcome: .undecided(watch.reasonText))
    result.states = UInt64(built.states)
    result.edges = built.graph.edgeCount
    result.transitions = built.transitions
    result.depth = built.depth
    let lasso = LassoTrace(
      instance: instance, rigid: rigid, layout: search.source.layout, graph: built.graph, numbering: numbering)
    switch built.outcome {
    case .stopped: return result
    case .error:
      if let found = try lasso.errorAfter(built.graph.count, memory) { result.outcome = .violated(found) }
      return result
    case .complete: break
    }
    for (property, expansion) in zip(properties, expansions) {
      result.outcome = try judge(property, expansion, built.graph, lasso)
      guard case .holds = result.outcome else { break }
    }
    return result
  }

  private func judge(
    _ property: Int, _ expansion: TemporalExpansion, _ graph: StateGraph, _ lasso: LassoTrace
  ) throws -> Outcome {
    let truth: AtomTruth?
    do {
      truth = try AtomJudge(search: search, graph: graph, rigid: lasso.rigid).truth(expansion.atoms)
    } catch let error as AtomError {
      guard let found = try lasso.error(error.error, at: error.state, memory) else { return .undecided(watch.reasonText) }
      return .violated(found)
    }
    guard let truth else { return .undecided(watch.reasonText) }
    if errorsAlone { return .holds }
    let orbits = ConjunctOrbits(instance, usesSymmetry ? SymmetryGroup(instance, lasso.rigid) : .trivial(instance))
    for conjunct in orbits.representatives(of: expansion.conjuncts) {
      let outcome = try judge(property, conjunct, expansion.pool, graph, truth, lasso)
      guard case .holds = outcome else { return outcome }
    }
    return .holds
  }

  private func judge(
    _ property: Int, _ conjunct: TemporalExpansion.Conjunct, _ pool: FormulaPool, _ graph: StateGraph, _ truth: AtomTruth,
    _ lasso: LassoTrace
  ) throws -> Outcome {
    var pool = pool
    let automaton: BuchiAutomaton
    do throws(Translation.TooLarge) {
      automaton = try Translation.automaton(pool.negation(conjunct.formula), pool)
    } catch {
      return .undecided("\(instance.model.properties[property].name): \(error.reason)")
    }
    guard let product = Product(graph, automaton, truth) else {
      return .undecided("the graph times the automaton has more than \(StateGraph.stateLimit) nodes")
    }
    guard let components = FairComponents(product, memory, watch) else { return .undecided(watch.reasonText) }
    if components.isEmpty { return .holds }
    watch.isTracing = true
    defer { watch.isTracing = false }
    guard let path = try LassoFinder(product, components, memory, watch).path() else {
      return .undecided("there is a violation, but its trace could not be completed: \(watch.reasonText)")
    }
    return .violated(try lasso.violation(of: property, path, conjunct))
  }
}
