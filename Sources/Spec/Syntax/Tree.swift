/// What the parser makes of a file: names not yet resolved, types not yet known, every node with its span.
///
/// The printer (`kspec fmt`) works from this tree and the file's comments; the type checker turns it into a `Model`.

/// A name as written.
public struct Name: Hashable, Sendable {
  public var text: String
  public var span: Span

  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

// MARK: - Types

public struct TypeTree: Sendable {
  public indirect enum Kind: Sendable {
    case name(Name)  // Space, Slot, bool
    case range(low: ExprTree, high: ExprTree)  // 0..3
    case option(TypeTree)  // T?
    case set(TypeTree)  // set T
    case map([TypeTree], TypeTree)  // K -> V, (K, L) -> V
    case queue(capacity: ExprTree, TypeTree)  // seq[n] T
    case forest(TypeTree)  // forest K
    case error  // a diagnostic was already reported here
  }
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

// MARK: - Expressions

/// `s, a: Slot`: each name is its own binder; names written with one type share the tree.
/// `type` is nil where it may be inferred (trigger parameters, `removeAll(x where …)`).
public struct BinderTree: Sendable {
  public var name: Name
  public var type: TypeTree?
  /// True where this name was written in one group with the next (`s, a: Slot`): the printer keeps the grouping.
  public var sharesTypeWithNext: Bool

  public init(name: Name, type: TypeTree?, sharesTypeWithNext: Bool = false) {
    self.name = name
    self.type = type
    self.sharesTypeWithNext = sharesTypeWithNext
  }
}

public enum UnaryOperator: String, Sendable, CaseIterable {
  case not = "!"
  case negate = "-"
}

public enum BinaryOperator: String, Sendable, CaseIterable {
  case iff = "<==>"
  case implies = "==>"
  case or = "||"
  case and = "&&"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case member = "in"
  case orElse = "??"
  case plus = "+"  // numbers; set union
  case minus = "-"  // numbers; set difference
  case times = "*"
  case divide = "/"
  case remainder = "%"
  case intersection = "&"
}

public struct ArgumentTree: Sendable {
  /// `under` in `attach(c, under: p)`, `space` in `Slot(space: s, page: p)`.
  public var label: Name?
  public var value: ExprTree

  public init(label: Name?, value: ExprTree) {
    self.label = label
    self.value = value
  }
}

public struct ExprTree: Sendable {
  public indirect enum Kind: Sendable {
    case name(Name)
    case integer(Int64)
    case bool(Bool)
    case none
    case unary(UnaryOperator, ExprTree)
    case binary(BinaryOperator, ExprTree, ExprTree)
    case force(ExprTree)  // o!
    case member(ExprTree, Name)  // x.page, q.first, f.parent (before its call)
    case index(ExprTree, [ExprTree])  // m[k, l], q[i]
    case call(ExprTree, [ArgumentTree])  // f(x), Slot(space: s), tree.under(s, a), closure(r)(x, y), size(s)
    case ifThenElse(ExprTree, ExprTree, ExprTree)
    case letIn(Name, ExprTree, ExprTree)
    case quantifier(Quantifier, [BinderTree], filter: ExprTree?, body: ExprTree)
    case count([BinderTree], filter: ExprTree?)  // count(x: T where P)
    case mapLiteral([BinderTree], filter: ExprTree?, body: ExprTree)  // [x: K where P => e]
    case setBuilder(BinderTree, filter: ExprTree?)  // {x: T where P}
    case setLiteral([ExprTree])  // {a, b}
    case old(ExprTree)
    case temporal(TemporalOperator, ExprTree)  // always p, eventually p
    case temporalBinary(TemporalBinaryOperator, ExprTree, ExprTree)  // p until q, p leadsTo q
    case parenthesized(ExprTree)  // kept for the printer
    case error
  }
  public enum Quantifier: String, Sendable { case forall, exists }
  public enum TemporalOperator: String, Sendable { case always, eventually }
  public enum TemporalBinaryOperator: String, Sendable { case until, leadsTo }

  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

// MARK: - Statements

public struct StatementTree: Sendable {
  public indirect enum Kind: Sendable {
    case require(name: Name?, ExprTree)
    case letBinding(Name, ExprTree)  // let x = e
    case assign(ExprTree, ExprTree)  // location := e
    case choose(ExprTree, BinderTree?, filter: ExprTree?)  // location := any x: T where P; nil: any
    /// An effect call `clear(from)`, or an update method `tree.attach(c, under: p)`, `q.push(e)`, `s.add(x)`.
    case call(ExprTree, [ArgumentTree])
    /// `q.removeAll(x where P)`.
    case removeAll(ExprTree, BinderTree, filter: ExprTree)
    case forEach([BinderTree], filter: ExprTree?, [StatementTree])
    case conditional(ExprTree, [StatementTree], [StatementTree]?)  // else-if is an else of one conditional
    case error
  }
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

// MARK: - Declarations

public struct FieldTree: Sendable {
  public var name: Name
  public var type: TypeTree
  public init(name: Name, type: TypeTree) {
    self.name = name
    self.type = type
  }
}

public enum ActorTree: Sendable {
  case expression(ExprTree)
  case environment(Span)
}

public enum Fairness: String, Sendable, Hashable { case none, weak, strong }

public struct ActionTree: Sendable {
  public var name: Name
  public var parameters: [BinderTree]
  public var actor: ActorTree?
  public var fairness: Fairness
  public var body: [StatementTree]

