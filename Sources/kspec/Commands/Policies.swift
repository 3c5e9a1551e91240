import ArgumentParser
import Report
import Spec

struct Policies: JsonCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies",
    abstract: "Judge every setting of the policies against every property, and mark the minimal safe ones.")

  @Argument(help: ArgumentHelp("The spec.", valueName: "file"))
  var file: String

  @OptionGroup var scope: ScopeOptions

  @Option(
    name: .customLong("property"), parsing: .singleValue,
    help: ArgumentHelp(
      "Judge this: an invariant, a transition or temporal property, `deadlock` or `error`. Repeatable. Default: all of them.",
      valueName: "name"))
  var properties: [String] = []

  @Option(help: ArgumentHelp("Draw the lattice into this file.", valueName: "file"))
  var svg: String?

  @OptionGroup var effort: EffortOptions

  @OptionGroup var limits: LimitOptions

  @Flag(help: "Print one JSON object (schema kspec/verdict) instead of text.")
  var json = false

  func execute(_ session: Session) throws -> ExitStatus {
    let model = try session.load(file)
    if model.policies.isEmpty { throw CommandError("\(model.name) declares no policy") }
    let choice = InstanceChoice(model: model)
    let (instance, scope) = try choice.instance(scope)
    let fixed = Set(try choice.policyValues(self.scope.policies).keys)
    let analysis = PolicyAnalysis(
      session: session, model: model, instance: instance, scope: scope, fixed: fixed, goals: try goals(model),
      limits: limits.limits, proofs: ProofOptions(resourceLimit: effort.rlimit))
    let (lattice, verdicts) = try analysis.lattice()
    let text = PolicyText(
      lattice, model, scope: scope, sizes: instance.namedSizes,
      fixed: fixed.sorted().map { instance.namedPolicies[$0] }, style: json ? .plain : session.console.style)
    if let svg { try session.replace(svg, with: Array(LatticeSvg(text).document.utf8)) }
    let isOpen = lattice.settings.contains { setting in
      setting.cells.contains { if case .undecided = $0 { true } else { false } }
    }
    let status: ExitStatus = isOpen ? .undecided : .asStated
    if json {
      var document = VerdictJson(command: "policies", verdict: status.word)
      document.property = lattice.properties.joined(separator: ", ")
      document.specFile = file
      document.specName = model.name
      document.scope = scope
      document.sizes = instance.namedSizes
      document.policies = text.fixed
      document.results = verdicts.joined().map { VerdictJson(command: "policies", $0, model, file: file) }
      document.sum(document.results)
      document.lattice = text.json
      document.exitCode = status.rawValue
      try session.print(document)
    } else {
      session.console.out(text.lines())
    }
    return status
  }

  private func goals(_ model: Model) throws(CommandError) -> [Goal] {
    if properties.isEmpty { return PolicyAnalysis.goals(model) }
    var goals: [Goal] = []
    for name in properties {
      let goal = try Goal(named: name, in: model)
      if case .cover = goal {
        throw CommandError(
          "`\(name)` is a cover; a setting is judged by what it must not allow", help: "`kspec check --property \(name)`")
      }
      if !goals.contains(goal) { goals.append(goal) }
    }
    return goals
  }
}
