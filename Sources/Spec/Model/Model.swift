/// A checked spec: every name resolved, every expression typed, effects inlined. What all engines read.
public struct Model: Sendable {
  public var name: String
  public var documentation: [String]
  public var sources: SourceSet

  public var sorts: [SortDeclaration] = []
  public var enumerations: [EnumDeclaration] = []
  public var records: [RecordDeclaration] = []
  public var aliases: [AliasDeclaration] = []
  public var constants: [ConstantDeclaration] = []
  public var axioms: [Axiom] = []
  public var policies: [PolicyDeclaration] = []
  public var variables: [VariableDeclaration] = []
  public var functions: [FunctionDeclaration] = []  // callees before callers
  public var initial: InitialStates = InitialStates(assignments: [], frameSize: 0, span: .none)
  public var actions: [Action] = []
  public var properties: [Property] = []  // invariants, transitions, temporal, covers, in the order of the text
  public var deadlockAllowed = false
  public var view: View?
  public var flows: [Flow] = []
  public var noninterference: Noninterference?
  public var refinements: [Refinement] = []
  public var scenarios: [Scenario] = []
  public var layouts: [Layout] = []
  public var costs: [Cost] = []
  public var scopes: [Scope] = []
  /// nil: the spec has no `verify` block (reported, not silently passed).
  public var verify: [VerifyLine]?

  public init(name: String, documentation: [String], sources: SourceSet) {
    self.name = name
    self.documentation = documentation
    self.sources = sources
  }
}

public struct SortDeclaration: Sendable {
  public var name: String
  public var ordered: Bool
  public var documentation: [String]
  public var span: Span
}

public struct EnumDeclaration: Sendable {
  public var name: String
  public var ordered: Bool
  public var cases: [String]
  public var documentation: [String]
  public var span: Span
}

public struct RecordDeclaration: Sendable {
  public struct Field: Sendable {
    public var name: String
    public var type: Type
  }
  public var name: String
  public var fields: [Field]
  public var documentation: [String]
  public var span: Span
}

/// Kept for reports only; types in the model are already expanded.
public struct AliasDeclaration: Sendable {
  public var name: String
  public var type: Type
  public var span: Span
}

public struct ConstantDeclaration: Sendable {
  public var name: String
  public var type: Type
  public var documentation: [String]
  public var span: Span
}

/// Over constants and policies only.
public struct Axiom: Sendable {
  public var name: String
  public var body: Expr
  public var frameSize: Int
  public var span: Span
}

public struct PolicyDeclaration: Sendable {
  public var name: String
  public var type: Type  // a key type without sorts
  /// A closed expression over literals.
  public var defaultValue: Expr
  public var documentation: [String]
  public var span: Span
}

public struct VariableDeclaration: Sendable {
  public var name: String
  public var type: Type
  public var ghost: Bool
  public var documentation: [String]
  public var span: Span
}

public struct FunctionDeclaration: Sendable {
  public var name: String
  public var parameters: [Local]  // slots 0 ..< parameters.count
  public var result: Type
  public var body: Expr
  public var frameSize: Int
  /// True if it, or a function it calls, reads a variable: then it is evaluated in the state of the caller.
  public var readsState: Bool
  public var documentation: [String]
  public var span: Span
}

public struct InitialStates: Sendable {
  public enum Value: Sendable {
    case expression(Expr)
    /// Every value of the variable's type that satisfies the filter (in which `Local`, if any, is that value).
    case any(Local?, filter: Expr?)
  }
  public struct Assignment: Sendable {
    public var variable: VariableID
    public var value: Value
    public var span: Span
  }
  /// One for each variable, in the order of the variables.
  public var assignments: [Assignment]
  public var frameSize: Int
  public var span: Span
}

public enum Actor: Sendable {
  case unstated
  case environment
  case expression(Expr)
}

public struct Action: Sendable {
  /// The conjunction of an action in the order of the text.
  public enum Conjunct: Sendable {
    /// `name` is nil for an unnamed guard.
    case require(name: String?, Expr, Span)
    case letIn(Local, Expr)
  }
  /// `location := any x: T where P`: one more parameter; P is judged after all conjuncts, in order.
  /// The update `location := x` stands among `updates`.
  public struct Choice: Sendable {
    public var local: Local
    public var filter: Expr?
    /// The variable (for `choosing v = e`).
    public var variable: VariableID
    public var span: Span
  }
  public var name: String
  public var parameters: [Local]
  public var choices: [Choice]
  public var conjuncts: [Conjunct]
  public var updates: [Update]
  public var actor: Actor
  public var fairness: Fairness
  public var frameSize: Int
  public var documentation: [String]
  public var span: Span

