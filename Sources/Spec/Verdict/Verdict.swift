import Foundation

/// What an engine found. Engines return these; `Report` alone turns them into text.

/// A run from an initial state, each step an action instance and the state after it. Always replayed by the evaluator
/// before it is shown.
public struct Trace: Sendable {
  public struct Step: Sendable {
    public var instance: ActionInstance
    /// nil only for a last step that ends in a spec error.
    public var state: State?
    public init(instance: ActionInstance, state: State?) {
      self.instance = instance
      self.state = state
    }
  }
  public var instance: Instance
  public var rigid: RigidValuation
  public var initial: State
  public var steps: [Step]
  /// For a run without end: after its last step it goes on from the state after this many steps, for ever. The number of all
  /// steps: its last state is a deadlock, and repeats. nil: the run is finite.
  public var loop: Int?

  public init(instance: Instance, rigid: RigidValuation, initial: State, steps: [Step]) {
    self.instance = instance
    self.rigid = rigid
    self.initial = initial
    self.steps = steps
  }
}

/// Why a property is false at a place: the failed conjunct and the values that its quantifiers' variables have there.
public struct Explanation: Sendable {
  /// The smallest conjunct that is false.
  public var conjunct: Span
  public var witness: [(local: Local, value: Value)]
  public init(conjunct: Span, witness: [(local: Local, value: Value)]) {
    self.conjunct = conjunct
    self.witness = witness
  }
}

/// What a violation violates.
public enum Broken: Sendable {
  case property(Int)  // index into Model.properties (all but covers)
  case error(SpecError)
  case deadlock
  case coverUnreached(Int)
  case scenario(ScenarioFailure)
}

/// Where a scenario does not go as written. The trace ends before the step at fault.
public struct ScenarioFailure: Error, Sendable {
  /// `the step is not enabled: guard Vacant is false`.
  public var reason: String
  public var span: Span
  public init(reason: String, span: Span) {
    self.reason = reason
    self.span = span
  }
}

public struct Verdict: Sendable {
  public enum Outcome: Sendable {
    /// For every finite size.
    case proved
    /// This scope, every state.
    case exhausted
    /// No violation to this depth.
    case bounded(depth: Int)
    case violated(Broken)
    /// A cover that was found, or a refutation by the prover that has no trace: see `trace`, `induction`.
    case reached
    case undecided(String)
  }

  public var outcome: Outcome
  /// `check`, `Narrowed`, `DeepChain`, …: what was asked.
  public var property: String
  public var scope: String?
  /// Sort name to size; empty for proofs.
  public var sizes: [(sort: String, size: Int)] = []
  /// Only policies that the model has, with their values as text.
  public var policies: [(name: String, value: String)] = []
  /// `evaluator`, `native`, `z3`.
  public var engine: String
  public var states: UInt64 = 0
  public var transitions: UInt64 = 0
  /// Layers after the initial one that hold new states.
  public var depth: Int = 0
  public var rigidValuations: Int = 0
  /// Of a proof: the states in a row that carry the property, or an invariant that it rests on; 1 is plain induction.
  public var inductionDepth: Int?
  public var seconds: Double = 0
  public var peakBytes: UInt64 = 0
  /// Covers that the search reached, each with the steps of a shortest trace to it.
  public var covers: [(property: Int, steps: Int)] = []
  public var trace: Trace?
  public var explanation: Explanation?
  /// Counterexample to induction: a state (not known to be reachable) and one step.
  public var induction: Trace?
  /// What the verdict rests on or leaves out: "proved assuming …", "for Right of 3 cases", "no C compiler: evaluator".
  public var notes: [String] = []
  /// What was exercised, if that was asked.
  public var coverage: Coverage?
  /// If it comes from random walks.
  public var walks: WalkSummary?
  /// What limits the search, if that was asked.
  public var statistics: SearchStatistics?
  /// What symmetry saved; nil if every state was stored as it is.
  public var symmetry: Symmetry?
  /// How the visited states were stored; nil if none were.
  public var store: Store?

  public struct Store: Sendable, Equatable {
    public enum Form: String, Sendable {
      case fast, compact
      /// From fast to compact when memory asked.
      case converted = "fast, then compact"
      /// Hashes instead of states.
      case hashed
    }
    public var form: Form
    /// Most memory of store and frontier over the states of the largest search (a rigid valuation each).
    public var bytesPerState: Double
    /// The probability that a state was taken for another and omitted is at most this; nil if none can have been. With it *exhausted* is never
    /// what a line of a `verify` block asks for.
    public var omission: Double?

    public init(form: Form, bytesPerState: Double, omission: Double? = nil) {
      self.form = form
      self.bytesPerState = bytesPerState
      self.omission = omission
    }

    /// `8.8e-8`: two digits, rounded up.
    public var omissionText: String? {
      guard let omission else { return nil }
      guard omission > 0, omission < 1 else { return omission > 0 ? "1" : "0" }
      let exponent = Int(log10(omission).rounded(.down))
      let tenths = Int((omission / pow(10, Double(exponent - 1))).rounded(.up))
      return "\(tenths / 10).\(tenths % 10)e\(exponent)"
    }
  }

  /// States that differ only by a renaming of sort elements are stored once. `states` and `transitions` still count them all.
  public struct Symmetry: Sendable, Equatable {
    /// `Space 2! x Page 2!`, or `none`: the renamings that keep the constants (of several groups the largest).
    public var group: String
    /// The number of renamings.
    public var order: UInt64
    /// States stored, one of each orbit.
    public var orbits: UInt64
    /// False: of some orbits several are stored, and the verdict's counts are of what is stored.
    public var isExact = true
    /// Rigid valuations explored, one of each orbit.
    public var valuations = 1
    /// Which sorts are not permuted, and why.
    public var remarks: [String] = []

    public init(group: String, order: UInt64, orbits: UInt64) {
      self.group = group
      self.order = order
      self.orbits = orbits
    }
  }

  /// What partial order reduction did, or why it was not used; nil if nobody asked for it.
  public var partialOrder: PartialOrder?

  /// Of each state only some successors are followed, where the others can come later. Counts of states, transitions and depth are
  /// then those of the search, not of the scope, and are compared with nothing.
  public struct PartialOrder: Sendable, Equatable {
    /// Why it was not used.
    public var obstacle: String?
    /// States expanded by the reduced search, and of these the ones of which only some successors were followed.
    public var expanded: UInt64 = 0
    public var reduced: UInt64 = 0
    /// Successors that were not followed.
    public var skipped: UInt64 = 0
    /// A violation was searched again without reduction: trace and counts are those of that search.
    public var isSearchedAgain = false
    /// False: the search for a shorter trace was ended by a limit.
    public var isShortest = true

    public init(obstacle: String? = nil) { self.obstacle = obstacle }

    /// Whether counts are those of a reduced search.
    public var isReduced: Bool { obstacle == nil && !isSearchedAgain }
  }

  public init(_ outcome: Outcome, property: String, scope: String?, engine: String) {
    self.outcome = outcome
    self.property = property
    self.scope = scope
    self.engine = engine
  }
}
