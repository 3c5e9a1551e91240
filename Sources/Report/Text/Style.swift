/// How text may look on the way out: what comes in is plain text and a role, what goes out is the same text with or
/// without ANSI colour. Nothing else in the package knows an escape code.
public struct Style: Sendable {
  /// True where the reader's terminal shows ANSI colours.
  public var colour: Bool
  /// Columns to keep within where a layout has a choice; at least 40.
  public var width: Int

  public init(colour: Bool, width: Int) {
    self.colour = colour
    self.width = max(width, 40)
  }

  /// No colours, 120 columns: files, pipes and tests.
  public static let plain = Style(colour: false, width: 120)

  public func good(_ text: String) -> String { paint(text, "32") }
  public func bad(_ text: String) -> String { paint(text, "1;31") }
  public func unsure(_ text: String) -> String { paint(text, "33") }
  public func strong(_ text: String) -> String { paint(text, "1") }
  public func faint(_ text: String) -> String { paint(text, "2") }

  private func paint(_ text: String, _ code: String) -> String {
    colour && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
