/// The type checker of one spec. In: the trees of its files (the spec first, then its imports); out: a `Model`.
///
/// Names are collected first, so declarations may refer to later ones; then types, then everything with expressions.
/// After an error checking goes on: what is broken has the type `.error`, which fits everywhere and is not reported again.

final class SpecChecker {
  var diagnostics = Diagnostics()
  private var reported: Set<ReportKey> = []
  private var suggestions = 0
  var model: Model
  /// The spec's own tree first.
  let files: [FileTree]
  /// The index of the spec's own file among the sources.
  let file: Int32
  /// Some file has a syntax error: what seems to be missing may only be unreadable.
  let damaged: Bool
  private let lostNames: Set<String>
  /// The checked abstract spec of a `refines`, by its path as written and the file that names it.
  let abstractModel: (StringLiteral) -> Model?

  var symbols: [String: Symbol] = [:]
  var declared: [String: Span] = [:]
  var cases: [String: [(enumeration: EnumID, index: Int)]] = [:]
  var actionNames: [String: ActionID] = [:]
  var effectNames: [String: Int] = [:]
  var calledAt: [String: Span] = [:]
  var propertyNames: [String: PropertySymbol] = [:]
  var propertySpans: [String: Span] = [:]
  var scenarioNames: [String: Int] = [:]
  var scopeNames: [String: Int] = [:]

  var aliases: [AliasEntry] = []
  var records: [RecordEntry] = []
  var recordWidths: [RecordID: Int] = [:]
  var functions: [FunctionEntry] = []
  var effects: [EffectEntry] = []
  /// Entry index by `FunctionID`.
  var functionEntries: [Int] = []
  /// Names of the definitions (effects) being checked, outermost first: the cycle, if one closes.
  var running: [String] = []

  var work = Declarations()
  var frame = Frame()
  /// Variables read by what is being checked.
  var reads: Set<VariableID> = []
  /// Symbols that something refers to.
  var used: Set<Symbol> = []
  var usedEffects: Set<Int> = []
  var written: Set<VariableID> = []
  /// Updates and expressions that inlining has made, in this action or effect and in all.
  var inlinedWeight = 0
  var totalWeight = 0
  var tooLarge = false

  init(
    name: String, files: [FileTree], file: Int32, damage: [Damage], sources: SourceSet,
    abstractModel: @escaping (StringLiteral) -> Model?
  ) {
    self.files = files
    self.file = file
    self.damaged = damage.contains(where: \.any)
    self.lostNames = damage.reduce(into: []) { $0.formUnion($1.names) }
    self.abstractModel = abstractModel
    self.model = Model(name: name, documentation: files.first?.documentation ?? [], sources: sources)
  }

  func check() {
    collect()
    resolveTypes()
    checkPolicies()
    checkFunctions()
    checkEffects()
    checkAxioms()
    checkInitialStates()
    checkActions()
    checkProperties()
    checkIsolation()
    checkRefinements()
    checkScenarios()
    checkLayoutsAndCosts()
    checkScopes()
    checkVerify()
    warnAboutUnused()
  }

  // MARK: - Reporting

  private struct ReportKey: Hashable {
    var code: String
    var span: Span
  }

  /// One diagnostic for one code at one place: an effect inlined twice is wrong once.
  func report(_ fact: any DiagnosticFact, at span: Span, _ related: Diagnostic.Related?...) {
    if case NameFact.unknown(_, let name, _) = fact, lostNames.contains(name) { return }
    guard reported.insert(ReportKey(code: fact.code, span: span)).inserted else { return }
    if reported.count > SpecChecker.diagnosticLimit {
      guard reported.count == SpecChecker.diagnosticLimit + 1 else { return }
      diagnostics.report(SyntaxFact.tooManyErrors(kept: SpecChecker.diagnosticLimit), at: span)
      return
    }
    diagnostics.report(fact, at: span, related: related.compactMap { $0 })
  }

  /// For what seems to be missing: not reported where a syntax error may have swallowed it.
  func reportMissing(_ fact: any DiagnosticFact, at span: Span, _ related: Diagnostic.Related?...) {
    if !damaged { report(fact, at: span, related.first ?? nil) }
  }

  func nearest<Names: Sequence<String>>(_ name: String, among names: @autoclosure () -> Names) -> String? {
    // Suggestions look at every name; a text of thousands of unknown ones gets no more after these.
    guard suggestions < SpecChecker.suggestionLimit else { return nil }
    suggestions += 1
    return Suggestion.nearest(name, among: Array(names()).sorted())
  }

  private static let suggestionLimit = 200
  /// More than a reader can use.
  private static let diagnosticLimit = 200

  func describe(_ type: Type) -> String {
    switch type {
    case .int(let low, let high) where low == high: "the number \(low)"
    case .error: "something unknown"
    default: "`\(model.describe(type))`"
    }
  }

  /// A frame of its own for a declaration.
  func inFrame<Result>(_ new: Frame, _ body: () -> Result) -> (result: Result, frameSize: Int, reads: Set<VariableID>) {
    let (outerFrame, outerReads) = (frame, reads)
    (frame, reads) = (new, [])
    defer { (frame, reads) = (outerFrame, outerReads) }
    let result = body()
    return (result, frame.size, reads)
  }

  func inScope<Result>(_ body: () -> Result) -> Result {
    frame.push()
    defer { frame.pop() }
    return body()
  }
}
