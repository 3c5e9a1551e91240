import ArgumentParser
import Report
import Spec

/// Whether to look at what was exercised, and whether that counts.
struct CoverageOptions: ParsableArguments {
  @Flag(help: "Show how often each action is enabled, which guards are ever the only false one, which antecedents ever hold.")
  var coverage = false

  @Flag(help: "Dead actions and antecedents that never hold are failures: exit 1. Implies --coverage.")
  var strict = false

  var isWanted: Bool { coverage || strict }

  /// The exit code of a verdict, and what `--strict` has to say to it.
  func status(_ verdict: Verdict, _ model: Model, _ style: Style) -> (status: ExitStatus, remarks: [String]) {
    let status = ExitStatus(verdict)
    guard strict, let coverage = verdict.coverage else { return (status, []) }
    let strictness = Strictness(coverage, model, style)
    return (ExitStatus.worst([status, strictness.status]), strictness.remarks)
  }
}

/// What `--strict` makes of coverage. Of an exhausted scope a finding is certain, unless it comes from a sample: then it is
/// undecided. Of walks it says what they did, and that is certain. A search that did not end is judged for what it is: undecided.
struct Strictness {
  let status: ExitStatus
  let remarks: [String]

  init(_ coverage: Coverage, _ model: Model, _ style: Style) {
    let text = CoverageText(coverage, model, style: style)
    var statuses: [ExitStatus] = []
    var remarks: [String] = []
    for finding in coverage.findings(in: model) {
      let counts = coverage.extent == .walks || coverage.isCertain(finding)
      statuses.append(counts ? .violated : .undecided)
      let word = counts ? style.bad("NOT COVERED") : style.unsure("not covered so far")
      remarks.append("\(word)  \(text.words(finding))")
    }
    status = ExitStatus.worst(statuses)
    self.remarks = remarks
  }
}
