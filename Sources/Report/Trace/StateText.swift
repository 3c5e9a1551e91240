import Spec

/// A whole state, and the difference of two states, as lines. Forests are trees, two-coordinate maps are page tables, the rest is
/// `name = value`.
struct StateText {
  let names: ValueNames
  let style: Style
  /// More changed cells of one map than this are shown as a table.
  private let cellsBeforeTable = 4

  private var variables: [VariableDeclaration] { names.instance.model.variables }

  func whole(_ state: State) -> [String] {
    var lines: [String] = []
    for (id, variable) in variables.enumerated() where id < state.variables.count {
      let value = state.variables[id]
      if let forest = ForestDrawing(names, id) {
        let nodes = forest.relatedNodes(state)
        if nodes.isEmpty {
          lines.append("\(variable.name) = empty")
        } else {
          lines += block(variable.name, forest.lines(state, nodes: nodes))
        }
      } else if let table = PageTable(names, variable.type) {
        let rows = table.lines(value)
        if rows.count == 1 { lines.append("\(variable.name) = \(rows[0])") } else { lines += block(variable.name, rows) }
      } else {
        lines += hanging("\(variable.name) = ", names.text(value, variable.type))
      }
    }
    return lines
  }

  func difference(from before: State, to after: State) -> [String] {
    var cells: [[String]] = []
    var blocks: [String] = []
    for (id, variable) in variables.enumerated() where before.variables[id] != after.variables[id] {
      let (old, new) = (before.variables[id], after.variables[id])
      if let forest = ForestDrawing(names, id) {
        blocks += trees(variable.name, forest, before, after)
        continue
      }
      let changes = names.changes(variable.name, from: old, to: new, variable.type)
      if changes.count > cellsBeforeTable, let table = PageTable(names, variable.type) {
        blocks += block(variable.name, table.lines(from: old, to: new))
      } else {
        cells += changes.map { [$0.location, "\($0.before) → \($0.after)"] }
      }
    }
    if cells.isEmpty && blocks.isEmpty { return [style.faint("nothing changes")] }
    return aligned(cells) + blocks
  }

  private func trees(_ name: String, _ forest: ForestDrawing, _ before: State, _ after: State) -> [String] {
    let nodes = forest.changedNodes(from: before, to: after)
    let left = [style.faint("before")] + forest.lines(before, nodes: nodes)
    let right = [style.faint("after")] + forest.lines(after, nodes: nodes)
    let drawing = sideBySide(left, right, gap: 6, width: style.width - 8) ?? (left + right)
    return block(name, drawing)
  }

  private func block(_ name: String, _ lines: [String]) -> [String] { [name] + indented(lines, by: 2) }

  private func hanging(_ head: String, _ text: String) -> [String] {
    let lines = wrapped(text, width: max(20, style.width - 6 - head.count))
    return lines.enumerated().map { ($0 == 0 ? head : String(repeating: " ", count: head.count)) + $1 }
  }
}
