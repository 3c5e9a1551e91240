/// SMT-LIB 2 text of a list of assertions. In: named terms of a store. Out: a script that any SMT solver reads.
import Spec

/// A formula with the name it has in certificates and unsatisfiable cores.
struct Assertion {
  var name: String
  var term: Term
  /// Where the text says it; `none` for what is assumed of symbols.
  var span: Span = .none
}

/// Prints one script. Shared subterms become `define-fun` macros over their free variables, so that the text stays as
/// small as the shared graph even under quantifiers, where `let` cannot reach.
struct SMTLIBPrinter {
  private let store: TermStore
  private var uses: [Term: Int] = [:]
  private var macros: [Term: String] = [:]
  private var lines: [String] = []
  private var usesIntegers = false
  private var usesProducts = false
  private var functions: Set<Int> = []
  private var undefinedSorts: Set<TermSort> = []
  private var sortIDs: Set<Int> = []

  /// A subterm of at least this many nodes that occurs twice gets a macro.
  private static let macroSize = 6

  static func script(_ assertions: [Assertion], in store: TermStore, comment: [String], status: String) -> String {
    var printer = SMTLIBPrinter(store: store)
    return printer.print(assertions, comment: comment, status: status)
  }

  private init(store: TermStore) { self.store = store }

  private mutating func print(_ assertions: [Assertion], comment: [String], status: String) -> String {
    var visited: Set<Term> = []
    var order: [Term] = []
    for assertion in assertions { survey(assertion.term, &visited, &order) }
    var sizes: [Term: Int] = [:]
    var definitions: [String] = []
    for term in order {
      let size = store.children(term).reduce(1) { min($0 + (sizes[$1] ?? 1), 1 << 20) }
      sizes[term] = size
      if uses[term, default: 0] > 1, size >= Self.macroSize {
        let body = text(term)
        let name = "t!\(macros.count)"
        let parameters = store.freeVariables(term)
          .map { "(\(variableName($0)) \(sortName(store.variableSorts[$0])))" }.joined(separator: " ")
        definitions.append("(define-fun \(name) (\(parameters)) \(sortName(store.sort(term))) \(body))")
        macros[term] = name
        sizes[term] = 1
      }
    }
    let asserted = assertions.map { "(assert (! \(text($0.term)) :named \(Self.quoted($0.name))))" }

    lines = comment.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }.map { "; \($0)" }
    lines.append("(set-logic \(usesIntegers ? (usesProducts ? "UFNIA" : "UFLIA") : "UF"))")
    lines.append("(set-info :status \(status))")
    for id in sortIDs.sorted() { lines.append("(declare-sort \(Self.quoted(store.sortNames[id])) 0)") }
    for id in functions.sorted() {
      let function = store.functions[id]
      let arguments = function.arguments.map(sortName).joined(separator: " ")
      lines.append("(declare-fun \(Self.quoted(function.name)) (\(arguments)) \(sortName(function.result)))")
    }
    for sort in undefinedSorts.sorted(by: { sortName($0) < sortName($1) }) {
      lines.append("(declare-fun \(undefinedName(sort)) () \(sortName(sort)))")
    }
    lines += definitions + asserted + ["(check-sat)", ""]
    return lines.joined(separator: "\n")
  }

  /// Counts uses and lists every subterm after its operands.
  private mutating func survey(_ term: Term, _ visited: inout Set<Term>, _ order: inout [Term]) {
    uses[term, default: 0] += 1
    guard visited.insert(term).inserted else { return }
    note(store.sort(term))
    switch store.node(term) {
    case .apply(let symbol, _):
      functions.insert(symbol.id)
      for sort in store.functions[symbol.id].arguments { note(sort) }
    case .undefined(let sort): undefinedSorts.insert(sort)
    case .forall(let bound, _), .exists(let bound, _):
      for variable in bound { note(store.sort(variable)) }
    case .arithmetic(let symbol, let a, let b):
      if symbol == .multiply || symbol == .divide || symbol == .remainder {
        let literal = [a, b].contains { store.isLiteral($0) }
        if !literal { usesProducts = true }
      }
    default: break
    }
    for child in store.children(term) { survey(child, &visited, &order) }
    order.append(term)
  }

  private mutating func note(_ sort: TermSort) {
    switch sort {
    case .bool: break
    case .int: usesIntegers = true
    case .named(let id): sortIDs.insert(id)
    }
  }

  private func sortName(_ sort: TermSort) -> String {
    switch sort {
    case .bool: "Bool"
    case .int: "Int"
    case .named(let id): Self.quoted(store.sortNames[id])
    }
  }

  private func undefinedName(_ sort: TermSort) -> String { Self.quoted("any." + sortName(sort).filter { $0 != "|" }) }
  private func variableName(_ id: Int) -> String { Self.quoted("\(store.variableNames[id])!\(id)") }

  private func text(_ term: Term) -> String {
    if let macro = macros[term] {
      let arguments = store.freeVariables(term).map(variableName)
      return arguments.isEmpty ? macro : "(\(macro) \(arguments.joined(separator: " ")))"
    }
    func list(_ head: String, _ operands: [Term]) -> String { "(\(head) \(operands.map(text).joined(separator: " ")))" }
    switch store.node(term) {
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return value < 0 ? "(- \(value.magnitude))" : "\(value)"
    case .variable(let id): return variableName(id)
    case .apply(let symbol, let arguments):
      let name = Self.quoted(store.functions[symbol.id].name)
      return arguments.isEmpty ? name : list(name, arguments)
    case .not(let a): return list("not", [a])
    case .and(let members): return list("and", members)
    case .or(let members): return list("or", members)
    case .equal(let a, let b): return list("=", [a, b])
    case .ite(let a, let b, let c): return list("ite", [a, b, c])
    case .arithmetic(let symbol, let a, let b): return list(symbol.rawValue, [a, b])
    case .lessOrEqual(let a, let b): return list("<=", [a, b])
    case .forall(let bound, let body): return quantifier("forall", bound, body)
    case .exists(let bound, let body): return quantifier("exists", bound, body)
    case .undefined(let sort): return undefinedName(sort)
    }
  }

  private func quantifier(_ word: String, _ bound: [Term], _ body: Term) -> String {
    let binders = bound.compactMap { term -> String? in
      guard case .variable(let id) = store.node(term) else { return nil }
      return "(\(variableName(id)) \(sortName(store.sort(term))))"
    }
    return "(\(word) (\(binders.joined(separator: " "))) \(text(body)))"
  }

  /// A symbol as SMT-LIB wants it: bare where that is allowed, otherwise between bars (in which bars and backslashes cannot stand).
  static func quoted(_ name: String) -> String {
    let plain = name.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "~!@$%^&*_-+=<>.?/".unicodeScalars.contains($0))
    }
    let first = name.unicodeScalars.first
    let startsWell = first.map { !("0"..."9").contains($0) && $0 != "@" && $0 != "." } ?? false
    if plain && startsWell && !reserved.contains(name) { return name }
    return "|" + name.map { $0 == "|" || $0 == "\\" ? "_" : String($0) }.joined() + "|"
  }

  private static let reserved: Set<String> = [
    "let", "forall", "exists", "as", "par", "match", "true", "false", "not", "and", "or", "xor", "ite", "distinct", "Bool",
    "Int", "Real", "Array", "select", "store", "div", "mod", "abs", "is", "assert", "define-fun", "declare-fun", "root-obj",
    "+", "-", "*", "/", "<", "<=", ">", ">=", "=", "=>", "!", "_",
  ]
}
