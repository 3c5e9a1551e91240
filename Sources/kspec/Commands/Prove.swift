import ArgumentParser
import Report
import Spec

struct Prove: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Prove properties for every number of elements of every sort.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @Argument(help: ArgumentHelp("Invariants and transition properties. Default: all of them.", valueName: "property"))
  var properties: [String] = []

  @OptionGroup var policies: PolicyOptions

  @OptionGroup var effort: EffortOptions

  @Option(
    help: ArgumentHelp(
      "Write what is proved into this folder, so that `kspec recheck` and other solvers can check it.", valueName: "folder"))
  var certificate: String?

  @Flag(help: "Say of each obligation whether it is in the decidable fragment, and what keeps it out.")
  var explain = false

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let wanted = try model.properties(
      named: properties, called: "property", where: \.isProvable, none: "no invariant and no transition property"
    ) {
      CommandError(
        "`\($0.name)` is a \($0.keyword) property; the prover proves invariants and transition properties",
        help: "`kspec check` explores a scope")
    }
    let values = try InstanceChoice(model: model).policyValues(policies)
    if let certificate { try session.checkCertificateFolder(certificate) }
    let verdicts = try session.prove(wanted, model, values, ProofOptions(resourceLimit: effort.rlimit, certificates: certificate))
    var status = ExitStatus.worst(verdicts.map { ExitStatus($0.outcome) })
    // What is proved and not written as asked is no success. The verdicts' notes say why.
    if let certificate, status == .asStated, !session.hasCertificate(certificate) { status = .rejected }
    let explained =
      explain ? DecidabilityText(try session.explain(wanted, model, values), model, style: session.console.style) : nil
    if json {
      var document = VerdictJson(command: "prove", verdict: status == .asStated ? "proved" : status.word)
      document.property = wanted.map { model.properties[$0].name }.joined(separator: ", ")
      document.specFile = file
      document.specName = model.name
      document.results = verdicts.map { VerdictJson(command: "prove", $0, model, file: file) }
      document.policies = verdicts.first?.policies ?? []
      document.engine = verdicts.first?.engine
      document.sum(document.results)
      document.obligations = explained?.json ?? .null
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(ProofText(verdicts, model, style: session.console.style).lines())
      if let explained { session.console.out([""] + explained.lines()) }
    }
    return status
  }
}

extension Property {
  var isProvable: Bool {
    switch kind {
    case .invariant, .transition: true
    case .temporal, .cover: false
    }
  }
}
