/// Formulas that the author wrote. In: guards and goals. Out: atoms, with holes for the variables that are free in them.
///
/// A guard such as `forall n: Node where member[n, q] :: vote[n, v]` is what a lemma about decided values must speak of, with q under an `exists`:
/// no grammar of a reasonable size would come upon it.
import Spec

struct Harvest {
  let model: Model
  let isVariable: (Type) -> Bool

  func atoms(goals: [Int]) -> [Atom] {
    var roots: [Expr] = []
    for action in model.actions {
      for case .require(_, let condition, _) in action.conjuncts { roots.append(condition) }
    }
    for goal in goals { if case .invariant(let body) = model.properties[goal].kind { roots.append(body) } }
    var result: [Atom] = []
    for root in roots { collect(root, &result) }
    // A goal as a whole is what is to be carried, not what carries it.
    return result.filter { !$0.holes.isEmpty || !isGoal($0, goals) }
  }

  private func isGoal(_ atom: Atom, _ goals: [Int]) -> Bool {
    goals.contains { goal in
      guard case .invariant(let body) = model.properties[goal].kind else { return false }
      return body.conjuncts.contains { self.atom($0) == atom }
    }
  }

  private func collect(_ expr: Expr, _ result: inout [Atom]) {
    switch expr.kind {
    case .forall, .exists:
      if let atom = atom(expr) {
        result.append(atom)
        // With one variable after the other bound: what becomes of a parameter that the state does not remember.
        for hole in atom.holes.indices where atom.holes.count > 1 { result.append(atom.existing(hole, model)) }
      }
    case .equal, .less, .lessOrEqual, .member, .call, .under, .within, .subset:
      if let atom = atom(expr), !atom.holes.isEmpty { result.append(atom) }
    default: break
    }
    for child in expr.children { collect(child, &result) }
  }

  /// nil if something is free in it that no clause quantifies over.
  private func atom(_ expr: Expr) -> Atom? {
    let free = expr.freeLocals.sorted { $0.slot < $1.slot }
    guard free.count <= 4, free.allSatisfy({ isVariable($0.type) }), Set(free.map(\.name)).count == free.count else { return nil }
    let text = model.sources.text(expr.span)
    if text.isEmpty || text.contains("old(") { return nil }
    var parts: [Atom.Part] = []
    var used: Set<Int> = []
    for token in Self.tokens(text) {
      if token.isName, let hole = free.firstIndex(where: { $0.name == token.text }) {
        parts.append(.hole(hole))
        used.insert(hole)
      } else if case .text(let last) = parts.last {
        parts[parts.count - 1] = .text(last + token.text)
      } else {
        parts.append(.text(token.text))
      }
    }
    guard used.count == free.count else { return nil }
    let isSimple = !expr.isQuantified
    return Atom(parts: isSimple ? parts : [.text("(")] + parts + [.text(")")], holes: free.map(\.type))
  }

  /// Names that stand for values, and what is between them, on one line. Fields, labels and binders are no such names.
  private static func tokens(_ text: String) -> [(text: String, isName: Bool)] {
    var result: [(text: String, isName: Bool)] = []
    var rest = Substring(text)
    var previous: Character = " "
    while let first = rest.first {
      if first.isLetter || first == "_" {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(name.count)
        let after = rest.drop { $0 == " " }
        let isLabel = after.first == ":" && after.dropFirst().first != ":"
        result.append((String(name), previous != "." && !isLabel))
        previous = "a"
      } else if rest.hasPrefix("//") {
        rest = rest.drop { $0 != "\n" }
      } else {
        result.append((first.isNewline ? " " : String(first), false))
        if !first.isWhitespace { previous = first }
        rest = rest.dropFirst()
      }
    }
    return result
  }
}

extension Atom {
  /// With a hole under an `exists`.
  fileprivate func existing(_ hole: Int, _ model: Model) -> Atom {
    let name = "some\(holes.count)"
    let parts = parts.map { part -> Part in
      guard case .hole(let index) = part else { return part }
      return index == hole ? .text(name) : .hole(index > hole ? index - 1 : index)
    }
    var rest = holes
    let type = rest.remove(at: hole)
    return Atom(
      parts: [.text("(exists \(name): \(model.describe(type)) :: ")] + parts + [.text(")")], holes: rest)
  }
}

extension Expr {
  fileprivate var isQuantified: Bool {
    switch kind {
    case .forall, .exists: true
    default: false
    }
  }

  fileprivate var freeLocals: Set<Local> {
    var result: Set<Local> = []
    var bound: Set<Local> = []
    collect(&result, &bound)
    return result.subtracting(bound)
  }

  private func collect(_ free: inout Set<Local>, _ bound: inout Set<Local>) {
    switch kind {
    case .local(let local): free.insert(local)
    case .forall(let locals, _, _), .exists(let locals, _, _), .count(let locals, _), .mapLiteral(let locals, _, _):
      bound.formUnion(locals)
    case .letIn(let local, _, _), .setBuilder(let local, _): bound.insert(local)
    case .closure(let a, let b, _, _, _): bound.formUnion([a, b])
    default: break
    }
    for child in children { child.collect(&free, &bound) }
  }
}
