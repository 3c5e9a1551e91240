/// What becomes of a spec without each of its guards, and without two of them at once.
public struct GuardReport: Sendable {
  public enum Standing: Sendable {
    /// Without it a property is broken: the verdict has a shortest run to it.
    case needed(Verdict)
    /// Without it something cannot be evaluated, and where that was looked for nothing else happens.
    case definedness(Verdict)
    case redundant(Redundancy)
    /// Neither an attack nor a proof: why there is no proof.
    case unknown(String)
  }

  /// Either way everything that is proved with it is proved without it, in one run.
  public enum Redundancy: Sendable {
    /// It excludes nothing that the other guards and the invariants do not: the runs are the same.
    case implied
    /// It excludes steps that break nothing.
    case harmless
  }

  public struct Entry: Sendable {
    public var rule: Guard
    public var standing: Standing
    /// Searches without it that found no attack, in their order.
    public var explored: [Verdict]
    public init(rule: Guard, standing: Standing, explored: [Verdict]) {
      self.rule = rule
      self.standing = standing
      self.explored = explored
    }
  }

  /// Guards that cover for each other: with any of them there is no attack at this scope, without all of them there is.
  public struct Group: Sendable {
    public var rules: [Guard]
    public var attack: Verdict
    public init(rules: [Guard], attack: Verdict) {
      self.rules = rules
      self.attack = attack
    }
  }

  /// What became of the question which guards cover for each other.
  public enum Covering: Sendable {
    /// There were no two guards without an attack to ask it of, or it was not asked.
    case notAsked
    /// Even without all of them there is no attack at this scope.
    case none
    /// Every pair was decided.
    case complete
    case incomplete(String)
  }

  /// The spec as it is: at the first scope, or where it turned out to break a property of its own accord. Then nothing is said of guards.
  public var baseline: Verdict
  /// The scopes that were searched, smallest first.
  public var scopes: [String]
  /// Properties that are proved with all guards, and those that are not.
  public var proved: [Int] = []
  public var unproved: [Int] = []
  public var entries: [Entry] = []
  public var groups: [Group] = []
  public var covering = Covering.notAsked
  /// Guards without a name, which were not asked about.
  public var unnamed = 0

  public init(baseline: Verdict, scopes: [String]) {
    self.baseline = baseline
    self.scopes = scopes
  }

  /// Whether the spec breaks a property with all its guards.
  public var isBroken: Bool { if case .violated = baseline.outcome { true } else { false } }
}
