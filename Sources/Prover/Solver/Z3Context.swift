/// A Z3 context that never aborts the process. In: how much memory there is. Out: a context whose errors are values.
import CZ3
import Foundation

/// What Z3 said of its own accord: a bug of ours or a limit of its; the obligation at hand becomes undecided.
struct SolverFault: Error, CustomStringConvertible {
  var description: String
}

/// Owns the context; everything made in it lives until it goes. One thread uses it, `interrupt` alone may come from another.
final class Z3Context: @unchecked Sendable {
  let raw: Z3_context

  /// `memory`: bytes for all contexts of the process together; nil: what the last one said.
  init(memory: UInt64? = nil) throws {
    if let memory { MemoryLimit.shared.set(memory) }
    let config = Z3_mk_config()
    defer { Z3_del_config(config) }
    // Automatic configuration picks tactics that are not deterministic in rlimit.
    Z3_set_param_value(config, "auto_config", "false")
    guard let raw = Z3_mk_context(config) else { throw SolverFault(description: "Z3 makes no context") }
    self.raw = raw
    // Without a handler Z3 calls exit() on an error. This one leaves it to the error code, which `check` reads.
    Z3_set_error_handler(raw) { _, _ in }
    Z3_set_ast_print_mode(raw, Z3_PRINT_SMTLIB2_COMPLIANT)
  }

  deinit { Z3_del_context(raw) }

  /// Throws if the last call failed; otherwise hands its result on.
  func checked<T>(_ value: T?) throws -> T {
    let code = Z3_get_error_code(raw)
    guard code == Z3_OK, let value else {
      let message = Z3_get_error_msg(raw, code).map { String(cString: $0) } ?? "unknown error"
      throw SolverFault(description: "Z3: \(message)")
    }
    return value
  }

  func symbol(_ name: String) throws -> Z3_symbol { try checked(Z3_mk_string_symbol(raw, name)) }

  /// Stops the check under way; safe from any thread.
  func interrupt() { Z3_interrupt(raw) }

  static var version: String {
    var parts: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    Z3_get_version(&parts.0, &parts.1, &parts.2, &parts.3)
    return "\(parts.0).\(parts.1).\(parts.2)"
  }
}

/// Z3 counts the memory of the whole process, and has one limit for it: beyond it checks give up. The other limit that Z3 has, which makes
/// every allocation fail, would end whatever else it is doing.
private final class MemoryLimit: @unchecked Sendable {
  static let shared = MemoryLimit()
  private let lock = NSLock()
  private var limit: UInt32?

  /// Z3 4.8 counts up to 4 GiB.
  func set(_ bytes: UInt64) {
    let wanted = UInt32(clamping: max(bytes, 1))
    lock.withLock {
      if limit == wanted { return }
      limit = wanted
      Z3_global_param_set("memory_high_watermark", "\(wanted)")
    }
  }
}
