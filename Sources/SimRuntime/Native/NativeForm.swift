/// What code of an instance does besides finding successors. Each is compiled in or left out: code for all of it at once would be slower at any.

public struct NativeForm: Sendable {
  /// Edges say which action instance they are.
  public var isLabelled: Bool
  /// Edges can be judged by transition properties. Where none is asked for, code without runs a twentieth faster, and compiles faster.
  public var judgesEdges: Bool
  /// Says what may be left out; nil: nothing. It takes code of its own, a tenth slower.
  public var sleep: Sleep?
  /// For code that makes keys, as `StateLayout.narrowing` takes it.
  public var numberBits: Int?

  /// Chooses what is left out of the classes that the code has; nil: nothing.
  public typealias Sleep = @Sendable (SleepClasses) -> SleepTable?

  public init(labelled: Bool = false, judgesEdges: Bool = true, sleep: Sleep? = nil, numberBits: Int? = 0) {
    isLabelled = labelled
    self.judgesEdges = judgesEdges
    self.sleep = sleep
    self.numberBits = numberBits
  }

  /// Code with labels.
  public static let labelled = NativeForm(labelled: true)
}
