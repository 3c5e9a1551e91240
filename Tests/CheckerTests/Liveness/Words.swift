import Spec
import TestSupport

@testable import Checker

/// A formula over a few atoms, by text and by meaning: what the tests' random formulas are.
indirect enum Formula {
  case atom(Int)
  case not(Formula)
  case and(Formula, Formula)
  case or(Formula, Formula)
  case implies(Formula, Formula)
  case iff(Formula, Formula)
  case always(Formula)
  case eventually(Formula)
  case until(Formula, Formula)
  case leadsTo(Formula, Formula)

  static func random(depth: Int, atoms: Int, _ random: inout SeededGenerator) -> Formula {
    if depth == 0 || Int.random(in: 0..<6, using: &random) == 0 { return .atom(Int.random(in: 0..<atoms, using: &random)) }
    func part() -> Formula { .random(depth: depth - 1, atoms: atoms, &random) }
    switch Int.random(in: 0..<11, using: &random) {
    case 0: return .not(part())
    case 1: return .and(part(), part())
    case 2: return .or(part(), part())
    case 3: return .implies(part(), part())
    case 4: return .iff(part(), part())
    case 5, 6: return .always(part())
    case 7, 8: return .eventually(part())
    case 9: return .until(part(), part())
    default: return .leadsTo(part(), part())
    }
  }

  var text: String {
    switch self {
    case .atom(let atom): "v\(atom)"
    case .not(let a): "!(\(a.text))"
    case .and(let a, let b): "((\(a.text)) && (\(b.text)))"
    case .or(let a, let b): "((\(a.text)) || (\(b.text)))"
    case .implies(let a, let b): "((\(a.text)) ==> (\(b.text)))"
    case .iff(let a, let b): "((\(a.text)) <==> (\(b.text)))"
    case .always(let a): "(always (\(a.text)))"
    case .eventually(let a): "(eventually (\(a.text)))"
    case .until(let a, let b): "((\(a.text)) until (\(b.text)))"
    case .leadsTo(let a, let b): "((\(a.text)) leadsTo (\(b.text)))"
    }
  }

  func holds(on word: Word) -> Bool { truth(on: word)[0] }

  /// At each place of a word, by the definitions on infinite words, looking as far ahead as anything new can come: once through
  /// the rest of the letters and once around the loop.
  private func truth(on word: Word) -> [Bool] {
    func each(_ judge: (Range<Int>) -> Bool) -> [Bool] { word.letters.indices.map { judge($0..<($0 + 2 * word.letters.count)) } }
    switch self {
    case .atom(let atom): return word.letters.map { $0 >> UInt64(atom) & 1 == 1 }
    case .not(let a): return a.truth(on: word).map { !$0 }
    case .and(let a, let b): return zip(a.truth(on: word), b.truth(on: word)).map { $0 && $1 }
    case .or(let a, let b): return zip(a.truth(on: word), b.truth(on: word)).map { $0 || $1 }
    case .implies(let a, let b): return zip(a.truth(on: word), b.truth(on: word)).map { !$0 || $1 }
    case .iff(let a, let b): return zip(a.truth(on: word), b.truth(on: word)).map { $0 == $1 }
    case .always(let a):
      let a = a.truth(on: word)
      return each { $0.allSatisfy { a[word.place($0)] } }
    case .eventually(let a):
      let a = a.truth(on: word)
      return each { $0.contains { a[word.place($0)] } }
    case .until(let a, let b):
      let (a, b) = (a.truth(on: word), b.truth(on: word))
      return each { ahead in
        ahead.contains { j in b[word.place(j)] && (ahead.lowerBound..<j).allSatisfy { a[word.place($0)] } }
      }
    case .leadsTo(let a, let b): return Formula.always(.implies(a, .eventually(b))).truth(on: word)
    }
  }
}

/// An infinite word: letters are valuations of atoms, and after the last one it goes on from the letter `loop`.
struct Word {
  var letters: [UInt64]
  var loop: Int

  static func random(length: Int, atoms: Int, _ random: inout SeededGenerator) -> Word {
    let count = Int.random(in: 1...length, using: &random)
    return Word(
      letters: (0..<count).map { _ in UInt64.random(in: 0..<(1 << UInt64(atoms)), using: &random) },
      loop: Int.random(in: 0..<count, using: &random))
  }

  /// The place among the letters of a position of the infinite word.
  func place(_ position: Int) -> Int {
    position < letters.count ? position : loop + (position - letters.count) % (letters.count - loop)
  }
  subscript(_ position: Int) -> UInt64 { letters[place(position)] }
}

extension StateGraph {
  /// A graph that comes from no spec: for each state its edges with their classes.
  static func graph(_ rows: [[(target: Int, label: UInt32)]], initial: Int, _ classes: FairClasses = .none) -> StateGraph {
    let graph = StateGraph(words: 1, classes, MemoryGauge())
    _ = graph.states.reserve(rows.count)
    _ = graph.firstEdge.reserve(rows.count + 1)
    graph.firstEdge.append(0)
    graph.initial = initial
    for (number, row) in rows.enumerated() {
      graph.states.append(UInt64(number))
      _ = graph.targets.reserve(row.count)
      _ = graph.labels.reserve(row.count)
      for edge in row {
        graph.targets.append(UInt32(edge.target))
        if classes.count > 0 { graph.labels.append(edge.label) }
      }
      graph.firstEdge.append(UInt64(graph.targets.count))
    }
    return graph
  }
}

/// The truth of atoms in states, given as one valuation a state.
func truth(_ valuations: [UInt64], atoms: Int) throws -> AtomTruth {
  guard let truth = AtomTruth(atoms: atoms, states: valuations.count, MemoryGauge()) else { throw EngineFault("no memory") }
  for (state, valuation) in valuations.enumerated() {
    for atom in 0..<atoms where valuation >> UInt64(atom) & 1 == 1 { truth.set(atom, state) }
  }
  return truth
}

func watch() -> Watch { Watch(CheckOptions(), Cancellation(), { _ in }) }

extension BuchiAutomaton {
  /// Whether it accepts a word: the word as a graph of one path, searched by the engine.
  func accepts(_ word: Word, atoms: Int) throws -> Bool {
    let rows = word.letters.indices.map { [(target: word.place($0 + 1), label: StateGraph.noClass)] }
    let graph = StateGraph.graph(rows, initial: 1)
    guard let product = Product(graph, self, try truth(word.letters, atoms: atoms)),
      let components = FairComponents(product, MemoryGauge(), watch())
    else { throw EngineFault("no memory") }
    return !components.isEmpty
  }
}
