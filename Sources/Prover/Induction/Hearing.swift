/// Judging what is known before anything of it is judged. In: groups of goals, each with what its counterexamples must show. Out: what
/// becomes of every goal, and of that one failure of every property that has any.
///
/// All goals get a first look, the groups shared out among the run's lanes, and most are proved by it. What is left is decided one goal of
/// every property at a time, since one failure is enough, those first that looked false, and more where lanes would have nothing to
/// do. Only what is then neither proved nor refuted is worth patience. The lanes meet after each of these. Where all goals are of one
/// property, groups are judged one after the other: who asks for one property alone often has reason to, and a refutation soon is worth
/// more than a proof in half the time.
///
/// Who does what is a matter of numbers alone, and a lane knows nothing of the others between two meetings: what a solver is asked, and
/// in which order, is the same in every run.
import Spec

/// A group of goals with its place in the run.
struct Hearing {
  var group: GoalGroup
  /// The state before the step, or the only one.
  var state: SymbolicState
  var step: (id: ActionID, arguments: [SymbolicValue])?
  /// Invariants that hold in the state before.
  var hypotheses: [Int] = []
  var history: History?
}

extension Hearing {
  /// Of all its goals.
  fileprivate var name: String { group.goals.map(\.fullName).joined(separator: " ") }

  init(_ group: GoalGroup, of step: StepGoals, from state: SymbolicState, _ hypotheses: [Int] = [], after history: History? = nil)
  {
    self.init(
      group: group, state: state, step: (step.id, step.theory.arguments), hypotheses: hypotheses, history: history)
  }
}

extension InductionRun {
  func judge(_ hearings: [Hearing]) {
    guard isSolving else { return }
    let hearings = hearings.filter { !$0.group.goals.isEmpty }
    let properties = Set(hearings.flatMap { $0.group.goals.map(\.property) })
    let isOfOne = properties.count == 1 && !properties.contains(nil)
    let size = isOfOne ? 1 : max(hearings.count, 1)
    for start in stride(from: 0, to: hearings.count, by: size) {
      if judge(together: Array(hearings[start...].prefix(size))), isOfOne { break }
    }
  }

  /// Whether a property has failed.
  private func judge(together hearings: [Hearing]) -> Bool {
    let looks = lane.share(hearings.map(\.name), isStopped: engine.isStopped) { look(at: hearings[$0].group) }
    var open = OpenGoals(hearings, looks)
    var hasFailed = false
    func settle(_ found: [(entry: OpenGoals.Entry, finding: Finding)]) {
      for (entry, finding) in found {
        let hearing = hearings[entry.hearing]
        let goal = hearing.group.goals[entry.place]
        guard let failure = failure(finding, goal, hearing) else { continue }
        open.settle(entry)
        guard let property = goal.property else {
          commonFailures.append(failure)
          continue
        }
        hasFailed = true
        fail(property, failure)
      }
    }
    var postponed: [OpenGoals.Entry] = []
    while let next = open.takeNext(atLeast: lane.count) {
      let findings = lane.share(names(next, hearings), isStopped: engine.isStopped) {
        decide(next[$0], hearings[next[$0].hearing])
      }
      postponed += zip(next, findings).filter { $1 == nil }.map(\.0)
      let found = zip(next, findings).compactMap { entry, finding in finding.map { (entry: entry, finding: $0) } }
      settle(found.filter(\.finding.isRefutation) + found.filter { !$0.finding.isRefutation })
    }
    open.putBack(postponed)
    while let next = open.takeNext(atLeast: 1) {
      let findings = lane.share(names(next, hearings), isStopped: engine.isStopped) {
        persist(next[$0], hearings[next[$0].hearing])
      }
      settle(Array(zip(next, findings)))
    }
    return hasFailed
  }

  private func names(_ entries: [OpenGoals.Entry], _ hearings: [Hearing]) -> [String] {
    entries.map { hearings[$0.hearing].group.goals[$0.place].fullName }
  }

  private func look(at group: GoalGroup) -> [FirstLook] {
    let solvers = decision.sharedSolvers(group)
    return group.goals.map { $0.term == theory.store.yes ? .proved : decision.look(at: $0, solvers) }
  }

