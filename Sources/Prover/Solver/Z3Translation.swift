/// Terms as Z3 syntax trees. In: terms of one store. Out: the same graph in a Z3 context, each node once.
import CZ3

final class Z3Translation {
  let context: Z3Context
  private let store: TermStore
  private var sorts: [TermSort: Z3_sort] = [:]
  private var functions: [Int: Z3_func_decl] = [:]
  private var terms: [Term: Z3_ast] = [:]

  init(_ store: TermStore, in context: Z3Context) {
    self.store = store
    self.context = context
  }

  func sort(_ sort: TermSort) throws -> Z3_sort {
    if let known = sorts[sort] { return known }
    let made: Z3_sort
    switch sort {
    case .bool: made = try context.checked(Z3_mk_bool_sort(context.raw))
    case .int: made = try context.checked(Z3_mk_int_sort(context.raw))
    case .named(let id):
      made = try context.checked(Z3_mk_uninterpreted_sort(context.raw, context.symbol(store.sortNames[id])))
    }
    sorts[sort] = made
    return made
  }

  private func function(_ symbol: FunctionSymbol) throws -> Z3_func_decl {
    if let known = functions[symbol.id] { return known }
    let declaration = store.functions[symbol.id]
    let domain = try declaration.arguments.map { try Optional(sort($0)) }
    let made = try context.checked(
      Z3_mk_func_decl(
        context.raw, context.symbol(declaration.name), UInt32(domain.count), domain, sort(declaration.result)))
    functions[symbol.id] = made
    return made
  }

  func translate(_ term: Term) throws -> Z3_ast {
    if let known = terms[term] { return known }
    let made = try build(term)
    terms[term] = made
    return made
  }

  private func build(_ term: Term) throws -> Z3_ast {
    let raw = context.raw
    func all(_ members: [Term]) throws -> [Z3_ast?] { try members.map { try Optional(translate($0)) } }
    switch store.node(term) {
    case .boolean(let value): return try context.checked(value ? Z3_mk_true(raw) : Z3_mk_false(raw))
    case .integer(let value): return try context.checked(Z3_mk_int64(raw, value, sort(.int)))
    case .variable(let id):
      let symbol = try context.symbol("\(store.variableNames[id])!\(id)")
      return try context.checked(Z3_mk_const(raw, symbol, sort(store.variableSorts[id])))
    case .apply(let symbol, let arguments):
      let operands = try all(arguments)
      return try context.checked(Z3_mk_app(raw, function(symbol), UInt32(operands.count), operands))
    case .not(let a): return try context.checked(Z3_mk_not(raw, translate(a)))
    case .and(let members):
      let operands = try all(members)
      return try context.checked(Z3_mk_and(raw, UInt32(operands.count), operands))
    case .or(let members):
      let operands = try all(members)
      return try context.checked(Z3_mk_or(raw, UInt32(operands.count), operands))
    case .equal(let a, let b): return try context.checked(Z3_mk_eq(raw, translate(a), translate(b)))
    case .ite(let a, let b, let c): return try context.checked(Z3_mk_ite(raw, translate(a), translate(b), translate(c)))
    case .arithmetic(let symbol, let a, let b): return try arithmetic(symbol, translate(a), translate(b))
    case .lessOrEqual(let a, let b): return try context.checked(Z3_mk_le(raw, translate(a), translate(b)))
    case .forall(let bound, let body): return try quantifier(true, bound, body)
    case .exists(let bound, let body): return try quantifier(false, bound, body)
    case .undefined(let sort): return try context.checked(Z3_mk_const(raw, context.symbol("any!\(sort)"), self.sort(sort)))
    }
  }

  private func arithmetic(_ symbol: ArithmeticSymbol, _ a: Z3_ast, _ b: Z3_ast) throws -> Z3_ast {
    let raw = context.raw
    let operands: [Z3_ast?] = [a, b]
    switch symbol {
    case .add: return try context.checked(Z3_mk_add(raw, 2, operands))
    case .subtract: return try context.checked(Z3_mk_sub(raw, 2, operands))
    case .multiply: return try context.checked(Z3_mk_mul(raw, 2, operands))
    case .divide: return try context.checked(Z3_mk_div(raw, a, b))
    case .remainder: return try context.checked(Z3_mk_mod(raw, a, b))
    }
  }

  private func quantifier(_ universal: Bool, _ bound: [Term], _ body: Term) throws -> Z3_ast {
    let variables = try bound.map { try Optional(translate($0)) }
    let body = try translate(body)
    let raw = context.raw
    let count = UInt32(variables.count)
    return try context.checked(
      universal
        ? Z3_mk_forall_const(raw, 0, count, variables, 0, nil, body)
        : Z3_mk_exists_const(raw, 0, count, variables, 0, nil, body))
  }
}
