import Foundation
import SimRuntime
import Spec

/// One run of the checker: all rigid valuations, one after the other or several at once, and the shortest event over all of them.
///
/// Every valuation is explored to its end or to the best depth found so far, whichever is less; of events with equally many
/// steps the first valuation's wins. So the trace is shortest over all valuations, and counts are the same in every run.
struct Run {
  let instance: Instance
  let goal: CheckGoal
  let options: CheckOptions
  let watch: Watch

  private(set) var totals = Totals()
  var depth = 0
  var valuations = 0
  private(set) var peakBytes = 0
  private(set) var engines: [String] = []
  var trace: Trace?
  var explanation: Explanation?
  /// Covers reached and the steps of a shortest trace to each.
  var reached: [Int: Int] = [:]
  var notes: [String] = []
  private(set) var symmetry: Verdict.Symmetry?
  private(set) var statistics: SearchStatistics?
  private(set) var coverage: Coverage?
  private(set) var partialOrder: Verdict.PartialOrder?
  private(set) var store: Verdict.Store?
  /// The steps of an event whose trace could not be completed.
  private(set) var untraced: Int?
  /// What is still to come of the valuations that a limit ended the search in.
  private var unfinished: [SearchStatistics.Estimate?] = []

  init(_ instance: Instance, _ goal: CheckGoal, _ options: CheckOptions, _ watch: Watch) {
    self.instance = instance
    self.goal = goal
    self.options = options
    self.watch = watch
  }

  /// What was found, in the terms of the spec, and its packed trace.
  struct Best {
    var steps: Int
    var finding: Finding
    var record: Manifest.Best
  }

  mutating func explore() throws -> Verdict.Outcome {
    if goal != .all, let missing = goal.missingEngine(instance.model) { return .undecided(missing) }
    if let refusal = options.refusal(goal, instance.model) { return .undecided(refusal) }
    if let excess = instance.excessiveWork() { throw excess }
    let evaluator = Evaluator(instance)
    let rigids = try evaluator.rigidValuations()
    guard !rigids.isEmpty else {
      return .undecided("vacuous: no values of the constants satisfy the axioms and this scope")
    }
    var order = PartialOrderPlan(instance, goal, options, valuations: rigids.count)
    let temporal = goal.temporalProperties(instance.model)
    // Edges must say which action instance they are: for coverage, reduction and fairness.
    let labelled = options.coverage || !temporal.isEmpty || order.isOn
    var plan = try SymmetryPlan(instance, rigids, goal, options)
    let sleep = SleepRelation.chooser(options, plan, order)
    // What is sifted before it comes to the store, and what is taken to files, are whole states.
    let narrows =
      !plan.isReducing && !order.isOn && options.store != .compact && options.hashCompact == nil && !options.usesFiles
    let judgesEdges = Judging(goal, instance.model).judgesEdges
    let numberBits = narrows ? options.tuning.numberBits : 0
    func form(_ layout: StateLayout) -> NativeForm {
      NativeForm(labelled: labelled, judgesEdges: judgesEdges, sleep: sleep?(layout), numberBits: numberBits)
    }
    guard let source = try source(form) else { return .undecided(watch.reasonText) }
    if !source.isLabelled { order?.forbid("\(source.name) does not say which action leads where") }
    if options.coverage { order?.forbid("coverage wants every successor") }
    let native =
      options.useNative == .auto && options.source == nil
      ? LateNative(source.layout, form(source.layout), threads: options.threads) { [watch] in watch.isOver() } : nil
    defer { native?.cancel() }
    guard
      let search = Search(
        source, watch, threads: options.threads, options.tuning, store: options.store,
        hashBits: options.hashCompact, narrows: narrows)
    else {
      return .undecided("the system has no memory for a search")
    }
    if options.hashCompact != nil && source.layout.wordsPerState == 1 {
      notes.append("states of \(source.layout.usedBits) bits are stored as they are: hash compaction would save nothing")
    }
    defer {
      peakBytes = search.memory.peak
      store = search.storeUsed
      engines = search.engines
      if let note = native?.note { notes.append(note) }
    }
    search.upgrade = native
    if options.statistics { search.recorder = Recorder(workers: search.pool.count) }
    let collector =
      options.coverage ? CoverageCollector(instance, workers: search.pool.count, budget: options.tuning.coverageBudget) : nil
    search.coverage = collector
    watch.valuations = rigids.count
    let (journal, resumption) = try journal(source.layout) ?? (nil, nil)
    search.journal = journal
    let outcome = goal.isTemporalAlone(instance.model) ? .exhausted : try explore(&plan, &order, search, from: resumption)
    if let journal { finish(journal, outcome) }
    if search.wentToDisk {
      notes.append("memory was used up: visited states are in files, and the search is slower (--max-memory gives it more)")
    }
    symmetry = plan.summary(stored: totals.orbits)
    statistics = search.recorder?.summary
    // A search that was resumed has seen a part of the states only.
    let isWhole = trace == nil && untraced == nil && watch.reason == nil && resumption == nil
    coverage = collector?.coverage(isWhole ? .scope : .part)
    let rest = estimate
    statistics?.estimate = rest
    if temporal.isEmpty { return outcome }
    guard case .exhausted = outcome else {
      notes.append("temporal properties were not judged: the search ended before")
      return outcome
    }
    return try judge(temporal, plan, search)
  }

