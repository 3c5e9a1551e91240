/// What a search or walks have exercised: beside the verdict, for whoever asks whether it is worth anything.
///
/// Counts of actions are exact. Guards and antecedents are judged by the evaluator, on every state while there are few: `judged`
/// of `states`. Under symmetry one state of each orbit is judged; counts are weighted by the orbits' sizes.
public struct Coverage: Sendable {
  /// Of an exhausted scope, of a search that was cut short, or of random walks.
  public enum Extent: Sendable, Equatable { case scope, part, walks }

  public var sites: CoverageSites
  public var extent: Extent
  /// By action: enabled instances over all states, and of walks the steps taken.
  public var enabled: [UInt64]
  public var taken: [UInt64]?
  /// States seen, and those that guards and antecedents were judged on; representatives under symmetry, visits of walks.
  public var states: UInt64 = 0
  public var tally: CoverageTally

  public init(_ sites: CoverageSites, _ extent: Extent, enabled: [UInt64], tally: CoverageTally) {
    self.sites = sites
    self.extent = extent
    self.enabled = enabled
    self.tally = tally
  }

  public var judged: UInt64 { tally.judged }
  /// Guards and antecedents were judged on some states only.
  public var isSample: Bool { judged < states }

  /// What makes a verdict worth less than it looks.
  public enum Finding: Sendable, Equatable {
    /// The action is enabled in no state.
    case dead(action: ActionID)
    /// A transition property about an action that never happens.
    case untriggered(property: Int)
    /// The antecedent (index into `sites.antecedents`) is true nowhere.
    case vacuous(antecedent: Int)
  }

  /// `untriggered` only where the action is not itself a finding's reason twice: both are listed, since both are to be repaired.
  public func findings(in model: Model) -> [Finding] {
    var findings: [Finding] = []
    for action in model.actions.indices where enabled[action] == 0 { findings.append(.dead(action: action)) }
    for (index, property) in model.properties.enumerated() {
      if case .transition(let trigger?, _) = property.kind, enabled[trigger.action] == 0 {
        findings.append(.untriggered(property: index))
        continue
      }
      for (number, site) in sites.antecedents.enumerated() where site.property == index && !tally.held[number] {
        // Within one that never held there is nothing new to say.
        if let outer = site.outer, !tally.held[outer] { continue }
        findings.append(.vacuous(antecedent: number))
      }
    }
    return findings
  }

  /// Whether a finding is known of all states, and not of those that were judged alone.
  public func isCertain(_ finding: Finding) -> Bool {
    if extent != .scope { return false }
    if case .vacuous = finding { return !isSample }
    return true
  }

  /// The same over several scopes or settings of one model: what never happens in any of them.
  public mutating func add(_ other: Coverage) {
    if other.extent != .scope { extent = other.extent }
    for action in enabled.indices { enabled[action] = enabled[action].saturatingSum(other.enabled[action]) }
    states = states.saturatingSum(other.states)
    tally.add(other.tally)
  }
}

/// What the evaluator saw of guards and antecedents, by their index in `CoverageSites`.
public struct CoverageTally: Sendable, Equatable {
  public var judged: UInt64 = 0
  /// Instances over states in which the guard alone was false; and those in which nothing else can be evaluated without it.
  public var onlyFalse: [UInt64]
  public var guarding: [UInt64]
  /// Whether the antecedent was ever true.
  public var held: [Bool]

  public init(_ sites: CoverageSites) {
    onlyFalse = [UInt64](repeating: 0, count: sites.guards.count)
    guarding = onlyFalse
    held = [Bool](repeating: false, count: sites.antecedents.count)
  }

  public mutating func add(_ other: CoverageTally) {
    judged = judged.saturatingSum(other.judged)
    for guardIndex in onlyFalse.indices {
      onlyFalse[guardIndex] = onlyFalse[guardIndex].saturatingSum(other.onlyFalse[guardIndex])
      guarding[guardIndex] = guarding[guardIndex].saturatingSum(other.guarding[guardIndex])
    }
    for site in held.indices where other.held[site] { held[site] = true }
  }
}

extension FixedWidthInteger {
  /// Counts stay at the largest number: orbits are counted by their sizes, which can be astronomic.
  public func saturatingSum(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
