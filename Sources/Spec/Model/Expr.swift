/// A typed expression. Everything the text left implicit is explicit here: injections into options, narrowings into
/// ranges, the binder each name means. Evaluator, C emitter and SMT encoder all read this and nothing else.

/// A bound name. `slot` is its place in the frame of the enclosing declaration (action, property, function, …):
/// unique there, dense from 0, so an evaluator frame is an array.
public struct Local: Hashable, Sendable {
  public var slot: Int
  public var name: String
  public var type: Type
  public init(slot: Int, name: String, type: Type) {
    self.slot = slot
    self.name = name
    self.type = type
  }
}

/// Immutable, shared freely, compared by identity where a cache needs it.
public final class Expr: Sendable {
  public let kind: Kind
  public let type: Type
  public let span: Span

  public init(_ kind: Kind, _ type: Type, _ span: Span) {
    self.kind = kind
    self.type = type
    self.span = span
  }

  public enum Kind: Sendable {
    // Leaves
    case bool(Bool)
    case int(Int64)
    case enumCase(EnumID, Int)
    case none  // type is .option
    case empty  // the empty set, queue or forest, by type
    case local(Local)
    case constant(ConstantID)
    case policy(PolicyID)
    /// The variable's value in the current state. Inside `.old` it is the state before. In a transition property the
    /// current state is the one after; in an action (guards and updates) it is the one before.
    case variable(VariableID)
    case old(Expr)

    // Logic. Conditional from left to right for definedness: and, or, implies, ifThenElse, orElse.
    case not(Expr)
    case and(Expr, Expr)
    case or(Expr, Expr)
    case implies(Expr, Expr)
    case iff(Expr, Expr)
    case equal(Expr, Expr)  // any type, structural; operands may differ in integer intervals only
    case ifThenElse(Expr, Expr, Expr)
    case letIn(Local, Expr, Expr)
    /// Binders range over all values of their (key) types; the body must be defined wherever the filter holds.
    case forall([Local], filter: Expr?, body: Expr)
    case exists([Local], filter: Expr?, body: Expr)
    case count([Local], filter: Expr?)

    // Numbers and orders
    case negate(Expr)
    case arithmetic(ArithmeticOperator, Expr, Expr)
    /// `<`, `<=` on ints, ordered enums, ordered sorts (`>`, `>=` are these with operands swapped).
    case less(Expr, Expr)
    case lessOrEqual(Expr, Expr)
    case next(Expr)  // option of an ordered enum
    case previous(Expr)
    /// The value as a member of the (integer range) `type`; a `range` error outside it. Only inserted where the
    /// operand's interval is not contained in the target.
    case narrow(Expr)

    // Options
    case some(Expr)
    case force(Expr)  // e!; error `none`
    case orElse(Expr, Expr)  // o ?? e

    // Records
    case record(RecordID, [Expr])
    case field(Expr, Int)

    // Maps
    case index(Expr, [Expr])
    /// `[x: K, y: L => body]`, one binder per key position. A filter makes a partial map: in views only.
    case mapLiteral([Local], filter: Expr?, body: Expr)

    // Sets
    case setLiteral([Expr])
    case setBuilder(Local, filter: Expr?)
    case member(Expr, Expr)  // element, set or queue
    case union(Expr, Expr)
    case difference(Expr, Expr)
    case intersection(Expr, Expr)
    case subset(Expr, Expr)  // s <= t
    case size(Expr)  // of a set

    // Queues
    case queueFirst(Expr)  // option
    case queueLength(Expr)
    case queueAt(Expr, Expr)  // error `index` outside

    // Forests. The first operand is a forest-typed expression (a variable, possibly under `old`).
    case parent(Expr, Expr)  // option
    case under(Expr, Expr, Expr)  // forest, x, a: x is a proper descendant of a
    case within(Expr, Expr, Expr)
    case root(Expr, Expr)
    case lone(Expr, Expr)

    /// Reflexive-transitive reachability of `{(x, y) | body}` from `from` to `to`; x and y have the same key type.
    case closure(Local, Local, body: Expr, from: Expr, to: Expr)

    /// A `def`. Functions are not recursive; arguments are passed by value and already narrowed.
    case call(FunctionID, [Expr])
  }
}

public enum ArithmeticOperator: String, Sendable, Hashable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"  // Euclidean; error `division` by zero
  case remainder = "%"
}
