import Spec

/// The lattice of policies as a picture: a box a setting, weaker ones below stronger ones, a line where one policy makes the
/// difference. Green is safe, with a thick frame minimal; red is unsafe, yellow undecided.
///
/// In: what `policies` found. Out: an SVG document that stands alone.
public struct LatticeSvg: Sendable {
  private let text: PolicyText
  private let lines: [[String]]
  /// Columns and rows of boxes; the weakest row is the lowest.
  private let places: [(column: Int, row: Int)]
  private let columns: Int
  private let rows: Int

  private static let letter = 7.2
  private static let line = 16.0
  private static let gap = (x: 24.0, y: 44.0)
  private static let margin = 20.0

  public init(_ text: PolicyText) {
    self.text = text
    let settings = text.lattice.settings
    lines = settings.map { setting in
      zip(text.names, text.values(setting)).map { "\($0) = \($1)" } + Self.findings(setting, text.lattice.properties)
    }
    let levels = settings.map(text.lattice.level)
    let top = levels.max() ?? 0
    var filled = [Int](repeating: 0, count: top + 1)
    var places: [(column: Int, row: Int)] = []
    for level in levels {
      places.append((filled[level], top - level))
      filled[level] += 1
    }
    self.places = places
    columns = filled.max() ?? 1
    rows = top + 1
  }

  /// Of a safe setting how it is known, of another what is wrong with it.
  private static func findings(_ setting: PolicyLattice.Setting, _ properties: [String]) -> [String] {
    if setting.isSafe { return [setting.cells.contains(.exhausted) ? "safe at the scope" : "safe, proved"] }
    return zip(properties, setting.cells).compactMap { name, cell in cell.isSafe ? nil : "\(name): \(cell.words)" }
  }

  private var box: (width: Double, height: Double) {
    let longest = lines.joined().map { visibleWidth($0) }.max() ?? 1
    return (Double(longest) * Self.letter + 16, Double(lines.map(\.count).max() ?? 1) * Self.line + 12)
  }

  public var document: String {
    let box = box
    let title = "\(text.model.name) at \(text.scope)"
    let width =
      max(
        Double(columns) * (box.width + Self.gap.x) - Self.gap.x, Double(visibleWidth(title)) * Self.letter) + 2 * Self.margin
    let height = Double(rows) * (box.height + Self.gap.y) - Self.gap.y + 2 * Self.margin + Self.line
    var svg = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(width))\" height=\"\(number(height))\" "
        + "viewBox=\"0 0 \(number(width)) \(number(height))\" font-family=\"monospace\" font-size=\"12\">",
      "<title>\(escaped(title))</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      "<text x=\"\(number(Self.margin))\" y=\"\(number(Self.margin))\">\(escaped(title))</text>",
    ]
    for step in text.lattice.steps {
      let (below, above) = (corner(step.weaker), corner(step.stronger))
      svg.append(
        "<line x1=\"\(number(below.x + box.width / 2))\" y1=\"\(number(below.y))\" x2=\"\(number(above.x + box.width / 2))\" "
          + "y2=\"\(number(above.y + box.height))\" stroke=\"#999\"/>")
    }
    for index in lines.indices { svg += node(index) }
    return (svg + ["</svg>", ""]).joined(separator: "\n")
  }

  /// The upper left corner of a box; rows are centred.
  private func corner(_ index: Int) -> (x: Double, y: Double) {
    let (column, row) = places[index]
    let inRow = places.count { $0.row == row }
    let indent = Double(columns - inRow) * (box.width + Self.gap.x) / 2
    return (
      Self.margin + indent + Double(column) * (box.width + Self.gap.x),
      Self.margin + Self.line + Double(row) * (box.height + Self.gap.y)
    )
  }

  private func node(_ index: Int) -> [String] {
    let standing = text.standing(index)
    let fill =
      switch standing {
      case "minimal", "safe": "#d9f2d9"
      case "unsafe": "#f8d7da"
      default: "#fff3cd"
      }
    let frame = standing == "minimal" ? "stroke=\"#1a7f1a\" stroke-width=\"3\"" : "stroke=\"#666\""
    let (x, y) = corner(index)
    let rect =
      "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\" rx=\"4\" "
      + "fill=\"\(fill)\" \(frame)><title>\(standing)</title></rect>"
    return [rect]
      + lines[index].enumerated().map { line, words in
        "<text x=\"\(number(x + 8))\" y=\"\(number(y + Self.line * Double(line + 1)))\">\(escaped(words))</text>"
      }
  }

  private func number(_ value: Double) -> String { Quantities.fixed(value, 1) }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}