  /// What to begin with; nil if interrupted while C compiles.
  private func source(_ form: (StateLayout) -> NativeForm) throws -> (any SuccessorSource)? {
    if let make = options.source { return try make(instance) }
    return try LateNative.first(instance, options.useNative, form) { watch.isOver() }
  }

  /// With partial order reduction, if asked for and possible; a violation found under it is searched again without, up to its depth:
  /// the trace is then a shortest one, and the verdict the very one of a search without reduction. If a limit is against that, the first
  /// trace is kept and marked.
  private mutating func explore(
    _ plan: inout SymmetryPlan, _ order: inout PartialOrderPlan?, _ search: Search, from resumption: Resumption?
  ) throws -> Verdict.Outcome {
    guard order != nil else { return try explore(&plan, search, from: resumption) }
    partialOrder = Verdict.PartialOrder(obstacle: order?.obstacle)
    if order?.obstacle != nil { return try explore(&plan, search, from: resumption) }
    let outcome = try explore(&plan, search, reducing: &order)
    guard let found = trace, !found.steps.isEmpty else { return outcome }
    let first = self
    (totals, trace, explanation, reached, depth, valuations) = (Totals(), nil, nil, [:], 0, 0)
    if search.recorder != nil { search.recorder = Recorder(workers: search.pool.count) }
    var off: PartialOrderPlan?
    // A deadlock is seen when its state is expanded: one layer more.
    let again = try explore(&plan, search, reducing: &off, within: found.steps.count + 1)
    if trace != nil {
      partialOrder?.isSearchedAgain = true
      return again
    }
    guard watch.reason != nil else { throw EngineFault("a violation found under partial order reduction is not found without") }
    self = first
    partialOrder?.isShortest = false
    return outcome
  }

  private mutating func explore(
    _ plan: inout SymmetryPlan, _ search: Search, from resumption: Resumption?
  ) throws -> Verdict.Outcome {
    var off: PartialOrderPlan?
    return try explore(&plan, search, reducing: &off, from: resumption)
  }

  /// `within`: steps within which there is something to find.
  private mutating func explore(
    _ plan: inout SymmetryPlan, _ search: Search, reducing order: inout PartialOrderPlan?, within: Int = .max,
    from resumption: Resumption? = nil
  ) throws -> Verdict.Outcome {
    let judging = Judging(goal, instance.model)
    var resumption = resumption
    var best: Best?
    if let manifest = resumption?.manifest { best = try takeUp(manifest, &plan, search, judging) }
    var isForTeam = order == nil && within == .max && search.coverage == nil && search.journal == nil && options.disk == nil
    var team: Team?
    var ahead: [Int: Team.Attempt] = [:]
    defer { for attempt in ahead.values { attempt.free() } }
    for (index, orbit) in plan.orbits.enumerated().dropFirst(resumption?.manifest.orbit ?? 0) {
      let rigid = orbit.representative
      if let journal = search.journal { note(in: journal, index, rigid, best) }
      watch.valuation = valuations
      // A team searches to any depth; after an event, nothing is searched deeper than it is.
      if ahead.isEmpty && best == nil && isForTeam && index > 0 && search.upgrade?.isDone ?? true {
        if team == nil { team = Team(beside: search, valuations: plan.orbits.count - index) }
        let orbits = plan.orbits[index...].prefix(Team.stretch)
        let reductions = orbits.map { plan.reduction($0, search.source.layout) }
        ahead = team?.run(orbits, reductions, judging.without(reached.keys), totals) ?? [:]
        isForTeam = team?.isWhole ?? false
      }
      let attempt: Team.Attempt
      if let held = ahead.removeValue(forKey: index) {
        attempt = held
        totals.add(held.totals)
        if let recorder = held.recorder { search.recorder?.add(recorder) }
      } else {
        var reduction = plan.reduction(orbit, search.source.layout)
        reduction.partialOrder = order?.order(rigid, search.source.layout)
        let before = totals
        let judging = judging.without(reached.keys)
        let depth = best?.steps ?? within
        attempt = Team.Attempt(
          result: Result {
            try search.explore(rigid, judging, before, reducing: reduction, maxDepth: depth, from: resumption)
          }, reduction: reduction, search: search, totals: before, recorder: nil, isAhead: false)
      }
      let result: Search.Result
      do {
        result = try attempt.result.get()
      } catch let error as SpecError {
        if error.kind == .unbounded {
          if best != nil { break }
          return .undecided(error.detail)
        }
        // `init` itself cannot be evaluated: no trace is shorter.
        trace = nil
        explanation = nil
        notes.append("the error is in `init`: there is no state to show")
        return .violated(.error(error))
      }
      resumption = nil
      defer { attempt.free() }
      if !result.isComplete { unfinished.append(attempt.estimate) }
      // What a trace's second search did is not counted: it is taken, and left, with the next one.
      let done = search.takeReductions()
      if order != nil { partialOrder?.add(done) }
      valuations += Int(orbit.size)
      depth = max(depth, result.depth)
      // A team looks for all covers in all its valuations.
      for (cover, steps) in result.reached where !attempt.isAhead || reached[cover] == nil {
        reached[cover] = min(steps, reached[cover] ?? .max)
      }
      if let event = result.event, event.steps < best?.steps ?? .max {
        let search = attempt.search
        let (recorder, collector) = (search.recorder, search.coverage)
        search.recorder = nil
        search.coverage = nil
        search.watch.isTracing = true
        defer {
          search.watch.isTracing = false
          search.recorder = recorder
          search.coverage = collector
        }
        guard let path = try Walk(search: search, rigid: rigid, reduction: attempt.reduction).path(to: event, result.log) else {
          if best == nil { untraced = event.steps }
          search.watch.reason.map(watch.stop)
          break
        }
        best = try show(event, path, index, rigid, search, judging)
        // What follows is searched to no more than this depth.
        if watch.reason == nil {
          for attempt in ahead.values { attempt.free() }
          ahead = [:]
        }
      }
      if watch.reason != nil && ahead.isEmpty { break }
      // Under partial order reduction any will do: it is searched again.
      if best?.steps == 0 || (best != nil && order != nil) { break }
    }
    return outcome(best, totals.states == 0)
  }

