import Foundation

/// Runs `body` on a thread of its own with room for deep recursion, and waits for it.
///
/// The parser bounds how deeply a text may nest, but a debug build on a test runner's 512 KB thread would overflow long before
/// that bound. Every entry point that recurses over a tree (front end, evaluator, encoders) goes through here once.
public func withLargeStack<T: Sendable>(_ body: @Sendable () -> T) -> T {
  if Thread.current.stackSize >= largeStackSize { return body() }
  // The closure does not outlive this call: the semaphore is waited for before returning.
  return withoutActuallyEscaping(body) { body in
    let result = Box<T?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      result.value = body()
      done.signal()
    }
    thread.stackSize = largeStackSize
    thread.start()
    done.wait()
    guard let value = result.value else { preconditionFailure("the thread ended without a result") }
    return value
  }
}

private let largeStackSize = 512 << 20

private final class Box<T>: @unchecked Sendable {
  var value: T
  init(_ value: T) { self.value = value }
}
