import Spec

/// A scenario's repeated body with its parameters fixed: emitted beside the instance, as straight-line C.
public struct Workload: Sendable {
  func text(_ emitter: Emitter) throws(EmissionRefused) -> String { "" }
}
