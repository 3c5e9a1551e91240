import Foundation
import Report
import Spec

/// `kspec verify`: files in, a row for each line of each `verify` block and one exit code out. A file that is wrong does not keep
/// the others from being judged.
struct VerifyRun {
  let session: Session
  let limits: Limits
  let traces: Bool
  let record: Bool
  let json: Bool

  func run(_ paths: [String]) throws -> ExitStatus {
    let started = ContinuousClock.now
    let found = SpecFiles.find(paths)
    var tally = Tally()
    for problem in found.problems {
      session.report(problem)
      tally.refuse(problem)
    }
    for path in found.files {
      do {
        let model = try session.load(path)
        tally.imported.formUnion(model.sources.files.dropFirst().map { canonical($0.path) })
        if let lines = model.verify, !lines.isEmpty {
          try judge(lines, of: model, path, &tally)
        } else {
          tally.silent.append((path, model.name))
        }
      } catch let error as SpecRejected {
        session.report(error)
        tally.reject(path, error)
      } catch let error as CommandError {
        session.report(error)
        tally.refuse(error)
      }
    }
    reportSilent(&tally)
    let status = ExitStatus.worst(tally.statuses)
    try finish(tally, status, seconds: started.duration(to: .now).seconds)
    return status
  }

  private func judge(_ lines: [VerifyLine], of model: Model, _ path: String, _ tally: inout Tally) throws {
    let stated = lines.map { LineText.asWritten($0, in: model) }
    let table = VerifyTable(stated: stated, style: session.console.style)
    if !json { session.console.out(session.console.style.strong(path)) }
    var outcomes: [LineOutcome] = []
    var notes: Set<String> = []
    for (line, text) in zip(lines, stated) {
      session.console.progress("\(path): \(text)")
      let runner = LineRunner(session: session, model: model, limits: limits)
      let outcome = runner.run(record ? line.withoutPins : line)
      outcomes.append(outcome)
      tally.add(outcome, text, line, model, path)
      if !json {
        session.console.out(table.row(text, outcome.judgement, outcome.verdicts))
        session.console.out(details(outcome, model, &notes))
      }
    }
    judgeCoverage(outcomes, model, path, &tally)
    if record { try PinRecorder(session: session, quiet: json).write(outcomes, lines, model, path) }
  }

  /// What stands below a row: why it failed, and with `--traces` what it found.
  private func details(_ outcome: LineOutcome, _ model: Model, _ notes: inout Set<String>) -> [String] {
    var lines: [String] = []
    for verdict in outcome.verdicts {
      for note in verdict.notes where notes.insert(note).inserted { lines.append("note: \(note)") }
      let show: Bool =
        switch verdict.outcome {
        case .proved, .exhausted: false
        // The row says why; there is more to show only where there is a step.
        case .undecided: verdict.induction != nil || verdict.trace != nil
        default: traces || outcome.judgement.standing != .asStated
        }
      // What all searches together did stands at the end.
      var verdict = verdict
      verdict.statistics = nil
      verdict.coverage = nil
      if show { lines += VerdictText(verdict, model, style: session.console.style).lines() }
    }
    return lines.map { $0.isEmpty ? "" : "        " + $0 }
  }

  /// With `--strict`: what happens in none of the file's check lines. One of them may well switch an action off.
  private func judgeCoverage(_ outcomes: [LineOutcome], _ model: Model, _ path: String, _ tally: inout Tally) {
    let found = outcomes.flatMap(\.verdicts).compactMap(\.coverage)
    guard var all = found.first else { return }
    for coverage in found.dropFirst() { all.add(coverage) }
    let strictness = Strictness(all, model, json ? .plain : session.console.style)
    tally.statuses.append(strictness.status)
    tally.remarks += strictness.remarks.map { "\(path): \($0)" }
    if !json { session.console.out(strictness.remarks.map { "    " + $0 }) }
  }

  /// A spec that states nothing is not green. A file that another one imports may leave the stating to that one.
  private func reportSilent(_ tally: inout Tally) {
    for (path, name) in tally.silent where !tally.imported.contains(canonical(path)) {
      let error = CommandError(
        "\(path): \(name) has no `verify` block, so nothing was judged", help: "state what must come out: verify { check SCOPE }")
      session.report(error)
      tally.refuse(error)
    }
  }

  private func finish(_ tally: Tally, _ status: ExitStatus, seconds: Double) throws {
    if json {
      try session.print(tally.document(status, seconds: seconds))
    } else if tally.lines > 0 {
      session.console.out(tally.statisticsText(session.console.style)?.summary() ?? [])
      session.console.out(tally.summary(session.console.style, seconds: seconds))
    }
  }

  private func canonical(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().standardized.path }
}

extension VerifyLine {
  var withoutPins: VerifyLine {
    var line = self
    line.pins = [:]
    return line
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
