import Foundation
import Spec

/// Short runs that break a property, for a prover that is about to try harder. In: a model. Out: for a property a violation at the spec's first scope, if
/// one is found at once.
///
/// Where a run breaks the property, no invariant carries it, and to try all of them (those that count, too: seconds on xen-paging) is in vain.
final class BrokenRuns: @unchecked Sendable {
  private let session: Session
  private let instance: Instance?
  private let lock = NSLock()
  private var found: [Int: Verdict?] = [:]

  /// Some tenths of a second where states are cheap, and never much beside the proof that it may spare.
  private static let limits = Limits(threads: 1, memory: 1 << 30, seconds: 2, states: 20_000, engine: .auto)

  /// `policies`: one value for each.
  init(session: Session, model: Model, policies: [Value]) {
    self.session = session
    let settings = Dictionary(uniqueKeysWithValues: policies.enumerated().map { ($0, $1) })
    instance = model.scopes.first.flatMap { try? Instance(model, scope: $0, policies: settings) }
  }

  func find(_ property: Int) -> Verdict? {
    lock.withLock {
      if let known = found[property] { return known }
      var violation: Verdict?
      if let instance, !session.interruption.isRequested,
        let verdict = try? session.explore(
          .violation(.property(property)), instance, scope: instance.scope?.name ?? "", Self.limits),
        case .violated(.property(property)) = verdict.outcome
      {
        violation = verdict
      }
      found[property] = .some(violation)
      return violation
    }
  }

  /// What was found, if it was looked for.
  func known(_ property: Int) -> Verdict? { lock.withLock { found[property] ?? nil } }
}
