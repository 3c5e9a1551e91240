import Prover
import Report
import Spec

/// Certificates in, what solvers say of them out. `violated`: a solver contradicts; `rejected`: it is no proof of its spec.
extension Session {
  static let programName = "kspec \(kspecVersion)"

  func recheck(_ folder: String, seconds: Double, threads: Int) throws -> (Rechecked, ExitStatus) {
    let started = ContinuousClock.now
    let content: CertificateContent
    do {
      content = try CertificateReader(folder).read(program: Self.programName)
    } catch let failure as CertificateFailure {
      throw CommandError(failure.reason, help: failure.help)
    }
    var result = Rechecked(content)
    guard content.problems.isEmpty else { return (result, .rejected) }
    let check = CertificateCheck(solvers: CheckingSolver.installed(), threads: threads, seconds: seconds)
    let questions = content.questions(in: folder)
    let console = console
    let interruption = interruption
    let rows = check.run(questions, isCancelled: { interruption.isRequested }) { done in
      console.progress("\(done) of \(questions.count) obligations")
    }
    console.endProgress()
    result.solvers = check.solvers.map { ($0.name, $0.version) }
    result.rows = rows.map { Rechecked.Row($0) }
    result.seconds = started.duration(to: .now).seconds
    if interruption.isRequested { result.notes.append("interrupted") }
    if !check.solvers.contains(where: { $0.name == "cvc5" }) {
      result.notes.append("cvc5 is not installed: only the solver that proved it was asked")
    }
    return (result, result.status)
  }
}

extension Rechecked {
  fileprivate init(_ content: CertificateContent) {
    let manifest = content.manifest
    self.init(
      spec: manifest.spec, properties: manifest.properties.map(\.name),
      policies: manifest.policies.map { ($0.name, $0.value) }, program: manifest.tools.program, prover: manifest.tools.solver,
      fingerprint: content.fingerprint)
    problems = content.problems
    notes = content.notes
  }

  var status: ExitStatus {
    if !problems.isEmpty { return .rejected }
    if count(.contradicted) > 0 { return .violated }
    return count(.open) > 0 || rows.isEmpty ? .undecided : .asStated
  }
}

extension Rechecked.Row {
  fileprivate init(_ row: CertificateCheck.Row) {
    self.init(
      name: row.question.name, kind: row.question.kind, expected: row.question.expected.rawValue,
      standing: row.isContradicted ? .contradicted : row.isConfirmed ? .confirmed : .open,
      answers: row.findings.map { finding in
        finding.map {
          Rechecked.Answer(
            answer: $0.answer.rawValue, way: $0.way, reason: $0.reason, seconds: $0.seconds,
            contradicts: row.isContradiction($0))
        }
      })
  }
}
