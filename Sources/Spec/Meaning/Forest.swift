/// A forest as the evaluator holds it: the parent's ordinal by the child's ordinal, -1 for a root.
/// Operations are LANGUAGE's section "forest", one to one.
public struct Forest: Sendable {
  public private(set) var parents: [Int]

  public init(parents: [Int]) { self.parents = parents }

  public static func empty(count: Int) -> Forest { Forest(parents: Array(repeating: -1, count: count)) }

  /// x is a proper descendant of a.
  public func under(_ x: Int, _ a: Int) -> Bool {
    var node = parents[x]
    while node >= 0 {
      if node == a { return true }
      node = parents[node]
    }
    return false
  }

  public func within(_ x: Int, _ a: Int) -> Bool { x == a || under(x, a) }

  public func root(_ x: Int) -> Int {
    var node = x
    while parents[node] >= 0 { node = parents[node] }
    return node
  }

  public func isLone(_ x: Int) -> Bool { parents[x] < 0 && !parents.contains(x) }

  public enum Fault: Error, Sendable {
    case notARoot
    case cycle
    case notLone
    case sameNode
  }

  /// c, a root, becomes p's child with its whole subtree.
  public mutating func attach(_ c: Int, under p: Int) throws(Fault) {
    if parents[c] >= 0 { throw .notARoot }
    if within(p, c) { throw .cycle }
    parents[c] = p
  }

  /// c and its subtree become a tree of their own.
  public mutating func detach(_ c: Int) { parents[c] = -1 }

  /// Every proper descendant of a becomes a lone root.
  public mutating func prune(_ a: Int) {
    let below = parents.indices.filter { under($0, a) }
    for node in below { parents[node] = -1 }
  }

  /// c becomes a lone root, its children move to its parent.
  public mutating func remove(_ c: Int) {
    let above = parents[c]
    for node in parents.indices where parents[node] == c { parents[node] = above }
    parents[c] = -1
  }

  /// y, lone, takes x's place; x becomes lone.
  public mutating func replace(_ x: Int, by y: Int) throws(Fault) {
    if x == y { throw .sameNode }
    if !isLone(y) { throw .notLone }
    parents[y] = parents[x]
    for node in parents.indices where parents[node] == x { parents[node] = y }
    parents[x] = -1
  }

  /// No node is its own ancestor.
  public static func isAcyclic(_ parents: [Int]) -> Bool {
    for start in parents.indices {
      var node = start
      var steps = 0
      while parents[node] >= 0 {
        node = parents[node]
        steps += 1
        if steps > parents.count { return false }
      }
    }
    return true
  }
}
