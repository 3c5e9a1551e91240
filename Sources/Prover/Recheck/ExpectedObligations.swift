/// What must be proved, read off the model and nothing else. In: a model and what is claimed of it. Out: kinds and names.
///
/// Neither the encoder nor the run of an induction is asked: a certificate that lacks a case should not be found complete because
/// the prover forgot the same one.
import Spec

struct ExpectedObligations {
  private struct Needed: Hashable {
    var kind: Obligation.Kind
    var name: String
  }

  private var needed: [Needed] = []
  /// Either of two says how it is with an action: it is possible, or the proof says that it is not.
  private var subjects: [String] = []
  private var objections: [String] = []

  init(_ model: Model, _ proof: Proof) {
    let invariants = Set(proof.invariants)
    for id in proof.properties + proof.invariants {
      let property = model.properties[id]
      switch property.kind {
      case .invariant(let body):
        // What is proved of states must be among what carries itself.
        if !invariants.contains(id) {
          objections.append("the invariant \(property.name) is claimed and not among its invariants")
        }
        add(.initial, "\(property.name)/init", body)
        for action in model.actions { add(.preservation, "\(property.name)/\(action.name)", body) }
      case .transition(let trigger, let body):
        if invariants.contains(id) { objections.append("\(property.name) is no invariant") }
        for (action, declaration) in model.actions.enumerated() where trigger.map({ $0.action == action }) ?? true {
          add(.transition, "\(property.name)/\(declaration.name)", body)
        }
      case .temporal, .cover: objections.append("\(property.name) is nothing that this proof can show")
      }
    }
    // Without an initial state nothing is proved.
    needed.append(Needed(kind: .consistency, name: "possible/init"))
    subjects = model.actions.map(\.name)
  }

  /// One a conjunct.
  private mutating func add(_ kind: Obligation.Kind, _ place: String, _ body: Expr) {
    let count = body.conjuncts.count
    for i in 1...count {
      let one = Needed(kind: kind, name: count > 1 ? "\(place)/\(i)" : place)
      if !needed.contains(one) { needed.append(one) }
    }
  }

  /// What a list of obligations lacks, has twice, or expects the wrong answer of.
  func missing(in entries: [Manifest.Entry]) -> [String] {
    var problems = objections
    var present: Set<Needed> = []
    for entry in entries {
      guard let kind = Obligation.Kind(rawValue: entry.kind) else {
        problems.append("\(entry.name) is of an unknown kind, \(entry.kind)")
        continue
      }
      if !present.insert(Needed(kind: kind, name: entry.name)).inserted { problems.append("\(entry.name) occurs twice") }
      if entry.expected != kind.expected { problems.append("\(entry.name) must be \(kind.expected), not \(entry.expected)") }
    }
    problems += needed.filter { !present.contains($0) }.map { "the obligation \($0.name) is missing" }
    for subject in subjects {
      let answers = [
        Needed(kind: .consistency, name: "possible/\(subject)"), Needed(kind: .impossibility, name: "impossible/\(subject)"),
      ]
      if !answers.contains(where: present.contains) { problems.append("the obligation possible/\(subject) is missing") }
    }
    return problems
  }
}