  private func decide(_ entry: OpenGoals.Entry, _ hearing: Hearing) -> Finding? {
    let claim = Claim(
      goal: hearing.group.goals[entry.place], hypotheses: hearing.hypotheses, before: hearing.state, action: hearing.step,
      history: hearing.history)
    return decision.decide(claim, hearing.group, after: entry.look, explaining: isExplained(entry, hearing))
  }

  private func persist(_ entry: OpenGoals.Entry, _ hearing: Hearing) -> Finding {
    decision.persist(hearing.group.goals[entry.place], hearing.group, explaining: isExplained(entry, hearing))
  }

  private func isExplained(_ entry: OpenGoals.Entry, _ hearing: Hearing) -> Bool {
    hearing.group.goals[entry.place].property.map(asked.contains) ?? true
  }

  private func failure(_ finding: Finding, _ goal: Goal, _ hearing: Hearing) -> Failure? {
    var failure: Failure
    switch finding {
    case .proved: return nil
    case .refuted(let counterexample):
      failure = Failure(reason: refusal(goal, hearing.history), goal: goal, counterexample: counterexample)
    case .undecided(let reason): failure = Failure(reason: "\(goal.name): \(reason)", goal: goal)
    }
    failure.isOnRun = hearing.history?.isFromInit ?? false
    return failure
  }

  private func refusal(_ goal: Goal, _ history: History?) -> String {
    let action = goal.action.map { model.actions[$0].name }
    switch goal.kind {
    case .initial: return "false in an initial state"
    case .preservation where history != nil:
      return "not \((history?.steps.count ?? 0) + 1)-inductive: \(action ?? "a step") can break it"
    case .preservation: return "not inductive: \(action ?? "a step") can break it"
    case .transition: return "\(action ?? "a step") can break it"
    case .definedness:
      let error = goal.error?.rawValue ?? "spec"
      return "a spec error (\(error)) is possible in \(action ?? goal.property.map { model.properties[$0].name } ?? "init")"
    case .consistency: return "contradictory"
    case .impossibility: return "possible after all"
    }
  }
}

/// Goals that a first look has not proved. Those of one property wait for each other, those of none for nobody.
private struct OpenGoals {
  struct Entry {
    var hearing: Int
    var place: Int
    var look: FirstLook
    fileprivate var queue: Int
  }
  private var queues: [[Entry]] = []
  private var settled: Set<Int> = []

  init(_ hearings: [Hearing], _ looks: [[FirstLook]]) {
    var ofProperty: [Int: Int] = [:]
    for (number, hearing) in hearings.enumerated() {
      for (place, goal) in hearing.group.goals.enumerated() {
        if case .proved = looks[number][place] { continue }
        let queue = goal.property.flatMap { ofProperty[$0] } ?? queues.count
        if let property = goal.property { ofProperty[property] = queue }
        if queue == queues.count { queues.append([]) }
        queues[queue].append(Entry(hearing: number, place: place, look: looks[number][place], queue: queue))
      }
    }
    for queue in queues.indices {
      let entries = queues[queue]
      queues[queue] = entries.filter { $0.look == .looksFalse } + entries.filter { $0.look != .looksFalse }
    }
  }

  /// The first of every queue, and as many seconds and thirds as make up `number`, taken out of them; nil: all are empty.
  mutating func takeNext(atLeast number: Int) -> [Entry]? {
    var result: [Entry] = []
    repeat {
      let before = result.count
      for queue in queues.indices where !queues[queue].isEmpty && (before == 0 || result.count < number) {
        result.append(queues[queue].removeFirst())
      }
      if result.count == before { break }
    } while result.count < number
    return result.isEmpty ? nil : result
  }

  /// Those whose queue has not failed meanwhile.
  mutating func putBack(_ entries: [Entry]) {
    for entry in entries where !settled.contains(entry.queue) { queues[entry.queue].append(entry) }
  }

  /// One of a queue has failed: the rest need not be decided.
  mutating func settle(_ entry: Entry) {
    settled.insert(entry.queue)
    queues[entry.queue] = []
  }
}

extension Goal {
  /// With the place in the text.
  fileprivate var fullName: String { "\(name)@\(span)" }
}

extension Finding {
  fileprivate var isRefutation: Bool { if case .refuted = self { true } else { false } }
}
