/// libz3 as a solver of scripts. In: SMT-LIB text. Out: its answer. The text goes through Z3's parser: nothing of the prover's terms
/// and of their translation is used.
import CZ3

enum LibraryCheck {
  static func judge(
    _ script: String, seconds: Double, isCancelled: @escaping @Sendable () -> Bool
  ) -> (CheckingSolver.Answer, String?) {
    do {
      let context = try Z3Context()
      let raw = context.raw
      let assertions = try context.checked(Z3_parse_smtlib2_string(raw, script, 0, nil, nil, 0, nil, nil))
      Z3_ast_vector_inc_ref(raw, assertions)
      defer { Z3_ast_vector_dec_ref(raw, assertions) }
      let solver = try context.checked(Z3_mk_solver(raw))
      Z3_solver_inc_ref(raw, solver)
      defer { Z3_solver_dec_ref(raw, solver) }
      for i in 0..<Z3_ast_vector_size(raw, assertions) {
        Z3_solver_assert(raw, solver, try context.checked(Z3_ast_vector_get(raw, assertions, i)))
        _ = try context.checked(Optional(0))
      }
      let deadline = ContinuousClock.now + .seconds(seconds)
      let watch = Watch(context) { isCancelled() || ContinuousClock.now >= deadline }
      defer { watch.stop() }
      switch Z3_solver_check(raw, solver) {
      case Z3_L_TRUE: return (.sat, nil)
      case Z3_L_FALSE: return (.unsat, nil)
      default:
        let reason = Z3_solver_get_reason_unknown(raw, solver).map { String(cString: $0) } ?? "unknown"
        return (.unknown, watch.isStopped ? (isCancelled() ? "interrupted" : "no answer in \(seconds) s") : reason)
      }
    } catch {
      return (.unknown, "\(error)")
    }
  }
}
