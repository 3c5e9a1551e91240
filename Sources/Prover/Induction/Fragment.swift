/// Why an obligation may be undecidable. In: assertions. Out: a cycle of sorts, if there is one.
///
/// Formulas whose functions and quantifiers never lead from a sort back to it have finitely many ground terms: such an
/// obligation is decided (Ge and de Moura, CAV 2009: stratified sorts). An edge S → T is a function from S to T, or a T that exists for every S.
/// Most obligations with a cycle are decided as well; where the solver gives up, the cycle is where to look.
///
/// Off the way of a proof: `Decision` asks once it has given up, and `--explain`.
import Spec

struct Fragment {
  struct Edge {
    enum Origin {
      case function(FunctionSymbol)
      /// An existential variable, in an assertion.
      case existential(Term, in: Int)
    }
    var source: TermSort
    var target: TermSort
    var origin: Origin
  }

  private let vocabulary: Vocabulary
  private var store: TermStore { vocabulary.store }
  /// Numbers and the sorts of the spec can go on for ever; enums and bools are finite, whatever leads to them.
  private let open: [TermSort]
  private var edges: [TermSort: [Edge]] = [:]
  /// A universal variable over numbers, and the assertion that it is in.
  private(set) var numbers: (variable: Term, assertion: Int)?
  /// Whether unknowns are multiplied or divided by one another.
  private(set) var hasProducts = false

  init(_ assertions: [Term], _ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    open = vocabulary.sortTerms + [.int]
    addFunctions(assertions)
    var known: Set<Place> = []
    for (i, assertion) in assertions.enumerated() { walk(assertion, positive: true, [:], i, &known) }
  }

  // MARK: - Edges

  private mutating func add(_ edge: Edge) {
    guard open.contains(edge.source), open.contains(edge.target),
      edges[edge.source]?.contains(where: { $0.target == edge.target }) != true
    else { return }
    edges[edge.source, default: []].append(edge)
  }

  private mutating func addFunctions(_ assertions: [Term]) {
    var symbols: Set<FunctionSymbol> = []
    var visited: Set<Term> = []
    for assertion in assertions { store.collectSymbols(assertion, &symbols, &visited) }
    for symbol in symbols.sorted(by: { $0.id < $1.id }) {
      let function = store.functions[symbol.id]
      for argument in function.arguments {
        add(Edge(source: argument, target: function.result, origin: .function(symbol)))
      }
    }
    hasProducts = visited.contains { term in
      guard case .arithmetic(let symbol, let a, let b) = store.node(term) else { return false }
      switch symbol {
      case .add, .subtract: return false
      case .multiply: return ![a, b].contains { store.isLiteral($0) }
      case .divide, .remainder: return !store.isLiteral(b)
      }
    }
  }

  /// A term as it was met: what its free variables depend on is all that its place adds.
  private struct Place: Hashable {
    var term: Term
    var positive: Bool
    var dependencies: [Set<TermSort>]
  }

  /// `dependencies`: of each variable in scope, the sorts of the universal variables that its value depends on.
  private mutating func walk(
    _ term: Term, positive: Bool, _ dependencies: [Int: Set<TermSort>], _ assertion: Int, _ known: inout Set<Place>
  ) {
    guard store.hasQuantifier(term) else { return }
    let free = store.freeVariables(term)
    guard known.insert(Place(term: term, positive: positive, dependencies: free.map { dependencies[$0] ?? [] })).inserted
    else { return }
    switch store.node(term) {
    case .not(let a): walk(a, positive: !positive, dependencies, assertion, &known)
    case .and(let members), .or(let members):
      for member in members { walk(member, positive: positive, dependencies, assertion, &known) }
    case .forall(let bound, let body), .exists(let bound, let body):
      var isUniversal = positive
      if case .exists = store.node(term) { isUniversal = !positive }
      // As a function it takes what occurs in it, and no more.
      let outer = free.reduce(into: Set<TermSort>()) { $0.formUnion(dependencies[$1] ?? []) }
      var inner = dependencies
      for variable in bound {
        guard case .variable(let id) = store.node(variable) else { continue }
        let sort = store.sort(variable)
        inner[id] = isUniversal ? [sort] : outer
        if isUniversal {
          if sort == .int, numbers == nil { numbers = (variable, assertion) }
        } else {
          for source in open where outer.contains(source) {
            add(Edge(source: source, target: sort, origin: .existential(variable, in: assertion)))
          }
        }
      }
      walk(body, positive: positive, inner, assertion, &known)
    default:
      // Under `if and only if` and inside terms a formula stands for itself and for its negation.
      for child in store.children(term) {
        walk(child, positive: true, dependencies, assertion, &known)
        walk(child, positive: false, dependencies, assertion, &known)
      }
    }
  }

  // MARK: - Cycles

  /// A shortest cycle through the first sort that has one.
  func cycle() -> [Edge]? {
    for start in open where edges[start] != nil {
      var paths: [[Edge]] = [[]]
      var seen: Set<TermSort> = []
      while !paths.isEmpty {
        var longer: [[Edge]] = []
        for path in paths {
          for edge in edges[path.last?.target ?? start] ?? [] {
            if edge.target == start { return path + [edge] }
            if seen.insert(edge.target).inserted { longer.append(path + [edge]) }
          }
        }
        paths = longer
      }
    }
    return nil
  }

  func name(_ sort: TermSort) -> String {
    switch sort {
    case .bool: "bool"
    case .int: "numbers"
    case .named(let id): store.sortNames[id]
    }
  }

  /// The cycle as text: `Slot → Slot through tree.root`.
  static func cycle(in assertions: [Term], _ vocabulary: Vocabulary) -> String? {
    let fragment = Fragment(assertions, vocabulary)
    guard let cycle = fragment.cycle(), let first = cycle.first else { return nil }
    let names = ([first.source] + cycle.map(\.target)).map(fragment.name).joined(separator: " → ")
    var reasons: [String] = []
    for edge in cycle {
      let reason =
        switch edge.origin {
        case .function(let symbol): vocabulary.store.functions[symbol.id].name
        case .existential: "an existential"
        }
      if !reasons.contains(reason) { reasons.append(reason) }
    }
    return "\(names) through \(reasons.joined(separator: ", "))"
  }
}
