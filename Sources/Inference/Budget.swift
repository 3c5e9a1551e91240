/// The time that inference has. In: options. Out: whether it is over, and what is left for a proof.
import Prover

struct InferenceBudget {
  private let options: InferenceOptions
  private let started = ContinuousClock.now

  init(_ options: InferenceOptions) { self.options = options }

  var elapsed: Double {
    let elapsed = (ContinuousClock.now - started).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  var isOver: Bool { options.isCancelled?() == true || options.seconds.map { elapsed > $0 } ?? false }

  /// For one proof among many: no certificate, and no more time than is left.
  var proving: ProveOptions {
    var proving = options.proving
    proving.certificateDirectory = nil
    proving.isCancelled = options.isCancelled
    if let seconds = options.seconds { proving.timeoutSeconds = max(1, seconds - elapsed) }
    return proving
  }
}
