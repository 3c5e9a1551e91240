import Report
import Spec

/// What a `verify` run has found so far, over all files.
struct Tally {
  var statuses: [ExitStatus] = []
  var results: [VerdictJson] = []
  var rejections: [JsonValue] = []
  /// Files that could not be judged at all, in words.
  private(set) var refusals: [String] = []
  /// What `--strict` objects to.
  var remarks: [String] = []
  /// Files that others import, by their real path.
  var imported: Set<String> = []
  /// Specs without a `verify` block.
  var silent: [(path: String, name: String)] = []
  private(set) var standings: [Judgement.Standing] = []

  /// Of all searches together, if statistics are asked for; seconds add up, memory is the most of one.
  private(set) var statistics: (sum: SearchStatistics, states: UInt64, transitions: UInt64, seconds: Double, peakBytes: UInt64)?

  var lines: Int { standings.count }

  mutating func add(_ outcome: LineOutcome, _ text: String, _ line: VerifyLine, _ model: Model, _ path: String) {
    standings.append(outcome.judgement.standing)
    statuses.append(outcome.status)
    let sources = model.sources
    let number = line.span.file >= 0 ? sources.files[Int(line.span.file)].position(of: line.span.start).line : 0
    for verdict in outcome.verdicts { add(verdict) }
    let parts = outcome.verdicts.map { VerdictJson(command: "verify", $0, model, file: path) }
    var document: VerdictJson
    if parts.count == 1, let only = parts.first {
      document = only
    } else {
      document = VerdictJson(command: "verify", verdict: outcome.verdictWord)
      document.specFile = path
      document.specName = model.name
      document.property = text
      document.results = parts
      document.sum(parts)
    }
    document.line = VerdictJson.line(text, number: number, outcome.judgement)
    document.exitCode = outcome.status.rawValue
    results.append(document)
  }

  private mutating func add(_ verdict: Verdict) {
    guard let taken = verdict.statistics else { return }
    var all = statistics ?? (SearchStatistics(), 0, 0, 0, 0)
    all.sum.add(taken)
    all.states &+= verdict.states
    all.transitions &+= verdict.transitions
    all.seconds += verdict.seconds
    all.peakBytes = max(all.peakBytes, verdict.peakBytes)
    statistics = all
  }

  func statisticsText(_ style: Style) -> StatisticsText? {
    statistics.map {
      StatisticsText(
        $0.sum, states: $0.states, transitions: $0.transitions, seconds: $0.seconds, peakBytes: $0.peakBytes, style: style)
    }
  }

  mutating func reject(_ path: String, _ error: SpecRejected) {
    statuses.append(.rejected)
    rejections += error.diagnostics.map { VerdictJson.diagnostic($0, in: error.sources) }
  }

  mutating func refuse(_ error: CommandError) {
    statuses.append(.rejected)
    refusals.append(error.message)
  }

  func summary(_ style: Style, seconds: Double) -> String {
    let good = standings.count { $0 == .asStated }
    var parts = ["\(good) of \(Quantities.counted(lines, "line")) as stated"]
    let other = standings.count { $0 == .notAsStated || $0 == .fault }
    let unsure = standings.count { $0 == .undecided }
    if other > 0 { parts.append("\(other) not") }
    if unsure > 0 { parts.append("\(unsure) undecided") }
    let text = parts.joined(separator: ", ")
    let painted = other > 0 ? style.bad(text) : unsure > 0 ? style.unsure(text) : style.good(text)
    return "\(painted) (\(Quantities.seconds(seconds)))"
  }

  func document(_ status: ExitStatus, seconds: Double) -> VerdictJson {
    var document = VerdictJson(command: "verify", verdict: status.word)
    document.property = "verify"
    document.results = results
    document.sum(results)
    document.seconds = seconds
    document.statistics = statisticsText(.plain)?.json ?? .null
    document.diagnostics = rejections
    document.notes = refusals + remarks
    document.exitCode = status.rawValue
    return document
  }
}

extension VerdictJson {
  /// Totals of several results: counts add up, depth and memory are the largest, and so is the time, since the verdicts of one
  /// proof share a run.
  mutating func sum(_ parts: [VerdictJson]) {
    states = parts.map(\.states).reduce(0, &+)
    transitions = parts.map(\.transitions).reduce(0, &+)
    depth = parts.map(\.depth).max() ?? 0
    seconds = parts.map(\.seconds).max() ?? 0
    peakBytes = parts.map(\.peakBytes).max() ?? 0
  }
}

extension ExitStatus {
  /// The verdict of a command that judged several things.
  var word: String {
    switch self {
    case .asStated: "asStated"
    case .violated: "notAsStated"
    case .rejected: "rejected"
    case .undecided: "undecided"
    case .fault: "fault"
    }
  }
}
