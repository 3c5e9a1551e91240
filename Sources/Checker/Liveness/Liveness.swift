import SimRuntime
import Spec
import Synchronization

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
    result.outcome = try judge(expansions, built.graph, lasso)
    return result
  }

  /// Every conjunct of every property is a question of its own, and workers take one after the other. What is found is that of the first question in
  /// order to which there is a violation, else of the first that stays open.
  private func judge(_ expansions: [TemporalExpansion], _ graph: StateGraph, _ lasso: LassoTrace) throws -> Outcome {
    var questions: [Question] = []
    // What comes after all questions: an atom that is undefined, or that could not be judged.
    var rest = Outcome.holds
    for (property, expansion) in zip(properties, expansions) {
      do {
        let truth = try AtomJudge(search: search, graph: graph, rigid: lasso.rigid).truth(expansion.atoms)
        guard let truth else {
          rest = .undecided(watch.reasonText)
          break
        }
        if errorsAlone { continue }
        let orbits = ConjunctOrbits(instance, usesSymmetry ? SymmetryGroup(instance, lasso.rigid) : .trivial(instance))
        questions += orbits.representatives(of: expansion.conjuncts).map {
          Question(property: property, conjunct: $0, product: product(property, $0, expansion.pool, graph, truth))
        }
      } catch let error as AtomError {
        let found = try lasso.error(error.error, at: error.state, memory)
        rest = found.map { .violated($0) } ?? .undecided(watch.reasonText)
        break
      }
    }
    let answers = answers(to: questions, graph)
    for (question, answer) in zip(questions, answers) {
      guard case .fair(let product, let components) = answer else { continue }
      watch.isTracing = true
      defer { watch.isTracing = false }
      guard let path = try LassoFinder(product, components, memory, watch).path() else {
        return .undecided("there is a violation, but its trace could not be completed: \(watch.reasonText)")
      }
      return .violated(try lasso.violation(of: question.property, path, question.conjunct))
    }
    if case .violated = rest { return rest }
    for answer in answers {
      switch answer {
      case .holds: continue
      case .open(let why): return .undecided(why)
      case .fair, .passed: throw EngineFault("a temporal property was not judged, and nothing before it is violated")
      }
    }
    return rest
  }

  private struct Question {
    let property: Int
    let conjunct: TemporalExpansion.Conjunct
    let product: Swift.Result<Product, Unasked>
  }

  /// Why a question has no product.
  private struct Unasked: Error {
    let why: String
  }

  private func product(
    _ property: Int, _ conjunct: TemporalExpansion.Conjunct, _ pool: FormulaPool, _ graph: StateGraph, _ truth: AtomTruth
  ) -> Swift.Result<Product, Unasked> {
    var pool = pool
    let automaton: BuchiAutomaton
    do throws(Translation.TooLarge) {
      automaton = try Translation.automaton(pool.negation(conjunct.formula), pool)
    } catch {
      return .failure(Unasked(why: "\(instance.model.properties[property].name): \(error.reason)"))
    }
    guard let product = Product(graph, automaton, truth) else {
      return .failure(Unasked(why: "the graph times the automaton has more than \(StateGraph.stateLimit) nodes"))
    }
    return .success(product)
  }

  private enum Answer {
    case holds
    case open(String)
    case fair(Product, FairComponents)
    /// Nobody looked: there is a violation of a question before it.
    case passed
  }

  /// One place for each question, written by the worker that took it.
  private struct Answers: @unchecked Sendable {
    let places: UnsafeMutablePointer<Answer>
  }

  private func answers(to questions: [Question], _ graph: StateGraph) -> [Answer] {
    var answers = Array(repeating: Answer.passed, count: questions.count)
    var workers = min(search.pool.count, questions.count)
    // Side by side they all take memory; one alone takes what there is.
    let bytes = questions.map { (try? $0.product.get()).map(FairComponents.mostBytes) ?? 0 }.max() ?? 0
    while workers > 1 && !watch.fits(workers.saturatingProduct(bytes), memory) { workers -= 1 }
    answers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let places = Answers(places: base)
      let next = Atomic(0)
      let violated = Atomic(Int.max)
      let products = questions.map(\.product)
      let (memory, watch) = (memory, watch)
      search.pool.run(workers: workers) { _ in
        while true {
          let number = next.add(1, ordering: .relaxed).oldValue
          guard number < products.count, number < violated.load(ordering: .relaxed) else { return }
          let answer = Self.answer(products[number], memory, watch)
          if case .fair = answer { violated.min(number, ordering: .relaxed) }
          places.places[number] = answer
        }
      }
    }
    return answers
  }

  private static func answer(_ product: Swift.Result<Product, Unasked>, _ memory: MemoryGauge, _ watch: Watch) -> Answer {
    switch product {
    case .failure(let unasked): return .open(unasked.why)
    case .success(let product):
      guard let components = FairComponents(product, memory, watch) else { return .open(watch.reasonText) }
      return components.isEmpty ? .holds : .fair(product, components)
    }
  }
}
