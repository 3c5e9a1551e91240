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

  @Option(
    help: ArgumentHelp(
      "k-induction: what one state before a step does not carry, up to this many states in a row may.", valueName: "k"))
  var induction = 1

  @Option(
    help: ArgumentHelp(
      "No proof, but a search for runs of at most this many steps that break a property, at every size or at --scope.",
      valueName: "steps"))
  var bound: Int?

  @OptionGroup var place: ScopeOptions

  @Option(
    help: ArgumentHelp("Stop, undecided or with the depth reached, after this time: 60s, 5m.", valueName: "time"),
    transform: { try TimeLimit(parsing: $0) })
  var maxTime: TimeLimit?

  @OptionGroup var effort: EffortOptions

  @Option(
    help: ArgumentHelp(
      "Threads that share the obligations, each with a solver of its own. Not one a processor: which counterexample is found first may depend on it.",
      valueName: "n"))
  var threads = 2

  @Option(
    help: ArgumentHelp("Leave undecided what takes the solvers more memory than this, all together.", valueName: "bytes"),
    transform: { try ByteCount(parsing: $0) })
  var maxMemory: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Write what is proved into this folder, so that `kspec recheck` and other solvers can check it.", valueName: "folder"))
  var certificate: String?

  @Flag(help: "Say of each obligation whether it is in the decidable fragment, and what keeps it out.")
  var explain = false

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func validate() throws {
    if !(1...64).contains(threads) { throw ValidationError("--threads is a number from 1 to 64") }
    if !(1...64).contains(induction) { throw ValidationError("--induction is a number from 1 to 64") }
    if let bound, !(0...10_000).contains(bound) { throw ValidationError("--bound is a number from 0 to 10000") }
    if bound == nil, hasPlace { throw ValidationError("--scope and --set go with --bound: a proof is for every size") }
    if bound != nil, induction > 1 || certificate != nil || explain {
      throw ValidationError("--bound is no proof: leave out --induction, --certificate and --explain")
    }
    if certificate != nil, induction > 1 {
      throw ValidationError("a proof by k-induction has no certificate: leave out one of the two")
    }
  }

  private var hasPlace: Bool { place.scope != nil || !place.sizes.isEmpty }

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    let wanted = try model.properties(
      named: properties, called: "property", where: \.isProvable, none: "no invariant and no transition property"
    ) {
      CommandError(
        "`\($0.name)` is a \($0.keyword) property; the prover proves invariants and transition properties",
        help: "`kspec check` explores a scope")
    }
    let values = try InstanceChoice(model: model).policyValues(place.policies)
    if let certificate { try session.checkCertificateFolder(certificate) }
    let options = ProofOptions(
      resourceLimit: effort.rlimit, certificates: certificate, depth: induction, seconds: maxTime?.seconds,
      threads: threads, memory: maxMemory?.bytes)
    let verdicts: [Verdict]
    if let bound {
      let at = hasPlace ? try InstanceChoice(model: model).instance(place) : nil
      verdicts = try session.searchBounded(wanted, model, values, depth: bound, at: at, options)
    } else {
      verdicts = try session.prove(wanted, model, values, options)
    }
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
