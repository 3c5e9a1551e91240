/// Bounded search over the encoding (Biere, Cimatti, Clarke and Zhu, TACAS 1999). In: properties, a number of steps, and a size or none.
/// Out: real runs that break them, or to which depth there are none.
///
/// Depth after depth. If every size is asked for, the formulas are first tried with their quantifiers, where only `unsatisfiable`
/// counts: mostly that is all there is to do. Otherwise small sizes are looked at, ground, where a solver finds what there is to be
/// found. So a run is a shortest one, at the smallest size that has one so short. What was shown stays shown when time runs out.
///
/// What was shown of one depth is assumed at the next: then the last step is most of the question, as in an induction. For every size
/// the spec's other invariants are carried along for that, as long as the solver confirms them, and the steps before the last are left
/// out at first (`l4/mapping`, all properties, 3 steps: 88 s and no end when all was asked together).
import Spec

/// What a bounded search is asked.
public struct Bound: Sendable {
  /// Steps.
  public var depth: Int
  /// This size, with the scope's constants; nil: every size.
  public var instance: Instance?
  public var scope: String?
  /// Told the depth at hand, and what is looked at.
  public var progress: (@Sendable (Int, String) -> Void)?

  public init(
    depth: Int, instance: Instance? = nil, scope: String? = nil, progress: (@Sendable (Int, String) -> Void)? = nil
  ) {
    (self.depth, self.instance, self.scope, self.progress) = (depth, instance, scope, progress)
  }
}

final class BoundedSearch {
  /// One kind of question: a size, or every size.
  final class Line {
    let name: String
    let sizes: [Int]?
    let solver: RunSolver
    /// The depth to which there is no violation; -1: none was finished.
    var finished = -1
    /// Why it does not go on.
    var end: String?
    /// How much of the script its solver has been told.
    var told = 0

    init(_ name: String, sizes: [Int]?, _ solver: RunSolver) {
      (self.name, self.sizes, self.solver) = (name, sizes, solver)
    }
  }

  let model: Model
  let bound: Bound
  let engine: Engine
  private let theory: Theory
  private let builder: GoalBuilder
  let policies: [Value]
  private(set) var open: [Int]
  private(set) var breaches: [Int: Breach] = [:]
  private(set) var lines: [Line] = []
  /// Of `lines` the one of every size; nil in a scope.
  private var general: Line?
  /// Invariants that were not asked for and hold so far, at every size.
  private var lemmas: [Int] = []
  /// What is known of axioms, initial states, steps and the states between them, in the order in which it became so.
  private var script: [[Assertion]] = []
  /// They know of the last state what was shown of it, and nothing of how it came about: enough for what carries itself. The first
  /// one nothing of counts and closures either, whose facts a solver works hardest on.
  private var local: [RunSolver] = []
  private var knownOfLast: [Assertion] = []

  /// In a search for every size runs are looked for at these.
  private static let sizes = 1...4

  init(
    _ model: Model, policies: [Value], _ properties: [Int], _ bound: Bound, _ options: ProveOptions, fault: EncodingFault? = nil
  ) throws {
    self.model = model
    self.bound = bound
    self.policies = policies
    open = properties
    theory = try Theory(model, policies: policies, fault: fault)
    engine = try Engine(theory.store, options)
    builder = GoalBuilder(theory)
    let count = model.sorts.count
    let sizes = bound.instance.map { [$0.sizes] } ?? (count == 0 ? [[]] : Self.sizes.map { Array(repeating: $0, count: count) })
    for sizes in sizes {
      let name = bound.scope ?? (count == 0 ? "its only size" : "\(sizes[0]) of each sort")
      lines.append(Line(name, sizes: sizes, try RunSolver(theory, engine, Grounding(theory.vocabulary, sizes: sizes))))
    }
    guard bound.instance == nil else { return }
    let general = Line("every size", sizes: nil, try RunSolver(theory, engine))
    self.general = general
    lemmas = model.properties.indices.filter { id in
      guard !properties.contains(id), case .invariant(let body) = model.properties[id].kind else { return false }
      // Facts about counts are what a solver works hardest on.
      return (try? theory.encoder.formula(body, Environment(state: theory.before))).map { !theory.vocabulary.isApproximated($0) }
        ?? false
    }
    lines.append(general)
  }

  // MARK: - Depth after depth

