import Foundation
import SimRuntime
import Spec

/// Native code for a search that has begun without it: compiled meanwhile, taken between two batches.
///
/// The compiler starts only once the search has lasted a moment, so that small scopes do not pay for it. Both sources pack
/// states alike, so nothing but the speed changes. Used by the coordinating thread alone.
final class LateNative {
  private let layout: StateLayout
  /// Whether edges must say which action instance they are.
  private let labelled: Bool
  private let begun = ContinuousClock.now
  private var pending: PendingNative?
  /// Why there is no native code, once that is known.
  private(set) var failure: String?

  static let patience = Duration.milliseconds(30)

  init(_ layout: StateLayout, labelled: Bool = false) {
    self.layout = layout
    self.labelled = labelled
  }

  /// What to begin with: the evaluator, or native code where it was demanded; nil if interrupted while C compiles.
  static func first(
    _ instance: Instance, _ use: CheckOptions.NativeUse, labelled: Bool = false, _ isOver: () -> Bool
  ) throws -> (any SuccessorSource)? {
    let reference = try ReferenceSource(instance)
    guard use == .always else { return reference }
    let pending = PendingNative(reference.layout, labelled: labelled)
    while true {
      if let outcome = pending.poll() { return try outcome.get() }
      if isOver() {
        pending.cancel()
        return nil
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
  }

  /// Whether `take` has an answer.
  var isReady: Bool {
    if let pending { return pending.poll() != nil }
    if ContinuousClock.now - begun > Self.patience { pending = PendingNative(layout, labelled: labelled) }
    return false
  }

  /// The source; nil, and `failure` set, if there is none to come.
  func take() -> (any SuccessorSource)? {
    switch pending?.poll() {
    case .success(let source)?: return source
    case .failure(let why)?:
      failure = why.reason
      return nil
    case nil: return nil
    }
  }

  /// Nobody waits any more.
  func cancel() { pending?.cancel() }
}
