/// Why there is no native code: said in the verdict, since the evaluator then does the work.
public enum NativeUnavailable: Error, Sendable, Equatable {
  case noCompiler
  /// The instance cannot be emitted.
  case refused(String)
  /// The compiler failed; its message.
  case compiler(String)
  /// The library could not be loaded, or is not the one asked for.
  case load(String)
  case cancelled

  public var reason: String {
    switch self {
    case .noCompiler: "no C compiler found"
    case .refused(let reason): reason
    case .compiler(let message): "the C compiler failed: \(message)"
    case .load(let message): "the compiled library was not loaded: \(message)"
    case .cancelled: "compilation was cancelled"
    }
  }
}
