/// Checks with limits. In: assertions and goals. Out: an answer that says `unknown` whenever Z3 did not decide.
import CZ3

enum Answer: Sendable, Equatable {
  case satisfiable
  case unsatisfiable
  /// Z3's reason, for the reader only: nothing branches on its text.
  case unknown(String)
}

/// One simple solver: what is common is asserted once, goals are pushed and popped.
final class Z3Solver {
  let translation: Z3Translation
  private var raw: Z3_solver
  private var context: Z3Context { translation.context }

  private let seed: UInt32
  private var limit: UInt32 = 0
  /// What is asserted, level by level of `push`.
  private var asserted: [[Term]] = [[]]
  /// The last check ended at its limit. Z3 4.8.12 does not always leave such a solver whole: a later check of it may run into memory that
  /// is not its own. So it is not asked again, but replaced by one with the same assertions.
  private var isSpent = false

  init(_ translation: Z3Translation, seed: UInt32) throws {
    self.translation = translation
    self.seed = seed
    raw = try Self.make(translation.context)
  }

  private static func make(_ context: Z3Context) throws -> Z3_solver {
    let raw = try context.checked(Z3_mk_simple_solver(context.raw))
    Z3_solver_inc_ref(context.raw, raw)
    return raw
  }

  private func replaceIfSpent() throws {
    guard isSpent else { return }
    let fresh = try Self.make(context)
    Z3_solver_dec_ref(context.raw, raw)
    raw = fresh
    limit = 0
    for (level, terms) in asserted.enumerated() {
      if level > 0 { Z3_solver_push(context.raw, raw) }
      for term in terms { try tell(term) }
    }
    isSpent = false
  }

  private func setLimit(_ rlimit: UInt32) throws {
    guard rlimit != limit else { return }
    limit = rlimit
    let parameters = try context.checked(Z3_mk_params(context.raw))
    Z3_params_inc_ref(context.raw, parameters)
    defer { Z3_params_dec_ref(context.raw, parameters) }
    Z3_params_set_bool(context.raw, parameters, try context.symbol("auto_config"), false)
    Z3_params_set_bool(context.raw, parameters, try context.symbol("mbqi"), true)
    // Per check and deterministic, unlike a time.
    Z3_params_set_uint(context.raw, parameters, try context.symbol("rlimit"), rlimit)
    Z3_params_set_uint(context.raw, parameters, try context.symbol("random_seed"), seed)
    Z3_solver_set_params(context.raw, raw, parameters)
    _ = try context.checked(Optional(0))
  }

  deinit { Z3_solver_dec_ref(context.raw, raw) }

  func assert(_ term: Term) throws {
    asserted[asserted.count - 1].append(term)
    if !isSpent { try tell(term) }
  }

  private func tell(_ term: Term) throws {
    Z3_solver_assert(context.raw, raw, try translation.translate(term))
    _ = try context.checked(Optional(0))
  }

  func push() {
    asserted.append([])
    if !isSpent { Z3_solver_push(context.raw, raw) }
  }

  func pop() {
    asserted.removeLast()
    if !isSpent { Z3_solver_pop(context.raw, raw, 1) }
  }

  /// `rlimit` bounds this check alone.
  func check(assuming literals: [Term] = [], rlimit: UInt32) -> Answer {
    do {
      try replaceIfSpent()
      try setLimit(rlimit)
      let assumptions = try literals.map { try Optional(translation.translate($0)) }
      switch Z3_solver_check_assumptions(context.raw, raw, UInt32(assumptions.count), assumptions) {
      case Z3_L_TRUE: return .satisfiable
      case Z3_L_FALSE: return .unsatisfiable
      default:
        let reason = Z3_solver_get_reason_unknown(context.raw, raw).map { String(cString: $0) } ?? ""
        _ = Z3_get_error_code(context.raw)
        isSpent = true
        return .unknown(reason == "memout" ? "no memory left" : reason)
      }
    } catch {
      return .unknown("\(error)")
    }
  }

  /// Of the assumptions of the last check, which was unsatisfiable: those that it used.
  func unsatisfiableCore(of literals: [Term]) -> [Term] {
    guard let core = Z3_solver_get_unsat_core(context.raw, raw) else { return literals }
    Z3_ast_vector_inc_ref(context.raw, core)
    defer { Z3_ast_vector_dec_ref(context.raw, core) }
    var used: Set<UInt32> = []
    for i in 0..<Z3_ast_vector_size(context.raw, core) {
      if let ast = Z3_ast_vector_get(context.raw, core, i) { used.insert(Z3_get_ast_id(context.raw, ast)) }
    }
    return literals.filter { literal in
      (try? translation.translate(literal)).map { used.contains(Z3_get_ast_id(context.raw, $0)) } ?? true
    }
  }

  /// Resource units that all checks of the context have used, in the measure of `rlimit`.
  func spent() -> UInt32? {
    guard let statistics = Z3_solver_get_statistics(context.raw, raw) else { return nil }
    Z3_stats_inc_ref(context.raw, statistics)
    defer { Z3_stats_dec_ref(context.raw, statistics) }
    for i in 0..<Z3_stats_size(context.raw, statistics) {
      if let key = Z3_stats_get_key(context.raw, statistics, i), String(cString: key) == "rlimit count" {
        return Z3_stats_get_uint_value(context.raw, statistics, i)
      }
    }
    return nil
  }

  func model() throws -> Z3Model { try Z3Model(context.checked(Z3_solver_get_model(context.raw, raw)), translation) }
}

/// A model of the last satisfiable check: values of terms.
final class Z3Model {
  private let raw: Z3_model
  private let translation: Z3Translation
  private var context: Z3Context { translation.context }

  init(_ raw: Z3_model, _ translation: Z3Translation) {
    self.raw = raw
    self.translation = translation
    Z3_model_inc_ref(translation.context.raw, raw)
  }

  deinit { Z3_model_dec_ref(context.raw, raw) }

  func value(_ term: Term) throws -> Z3_ast {
    var result: Z3_ast?
    guard Z3_model_eval(context.raw, raw, try translation.translate(term), true, &result) else {
      throw SolverFault(description: "Z3 does not evaluate a term in its model")
    }
    return try context.checked(result)
  }

  func boolean(_ term: Term) throws -> Bool {
    let value = try value(term)
    switch Z3_get_bool_value(context.raw, value) {
    case Z3_L_TRUE: return true
    case Z3_L_FALSE: return false
    default:
      let text = Z3_ast_to_string(context.raw, value).map { String(cString: $0) } ?? "?"
      throw SolverFault(description: "a formula has no value in Z3's model but \(text.prefix(200))")
    }
  }

  func integer(_ term: Term) throws -> Int64 {
    var number: Int64 = 0
    guard Z3_get_numeral_int64(context.raw, try value(term), &number) else {
      throw SolverFault(description: "a number in Z3's model exceeds 64 bits")
    }
    return number
  }

  func same(_ a: Z3_ast, _ b: Z3_ast) -> Bool { Z3_is_eq_ast(context.raw, a, b) }
}
