/// Why an obligation may be undecidable. In: assertions. Out: a cycle of sorts, if there is one.
///
/// Formulas whose functions and quantifiers never lead from a sort back to it have finitely many ground terms: such an
/// obligation is decided (Ge and de Moura, CAV 2009: stratified sorts). An edge S → T is a function from S to T, or a T that exists for every S.
/// Most obligations with a cycle are decided as well; where the solver gives up, the cycle is where to look.
import Spec

enum Fragment {
  private struct Edge {
    var target: Int
    var reason: String
  }

  /// The cycle as text: `Slot → Slot through tree.root`.
  static func cycle(in assertions: [Term], _ vocabulary: Vocabulary) -> String? {
    let store = vocabulary.store
    // Enums are finite, whatever leads to them: only the sorts of the spec can go on for ever.
    let open = Set(vocabulary.sortTerms)
    var edges: [Int: [Edge]] = [:]
    func add(_ from: TermSort, _ to: TermSort, _ reason: String) {
      guard open.contains(from), open.contains(to), case .named(let source) = from, case .named(let target) = to,
        edges[source]?.contains(where: { $0.target == target }) != true
      else { return }
      edges[source, default: []].append(Edge(target: target, reason: reason))
    }

    var symbols: Set<FunctionSymbol> = []
    var visited: Set<Term> = []
    for assertion in assertions { store.collectSymbols(assertion, &symbols, &visited) }
    for symbol in symbols.sorted(by: { $0.id < $1.id }) {
      let function = store.functions[symbol.id]
      for argument in function.arguments { add(argument, function.result, function.name) }
    }
    /// `universal`: the variables in whose scope the term stands, as sorts.
    func walk(_ term: Term, positive: Bool, _ universal: Set<TermSort>) {
      guard store.hasQuantifier(term) else { return }
      switch store.node(term) {
      case .not(let a): walk(a, positive: !positive, universal)
      case .and(let members), .or(let members): for member in members { walk(member, positive: positive, universal) }
      case .forall(let bound, let body), .exists(let bound, let body):
        let sorts = bound.map { store.sort($0) }
        var isUniversal = positive
        if case .exists = store.node(term) { isUniversal = !positive }
        if isUniversal {
          walk(body, positive: positive, universal.union(sorts))
        } else {
          for outer in universal { for inner in sorts { add(outer, inner, "an existential") } }
          walk(body, positive: positive, universal)
        }
      default:
        // Under `if and only if` and inside terms a formula stands for itself and for its negation.
        for child in store.children(term) {
          walk(child, positive: true, universal)
          walk(child, positive: false, universal)
        }
      }
    }
    for assertion in assertions { walk(assertion, positive: true, []) }
    return shortest(edges, vocabulary)
  }

  private static func shortest(_ edges: [Int: [Edge]], _ vocabulary: Vocabulary) -> String? {
    for start in edges.keys.sorted() {
      var paths: [[(Int, String)]] = [[(start, "")]]
      var seen: Set<Int> = []
      while !paths.isEmpty {
        var longer: [[(Int, String)]] = []
        for path in paths {
          for edge in edges[path[path.count - 1].0] ?? [] {
            if edge.target == start { return describe(path + [(start, edge.reason)], vocabulary) }
            if seen.insert(edge.target).inserted { longer.append(path + [(edge.target, edge.reason)]) }
          }
        }
        paths = longer
      }
    }
    return nil
  }

  private static func describe(_ path: [(Int, String)], _ vocabulary: Vocabulary) -> String {
    let names = path.map { vocabulary.store.sortNames[$0.0] }.joined(separator: " → ")
    var reasons: [String] = []
    for (_, reason) in path.dropFirst() where !reasons.contains(reason) { reasons.append(reason) }
    return "\(names) through \(reasons.joined(separator: ", "))"
  }
}
