/// Wrong partial order reduction on purpose, for the tests that show that such mistakes would be noticed. Never set outside tests.
struct PartialOrderFault: OptionSet, Sendable {
  let rawValue: Int

  /// A reduced expansion need not lead anywhere new.
  static let skipsProviso = PartialOrderFault(rawValue: 1)
  /// What a `for` writes is forgotten.
  static let forgetsLoops = PartialOrderFault(rawValue: 2)
  /// No action is visible.
  static let ignoresVisibility = PartialOrderFault(rawValue: 4)
  /// What makes a disabled instance enabled is looked for at a guard that is true.
  static let blamesTrueGuard = PartialOrderFault(rawValue: 8)
  /// Interference is a matter of updates alone: who writes what another's guard reads is let go.
  static let ignoresGuardReads = PartialOrderFault(rawValue: 16)
  /// Of two instances that do not interfere, each leaves the other out.
  static let sleepsBothWays = PartialOrderFault(rawValue: 32)
}
