import Foundation

/// A trap in kspec or in a library it uses is a fault of kspec: exit 70 with a line that says so, not a bare signal number that a
/// script could take for something else.
enum LastResort {
  /// Called on the thread that works on the user's text: the handler gets a stack of its own, so that it can also speak when the
  /// fault is that the stack is full.
  static func install() {
    let size = 64 << 10
    var stack = stack_t(ss_sp: .allocate(byteCount: size, alignment: 16), ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = sigaction()
      // Only calls that are allowed in a signal handler. SA_RESETHAND: a fault in here ends the process by the signal.
      action.__sigaction_handler.sa_handler = { _ in
        let text: StaticString = "kspec: internal fault (exit 70): please report the spec and the command\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(ExitStatus.fault.rawValue)
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND) | UInt32(SA_ONSTACK))
      sigaction(number, &action, nil)
    }
  }
}