  public init(name: Name, parameters: [BinderTree], actor: ActorTree?, fairness: Fairness, body: [StatementTree]) {
    self.name = name
    self.parameters = parameters
    self.actor = actor
    self.fairness = fairness
    self.body = body
  }
}

public struct InitStatementTree: Sendable {
  public enum Value: Sendable {
    case expression(ExprTree)
    case any(BinderTree?, filter: ExprTree?)
  }
  public var variable: Name
  public var value: Value
  public var span: Span
  public init(variable: Name, value: Value, span: Span) {
    self.variable = variable
    self.value = value
    self.span = span
  }
}

public struct TriggerTree: Sendable {
  public var action: Name
  public var parameters: [Name]
  public init(action: Name, parameters: [Name]) {
    self.action = action
    self.parameters = parameters
  }
}

public enum PropertyKeyword: String, Sendable, Hashable, CaseIterable { case invariant, transition, temporal, cover }

public struct PropertyTree: Sendable {
  public var keyword: PropertyKeyword
  public var name: Name
  public var trigger: TriggerTree?  // `on a(x) ::`, transitions only
  public var body: ExprTree
  public init(keyword: PropertyKeyword, name: Name, trigger: TriggerTree?, body: ExprTree) {
    self.keyword = keyword
    self.name = name
    self.trigger = trigger
    self.body = body
  }
}

public struct FlowTree: Sendable {
  public var from: BinderTree?  // nil: `flow from environment to …`
  public var to: BinderTree
  public var condition: ExprTree?
  public init(from: BinderTree?, to: BinderTree, condition: ExprTree?) {
    self.from = from
    self.to = to
    self.condition = condition
  }
}

/// `refines [exactly] Machine("machine.kspec") for g: Guest { … }`
public struct RefinesTree: Sendable {
  public struct Clause: Sendable {
    public enum Kind: Sendable {
      /// `memory = e`: a variable, sort, constant or policy of the abstract spec.
      case value(Name, ExprTree)
      /// `Word = Word`-like sort mappings are `value`s too; the type checker tells them apart.
      /// `write(p, v) <- guestWrite(g, p, v) when P`, with `choosing w = e` for abstract choices.
      case action(
        abstract: Name, arguments: [ExprTree], choosing: [ChoosingTree], concrete: Name, parameters: [Name], when: ExprTree?)
      case elseStutter
    }
    public var kind: Kind
    public var span: Span
    public init(kind: Kind, span: Span) {
      self.kind = kind
      self.span = span
    }
  }
  public var exactly: Bool
  public var spec: Name
  public var path: StringLiteral
  public var parameters: [BinderTree]
  public var clauses: [Clause]
  public init(exactly: Bool, spec: Name, path: StringLiteral, parameters: [BinderTree], clauses: [Clause]) {
    self.exactly = exactly
    self.spec = spec
    self.path = path
    self.parameters = parameters
    self.clauses = clauses
  }
}

public struct StringLiteral: Sendable {
  public var text: String
  public var span: Span
  public init(text: String, span: Span) {
    self.text = text
    self.span = span
  }
}

public struct ChoosingTree: Sendable {
  public var variable: Name
  public var value: ExprTree
  public init(variable: Name, value: ExprTree) {
    self.variable = variable
    self.value = value
  }
}

public struct ScenarioStepTree: Sendable {
  public indirect enum Kind: Sendable {
    case perform(Name, [ExprTree], choosing: [ChoosingTree])
    case refuse(Name, [ExprTree], choosing: [ChoosingTree])
    case assert(ExprTree)
    case repeatBlock(count: ExprTree?, [ScenarioStepTree])
    case error
  }
  public var kind: Kind
  public var span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

public struct ScopeTree: Sendable {
  public struct Entry: Sendable {
    public enum Kind: Sendable {
      case equal(Name, ExprTree)  // a sort's size, or a constant's value
      case constraint(ExprTree)  // where P
    }
    public var kind: Kind
    public var span: Span
    public init(kind: Kind, span: Span) {
      self.kind = kind
      self.span = span
    }
  }
  public var name: Name
  public var entries: [Entry]
  public init(name: Name, entries: [Entry]) {
    self.name = name
    self.entries = entries
  }
}

public struct SettingTree: Sendable {
  public var policy: Name
  public var value: ExprTree
  public init(policy: Name, value: ExprTree) {
    self.policy = policy
    self.value = value
  }
}

public enum VerifyVerb: String, Sendable, Hashable, CaseIterable { case check, prove, refute, cover, unreachable, test }

public struct VerifyLineTree: Sendable {
  public struct Pin: Sendable {
    public var key: Name  // states, transitions, depth, steps
    public var value: ExprTree
    public init(key: Name, value: ExprTree) {
      self.key = key
      self.value = value
    }
  }
  public var verb: VerifyVerb
  /// check: [scope]; prove: properties; refute, cover, unreachable, test: [property or scenario].
  public var names: [Name]
  public var scope: Name?
  public var settings: [SettingTree]
  public var pins: [Pin]
  public var span: Span
  public init(verb: VerifyVerb, names: [Name], scope: Name?, settings: [SettingTree], pins: [Pin], span: Span) {
    self.verb = verb
    self.names = names
    self.scope = scope
    self.settings = settings
    self.pins = pins
    self.span = span
  }
}

/// `cost call { trap; instructions 60; code 12 lines; switch space; copy payload bytes }`: each item is its words in order.
public struct CostItemTree: Sendable {
  public enum Word: Sendable {
    case name(Name)
    case integer(Int64, Span)
  }
  public var words: [Word]
  public var span: Span
  public init(words: [Word], span: Span) {
    self.words = words
    self.span = span
  }
}

public struct DeclarationTree: Sendable {
  public enum Kind: Sendable {
    case importFile(StringLiteral)
    case sort(Name, ordered: Bool)
    case enumeration(Name, ordered: Bool, cases: [Name])
    case typeAlias(Name, TypeTree)
    case record(Name, [FieldTree])
    case constant([Name], TypeTree)  // const a, b: T
    case axiom(Name, ExprTree)
    case policy(Name, TypeTree, ExprTree)
    case variable([Name], TypeTree, ghost: Bool)
    case function(Name, [BinderTree], TypeTree, ExprTree)
    case effect(Name, [BinderTree], [StatementTree])
    case initial([InitStatementTree])
    case action(ActionTree)
    case property(PropertyTree)
    case deadlockAllowed
    case view(BinderTree, [ExprTree])  // view of d: Domain { e; e }
    case flow(FlowTree)
    case noninterference(Name)
    case refines(RefinesTree)
    case scenario(Name, [BinderTree], [ScenarioStepTree])
    case layout(Name, Name, [Name])  // layout tcb[Thread]: state, partner
    case cost(Name, [CostItemTree])
    case scope(ScopeTree)
    case verify([VerifyLineTree])
    case error
  }
  public var kind: Kind
  /// Lines of the `///` comment before it, without the slashes and one following space.
  public var documentation: [String]
  public var span: Span
  public init(kind: Kind, documentation: [String], span: Span) {
    self.kind = kind
    self.documentation = documentation
    self.span = span
  }
}

public struct FileTree: Sendable {
  /// `L4.Mapping` as written, nil if the header is missing (a diagnostic then).
  public var name: Name?
  public var documentation: [String]
  public var declarations: [DeclarationTree]
  public init(name: Name?, documentation: [String], declarations: [DeclarationTree]) {
    self.name = name
    self.documentation = documentation
    self.declarations = declarations
  }
}
