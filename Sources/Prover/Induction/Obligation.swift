/// What has to be proved: one implication an obligation. In: a theory. Out: named assumptions and a goal.
import Spec

/// An obligation as a reader of `kspec show --smt` and a certificate see it.
public struct Obligation: Sendable {
  public enum Kind: String, Sendable {
    /// Every initial state satisfies an invariant.
    case initial
    /// A step of an action keeps an invariant.
    case preservation
    /// A step of an action satisfies a transition property.
    case transition
    /// Nothing that is evaluated is a spec error.
    case definedness
    /// The assumptions are satisfiable at all: expected `sat`, so that nothing is proved from a contradiction.
    case consistency
    /// They are not: an action that can never happen, and that the proof says so of.
    case impossibility

    /// What a solver must answer to the script.
    var expected: String { self == .consistency ? "sat" : "unsat" }
  }
  /// `Narrowed/map`, `Narrowed/init`, `defined/map/range/2`, `possible/map`.
  public var name: String
  public var kind: Kind
  /// Index into `Model.properties`.
  public var property: Int?
  public var action: ActionID?
  /// The conjunct, or the place of the possible error.
  public var span: Span
  /// The obligation negated, as an SMT-LIB 2 script.
  public var smtlib: String
  /// What a solver must answer to the script.
  public var expected: String { kind.expected }
}

/// An obligation as terms.
struct Goal {
  var name: String
  var kind: Obligation.Kind
  var property: Int?
  var action: ActionID?
  var error: SpecError.Kind?
  var span: Span
  /// What is to be proved; of a consistency goal `false`, and it is well if that cannot be. So is it of an impossibility.
  var term: Term
}

/// Goals with the same assumptions: one solver.
struct GoalGroup {
  var assumptions: [Assertion]
  var goals: [Goal]
}

extension GoalGroup {
  /// The assertions of one goal, with as much background as it needs.
  func assertions(of goal: Goal, _ vocabulary: Vocabulary) -> [Assertion] {
    let negated = Assertion(name: "goal", term: vocabulary.store.not(goal.term), span: goal.span)
    let own = assumptions.filter { $0.term != vocabulary.store.yes } + [negated]
    return vocabulary.background(of: own.map(\.term)) + own
  }

  func obligation(_ goal: Goal, _ vocabulary: Vocabulary, _ model: Model) -> Obligation {
    var result = Obligation(
      name: goal.name, kind: goal.kind, property: goal.property, action: goal.action, span: goal.span, smtlib: "")
    let comment = ["\(model.name): \(goal.name)", "kspec expects \(result.expected)"]
    result.smtlib = SMTLIBPrinter.script(
      distinctNames(assertions(of: goal, vocabulary)), in: vocabulary.store, comment: comment, status: result.expected)
    return result
  }

  /// SMT-LIB wants every name once.
  private func distinctNames(_ assertions: [Assertion]) -> [Assertion] {
    var taken: Set<String> = []
    return assertions.map { assertion in
      var name = assertion.name
      var suffix = 1
      while !taken.insert(name).inserted {
        suffix += 1
        name = "\(assertion.name) \(suffix)"
      }
      return Assertion(name: name, term: assertion.term)
    }
  }
}

extension InductionRun {
  /// The goals as scripts.
  var obligations: [Obligation] {
    groups.flatMap { group in group.goals.map { group.obligation($0, theory.vocabulary, model) } }
  }
}
