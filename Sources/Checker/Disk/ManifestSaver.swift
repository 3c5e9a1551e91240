import Dispatch
import Synchronization

/// Waits for the medium in a thread of its own: the log first, then the manifest that speaks of it. One at a time.
final class ManifestSaver: Sendable {
  private struct State {
    var isBusy = false
    var failure: String?
    var saved: (states: UInt64, seconds: Double)?
  }
  private let folder: CheckpointFolder
  private let queue = DispatchQueue(label: "kspec.checkpoint")
  private let state = Mutex(State())

  init(_ folder: CheckpointFolder) { self.folder = folder }

  var isBusy: Bool { state.withLock { $0.isBusy } }
  var failure: String? { state.withLock { $0.failure } }
  var saved: (states: UInt64, seconds: Double)? { state.withLock { $0.saved } }

  func save(_ manifest: Manifest, _ log: DiskFile?) {
    state.withLock { $0.isBusy = true }
    queue.async { [self] in
      var failure: String?
      do throws(DiskError) {
        try log?.sync()
        try folder.save(manifest)
        folder.removeLogs { $0 < manifest.log }
      } catch { failure = error.message }
      state.withLock {
        $0.isBusy = false
        if let failure { $0.failure = failure } else { $0.saved = (manifest.states, manifest.seconds) }
      }
    }
  }

  /// Until nothing is being written.
  func wait() { queue.sync {} }
}