  /// Parameters, then choices: what an instance of the action gives values to.
  public var instanceLocals: [Local] { parameters + choices.map(\.local) }
}

public struct Property: Sendable {
  public struct Trigger: Sendable {
    public var action: ActionID
    public var parameters: [Local]  // one for each parameter of the action
  }
  public enum Kind: Sendable {
    case invariant(Expr)
    /// Judged on every step; with a trigger on the steps of that action only. Names mean the state after, `old` before.
    case transition(Trigger?, Expr)
    case temporal(TemporalFormula)
    case cover(Expr)
  }
  public var name: String
  public var kind: Kind
  public var frameSize: Int
  public var documentation: [String]
  public var span: Span
}

public indirect enum TemporalFormula: Sendable {
  case atom(Expr)
  case not(TemporalFormula)
  case and(TemporalFormula, TemporalFormula)
  case or(TemporalFormula, TemporalFormula)
  case implies(TemporalFormula, TemporalFormula)
  case iff(TemporalFormula, TemporalFormula)
  case forall([Local], filter: Expr?, TemporalFormula)
  case exists([Local], filter: Expr?, TemporalFormula)
  case always(TemporalFormula)
  case eventually(TemporalFormula)
  case until(TemporalFormula, TemporalFormula)
  case leadsTo(TemporalFormula, TemporalFormula)
}

/// `view of d: Domain { … }`: all that d can ever observe.
public struct View: Sendable {
  public var domain: Local
  public var observations: [Expr]
  public var frameSize: Int
  public var span: Span
}

public struct Flow: Sendable {
  public var from: Local?  // nil: the environment
  public var to: Local
  public var condition: Expr?
  public var frameSize: Int
  public var span: Span
}

public struct Noninterference: Sendable {
  public var name: String
  public var span: Span
}

/// A refinement whose abstract side is typed against its own model.
public struct Refinement: Sendable {
  public struct ActionMapping: Sendable {
    public var concrete: ActionID
    /// The action's parameters, followed by its choices where the text names them too.
    public var parameters: [Local]
    public var abstract: ActionID
    /// Arguments, then choices, of the abstract action; expressions over the concrete state.
    public var arguments: [Expr]
    public var condition: Expr?
    public var span: Span
  }
  public var exactly: Bool
  public var abstractName: String
  public var abstractModel: Model
  public var parameters: [Local]
  /// Sort mapping: abstract sort to concrete type.
  public var sorts: [SortID: Type]
  public var constants: [ConstantID: Expr]
  /// A policy that the text leaves out keeps its default.
  public var policies: [PolicyID: Expr]
  public var variables: [VariableID: Expr]
  public var actions: [ActionMapping]
  public var elseStutter: Bool
  public var frameSize: Int
  public var span: Span
}

public struct Scenario: Sendable {
  public indirect enum Step: Sendable {
    /// Arguments then choices of the action. `refuse`: must not be enabled.
    case perform(ActionID, [Expr], refuse: Bool, Span)
    case assert(Expr, Span)
    case repeatBlock(count: Int?, [Step], Span)
  }
  public var name: String
  public var parameters: [Local]
  public var steps: [Step]
  public var frameSize: Int
  public var documentation: [String]
  public var span: Span
}

public struct Layout: Sendable {
  public var name: String
  public var key: Type
  public var variables: [VariableID]
  public var span: Span
}

public struct Cost: Sendable {
  public enum Item: Sendable {
    case trap
    case instructions(Int)
    case codeLines(Int)
    case switchSpace
    case copy(words: [String])
    case other([String])
  }
  public var action: ActionID
  public var items: [Item]
  public var span: Span
}

public struct Scope: Sendable {
  public var name: String
  /// A size for each sort that the scope names.
  public var sizes: [SortID: Int]
  public var pins: [ConstantID: Expr]
  public var constraints: [Expr]
  public var frameSize: Int
  public var span: Span
}

public struct VerifyLine: Sendable {
  public enum Goal: Sendable {
    case check
    /// Indices into `properties`; empty in the text means all invariants and transition properties (expanded here).
    case prove([Int])
    /// `prove N` of a noninterference: for every number of domains.
    case proveNoninterference
    case refute(Target)
    case cover(Int)
    case unreachable(Int)
    case test(scenario: Int)
  }
  public enum Target: Sendable, Hashable {
    case property(Int)
    case deadlock
    case error  // some spec error
    case noninterference
  }
  public var goal: Goal
  public var scope: Int?  // index into `scopes`
  public var settings: [PolicyID: Expr]
  /// `states`, `transitions`, `depth`, `steps`.
  public var pins: [String: Int]
  public var span: Span
}
