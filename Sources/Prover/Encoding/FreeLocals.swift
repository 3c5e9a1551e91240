/// Which names of the enclosing declaration an expression reads. In: an expression. Out: locals in order of their slots.
import Spec

extension Expr {
  private var bound: [Local] {
    switch kind {
    case .letIn(let local, _, _), .setBuilder(let local, _): [local]
    case .forall(let locals, _, _), .exists(let locals, _, _), .mapLiteral(let locals, _, _), .count(let locals, _): locals
    case .closure(let x, let y, _, _, _): [x, y]
    default: []
    }
  }

  /// Slots are unique in a declaration, so a bound name is never also a free one.
  func freeLocals() -> [Local] {
    var free: [Int: Local] = [:]
    var bound: Set<Int> = []
    func walk(_ expr: Expr) {
      if case .local(let local) = expr.kind { free[local.slot] = local }
      bound.formUnion(expr.bound.map(\.slot))
      expr.children.forEach(walk)
    }
    walk(self)
    return free.values.filter { !bound.contains($0.slot) }.sorted { $0.slot < $1.slot }
  }
}
