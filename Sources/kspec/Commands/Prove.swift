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

  @Option(
    help: ArgumentHelp(
      "Resource units that the solver may spend on one obligation; more is slower, and decides more.", valueName: "n"))
  var rlimit: UInt32?

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
    let wanted = try properties.isEmpty ? provable(model) : properties.map { try index($0, model) }
    let values = try InstanceChoice(model: model).policyValues(policies)
    if let certificate { try session.checkCertificateFolder(certificate) }
    let verdicts = try session.prove(wanted, model, values, ProofOptions(resourceLimit: rlimit, certificates: certificate))
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

  private func provable(_ model: Model) throws(CommandError) -> [Int] {
    let all = model.properties.indices.filter { model.properties[$0].isProvable }
    if all.isEmpty { throw CommandError("\(model.name) declares no invariant and no transition property") }
    return all
  }

  private func index(_ name: String, _ model: Model) throws(CommandError) -> Int {
    guard let index = model.properties.firstIndex(where: { $0.name == name }) else {
      let candidates = model.properties.filter(\.isProvable).map(\.name)
      throw .unknown("property", name, in: model.name, candidates: candidates)
    }
    guard model.properties[index].isProvable else {
      throw CommandError(
        "`\(name)` is a \(model.properties[index].keyword) property; the prover proves invariants and transition properties",
        help: "`kspec check` explores a scope")
    }
    return index
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
