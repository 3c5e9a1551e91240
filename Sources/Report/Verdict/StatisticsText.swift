import Spec

/// What limits a search, as `--stats` shows it: rates, the share of work in vain, times by part, and the layers as bars.
public struct StatisticsText: Sendable {
  public let statistics: SearchStatistics
  /// Of the verdict that they belong to.
  public let states: UInt64
  public let transitions: UInt64
  public let seconds: Double
  public let peakBytes: UInt64
  public let style: Style

  public init(_ statistics: SearchStatistics, _ verdict: Verdict, style: Style) {
    self.init(
      statistics, states: verdict.states, transitions: verdict.transitions, seconds: verdict.seconds,
      peakBytes: verdict.peakBytes,
      style: style)
  }

  public init(
    _ statistics: SearchStatistics, states: UInt64, transitions: UInt64, seconds: Double, peakBytes: UInt64, style: Style
  ) {
    self.statistics = statistics
    self.states = states
    self.transitions = transitions
    self.seconds = seconds
    self.peakBytes = peakBytes
    self.style = style
  }

  public func lines() -> [String] { [style.strong("statistics")] + indented(aligned(rows) + layers(), by: 2) }

  /// Without the layers: for a run of many searches.
  public func summary() -> [String] { [style.strong("statistics")] + indented(aligned(rows), by: 2) }

  private var rows: [[String]] {
    var rows: [[String]] = []
    if seconds > 0 {
      rows.append(["rate", "\(rate(states)) states/s, \(rate(transitions)) transitions/s"])
    }
    rows.append([
      "looked up",
      "\(Quantities.count(statistics.successors)) states, \(Quantities.count(statistics.new)) new, "
        + "\(Quantities.count(statistics.duplicates)) known (\(percent(statistics.duplicates, of: statistics.successors))); "
        + "\(Quantities.count(statistics.selfLoops)) self-loops not looked up"
        + (statistics.asleep > 0 ? ", \(Quantities.count(statistics.asleep)) transitions asleep" : ""),
    ])
    if statistics.slots > 0 {
      rows.append([
        "table",
        "\(Quantities.count(statistics.stored)) of \(Quantities.count(statistics.slots)) slots "
          + "(\(percent(UInt64(statistics.stored), of: UInt64(statistics.slots)))), "
          + Quantities.bytes(UInt64(statistics.tableBytes)),
      ])
    }
    if statistics.stored > 0 {
      rows.append(["memory", "\(Quantities.fixed(bytesPerState, 1)) bytes a stored state at the peak, frontier included"])
    }
    let all = statistics.seconds.reduce(0, +)
    if all > 0 {
      let parts = SearchStatistics.Part.allCases.filter { statistics.seconds[$0.rawValue] > 0 }
        .map { "\($0) \(Quantities.fixed(100 * statistics.seconds[$0.rawValue] / all, 0)) %" }
      rows.append([
        "time",
        "\(parts.joined(separator: ", ")) of \(Quantities.seconds(all)) in \(Quantities.counted(statistics.threads, "thread"))",
      ])
    }
    return rows
  }

  /// Peak memory by the states that were stored at one time.
  var bytesPerState: Double { statistics.stored > 0 ? Double(peakBytes) / Double(statistics.stored) : 0 }

  /// `depth 12  1,204,331  ###########`, at most 24 lines: a long search's middle layers are left out.
  private func layers() -> [String] {
    let layers = statistics.layers
    guard let most = layers.max(), most > 0 else { return [] }
    let barWidth = max(10, min(style.width, 100) - 40)
    let shown: [Int]
    if layers.count <= 24 {
      shown = Array(layers.indices)
    } else {
      let stride = Double(layers.count - 1) / 23
      shown = (0..<24).map { Int((Double($0) * stride).rounded()) }
    }
    let depthWidth = String(layers.count - 1).count
    let countWidth = Quantities.count(most).count
    var lines = shown.map { depth in
      let length = Int((Double(layers[depth]) / Double(most) * Double(barWidth)).rounded(.up))
      return "depth \(leftPadded(String(depth), depthWidth))  \(leftPadded(Quantities.count(layers[depth]), countWidth))  "
        + String(repeating: "#", count: length)
    }
    if shown.count < layers.count { lines.append("(24 of \(layers.count) layers)") }
    if let estimate = statistics.estimate {
      lines.append("still to come: \(StatisticsText.words(estimate)), a guess from the layers")
    }
    return lines
  }

  /// `about 1,200,000 to 3,400,000 states`
  public static func words(_ estimate: SearchStatistics.Estimate) -> String {
    let low = Quantities.count(rounded(estimate.low))
    let high = Quantities.count(rounded(estimate.high))
    return low == high ? "about \(high) states" : "about \(low) to \(high) states"
  }

  /// Two leading digits: more would be a lie.
  private static func rounded(_ number: UInt64) -> UInt64 {
    var unit: UInt64 = 1
    while number / unit >= 100 { unit *= 10 }
    let (scaled, overflow) = ((number / unit) + (number % unit >= (unit + 1) / 2 && unit > 1 ? 1 : 0))
      .multipliedReportingOverflow(by: unit)
    return overflow ? number : scaled
  }

  private func rate(_ number: UInt64) -> String {
    let rate = Double(number) / seconds
    if rate >= 1e6 { return Quantities.fixed(rate / 1e6, 2) + " million" }
    return Quantities.count(UInt64(rate))
  }

  private func percent(_ part: UInt64, of whole: UInt64) -> String {
    whole == 0 ? "0 %" : Quantities.fixed(100 * Double(part) / Double(whole), 1) + " %"
  }
}

extension StatisticsText {
  /// The field `statistics` of docs/Json.md.
  public var json: JsonValue {
    .object([
      "transitionsPerSecond": .number(seconds > 0 ? Double(transitions) / seconds : 0),
      "statesPerSecond": .number(seconds > 0 ? Double(states) / seconds : 0),
      "successors": .count(statistics.successors), "new": .count(statistics.new), "duplicates": .count(statistics.duplicates),
      "selfLoops": .count(statistics.selfLoops), "asleep": .count(statistics.asleep),
      "stored": .int(Int64(statistics.stored)), "slots": .int(Int64(statistics.slots)),
      "tableBytes": .int(Int64(statistics.tableBytes)), "bytesPerState": .number(bytesPerState),
      "threads": .int(Int64(statistics.threads)),
      "time": .object(
        Dictionary(
          uniqueKeysWithValues: SearchStatistics.Part.allCases.map { ("\($0)", .number(statistics.seconds[$0.rawValue])) })),
      "layers": .array(statistics.layers.map { .count($0) }),
      "estimate": statistics.estimate.map { .object(["low": .count($0.low), "high": .count($0.high)]) } ?? .null,
    ])
  }
}