  /// nil if nothing is, or it cannot be told.
  private var estimate: SearchStatistics.Estimate? {
    let known = unfinished.compactMap { $0 }
    guard let first = known.first, known.count == unfinished.count else { return nil }
    return known.dropFirst().reduce(first) { .init(low: $0.low.saturatingSum($1.low), high: $0.high.saturatingSum($1.high)) }
  }

  private func outcome(_ best: Best?, _ isVacuous: Bool) -> Verdict.Outcome {
    if let best {
      switch best.finding.what {
      case .broken(let broken): return .violated(broken)
      case .reached: return .reached
      }
    }
    if let untraced {
      return .undecided(
        "there is a violation within \(untraced) steps, but its trace could not be completed: \(watch.reasonText)")
    }
    if let reason = watch.reason { return .undecided(reason.text) }
    if isVacuous { return .undecided("vacuous: there is no initial state") }
    switch goal {
    case .all:
      let covers = Judging(goal, instance.model).covers
      if let missing = covers.subtracting(reached.keys).min() { return .violated(.coverUnreached(missing)) }
      return .exhausted
    case .cover(let index): return .violated(.coverUnreached(index))
    case .safety, .refute, .unreachable: return .exhausted
    }
  }

  /// Turns an event and the path to it into a trace that the evaluator has replayed.
  mutating func show(
    _ event: Event, _ path: [[UInt64]], _ orbit: Int, _ rigid: RigidValuation, _ search: Search, _ judging: Judging
  ) throws -> Best {
    let states = path.map { search.source.layout.unpack($0) }
    let evaluator = Evaluator(instance)
    var trace = Trace(instance: instance, rigid: rigid, initial: states[0], steps: [])
    for (before, after) in zip(states, states.dropFirst()) {
      let edge = evaluator.successors(of: before, rigid).first { (try? $0.result.get()) == after }
      guard let edge else { throw EngineFault("\(search.source.name) made a step that the evaluator does not make") }
      trace.steps.append(Trace.Step(instance: edge.instance, state: after))
    }
    let finding = try finding(event, states[states.count - 1], evaluator, rigid, judging, search)
    if let step = finding.step { trace.steps.append(step) }
    try finding.certify(trace)
    self.trace = trace
    explanation = finding.explanation(trace)
    return Best(steps: event.steps, finding: finding, record: Manifest.Best(orbit: orbit, event: .init(event), path: path))
  }

  private func finding(
    _ event: Event, _ state: State, _ evaluator: Evaluator, _ rigid: RigidValuation, _ judging: Judging, _ search: Search
  ) throws -> Finding {
    switch event.kind {
    case .deadlock: return Finding(what: .broken(.deadlock))
    case .state: if let finding = judging.finding(at: state, evaluator, rigid) { return finding }
    case .edge: if let finding = judging.finding(onEdgesOf: state, evaluator, rigid) { return finding }
    }
    throw EngineFault("\(search.source.name) reports an event that the evaluator does not see")
  }
}

extension Verdict.PartialOrder {
  fileprivate mutating func add(_ done: PartialOrder.Summary) {
    expanded += done.expanded
    reduced += done.reduced
    skipped += done.skipped
  }
}

extension StateLayout {
  func unpack(_ words: [UInt64]) -> State {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(words.count, 1)) { copy in
      _ = copy.initialize(from: words)
      return copy.baseAddress.map { unpack(UnsafePointer($0)) } ?? State(variables: [])
    }
  }
}
