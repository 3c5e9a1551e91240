/// Two engines disagree, or one broke its own rules: always kspec's fault and never the spec's (exit code 70).
public struct EngineFault: Error, Sendable, CustomStringConvertible {
  public var message: String
  public init(_ message: String) { self.message = message }
  public var description: String { "fault of kspec itself: \(message)" }
}
