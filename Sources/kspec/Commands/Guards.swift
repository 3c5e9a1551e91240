import ArgumentParser
import Report
import Spec

struct Guards: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "guards", abstract: "For every named guard: the shortest attack without it, or a proof that nothing needs it.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("guard"), parsing: .singleValue,
    help: ArgumentHelp("Ask about this guard alone, and show its attack: Vacant, map.Vacant. Repeatable.", valueName: "name"))
  var names: [String] = []

  @OptionGroup var scope: ScopeOptions

  @Flag(help: "Show the run of every attack.")
  var traces = false

  @OptionGroup var effort: EffortOptions

  @OptionGroup var limits: LimitOptions

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  /// Of one search, where the user sets no limit: some seconds of native code. What lies beyond is *unknown*.
  private static let defaultStates: UInt64 = 3_000_000

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let rules = try chosen(model)
    var limits = limits.limits
    if limits.states == nil && limits.seconds == nil { limits.states = Self.defaultStates }
    let analysis = GuardAnalysis(
      session: session, model: model, scopes: try InstanceChoice(model: model).instances(scope), limits: limits,
      proofs: ProofOptions(resourceLimit: effort.rlimit), findsGroups: names.isEmpty || rules.count > 1)
    let report = try analysis.report(on: rules)
    let status = Self.status(report)
    let text = GuardText(report, model, style: json ? .plain : session.console.style)
    if json {
      var document = VerdictJson(command: "guards", report.baseline, model, file: file)
      document.verdict = status.word
      document.property = "guards"
      document.guards = text.json
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(text.lines(traces: traces || !names.isEmpty))
    }
    return status
  }

  /// A guard that is not needed is a finding, no failure.
  private static func status(_ report: GuardReport) -> ExitStatus {
    if report.isBroken { return .violated }
    let isOpen = report.entries.contains { if case .unknown = $0.standing { true } else { false } }
    if case .incomplete = report.covering { return .undecided }
    return isOpen ? .undecided : .asStated
  }

  private func chosen(_ model: Model) throws(CommandError) -> [Guard] {
    let all = model.guards.filter { $0.name != nil }
    if all.isEmpty { throw CommandError("\(model.name) has no guard with a name", help: "name one: require Free: …") }
    if names.isEmpty { return all }
    var wanted: Set<Guard> = []
    for name in names {
      let found = all.filter { $0.name == name || model.name(of: $0) == name }
      if found.isEmpty { throw .unknown("guard", name, in: model.name, candidates: all.map(model.name(of:))) }
      wanted.formUnion(found)
    }
    return all.filter(wanted.contains)
  }
}
