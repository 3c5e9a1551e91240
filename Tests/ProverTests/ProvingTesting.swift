import Foundation
import Spec
import TestSupport
import Testing

@testable import Prover

/// A model of a text; the test fails where the front end rejects it.
func model(_ text: String) throws -> Model { try Frontend.check(text: text).model }

/// A model of the spec library.
func library(_ path: String) throws -> Model {
  try Frontend.load(path: specPath(path)) { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }.model
}

/// The policies' defaults, some of them overridden by bools.
func policies(_ model: Model, _ settings: [String: Bool] = [:]) throws -> [Value] {
  var values: [PolicyID: Value] = [:]
  for (id, policy) in model.policies.enumerated() {
    if let setting = settings[policy.name] { values[id] = .bool(setting) }
  }
  return try Instance(model, scope: nil, policies: values).policies
}

extension Model {
  func property(_ name: String) -> Int { properties.firstIndex { $0.name == name } ?? -1 }

  /// Every invariant and transition property.
  var provable: [Int] {
    properties.indices.filter {
      switch properties[$0].kind {
      case .invariant, .transition: true
      case .temporal, .cover: false
      }
    }
  }
}

extension Verdict {
  var isProved: Bool { if case .proved = outcome { true } else { false } }
  var reason: String { if case .undecided(let reason) = outcome { reason } else { "" } }
}

/// Verdicts by property name.
func prove(
  _ model: Model, _ names: [String]? = nil, settings: [String: Bool] = [:], _ options: ProveOptions = ProveOptions()
) throws -> [String: Verdict] {
  let properties = names.map { $0.map(model.property) } ?? model.provable
  let prover = Prover(model: model, policies: try policies(model, settings))
  return Dictionary(uniqueKeysWithValues: prover.prove(properties, options).map { ($0.property, $0) })
}

/// The names of what is not proved.
func unproved(_ verdicts: [String: Verdict]) -> [String] { verdicts.filter { !$0.value.isProved }.keys.sorted() }
