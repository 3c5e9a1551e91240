import SimRuntime
import Spec
import Synchronization

/// Limits, progress and the wait for native code, looked after by the coordinating thread while it works.
///
/// Not thread-safe, and need not be: only the first worker, which is the coordinator, polls.
final class Watch: @unchecked Sendable {
  /// Why a search ended before its end.
  enum Reason: Sendable {
    case cancelled, states(UInt64), seconds(Double), bytes(Int), refused, disk(String)

    var isOfMemory: Bool {
      switch self {
      case .bytes, .refused, .disk: true
      case .cancelled, .states, .seconds: false
      }
    }

    var text: String {
      switch self {
      case .cancelled: "interrupted"
      case .states(let limit): "the limit of \(limit) states was reached"
      case .seconds(let limit): "the limit of \(limit.formatted()) s was reached"
      case .bytes(let limit): "the limit of \(limit >> 20) MiB was reached"
      case .refused: "the system has no more memory"
      case .disk(let why): "memory is used up and the disk fails: \(why)"
      }
    }
  }

  let options: CheckOptions
  private let cancellation: Cancellation
  private let progress: (CheckProgress) -> Void
  private let start: ContinuousClock.Instant
  private var lastProgress = ContinuousClock.now
  private var calls = 0
  /// Set before each search.
  var valuation = 0
  var valuations = 0
  /// The complete layers of the rigid valuation being searched, and how many states were known when the next one was begun.
  var growth = Growth()
  var statesBeforeLayer: UInt64 = 0
  /// Native code that compiles meanwhile: whether it can be taken now.
  var sourceIsReady: (() -> Bool)?
  var reason: Reason? { stopped.withLock { $0 } }
  /// The first reason that anybody gave: several threads may judge parts of a graph.
  private let stopped = Mutex<Reason?>(nil)
  /// Memory is used up, but there is the disk to go on with.
  var isShort = false
  /// While a trace is put together, only an interruption and memory stop it: what was found is worth the wait.
  var isTracing = false
  /// Whether it tells of progress; of several that go on at one time one does.
  var reports = true
  /// Whether a search beside others is to be left for a reason that is not its own.
  var isDismissed: ((Phase) -> Bool)?

  init(_ options: CheckOptions, _ cancellation: Cancellation, _ progress: @escaping (CheckProgress) -> Void) {
    self.options = options
    self.cancellation = cancellation
    self.progress = progress
    start = ContinuousClock.now
  }

  /// For a search that goes on beside others, of the same run.
  init(beside other: Watch, reports: Bool) {
    options = other.options
    cancellation = other.cancellation
    progress = other.progress
    self.reports = reports
    start = other.start
    valuations = other.valuations
  }

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
  var maxBytes: Int { options.maxBytes }
  var reasonText: String { reason?.text ?? "stopped" }
  var isCancelled: Bool { cancellation.isCancelled }

  func stop(_ why: Reason) { stopped.withLock { if $0 == nil { $0 = why } } }

  /// Before there is anything to search: whether time is up or the user has had enough.
  func isOver() -> Bool {
    if cancellation.isCancelled { stop(.cancelled) }
    if let limit = options.maxSeconds, seconds >= limit { stop(.seconds(limit)) }
    return reason != nil
  }

  /// Between batches. Reading the clock each time would cost native code a percent.
  func poll(_ phase: Phase) {
    calls += 1
    if !phase.isReference && calls & 31 != 0 { return }
    check(phase)
  }

  /// At the start of a layer, whatever the source.
  func check(_ phase: Phase) {
    if cancellation.isCancelled { stop(.cancelled) }
    var isFull = false
    if !phase.collects && (phase.memory.current > options.maxBytes || options.tuning.disk != nil) {
      if phase.mayConvert {
        phase.layer.ask(.conversion)
      } else if mayUseDisk {
        isShort = true
        phase.layer.ask(.full)
      } else if phase.memory.current > options.maxBytes {
        isFull = true
        stop(.bytes(options.maxBytes))
      }
    }
    let now = ContinuousClock.now
    if isTracing {
      if cancellation.isCancelled || isFull { phase.layer.ask(.limit) }
      return
    }
    if let limit = options.maxStates, phase.totals.all.states >= limit { stop(.states(limit)) }
    if let limit = options.maxSeconds, (now - start) / .seconds(1) >= limit { stop(.seconds(limit)) }
    if reason != nil || isDismissed?(phase) ?? false { phase.layer.ask(.limit) }
    if sourceIsReady?() ?? false { phase.layer.ask(.source) }
    if phase.journal?.isDue ?? false { phase.layer.ask(.checkpoint) }
    if reports, now - lastProgress > .milliseconds(200) {
      lastProgress = now
      progress(
        CheckProgress(
          states: phase.totals.all.states, transitions: phase.totals.all.transitions, depth: max(phase.depth, 0),
          frontier: phase.layer.count, seconds: (now - start) / .seconds(1), bytes: phase.memory.current,
          valuation: valuation, valuations: valuations, engine: phase.source.name,
          estimate: growth.estimate(found: phase.totals.states &- statesBeforeLayer)))
    }
  }

  /// For work without layers, between pieces of a millisecond or so: whether to go on. Without `engine` there is no progress to show, and any thread may
  /// ask.
  func goesOn(
    _ memory: MemoryGauge, states: UInt64 = 0, transitions: UInt64 = 0, depth: Int = 0, frontier: Int = 0, engine: String? = nil
  ) -> Bool {
    if cancellation.isCancelled { stop(.cancelled) }
    if memory.current > options.maxBytes { stop(.bytes(options.maxBytes)) }
    if isTracing { return !cancellation.isCancelled && memory.current <= options.maxBytes }
    if let limit = options.maxStates, states >= limit { stop(.states(limit)) }
    let now = ContinuousClock.now
    if let limit = options.maxSeconds, (now - start) / .seconds(1) >= limit { stop(.seconds(limit)) }
    if reports, let engine, now - lastProgress > .milliseconds(200) {
      lastProgress = now
      progress(
        CheckProgress(
          states: states, transitions: transitions, depth: depth, frontier: frontier, seconds: (now - start) / .seconds(1),
          bytes: memory.current, valuation: valuation, valuations: valuations, engine: engine))
    }
    return reason == nil
  }

  /// Whether there is room for so many more bytes.
  func fits(_ bytes: Int, _ memory: MemoryGauge) -> Bool { memory.current + bytes <= options.maxBytes }

  /// Partial order reduction must know at once which successors are new.
  private var mayUseDisk: Bool { options.disk != nil && !options.partialOrder && options.hashCompact == nil }

  /// Whether the table may grow to `bytes` more than it has.
  func allows(_ bytes: Int, _ memory: MemoryGauge) -> Bool {
    if fits(bytes, memory) { return true }
    if mayUseDisk {
      isShort = true
      return false
    }
    stop(.bytes(options.maxBytes))
    return false
  }
}
