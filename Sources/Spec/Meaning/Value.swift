/// A value of the reference meaning: slow, canonical (equal values are `==`), independent of every packing.
public indirect enum Value: Hashable, Sendable {
  case bool(Bool)
  case int(Int64)
  /// An element of a sort or a case of an enum, by its ordinal.
  case element(Int)
  case none
  case some(Value)
  case record([Value])
  /// Membership by the element's ordinal.
  case set([Bool])
  /// One value a key, in the order of the key's ordinal (several index positions: the first is the most significant).
  case map([Value])
  case queue([Value])
  /// The parent's ordinal by the child's ordinal; -1 for a root.
  case forest([Int])
}

/// The rigid part of a run: one value for each constant of the model.
public struct RigidValuation: Hashable, Sendable {
  public var constants: [Value]
  public init(constants: [Value]) { self.constants = constants }
}

/// One value for each variable of the model.
public struct State: Hashable, Sendable {
  public var variables: [Value]
  public init(variables: [Value]) { self.variables = variables }
}

/// An action with values for its parameters, then its choices, as ordinals of their types.
public struct ActionInstance: Hashable, Comparable, Sendable {
  public var action: ActionID
  public var arguments: [Int]

  public init(action: ActionID, arguments: [Int]) {
    self.action = action
    self.arguments = arguments
  }

  /// The order that makes results deterministic: by action in the order of the text, then by arguments.
  public static func < (a: ActionInstance, b: ActionInstance) -> Bool {
    a.action != b.action ? a.action < b.action : a.arguments.lexicographicallyPrecedes(b.arguments)
  }
}

/// What makes a step, or a property's evaluation, meaningless: always the spec's fault, always shown with its trace.
public struct SpecError: Error, Hashable, Sendable {
  public enum Kind: String, Sendable, Hashable {
    case range  // a value outside its range
    case none  // x! on none
    case division  // by zero
    case index  // q[i] outside
    case overflow  // push on a full queue
    case underflow  // pop of an empty queue
    case conflict  // two updates of one location with different values
    case forest  // attach of a non-root, a cycle, replace by a node that is not lone
    case unbounded  // a value of an init `any`, or a computation, too large to enumerate
  }
  public var kind: Kind
  public var span: Span
  /// What was computed, for the message: `7 is outside 0..3`.
  public var detail: String

  public init(_ kind: Kind, at span: Span, _ detail: String) {
    self.kind = kind
    self.span = span
    self.detail = detail
  }
}
