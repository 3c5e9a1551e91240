import ArgumentParser
import Foundation
import Inference
import Prover
import Report
import Spec

struct Infer: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "Find invariants that carry a safety property to every size.",
    discussion: """
      The invariants named are what must hold; other invariants of the spec are not used, so that what is found stands on its own. What is \
      found is proved by plain induction from its text.
      """)

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("Invariants to carry. Default: all of them.", valueName: "invariant"))
  var invariants: [String] = []

  @OptionGroup var policies: PolicyOptions

  @Option(
    help: ArgumentHelp("Stop, undecided, after this time: 60s, 5m. Default: 5m.", valueName: "time"),
    transform: { try TimeLimit(parsing: $0) })
  var maxTime: TimeLimit?

  @OptionGroup var effort: EffortOptions

  @Option(help: ArgumentHelp("Seed of the sampling. Default: 1.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(help: "Write what was found into the spec, after the invariants that it carries.")
  var write = false

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let goals = try model.properties(named: invariants, called: "invariant", where: \.isInvariant, none: "no invariant") {
      CommandError(
        "`\($0.name)` is a \($0.keyword) property; what is inferred are invariants that carry an invariant",
        help: "`kspec prove` proves transition properties, and `kspec check` explores a scope")
    }
    let values = try InstanceChoice(model: model).policyValues(policies)
    var options = InferenceOptions()
    options.seed = seed
    options.seconds = maxTime?.seconds ?? 300
    if let rlimit = effort.rlimit { options.proving.rlimit = rlimit }
    let (inferred, verdict) = try session.infer(goals, model, values, options)
    let status = ExitStatus(verdict.outcome)
    if json {
      var document = VerdictJson(command: "infer", verdict, model, file: file)
      document.invariants = inferred.lemmas
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(InferenceText(verdict, inferred.lemmas, model, style: session.console.style).lines())
    }
    if write, case .proved = verdict.outcome, !inferred.lemmas.isEmpty {
      try session.write(inferred.lemmas, carrying: goals, model, to: file)
      if !json { session.console.out("\(file): written") }
    }
    return status
  }
}

extension Property {
  fileprivate var isInvariant: Bool { if case .invariant = kind { true } else { false } }
}
