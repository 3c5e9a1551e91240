import Spec

/// What a scenario costs on this host, as plain values: `kspec` fills them from the runtime's measurement.
public struct Measured: Sendable {
  /// Nanoseconds: the middle batch, and the tenth part of the batches below and above.
  public struct Spread: Sendable {
    public var median: Double
    public var low: Double
    public var high: Double
    public init(median: Double, low: Double, high: Double) {
      self.median = median
      self.low = low
      self.high = high
    }
  }
  public var scenario: String
  /// Steps of one round of the `repeat` body.
  public var operations: Int
  public var round: Spread
  public var operation: Spread
  public var rounds: Int
  public var batches: Int
  /// A byte there and back between two threads over pipes, in the same run.
  public var pipe: Spread?

  public init(
    scenario: String, operations: Int, round: Spread, operation: Spread, rounds: Int, batches: Int, pipe: Spread?
  ) {
    self.scenario = scenario
    self.operations = operations
    self.round = round
    self.operation = operation
    self.rounds = rounds
    self.batches = batches
    self.pipe = pipe
  }

  /// What the numbers are, and what they are not: the spec executed here, not the kernel that it describes.
  public func lines(style: Style) -> [String] {
    var rows = [
      ["a round of \(Quantities.counted(operations, "step"))"] + Self.cells(round),
      ["a step"] + Self.cells(operation),
    ]
    if let pipe { rows.append(["a pipe round trip on this host"] + Self.cells(pipe)) }
    return [style.strong(scenario) + "  the spec's own code, native, guards checked"] + indented(aligned(rows), by: 2)
      + ["  \(Quantities.count(rounds)) rounds in \(Quantities.counted(batches, "batch", plural: "batches"))"]
  }

  public var json: JsonValue {
    func spread(_ spread: Spread) -> JsonValue {
      .object(["median": .number(spread.median), "low": .number(spread.low), "high": .number(spread.high)])
    }
    return .object([
      "scenario": .string(scenario), "operations": .int(Int64(operations)), "nanosecondsPerRound": spread(round),
      "nanosecondsPerOperation": spread(operation), "rounds": .int(Int64(rounds)), "batches": .int(Int64(batches)),
      "pipeRoundTripNanoseconds": pipe.map(spread) ?? .null,
    ])
  }

  private static func cells(_ spread: Spread) -> [String] {
    [
      leftPadded(nanoseconds(spread.median), 10),
      "(\(nanoseconds(spread.low)) to \(nanoseconds(spread.high)) in 8 of 10 batches)",
    ]
  }

  private static func nanoseconds(_ number: Double) -> String {
    number < 10_000 ? Quantities.fixed(number, 1) + " ns" : Quantities.fixed(number / 1000, 1) + " µs"
  }
}
