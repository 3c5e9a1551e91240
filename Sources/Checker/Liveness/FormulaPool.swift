/// Propositional temporal formulas in negation normal form, each stored once: equal formulas have equal numbers, so sets of
/// formulas are sets of integers.
///
/// The smart constructors simplify by laws that hold on every infinite word (absorption, idempotence, `eventually always
/// eventually p == always eventually p`, …): most properties become two or three nodes, and their automata as many states.
struct FormulaPool {
  /// A place in the pool.
  typealias ID = Int

  enum Node: Hashable {
    case constant(Bool)
    case literal(atom: Int, Bool)
    /// Sorted, at least two.
    case and([ID])
    case or([ID])
    /// The second becomes true, and the first is true until then.
    case until(ID, ID)
    /// The dual: the second is true up to and including the moment when the first is, if ever.
    case release(ID, ID)
  }

  private(set) var nodes: [Node] = [.constant(false), .constant(true)]
  private var known: [Node: ID] = [.constant(false): 0, .constant(true): 1]

  static let no: ID = 0
  static let yes: ID = 1

  subscript(_ id: ID) -> Node { nodes[id] }

  private mutating func intern(_ node: Node) -> ID {
    if let id = known[node] { return id }
    nodes.append(node)
    known[node] = nodes.count - 1
    return nodes.count - 1
  }

  mutating func literal(_ atom: Int, _ isTrue: Bool = true) -> ID { intern(.literal(atom: atom, isTrue)) }

  static func constant(_ value: Bool) -> ID { value ? yes : no }

  mutating func and(_ parts: [ID]) -> ID { join(parts, isAnd: true) }
  mutating func or(_ parts: [ID]) -> ID { join(parts, isAnd: false) }

  private mutating func join(_ parts: [ID], isAnd: Bool) -> ID {
    let (neutral, absorbing) = isAnd ? (Self.yes, Self.no) : (Self.no, Self.yes)
    var flat: Set<ID> = []
    for part in parts {
      switch (nodes[part], isAnd) {
      case (.and(let inner), true), (.or(let inner), false): flat.formUnion(inner)
      default: flat.insert(part)
      }
    }
    flat.remove(neutral)
    if flat.contains(absorbing) { return absorbing }
    for part in flat {
      if case .literal(let atom, let isTrue) = nodes[part], let other = known[.literal(atom: atom, !isTrue)], flat.contains(other)
      {
        return absorbing
      }
    }
    // x && (x || y) == x, and dually.
    let kept = flat.filter { part in
      switch (nodes[part], isAnd) {
      case (.or(let inner), true), (.and(let inner), false): !inner.contains { flat.contains($0) }
      default: true
      }
    }
    switch kept.count {
    case 0: return neutral
    case 1: return kept.first ?? neutral
    default: return intern(isAnd ? .and(kept.sorted()) : .or(kept.sorted()))
    }
  }

  mutating func eventually(_ a: ID) -> ID { until(Self.yes, a) }
  mutating func always(_ a: ID) -> ID { release(Self.no, a) }

  mutating func until(_ a: ID, _ b: ID) -> ID {
    if a == Self.no || a == b || isSuffixInvariant(b) { return b }
    switch (a == Self.yes, nodes[b]) {
    case (true, .until(_, let goal)): return eventually(goal)
    case (true, .or(let parts)): return or(parts.map { eventually($0) })
    case (false, .until(a, _)): return b
    default: return intern(.until(a, b))
    }
  }

  mutating func release(_ a: ID, _ b: ID) -> ID {
    if a == Self.yes || a == b || isSuffixInvariant(b) { return b }
    switch (a == Self.no, nodes[b]) {
    case (true, .release(_, let goal)): return always(goal)
    case (true, .and(let parts)): return and(parts.map { always($0) })
    case (false, .release(a, _)): return b
    default: return intern(.release(a, b))
    }
  }

  /// True of a word if and only if true of each of its suffixes: constants, `always eventually p`, `eventually always p`, and
  /// logic over them.
  private func isSuffixInvariant(_ id: ID) -> Bool {
    switch nodes[id] {
    case .constant: return true
    case .literal: return false
    case .and(let parts), .or(let parts): return parts.allSatisfy { isSuffixInvariant($0) }
    case .until(Self.yes, let b): if case .release(Self.no, _) = nodes[b] { return true } else { return false }
    case .release(Self.no, let b): if case .until(Self.yes, _) = nodes[b] { return true } else { return false }
    case .until, .release: return false
    }
  }

  mutating func negation(_ id: ID) -> ID {
    switch nodes[id] {
    case .constant(let value): return Self.constant(!value)
    case .literal(let atom, let isTrue): return literal(atom, !isTrue)
    case .and(let parts): return or(parts.map { negation($0) })
    case .or(let parts): return and(parts.map { negation($0) })
    case .until(let a, let b): return release(negation(a), negation(b))
    case .release(let a, let b): return until(negation(a), negation(b))
    }
  }

  /// No temporal operator inside.
  func isPropositional(_ id: ID) -> Bool {
    switch nodes[id] {
    case .constant, .literal: true
    case .and(let parts), .or(let parts): parts.allSatisfy { isPropositional($0) }
    case .until, .release: false
    }
  }

  /// The atoms that occur, ascending.
  func atoms(_ id: ID) -> [Int] {
    var found: Set<Int> = []
    func visit(_ id: ID) {
      switch nodes[id] {
      case .constant: break
      case .literal(let atom, _): found.insert(atom)
      case .and(let parts), .or(let parts): parts.forEach(visit)
      case .until(let a, let b), .release(let a, let b):
        visit(a)
        visit(b)
      }
    }
    visit(id)
    return found.sorted()
  }
}