  func run() throws {
    let initial = try theory.initial()
    var history = History(from: initial.state, isFromInit: true)
    try begin(history, initial)
    for depth in 1..<(bound.depth + 1) where !isOver {
      let steps = try self.steps(from: history)
      judge(Question.all(of: steps, open), at: depth, history)
      if depth == bound.depth || isOver { break }
      keepLemmas { Question.keeping($0, steps) }
      try history.extend(by: steps.map { ($0.id, $0.theory) }, theory)
      let shown = try shown(history.last)
      script.append(history.steps[depth - 1].assertions + shown)
      guard let general, general.end == nil else { continue }
      // Axioms and scope come first.
      knownOfLast = script.prefix(2).flatMap { $0 } + shown
      local = [try RunSolver(theory, engine), try RunSolver(theory, engine)]
      try local[0].assume(knownOfLast.filter { !theory.vocabulary.isApproximated($0.term) })
      try local[1].assume(knownOfLast)
    }
  }

  /// Depth 0: first that axioms, scope and initial states are free of errors, each under what comes before it; then the properties.
  private func begin(
    _ history: History, _ initial: (state: SymbolicState, assumptions: [Assertion], sites: [ErrorSite])
  ) throws {
    let axioms = try theory.axioms()
    var limits: [Assertion] = []
    let limitSites = try theory.encoder.collectingSites { limits = try scope() }
    var kept: [Int: [Goal]] = [:]
    lemmas = lemmas.filter { (try? theory.invariant($0, in: initial.state)) != nil }
    for id in open + lemmas {
      let encoded = try theory.invariant(id, in: initial.state)
      let sites = builder.goals(of: encoded.sites, name: "defined/\(model.properties[id].name)", property: id, action: nil)
      kept[id] = sites + builder.goals(of: encoded.conjuncts, .initial, id, action: nil)
    }
    func question(_ goals: [Goal]) -> Question { Question(group: GoalGroup(assumptions: [], goals: goals), step: nil) }
    let parts = [(axioms.sites, axioms.assertions), (limitSites, limits), (initial.sites, initial.assumptions)]
    for (sites, assumptions) in parts {
      judge([question(builder.goals(of: sites, name: "defined/init", property: nil, action: nil))], at: 0, history)
      script.append(assumptions)
    }
    for line in lines { line.finished = -1 }
    judge([question(open.flatMap { kept[$0] ?? [] })], at: 0, history)
    keepLemmas { [question(kept[$0] ?? [])] }
  }

  private func steps(from history: History) throws -> [StepGoals] {
    var failures: [Int: any Error] = [:]
    let steps = try model.actions.indices.map { id in
      try builder.goals(ofStep: id, from: history.last, keeping: open + lemmas, satisfying: Set(open)) { failures[$0] = $1 }
    }
    lemmas.removeAll { failures[$0] != nil }
    if let failure = open.compactMap({ failures[$0] }).first { throw failure }
    return steps
  }

  /// What is known to hold of the last state of every run so long, by every line that goes on.
  private func shown(_ state: SymbolicState) throws -> [Assertion] {
    try (open + lemmas).flatMap { id in
      try theory.invariant(id, in: state).conjuncts.map {
        Assertion(name: "\(model.properties[id].name) in \(state.moment)", term: $0.term, span: $0.span)
      }
    }
  }

  private var isOver: Bool { open.isEmpty || lines.allSatisfy { $0.end != nil } }

  private func attempt(_ line: Line, _ body: () throws -> Void) {
    do {
      try body()
    } catch let failure as ExtractionFailure {
      line.end = failure.reason
    } catch let failure as EncodingFailure {
      line.end = failure.reason
    } catch let error as SpecError {
      line.end = "a spec error (\(error.kind.rawValue)) in the initial states or the axioms"
    } catch {
      line.end = "\(error)"
    }
    if engine.isStopped, line.end != nil { line.end = "the run was stopped" }
  }

  /// What the scope says of the constants.
  private func scope() throws -> [Assertion] {
    guard let scope = bound.instance?.scope else { return [] }
    let (encoder, vocabulary) = (theory.encoder, theory.vocabulary)
    var result = try scope.constraints.map {
      Assertion(name: "scope \(scope.name)", term: try encoder.formula($0, Environment()), span: $0.span)
    }
    for (id, pin) in scope.pins.sorted(by: { $0.key < $1.key }) {
      let value = try encoder.encode(pin, Environment())
      let isPinned = try vocabulary.equal(encoder.constants[id], value, model.constants[id].type)
      result.append(Assertion(name: "scope \(scope.name)", term: isPinned, span: pin.span))
    }
    return result
  }

  // MARK: - At one depth

