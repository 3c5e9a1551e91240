import Spec

/// A forest as a kernel person draws a mapping database: each root with its descendants below it, and next to each node
/// what the maps over the same key hold for it.
///
///     (sigma0, page0)     holds frame0  right write
///     └─ (space1, page0)  holds frame0  right read
struct ForestDrawing {
  let names: ValueNames
  /// The forest's variable.
  let variable: VariableID
  private let node: Type
  /// Variables whose value at a node stands beside it: maps from exactly the forest's key to a scalar.
  private let beside: [VariableID]

  /// nil if the variable is not a forest.
  init?(_ names: ValueNames, _ variable: VariableID) {
    let variables = names.instance.model.variables
    guard case .forest(let node) = variables[variable].type else { return nil }
    self.names = names
    self.variable = variable
    self.node = node
    beside = variables.indices.filter { index in
      guard case .map(let keys, let value) = variables[index].type else { return false }
      return keys == [node] && names.instance.model.isKey(value)
    }
  }

  /// The trees that hold one of the nodes. A node without relatives is a tree of one line.
  func lines(_ state: State, nodes: Set<Int>) -> [String] {
    let parents = parents(state)
    var children: [[Int]] = Array(repeating: [], count: parents.count)
    for child in parents.indices where parents[child] >= 0 { children[parents[child]].append(child) }
    let roots = Set(nodes.map { root($0, parents) })
    var rows: [[String]] = []
    // Depth first with an explicit stack: a chain may be as long as the key has values.
    var stack: [(node: Int, prefix: String, hook: String)] = roots.sorted().reversed().map { ($0, "", "") }
    while let (node, prefix, hook) = stack.popLast() {
      rows.append([prefix + hook + names.key(node, self.node)] + annotations(node, state))
      let below = prefix + (hook.isEmpty ? "" : hook == "└─ " ? "   " : "│  ")
      for (position, child) in children[node].enumerated().reversed() {
        stack.append((child, below, position == children[node].count - 1 ? "└─ " : "├─ "))
      }
    }
    return aligned(rows)
  }

  /// The nodes that the reader must see to understand the difference: those with another parent now, and their relatives
  /// in both states (which `lines` adds, tree by tree).
  func changedNodes(from before: State, to after: State) -> Set<Int> {
    let old = parents(before)
    let new = parents(after)
    let moved = old.indices.filter { new.indices.contains($0) && old[$0] != new[$0] }
    let roots = Set(moved.map { root($0, old) })
    let newRoots = Set(moved.map { root($0, new) })
    return Set(old.indices.filter { roots.contains(root($0, old)) || newRoots.contains(root($0, new)) })
  }

  /// Every node that has a parent or a child.
  func relatedNodes(_ state: State) -> Set<Int> {
    let parents = parents(state)
    return Set(parents.indices.filter { parents[$0] >= 0 } + parents.filter { $0 >= 0 })
  }

  private func annotations(_ node: Int, _ state: State) -> [String] {
    let variables = names.instance.model.variables
    return beside.compactMap { index in
      guard case .map(let values) = state.variables[index], case .map(_, let type) = variables[index].type,
        values.indices.contains(node)
      else { return nil }
      return "\(variables[index].name) \(names.text(values[node], type))"
    }
  }

  private func parents(_ state: State) -> [Int] {
    if case .forest(let parents) = state.variables[variable] { parents } else { [] }
  }

  /// The top of a node's tree; bounded, so that a malformed forest (a cycle) cannot hang the report.
  private func root(_ node: Int, _ parents: [Int]) -> Int {
    var node = node
    for _ in parents.indices {
      guard parents.indices.contains(node), parents[node] >= 0 else { break }
      node = parents[node]
    }
    return node
  }
}
