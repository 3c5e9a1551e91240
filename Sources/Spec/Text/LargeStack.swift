import Foundation

/// Runs `body` on a thread of its own with room for deep recursion, and waits for it.
///
/// The parser bounds how deeply a text may nest, but a debug build on a test runner's 512 KB thread would overflow long before
/// that bound. Every entry point that recurses over a tree (front end, evaluator, encoders) goes through here once; a nested
/// call finds the room already there.
///
/// A thread is joined, not waited for by a semaphore: it must have let go of the closure before `withoutActuallyEscaping` looks.
public func withLargeStack<T: Sendable>(_ body: @Sendable () -> T) -> T {
  if pthread_getspecific(largeStackKey) != nil { return body() }
  return withoutActuallyEscaping(body) { body in
    let work = Work(body)
    // Without room for such a stack the caller's own is the best there is.
    guard let thread = LargeThread(work) else { return body() }
    thread.join()
    let result = work.result
    work.release()
    guard let result else { preconditionFailure("the thread ended without a result") }
    return result
  }
}

/// A thread with room for deep recursion, under way from the start.
public final class LargeThread {
  private let thread: pthread_t
  private let work: AnyWork

  /// nil: the system has no room for its stack.
  public convenience init?(_ body: @escaping @Sendable () -> Void) { self.init(Work(body)) }

  fileprivate init?(_ work: AnyWork) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, largeStackSize)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
      guard let argument else { return nil }
      pthread_setspecific(largeStackKey, argument)
      Unmanaged<AnyWork>.fromOpaque(argument).takeUnretainedValue().run()
      return nil
    }
    guard pthread_create(&thread, &attributes, main, Unmanaged<AnyWork>.passUnretained(work).toOpaque()) == 0 else { return nil }
    (self.thread, self.work) = (thread, work)
  }

  /// Waits for its end; once, and before it is let go of.
  public func join() { pthread_join(thread, nil) }
}

private let largeStackSize = 512 << 20

/// Marks the threads made here: their stack is large already.
private let largeStackKey: pthread_key_t = {
  var key = pthread_key_t()
  pthread_key_create(&key, nil)
  return key
}()

private class AnyWork {
  func run() {}
}

/// Touched by one thread at a time: the caller waits while the other runs.
private final class Work<T>: AnyWork {
  private var body: (() -> T)?
  private(set) var result: T?
  init(_ body: @escaping () -> T) { self.body = body }
  override func run() { result = body?() }
  func release() { body = nil }
}
