/// Whether an obligation lies in the fragment of which every question is decided. The prover fills it in, Report shows it.

/// EPR with stratified functions (Ge and de Moura, CAV 2009): functions and quantifiers never lead from a sort back to it, so
/// that there are finitely many ground terms.
public struct Decidability: Sendable {
  /// One step of a cycle: for each element of a sort there is one of another.
  public struct Link: Sendable {
    public var from: String
    public var to: String
    /// The function that leads there; nil: a quantifier does.
    public var function: String?
    /// What declares the function.
    public var declaration: Span
    /// The assertion that holds the quantifier: `require Vacant`, `Backed before`, `goal`.
    public var assertion: String?
    /// The quantifier, or the narrowest part of the text that is known to hold it.
    public var quantifier: Span

    public init(from: String, to: String, function: String?, declaration: Span, assertion: String?, quantifier: Span) {
      self.from = from
      self.to = to
      self.function = function
      self.declaration = declaration
      self.assertion = assertion
      self.quantifier = quantifier
    }
  }

  public enum Obstacle: String, Sendable {
    case cycle = "a cycle of sorts"
    case numbers = "a universal quantifier over numbers"
    case products = "a product or quotient of unknowns"
  }

  /// `Narrowed/map`
  public var obligation: String
  public var kind: String
  /// Empty: it is decided.
  public var obstacles: [Obstacle]
  /// A shortest cycle, its last link leading back to where the first begins.
  public var cycle: [Link]
  /// Of a quantifier over numbers: the assertion, and the place.
  public var numbers: Link?

  public init(obligation: String, kind: String, obstacles: [Obstacle], cycle: [Link], numbers: Link?) {
    self.obligation = obligation
    self.kind = kind
    self.obstacles = obstacles
    self.cycle = cycle
    self.numbers = numbers
  }
}
