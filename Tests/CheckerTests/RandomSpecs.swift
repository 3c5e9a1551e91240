import Foundation
import Spec
import TestSupport

/// What the comparisons on random specs have in common.
enum RandomSpecs {
  /// How many they compare; `KSPEC_RANDOM_SPECS` asks for another number.
  static var wanted: Int { ProcessInfo.processInfo.environment["KSPEC_RANDOM_SPECS"].flatMap { Int($0) } ?? 500 }

  /// Two thirds are of processes, whose steps are often independent. nil where the generator's text is none that can be searched.
  static func mixed(_ seed: UInt64) -> (text: String, instance: Instance)? {
    let text = seed % 3 == 0 ? SpecGenerator.text(seed: seed) : ProcessGenerator.text(seed: seed)
    guard let model = try? Frontend.check(text: text).model, let instance = try? Instance(model, scope: model.scopes.first)
    else { return nil }
    return (text, instance)
  }
}