  private func judge(_ questions: [Question], at depth: Int, _ history: History) {
    guard let general, general.end == nil else { return search(questions, at: depth, history) }
    bound.progress?(depth, general.name)
    var isSearched = false
    attempt(general) {
      var left = try unproved(questions, general)
      if !left.isEmpty {
        isSearched = true
        search(left, at: depth, history)
        left = try left.map { $0.keeping(open) }.flatMap { question in
          try question.group.goals.filter { !(try isProved($0, question)) }.map { goal in
            Question(group: GoalGroup(assumptions: question.group.assumptions, goals: [goal]), step: question.step)
          }
        }
      }
      if engine.isStopped { throw ExtractionFailure(reason: "the run was stopped") }
      if let goal = left.first?.group.goals.first {
        throw ExtractionFailure(reason: "the solver did not decide \(goal.name) at every size")
      }
      // What holds at every size holds at each.
      for line in lines where line.end == nil { line.finished = depth }
    }
    guard general.end != nil else { return }
    lemmas = []
    if !isSearched { search(questions, at: depth, history) }
  }

  private func tell(_ line: Line) throws {
    while line.told < script.count {
      line.told += 1
      try line.solver.assume(script[line.told - 1])
    }
  }

  /// Runs of each size that break something, until there are no more of what is still open.
  private func search(_ questions: [Question], at depth: Int, _ history: History) {
    for line in lines where line.end == nil && line.sizes != nil && !open.isEmpty {
      bound.progress?(depth, line.name)
      attempt(line) {
        try tell(line)
        for question in questions { try search(question, line, history) }
        line.finished = depth
      }
    }
  }

  private func search(_ question: Question, _ line: Line, _ history: History) throws {
    while !open.isEmpty {
      let asked = question.keeping(open)
      if asked.isTrivial(theory.store) { return }
      var found: Breach?
      let answer = try line.solver.ask(asked.negation(theory.store), share: 1) { solved in
        guard let grounding = line.solver.grounding else { return }
        found = try Extraction(solved, theory, policies: policies, grounding, scope: bound.instance?.scope)
          .breach(of: open, asked, after: history)
      }
      if case .unknown(let reason) = answer { throw ExtractionFailure(reason: "the solver gave up (\(reason))") }
      guard let found else { return }
      for id in found.error == nil ? found.properties : open { breaches[id] = found }
      open.removeAll { breaches[$0] != nil }
    }
  }

  // MARK: - Every size

  /// What of the questions is not proved at once: all goals of one together, then each alone.
  private func unproved(_ questions: [Question], _ line: Line) throws -> [Question] {
    try tell(line)
    var result: [Question] = []
    for question in questions where !question.isTrivial(theory.store) {
      if try confirms(question, share: 20) { continue }
      var left = question
      if question.group.goals.count > 1 {
        left.group.goals = try question.group.goals.filter { !(try confirms(question, $0, share: 20)) }
      }
      if !left.group.goals.isEmpty { result.append(left) }
    }
    return result
  }

  /// Whether all goals of a question, or one, are proved: from little, then from all that is known.
  private func confirms(_ question: Question, _ goal: Goal? = nil, share: UInt32) throws -> Bool {
    let assertions = question.negation(theory.store, of: goal)
    if let light = local.first, let negated = assertions.last, !theory.vocabulary.isApproximated(negated.term) {
      let kept = assertions.filter { !theory.vocabulary.isApproximated($0.term) }
      if try light.ask(kept, share: share) == .unsatisfiable { return true }
    }
    return try (local.dropFirst() + [general?.solver].compactMap { $0 }).contains {
      try $0.ask(assertions, share: share) == .unsatisfiable
    }
  }

  /// With patience: alone, with no more background than it needs, from several seeds.
  private func isProved(_ goal: Goal, _ question: Question) throws -> Bool {
    for known in [knownOfLast, script.flatMap { $0 }] where !known.isEmpty {
      let group = GoalGroup(assumptions: known + question.group.assumptions, goals: [goal])
      let assertions = group.assertions(of: goal, theory.vocabulary)
      for seed in 0..<max(1, engine.options.seeds) where !engine.isStopped {
        let solver = try engine.solver(assertions, seed: seed)
        if engine.check(solver, share: seed == 0 ? 4 : 8) == .unsatisfiable { return true }
      }
    }
    return false
  }

  /// Those that the solver confirms with little work; the next depth rests on them.
  private func keepLemmas(_ questions: (Int) -> [Question]) {
    guard let general, general.end == nil else { return }
    attempt(general) {
      lemmas = try lemmas.filter { id in
        try questions(id).allSatisfy { question in
          try question.isTrivial(theory.store) || confirms(question, share: 40)
        }
      }
    }
    if general.end != nil { lemmas = [] }
  }
}
