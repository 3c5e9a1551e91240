import Spec

/// The lines of `kspec verify`, one for each line of a `verify` block, aligned as they appear one by one:
///
///     specs/l4/mapping.kspec
///       ok  check tiny                                   exhausted at this scope          19,492 states  …  depth 5  0.21 s
///       ok  refute Narrowed in tiny with narrow = false  refuted as expected in 2 steps      812 states  …  depth 2  0.02 s
public struct VerifyTable: Sendable {
  public let style: Style
  private let statedWidth: Int
  private static let wordsWidth = 31

  /// `stated`: the lines as written, all of the file, so that the columns are known before the first result.
  public init(stated: [String], style: Style) {
    self.style = style
    let longest = stated.map(visibleWidth).max() ?? 0
    statedWidth = min(longest, max(64, style.width - 90))
  }

  public func row(_ stated: String, _ judgement: Judgement, _ verdicts: [Verdict]) -> String {
    let mark =
      switch judgement.standing {
      case .asStated: style.good("ok  ")
      case .undecided: style.unsure("?   ")
      case .notAsStated, .fault: style.bad("FAIL")
      }
    let words =
      switch judgement.standing {
      case .asStated: style.good(judgement.words)
      case .undecided: style.unsure(judgement.words)
      case .notAsStated, .fault: style.bad(judgement.words)
      }
    // A line that is wider than its column gets rows of its own; the findings stay in theirs.
    var rows = visibleWidth(stated) <= statedWidth ? [stated] : wrapped(stated, width: style.width - 8) + [""]
    let last = "\(padded(rows.removeLast(), statedWidth))  \(padded(words, Self.wordsWidth))  \(measures(verdicts))"
    rows.append(last)
    return rows.enumerated().map { number, row in
      var line = "  \(number == 0 ? mark : "    ")  \(row)"
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// The states and transitions of the line's verdicts; a proof has none.
  private func measures(_ verdicts: [Verdict]) -> String {
    let states = verdicts.map(\.states).reduce(0, &+)
    let transitions = verdicts.map(\.transitions).reduce(0, &+)
    let depth = verdicts.map(\.depth).max() ?? 0
    // The verdicts of one proof share a run and its time.
    let seconds = leftPadded(Quantities.seconds(verdicts.map(\.seconds).max() ?? 0), 8)
    if states == 0 { return leftPadded(seconds, 14 + 2 + 23 + 2 + 8 + 2 + 8) }
    return [
      leftPadded("\(Quantities.count(states)) states", 17), leftPadded("\(Quantities.count(transitions)) transitions", 24),
      padded("depth \(depth)", 8), seconds,
    ].joined(separator: "  ")
  }
}
