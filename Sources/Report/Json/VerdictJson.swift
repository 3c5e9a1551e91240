import Spec

/// The document that `--json` prints: schema `kspec/verdict`, version 1, described field by field in docs/Json.md (a test
/// compares the two). Every command prints one such object; commands that judge several things put one each into `results`.
///
/// The version rises when a field changes its meaning or goes away, not when one is added.
public struct VerdictJson: Sendable {
  public static let schema = "kspec/verdict"
  public static let version = 1

  public var command: String
  public var verdict: String
  public var property: String?
  public var specFile: String?
  public var specName: String?
  public var scope: String?
  public var sizes: [(sort: String, size: Int)] = []
  public var policies: [(name: String, value: String)] = []
  public var engine: String?
  public var states: UInt64 = 0
  public var transitions: UInt64 = 0
  public var depth = 0
  public var rigidValuations = 0
  /// Of a proof by induction: how many states in a row carry it.
  public var inductionDepth: Int?
  public var seconds = 0.0
  public var peakBytes: UInt64 = 0
  /// Covers that a search reached on its way, each with the steps of a shortest trace.
  public var covers: [(name: String, steps: Int)] = []
  public var symmetry: Verdict.Symmetry?
  /// What was exercised, where `--coverage` or `--strict` asks.
  public var coverage: JsonValue = .null
  /// What random walks did.
  public var walks: JsonValue = .null
  /// What limited a search, where `--stats` asks.
  public var statistics: JsonValue = .null
  public var partialOrder: Verdict.PartialOrder?
  public var store: Verdict.Store?
  /// Why a run is undecided, or what a violation violates.
  public var reason: String?
  public var trace: JsonValue = .null
  public var explanation: JsonValue = .null
  public var induction: JsonValue = .null
  /// What `infer` found, as declarations.
  public var invariants: [String] = []
  public var notes: [String] = []
  /// For a line of a `verify` block: as written, where, and how it came out.
  public var line: JsonValue = .null
  /// What `bench` measured.
  public var measurement: JsonValue = .null
  /// What `guards` and `policies` found.
  public var guards: JsonValue = .null
  public var lattice: JsonValue = .null
  /// What solvers say of a certificate.
  public var recheck: JsonValue = .null
  /// What `prove --explain` says of each obligation.
  public var obligations: JsonValue = .null
  public var diagnostics: [JsonValue] = []
  public var exitCode: Int32 = 0
  public var results: [VerdictJson] = []

  public init(command: String, verdict: String) {
    self.command = command
    self.verdict = verdict
  }

  /// One engine's verdict.
  public init(command: String, _ found: Verdict, _ model: Model, file: String) {
    self.init(command: command, verdict: found.outcome.word)
    property = found.property
    specFile = file
    specName = model.name
    scope = found.scope
    sizes = found.sizes
    policies = found.policies
    engine = found.engine
    states = found.states
    transitions = found.transitions
    depth = found.depth
    rigidValuations = found.rigidValuations
    inductionDepth = found.inductionDepth
    seconds = found.seconds
    peakBytes = found.peakBytes
    symmetry = found.symmetry
    if let exercised = found.coverage { coverage = CoverageText(exercised, model, style: .plain).json }
    if let found = found.walks { walks = Self.walks(found) }
    if let taken = found.statistics { statistics = StatisticsText(taken, found, style: .plain).json }
    partialOrder = found.partialOrder
    store = found.store
    covers = found.covers.map { (model.properties[$0.property].name, $0.steps) }
    notes = found.notes
    switch found.outcome {
    case .undecided(let why): reason = why
    case .violated(let broken): reason = broken.name(in: model)
    case .bounded(let depth): reason = "no violation to depth \(depth)"
    case .proved, .exhausted, .reached: break
    }
    if let run = found.trace { trace = ValueJson(names: ValueNames(run.instance, run.rigid)).trace(run) }
    if let run = found.induction { induction = ValueJson(names: ValueNames(run.instance, run.rigid)).trace(run) }
    explanation = Self.explanation(found, model)
  }

