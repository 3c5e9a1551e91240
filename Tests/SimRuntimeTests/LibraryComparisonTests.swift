import Foundation
import Spec
import TestSupport
import Testing

@testable import SimRuntime

/// One check of a spec of the library: a scope under policies.
struct LibraryCase: CustomTestStringConvertible, Sendable {
  var path: String
  var model: Model
  var scope: Scope
  var policies: [PolicyID: Value]
  var testDescription: String { "\(path) \(scope.name) \(policies)" }

  /// Every spec's first scope, under every setting that its verify lines name.
  static let all: [LibraryCase] = {
    let root = packageRoot.appendingPathComponent("specs")
    let paths = (FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".kspec") && !$0.hasPrefix("errors/") }.sorted()
    return paths.flatMap { path -> [LibraryCase] in
      // One that does not load is reported by `present`.
      guard let model = try? loadModel(root.appendingPathComponent(path).path), let scope = model.scopes.first else { return [] }
      var settings: [[PolicyID: Value]] = [[:]]
      for line in model.verify ?? [] {
        var policies: [PolicyID: Value] = [:]
        for (id, e) in line.settings { policies[id] = try? model.closedValue(e) }
        if !settings.contains(policies) { settings.append(policies) }
      }
      return settings.map { LibraryCase(path: path, model: model, scope: scope, policies: $0) }
    }
  }()
}

@Suite struct LibraryComparisonTests {
  @Test("evaluator and native code agree on every state of the library at its smallest scope", arguments: LibraryCase.all)
  func library(_ item: LibraryCase) throws {
    let instance = try Instance(item.model, scope: item.scope, policies: item.policies)
    // The design as it is, whole; a design that is refuted, its first states.
    let every = ProcessInfo.processInfo.environment["KSPEC_EVERY_STATE"] == "1"
    let seen = try Comparison(instance).explore(limit: every || item.policies.isEmpty ? 20_000 : 250)
    #expect(seen.states > 0)
  }

  @Test("the library is there") func present() {
    #expect(Set(LibraryCase.all.map(\.path)).count >= 9)
  }
}
