import Checker
import Foundation
import Inference
import Prover
import Spec
import TestSupport
import Testing

/// What is inferred is proved from its text, and true in every state that the checker finds.
@Suite struct InferenceTests {
  /// A spec, the safety property that is all that inference may use, and policies that are not the default's.
  private func infer(_ path: String, _ property: String, policies: [String: Bool] = [:], seconds: Double = 120) throws -> (
    Model, Inferred
  ) {
    let model = try Frontend.check(text: try String(contentsOfFile: specPath(path), encoding: .utf8), path: path).model
    let goal = try #require(model.properties.firstIndex { $0.name == property })
    var options = InferenceOptions()
    options.seconds = seconds
    let values = try model.policies.map { policy in
      try policies[policy.name].map { Value.bool($0) } ?? model.closedValue(policy.defaultValue)
    }
    return (model, Inferer(model: model, policies: values, goals: [goal], options).run())
  }

  @Test(
    "the safety property alone is enough",
    arguments: [
      ("l4/mapping", "Narrowed"), ("l4/mapping", "Rooted"), ("exokernel/bindings", "FreeUncached"),
      ("vmm/shadow-paging", "Exclusive"),
      ("classics/lockserv", "Safe"), ("classics/sharded-kv", "Safe"), ("classics/two-phase-commit", "Safe"),
      ("classics/toy-consensus", "Safe"), ("classics/firewall", "Safe"), ("classics/client-server-db", "Safe"),
      // No short clauses carry these: they take the directed search.
      ("classics/ring-leader", "Safe"), ("classics/ticket", "Safe"),
    ])
  func alone(_ spec: String, _ property: String) throws {
    let (model, inferred) = try infer("\(spec).kspec", property)
    #expect(inferred.outcome == .proved)
    #expect(!inferred.lemmas.isEmpty, "none of these is inductive alone")
    // The lemmas in the spec's text, beside everything else it says: proved, and true wherever a scope leads.
    let root = try #require(model.sources.files.first)
    let lines = inferred.lemmas.map { $0.replacing("invariant Lemma", with: "invariant Inferred") }
    let extended = try Frontend.check(text: String(decoding: root.bytes, as: UTF8.self) + "\n" + lines.joined(separator: "\n"))
      .model
    let lemmas = extended.properties.indices.suffix(lines.count)
    var bare = extended
    bare.properties = try [#require(model.properties.first { $0.name == property })] + extended.properties.suffix(lines.count)
    bare.verify = nil
    let policies = try model.policies.map { try model.closedValue($0.defaultValue) }
    for verdict in Prover(model: bare, policies: policies).prove(Array(bare.properties.indices)) {
      guard case .proved = verdict.outcome else {
        Issue.record("\(verdict.property): \(verdict.outcome)")
        continue
      }
    }
    let scope = try #require(extended.scopes.first)
    var options = CheckOptions()
    options.maxStates = 30_000
    for lemma in lemmas {
      let verdict = try Checker(instance: try Instance(extended, scope: scope), options: options).run(.refute(.property(lemma)))
      if case .violated = verdict.outcome { Issue.record("\(extended.properties[lemma].name) is false in a reachable state") }
    }
  }

  @Test func `what is false in a reachable state is not inferred around`() throws {
    let (_, inferred) = try infer("l4/mapping.kspec", "Narrowed", policies: ["narrow": false])
    guard case .violated = inferred.outcome else { throw Unexpected("\(inferred.outcome)") }
    #expect(inferred.lemmas.isEmpty)
  }

  @Test func `what is inductive needs no lemma`() throws {
    let (_, inferred) = try infer("l4/mapping.kspec", "Backed")
    #expect(inferred.outcome == .proved)
    #expect(inferred.lemmas.isEmpty)
  }

  @Test func `the same seed finds the same text`() throws {
    let first = try infer("classics/two-phase-commit.kspec", "Safe").1
    let second = try infer("classics/two-phase-commit.kspec", "Safe").1
    #expect(first.lemmas == second.lemmas)
  }

  @Test func `without time it is undecided`() throws {
    let (_, inferred) = try infer("classics/paxos.kspec", "Safe", seconds: 0)
    guard case .undecided = inferred.outcome else { throw Unexpected("\(inferred.outcome)") }
  }

  @Test func `what cannot be sampled is undecided, with the reason`() throws {
    let model = try Frontend.check(
      text: """
        spec Wide
        sort A
        var m: A -> -9223372036854775807..9223372036854775807
        var b: A -> bool
        var c: A -> bool
        init {
          m = [a: A => 0]
          b = [a: A => false]
          c = [a: A => false]
        }
        action use(a: A) {
          require On: b[a]
          m[a] := 1
        }
        action on(a: A) {
          require Seen: c[a]
          b[a] := true
        }
        action see(a: A) { c[a] := true }
        invariant Safe: forall a: A :: m[a] != 0 ==> c[a]
        scope s { A = 2 }
        verify { check s }
        """
    ).model
    let inferred = Inferer(model: model, policies: [], goals: [0]).run()
    guard case .undecided(let why) = inferred.outcome else { throw Unexpected("\(inferred.outcome)") }
    #expect(why.contains("more than 2^63"))
  }
}

struct Unexpected: Error {
  var what: String
  init(_ what: String) { self.what = what }
}
