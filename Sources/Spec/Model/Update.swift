/// The updates of an action, effects already inlined. All of them happen at once: every expression reads the state before.

/// A path into a variable.
public struct Location: Sendable {
  public enum Step: Sendable {
    case index([Expr])
    case field(Int)
  }
  public var variable: VariableID
  public var path: [Step]
  /// The type of what stands at the end of the path.
  public var type: Type
  public var span: Span

  public init(variable: VariableID, path: [Step], type: Type, span: Span) {
    self.variable = variable
    self.path = path
    self.type = type
    self.span = span
  }
}

public enum ForestOperation: Sendable {
  case attach(Expr, under: Expr)
  case detach(Expr)
  case prune(Expr)
  case remove(Expr)
  case replace(Expr, by: Expr)
}

public struct Update: Sendable {
  public indirect enum Kind: Sendable {
    case assign(Location, Expr)
    case add(Location, Expr)  // s.add(x)
    case remove(Location, Expr)  // s.remove(x)
    case push(Location, Expr)
    case pop(Location)
    case removeAll(Location, Local, filter: Expr)
    case forest(VariableID, ForestOperation)
    /// Binders over key types; the filter is conditional.
    case forEach([Local], filter: Expr?, [Update])
    case conditional(Expr, [Update], [Update])
    /// Binds for the block: a `let` among the statements, or a parameter of an inlined effect.
    case letIn(Local, Expr, [Update])
  }
  public var kind: Kind
  public var span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
