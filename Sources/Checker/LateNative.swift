import Foundation
import SimRuntime
import Spec

/// Native code for a search that has begun without it: compiled meanwhile, taken between two batches.
///
/// The compiler starts only once the search has lasted a moment, so that small scopes do not pay for it: first without optimisation, which takes
/// a fifth of the time, then with it. All sources pack states alike, so nothing but the speed changes. Used by the coordinating thread
/// alone.
final class LateNative {
  private let layout: StateLayout
  private let compiler: CCompiler?
  private let form: NativeForm
  /// Whether a compiler has a processor of its own.
  private let hasRoom: Bool
  /// Asked where waiting is better than going on.
  private let isOver: () -> Bool
  private var begun = ContinuousClock.now
  /// How long the stage must have lasted before a compiler starts for the next one.
  private var patience = Duration.milliseconds(30)
  private var pending: PendingNative?
  private var stage = Stage.evaluator
  /// What to tell of code that did not come.
  private(set) var note: String?

  private enum Stage { case evaluator, quick, last }

  init(
    _ layout: StateLayout, _ form: NativeForm, threads: Int, compiler: CCompiler? = .find(), _ isOver: @escaping () -> Bool
  ) {
    self.layout = layout
    self.compiler = compiler
    self.form = form
    hasRoom = threads < Self.processors
    self.isOver = isOver
  }

  /// What to begin with: the evaluator, or native code where it was demanded; nil if interrupted while C compiles.
  static func first(
    _ instance: Instance, _ use: CheckOptions.NativeUse, _ form: (StateLayout) -> NativeForm, _ isOver: () -> Bool
  ) throws -> (any SuccessorSource)? {
    let reference = try ReferenceSource(instance)
    guard use == .always else { return reference }
    let pending = PendingNative(reference.layout, form(reference.layout))
    return try wait(for: pending, isOver)?.get()
  }

  /// nil if interrupted.
  private static func wait(for pending: PendingNative, _ isOver: () -> Bool) -> Result<NativeSource, NativeUnavailable>? {
    while true {
      // As soon as it is there: two milliseconds are a tenth of what a small search takes.
      if let outcome = pending.wait(for: 0.002) { return outcome }
      if isOver() {
        pending.cancel()
        return nil
      }
    }
  }

  private static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Whether nothing better is to come.
  var isDone: Bool { stage == .last }

  /// Whether `take` has an answer.
  var isReady: Bool {
    if let pending { return pending.poll() != nil }
    guard stage != .last, ContinuousClock.now - begun >= patience else { return false }
    begun = .now
    let pending = PendingNative(layout, form, quick: stage == .evaluator, compiler: compiler)
    self.pending = pending
    // What is to come is some ten times faster, or a thousand: a thread that made the compiler wait would win nothing.
    if !hasRoom { _ = Self.wait(for: pending, isOver) }
    return pending.poll() != nil
  }

  /// The source; nil, and perhaps a note, if there is none to come.
  func take() -> (any SuccessorSource)? {
    guard let outcome = pending?.poll() else { return nil }
    pending = nil
    // Where a thread will have to wait for it, optimised code is compiled only once unoptimised code has run as long as that took to compile: a quarter
    // of what this will take, so that searches that need it lose little, and most that end before do.
    patience = hasRoom ? .zero : ContinuousClock.now - begun
    begun = .now
    switch outcome {
    case .success(let source):
      stage = source.isOptimized ? .last : .quick
      return source
    case .failure(let why):
      note =
        (stage == .evaluator ? "in the evaluator alone" : "in native code without optimisation")
        + ", which is slower: \(why.reason)"
      stage = .last
      return nil
    }
  }

  /// Nobody waits any more.
  func cancel() { pending?.cancel() }
}
