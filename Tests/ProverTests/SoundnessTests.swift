import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

@Suite struct SoundnessTests {
  private static func setting(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  /// A spec error that some step from a reachable state runs into. (Judging another property or a cover may be an error as well:
  /// that is theirs.)
  private static func stepError(_ instance: Instance) throws -> SpecError? {
    let evaluator = Evaluator(instance)
    for rigid in try evaluator.rigidValuations() {
      var open = try evaluator.initialStates(rigid)
      var seen = Set(open)
      while let state = open.popLast() {
        for edge in evaluator.successors(of: state, rigid) {
          switch edge.result {
          case .success(let after): if seen.insert(after).inserted { open.append(after) }
          case .failure(let error): return error
          }
        }
      }
    }
    return nil
  }

  /// What is proved for every size holds at the smallest one, by an exploration that shares nothing with the prover.
  /// Most random specs may run into an error, and then nothing is proved of them; but what the prover says holds otherwise must do so.
  @Test(arguments: [1, 3]) func `nothing that is proved of a random spec is false at a small size`(_ depth: Int) throws {
    let wanted = Self.setting("KSPEC_RANDOM_SPECS") ?? 60
    var seed = UInt64(Self.setting("KSPEC_RANDOM_SEED") ?? 0) * 1_000_000 + 700_000
    var options = ProveOptions()
    options.rlimit = 200_000
    options.seeds = 1
    options.depth = depth
    var (compared, proved, otherwise, refuted) = (0, 0, 0, 0)
    while compared < wanted {
      seed += 1
      let text = SpecGenerator.text(seed: seed)
      guard let model = try? Frontend.check(text: text).model, !model.provable.isEmpty else { continue }
      let instance = try Instance(model, scope: model.scopes.first)
      // Large state spaces tell no more than small ones.
      let cells = model.variables.reduce(1) { Instance.saturatingProduct($0, $1.type, instance) }
      guard cells < 5_000, let explored = try? ReferenceExploration(instance), explored.states > 0 else { continue }
      compared += 1
      let verdicts = Prover(model: model, policies: instance.policies).prove(model.provable, options)
      for (property, verdict) in zip(model.provable, verdicts) {
        if verdict.isProved {
          proved += 1
          #expect(explored.properties[property] == nil, "\(verdict.property) of seed \(seed)\n\(text)")
          let error = try Self.stepError(instance)
          #expect(error == nil, "\(String(describing: error)) in spite of \(verdict.property) of seed \(seed)\n\(text)")
        } else if verdict.reason.contains("holds unless the spec runs into an error") {
          otherwise += 1
          #expect(explored.properties[property] == nil, "\(verdict.property) of seed \(seed)\n\(text)")
        } else if verdict.induction != nil || verdict.trace != nil {
          refuted += 1
        }
      }
    }
    #expect(proved > 0 && otherwise > 0 && refuted > 0, "\((proved, otherwise, refuted))")
  }
}

extension Instance {
  /// The number of values of a type, multiplied up to a bound: a guess at how many states there are.
  fileprivate static func saturatingProduct(_ so: Int, _ type: Type, _ instance: Instance) -> Int {
    func values(_ type: Type) -> Int {
      switch type {
      case .map(let keys, let value): power(values(value), instance.cardinality(of: keys))
      case .set(let element): power(2, instance.cardinality(element))
      case .forest(let element): power(3, instance.cardinality(element))
      case .queue(let capacity, let element): power(1 + values(element), capacity)
      case .record(let id): instance.model.records[id].fields.reduce(1) { bounded($0, values($1.type)) }
      case .option(let inner): 1 + values(inner)
      default: instance.cardinality(type)
      }
    }
    func bounded(_ a: Int, _ b: Int) -> Int { min(a, 1 << 20) * min(b, 1 << 20) > 1 << 20 ? 1 << 20 : a * b }
    func power(_ base: Int, _ exponent: Int) -> Int {
      (0..<min(exponent, 20)).reduce(1) { product, _ in bounded(product, base) }
    }
    return bounded(so, values(type))
  }
}
