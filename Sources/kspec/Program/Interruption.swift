import Checker
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C: the first asks the running engine to stop and report what it knows, the second ends the process at once.
///
/// A dispatch source instead of a signal handler, so that no code runs in signal context.
final class Interruption: Sendable {
  private let requested = Atomic<Bool>(false)
  /// What running engines look at.
  let cancellation = Cancellation()

  var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Sources that live as long as the process.
  func install() {
    // A reader that goes away must not kill a run that still has an exit code to report.
    signal(SIGPIPE, SIG_IGN)
    // A file that may not grow any more (`ulimit -f`) is an error like any other.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler { [self] in
        cancellation.cancel()
        if requested.exchange(true, ordering: .relaxed) {
          signal(number, SIG_DFL)
          raise(number)
        }
      }
      source.activate()
      Self.installed.withLock { $0.append(Kept(source)) }
    }
  }

  private struct Kept: @unchecked Sendable {
    let source: any DispatchSourceSignal
    init(_ source: any DispatchSourceSignal) { self.source = source }
  }
  private static let installed = Mutex<[Kept]>([])
}
