/// What went wrong with a text, as facts. `DiagnosticRenderer` makes prose, line and caret of it.

/// The facts of one kind of mistake. Each phase has its own enum (`SyntaxFact`, `TypingFact`, …); the code is stable,
/// is documented in docs/Diagnostics.md and is what tests and scripts may rely on.
public protocol DiagnosticFact: Sendable {
  /// `E0203`: E for errors, W for warnings; the hundreds are the phase (01 lexing and syntax, 02 names, 03 types,
  /// 04 well-formedness of actions and properties, 05 scopes and verify, 06 files and imports).
  var code: String { get }
  /// One sentence: what is wrong. Names both sides of a mismatch.
  var message: String { get }
  /// A short text that stands under the caret.
  var label: String { get }
  /// What to do about it, "did you mean" included; nil only where the message already says it.
  var help: String? { get }
}

public struct Diagnostic: Sendable {
  public enum Severity: String, Sendable { case error, warning }
  /// Another place that the reader must see: where a type came from, where a name was declared first.
  public struct Related: Sendable {
    public var span: Span
    public var label: String
    public init(span: Span, label: String) {
      self.span = span
      self.label = label
    }
  }

  public var fact: any DiagnosticFact
  public var span: Span
  public var related: [Related]

  public init(_ fact: any DiagnosticFact, at span: Span, related: [Related] = []) {
    self.fact = fact
    self.span = span
    self.related = related
  }

  public var code: String { fact.code }
  public var severity: Severity { fact.code.hasPrefix("W") ? .warning : .error }
}

/// Collects diagnostics through all phases of one run, so that one mistake does not hide the next.
public struct Diagnostics: Sendable {
  public private(set) var all: [Diagnostic] = []
  public init() {}

  public mutating func report(_ fact: any DiagnosticFact, at span: Span, related: [Diagnostic.Related] = []) {
    all.append(Diagnostic(fact, at: span, related: related))
  }

  public var hasErrors: Bool { all.contains { $0.severity == .error } }
}

/// Thrown by whoever cannot go on without a well-formed spec.
public struct SpecRejected: Error, Sendable {
  public var diagnostics: [Diagnostic]
  public var sources: SourceSet
  public init(diagnostics: [Diagnostic], sources: SourceSet) {
    self.diagnostics = diagnostics
    self.sources = sources
  }
}