  public func json() -> JsonValue {
    .object([
      "schema": .string(Self.schema), "version": .int(Int64(Self.version)), "kspec": .string(kspecVersion),
      "command": .string(command), "verdict": .string(verdict), "property": .optional(property),
      "spec": .object(["file": .optional(specFile), "name": .optional(specName)]), "scope": .optional(scope),
      "sizes": .object(Dictionary(sizes.map { ($0.sort, .int(Int64($0.size))) }, uniquingKeysWith: { first, _ in first })),
      "policies": .object(Dictionary(policies.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first })),
      "engine": .optional(engine), "states": .count(states), "transitions": .count(transitions), "depth": .int(Int64(depth)),
      "rigidValuations": .int(Int64(rigidValuations)), "seconds": .number(seconds), "peakBytes": .count(peakBytes),
      "inductionDepth": inductionDepth.map { .int(Int64($0)) } ?? .null,
      "orbits": symmetry.map { .count($0.orbits) } ?? .null, "symmetry": symmetry.map(Self.symmetry) ?? .null,
      "coverage": coverage, "statistics": statistics, "walks": walks, "guards": guards, "lattice": lattice,
      "partialOrder": partialOrder.map(Self.partialOrder) ?? .null,
      "store": store.map(Self.store) ?? .null,
      "covers": .object(Dictionary(covers.map { ($0.name, .int(Int64($0.steps))) }, uniquingKeysWith: { first, _ in first })),
      "reason": .optional(reason), "trace": trace, "explanation": explanation, "induction": induction,
      "invariants": .array(invariants.map { .string($0) }),
      "notes": .array(notes.map { .string($0) }), "line": line, "measurement": measurement,
      "recheck": recheck, "obligations": obligations,
      "diagnostics": .array(diagnostics), "exitCode": .int(Int64(exitCode)), "results": .array(results.map { $0.json() }),
    ])
  }

  private static func store(_ store: Verdict.Store) -> JsonValue {
    .object([
      "form": .string(store.form.rawValue), "bytesPerState": .number(store.bytesPerState),
      "omissionProbability": store.omission.map { .number($0) } ?? .null,
    ])
  }

  private static func symmetry(_ symmetry: Verdict.Symmetry) -> JsonValue {
    .object([
      "group": .string(symmetry.group), "order": .count(symmetry.order), "valuations": .int(Int64(symmetry.valuations)),
      "remarks": .array(symmetry.remarks.map { .string($0) }), "exact": .bool(symmetry.isExact),
    ])
  }

  private static func walks(_ walks: WalkSummary) -> JsonValue {
    let rate = walks.seconds > 0 ? 1 / walks.seconds : 0
    return .object([
      "seed": .count(walks.seed), "walks": .int(Int64(walks.walks)), "steps": .int(Int64(walks.steps)),
      "visits": .count(walks.visits), "walksPerSecond": .number(Double(walks.walks) * rate),
      "visitsPerSecond": .number(Double(walks.visits) * rate), "metBy": walks.metBy.map { .int(Int64($0)) } ?? .null,
      "metAfter": walks.metAfter.map { .int(Int64($0)) } ?? .null,
    ])
  }

  private static func partialOrder(_ order: Verdict.PartialOrder) -> JsonValue {
    .object([
      "obstacle": .optional(order.obstacle), "expanded": .count(order.expanded), "reduced": .count(order.reduced),
      "skipped": .count(order.skipped), "searchedAgain": .bool(order.isSearchedAgain), "shortest": .bool(order.isShortest),
    ])
  }

  /// A `verify` line's `line` field.
  public static func line(_ stated: String, number: Int, _ judgement: Judgement) -> JsonValue {
    .object([
      "text": .string(stated), "number": .int(Int64(number)), "standing": .string(judgement.standing.rawValue),
      "words": .string(judgement.words),
    ])
  }

  public static func diagnostic(_ diagnostic: Diagnostic, in sources: SourceSet) -> JsonValue {
    let file =
      diagnostic.span.file >= 0 && Int(diagnostic.span.file) < sources.files.count
      ? sources.files[Int(diagnostic.span.file)] : nil
    let position = file?.position(of: diagnostic.span.start)
    return .object([
      "code": .string(diagnostic.code), "severity": .string(diagnostic.severity.rawValue),
      "message": .string(diagnostic.fact.message), "help": .optional(diagnostic.fact.help), "file": .optional(file?.path),
      "line": position.map { .int(Int64($0.line)) } ?? .null, "column": position.map { .int(Int64($0.column)) } ?? .null,
    ])
  }

  private static func explanation(_ found: Verdict, _ model: Model) -> JsonValue {
    guard let explanation = found.explanation else { return .null }
    let span = explanation.conjunct
    let file = span.file >= 0 && Int(span.file) < model.sources.files.count ? model.sources.files[Int(span.file)] : nil
    let position = file?.position(of: span.start)
    let run = found.trace ?? found.induction
    return .object([
      "text": .string(model.sources.text(span)), "file": .optional(file?.path),
      "line": position.map { .int(Int64($0.line)) } ?? .null, "column": position.map { .int(Int64($0.column)) } ?? .null,
      "witness": run.map { ValueJson(names: ValueNames($0.instance, $0.rigid)).witness(explanation) } ?? .object([:]),
    ])
  }
}

/// The version of this program, for reports and `kspec --version`.
public let kspecVersion = "0.1.0"

extension Verdict.Outcome {
  /// The word of the JSON schema.
  public var word: String {
    switch self {
    case .proved: "proved"
    case .exhausted: "exhausted"
    case .bounded: "bounded"
    case .violated: "violated"
    case .reached: "reached"
    case .undecided: "undecided"
    }
  }
}
