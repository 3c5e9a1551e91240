import SimRuntime
import Spec

/// The reachable graph of one rigid valuation: states by number, in the order of a breadth-first search that takes parents and
/// action instances in their order, so that the numbers are the same in every run.
///
/// Edges lie in one array, each state's in a row (compressed rows): 4 bytes for the target, and 4 for the fairness class if the spec
/// has a fair action. Edges that agree in both are one. A deadlocked state has one edge, to itself, in no class: it stutters.
final class StateGraph: @unchecked Sendable {
  let words: Int
  /// The packed states, one after the other.
  let states: Storage<UInt64>
  /// Where the edges of each state begin, and one more entry for where the last ones end.
  let firstEdge: Storage<UInt64>
  let targets: Storage<UInt32>
  /// The class of each edge: below `classes.count`, or `noClass`. Empty if there are no classes.
  let labels: Storage<UInt32>
  let classes: FairClasses
  /// States 0 ..< initial are the initial ones.
  var initial = 0

  static let noClass = UInt32.max
  /// Numbers of states are 32 bits wide, and the largest few mean something else.
  static let stateLimit = Int(UInt32.max) - 16

  init(words: Int, _ classes: FairClasses, _ memory: MemoryGauge) {
    self.words = words
    self.classes = classes
    states = Storage(memory)
    firstEdge = Storage(memory)
    targets = Storage(memory)
    labels = Storage(memory)
  }

  /// States whose edges are known.
  var count: Int { max(firstEdge.count - 1, 0) }
  var edgeCount: Int { targets.count }
  func edges(_ state: Int) -> Range<Int> { Int(firstEdge[state])..<Int(firstEdge[state + 1]) }
  func label(_ edge: Int) -> UInt32 { classes.count == 0 ? Self.noClass : labels[edge] }
  func state(_ number: Int) -> UnsafePointer<UInt64> { UnsafePointer(states.base + number * words) }
}

/// The fair actions of an instance with each choice of their parameters, numbered from 0: weakly fair ones first.
struct FairClasses: Sendable {
  let weak: Int
  let strong: Int
  var count: Int { weak + strong }

  /// For each action the first class, or nil.
  private let first: [Int?]
  private let numbering: ActionNumbering?
  /// The class of each action instance, where they are few: looking for an instance's action took a twentieth of building a graph.
  private let table: [UInt32]
  private static let largestTable = 1 << 16

  static let none = FairClasses(weak: 0, strong: 0)

  /// Classes of a graph that comes from no spec.
  init(weak: Int, strong: Int) {
    self.weak = weak
    self.strong = strong
    first = []
    numbering = nil
    table = []
  }

  init(_ instance: Instance, _ numbering: ActionNumbering) {
    var first: [Int?] = Array(repeating: nil, count: instance.model.actions.count)
    var counts: [Int] = []
    var next = 0
    for fairness in [Fairness.weak, .strong] {
      let before = next
      for (id, action) in instance.model.actions.enumerated() where action.fairness == fairness {
        first[id] = next
        next += instance.cardinality(of: action.parameters.map(\.type))
      }
      counts.append(next - before)
    }
    weak = counts[0]
    strong = counts[1]
    self.first = first
    self.numbering = numbering
    table =
      numbering.count > Self.largestTable
      ? [] : (0..<numbering.count).map { Self.label($0, first, numbering) }
  }

  func isStrong(_ fairClass: UInt32) -> Bool { Int(fairClass) >= weak }

  /// The class of an action instance by its number.
  func label(_ number: UInt32) -> UInt32 {
    if Int(number) < table.count { return table[Int(number)] }
    guard let numbering else { return StateGraph.noClass }
    return Self.label(Int(number), first, numbering)
  }

  private static func label(_ number: Int, _ first: [Int?], _ numbering: ActionNumbering) -> UInt32 {
    let action = numbering.action(number)
    guard let first = first[action] else { return StateGraph.noClass }
    return UInt32(first + numbering.fairnessClass(number) - numbering.firstClass[action])
  }
}
