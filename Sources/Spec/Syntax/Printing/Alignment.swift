/// Columns that the author aligned over neighbouring lines stay aligned: names after `require`, `=` of `init`, comments.
///
/// A run is a maximal row of neighbouring lines of one block level that each have a piece at one column of the source. It was
/// aligned on purpose if some piece of it stands more blanks off than it must. Such a run is aligned again, at the least column
/// that has room; what is not in a run gets its one blank.
extension TextLayout {
  mutating func align() {
    struct Run {
      var column: Int
      var members: [(line: Int, place: Int)]
      var isDeliberate: Bool
    }
    var runs: [Run] = []
    var open: [Int: Int] = [:]  // source column to the run that reaches the line before
    for (number, line) in lines.enumerated() {
      let goesOn = number > 0 && !line.isSeparated && lines[number - 1].level == line.level
      var reached: [Int: Int] = [:]
      for (place, placed) in line.placed.enumerated().dropFirst() {
        let piece = pieces[placed.piece]
        guard piece.sourceGap > 0, placed.blanks > 0 else { continue }
        let isDeliberate = piece.sourceGap > placed.blanks
        if goesOn, let run = open[piece.sourceColumn] {
          runs[run].members.append((number, place))
          runs[run].isDeliberate = runs[run].isDeliberate || isDeliberate
          reached[piece.sourceColumn] = run
        } else {
          reached[piece.sourceColumn] = runs.count
          runs.append(Run(column: piece.sourceColumn, members: [(number, place)], isDeliberate: isDeliberate))
        }
      }
      open = reached
    }
    // From left to right: what is aligned further right starts from where this puts it.
    for run in runs.filter({ $0.isDeliberate && $0.members.count > 1 }).sorted(by: { $0.column < $1.column }) {
      let columns = run.members.map { column(line: $0.line, place: $0.place) }
      let target = columns.max() ?? 0
      for (member, column) in zip(run.members, columns) { lines[member.line].placed[member.place].blanks += target - column }
    }
  }

  /// Where a piece begins now.
  private func column(line: Int, place: Int) -> Int {
    let line = lines[line]
    var column = line.indent
    for placed in line.placed[..<place] {
      let piece = pieces[placed.piece]
      column = piece.text.contains("\n") ? piece.width : column + placed.blanks + piece.width
    }
    return column + line.placed[place].blanks
  }
}
