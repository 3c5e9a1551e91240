/// Runs checks within limits. In: assertions and goals. Out: answers; `unknown` after every seed was tried.
import Foundation
import Spec

/// What a run may use up.
public struct ProveOptions: Sendable {
  /// Z3's deterministic measure of work, for each check: about 2.4 million a second.
  public var rlimit: UInt32 = 20_000_000
  /// Invariants that plain induction does not prove are tried with so many states in a row.
  public var depth = 1
  /// What is proved is written there, as a certificate.
  public var certificateDirectory: String?
  /// Who writes it.
  public var program = "kspec"
  /// How many random seeds are tried before an obligation is undecided.
  public var seeds = 3
  /// Threads that share the obligations, each with a context of its own. Not what the machine has: who solves what, and with it what
  /// a search happens to find first, is then the same everywhere.
  public var threads = 2
  /// Bytes that all solvers of the process together may use; what needs more is undecided.
  public var memory: UInt64 = 4 << 30
  /// For the whole run. Unlike `rlimit` it makes results depend on the machine: what it stops is undecided.
  public var timeoutSeconds: Double?
  /// Asked of a property whose proof without the invariants that count has failed: whether a run breaks it, so that no invariant can carry it. Then it
  /// is left at that failure, and its counterexample. nil: nobody knows. Whoever answers yes makes a property undecided, never proved.
  public var isBroken: (@Sendable (Int) -> Bool)?
  /// Asked now and then, from another thread; true stops the check under way.
  public var isCancelled: (@Sendable () -> Bool)?
  public init() {}
}

/// The solver side of one run: a context, the translation of the run's terms, and the limits.
final class Engine {
  let translation: Z3Translation
  let options: ProveOptions
  private let started = ContinuousClock.now
  private var watch: Watch?
  /// Resource units used so far, in the measure of `rlimit`: deterministic, unlike the time.
  private(set) var spent: UInt32 = 0

  init(_ store: TermStore, _ options: ProveOptions) throws {
    let context = try Z3Context(memory: options.memory)
    translation = Z3Translation(store, in: context)
    self.options = options
    if options.isCancelled != nil || options.timeoutSeconds != nil {
      let deadline = options.timeoutSeconds.map { ContinuousClock.now + .seconds($0) }
      let cancelled = options.isCancelled
      watch = Watch(context) { cancelled?() == true || deadline.map { ContinuousClock.now >= $0 } == true }
    }
  }

  deinit { watch?.stop() }

  var isStopped: Bool { watch?.isStopped ?? false }
  var seconds: Double {
    let elapsed = ContinuousClock.now - started
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }

  func solver(_ assertions: [Assertion], seed: Int = 0) throws -> Z3Solver {
    let solver = try Z3Solver(translation, seed: UInt32(truncatingIfNeeded: seed))
    for assertion in assertions { try solver.assert(assertion.term) }
    return solver
  }

  /// `share`: the part of the limit that this check may use.
  func check(_ solver: Z3Solver, assuming literals: [Term] = [], share: UInt32 = 1) -> Answer {
    if isStopped { return .unknown("stopped") }
    defer { spent = solver.spent() ?? spent }
    return solver.check(assuming: literals, rlimit: max(1, options.rlimit / share))
  }
}

/// Interrupts the context's check, from a thread of its own, once a condition holds.
final class Watch: @unchecked Sendable {
  private let context: Z3Context
  private let lock = NSLock()
  private var stopped = false
  private var finished = false

  init(_ context: Z3Context, until condition: @escaping @Sendable () -> Bool) {
    self.context = context
    let thread = Thread { [self] in
      while !lock.withLock({ finished }) {
        if condition() {
          lock.withLock { stopped = true }
          context.interrupt()
        }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
    thread.start()
  }

  var isStopped: Bool { lock.withLock { stopped } }
  func stop() { lock.withLock { finished = true } }
}
