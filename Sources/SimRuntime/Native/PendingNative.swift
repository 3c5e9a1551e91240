/// Native code that is still being compiled: a search starts in the evaluator and switches at a layer boundary.

import Foundation
import Spec

public final class PendingNative: @unchecked Sendable {
  // Everything mutable is read and written under `condition`.
  private let condition = NSCondition()
  private var result: Result<NativeSource, NativeUnavailable>?
  private var process: Process?
  private var cancelled = false
  private var asked = false
  /// A compiler that takes longer than this is ended, in seconds.
  private let limit: TimeInterval

  /// Begins to emit and compile in a thread of its own. `quick`: without optimisation, unless optimised code is in the cache.
  public init(
    _ layout: StateLayout, _ form: NativeForm = NativeForm(), quick: Bool = false, compiler: CCompiler? = .find(),
    limit: TimeInterval = 120
  ) {
    self.limit = limit
    let thread = Thread { [self] in
      do throws(NativeUnavailable) {
        finish(.success(try NativeSource(layout, form, quick: quick, compiler, started: { began($0) })))
      } catch {
        finish(.failure(error))
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The outcome if there is one yet.
  public func poll() -> Result<NativeSource, NativeUnavailable>? {
    condition.lock()
    defer { condition.unlock() }
    return result
  }

  /// The outcome, if there is one before the time is over.
  public func wait(for time: TimeInterval) -> Result<NativeSource, NativeUnavailable>? {
    let deadline = Date(timeIntervalSinceNow: time)
    condition.lock()
    defer { condition.unlock() }
    while result == nil, condition.wait(until: deadline) {}
    return result
  }

  /// Waits for the outcome, and ends a compiler that does not come to one.
  public func wait() -> Result<NativeSource, NativeUnavailable> {
    var deadline = Date(timeIntervalSinceNow: limit)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result { return result }
      if !condition.wait(until: deadline) {
        end()
        deadline = Date(timeIntervalSinceNow: 1)
      }
    }
  }

  /// Ends the compiler if it still runs: nobody waits for it any more. Stays until its files are gone, but not for long.
  public func cancel() {
    let deadline = Date(timeIntervalSinceNow: 0.1)
    condition.lock()
    defer { condition.unlock() }
    cancelled = true
    end()
    while process != nil, result == nil, condition.wait(until: deadline) {}
  }

  /// First asks the compiler to end, so that it removes its files; the next time it is not asked. A driver has its parts in its own group.
  private func end() {
    guard let process, process.isRunning else { return }
    let id = process.processIdentifier
    kill(getpgid(id) == id ? -id : id, asked ? SIGKILL : SIGTERM)
    asked = true
  }

  private func began(_ process: Process) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    self.process = process
    return !cancelled
  }

  private func finish(_ outcome: Result<NativeSource, NativeUnavailable>) {
    condition.lock()
    defer { condition.unlock() }
    process = nil
    result = outcome
    condition.broadcast()
  }
}
