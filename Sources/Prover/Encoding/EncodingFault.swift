/// A wrong encoding on purpose, for the tests that show that such mistakes would be noticed. Never set outside tests.
package enum EncodingFault: CaseIterable, Sendable {
  /// No frame condition: an update writes every cell of its variable.
  case dropsFrame
  /// The first `require` of an action is not assumed.
  case dropsRequire
  /// A `require` says the opposite.
  case negatesGuard
  /// Nothing says that ancestry is transitive.
  case dropsTransitivity
  /// Nothing says that the ancestors of a node are a chain.
  case dropsLinearity
  /// `prune(a)` takes a itself away, too.
  case prunesTheNodeToo
  /// The updates of an `else` are forgotten.
  case forgetsElse
  /// `forall` and `exists` are taken for each other.
  case swapsQuantifiers
  /// A number is assumed to be below the end of its range.
  case narrowsRange
  /// Nothing says that a number lies in its range.
  case dropsRange
  /// `old` reads the state after.
  case readsOldAfter
  /// An action's parameters are taken for each other.
  case swapsParameters
  /// `!` on an option is no spec error.
  case forgetsDefinedness
  /// What `any x where P` says of x in the initial states is forgotten.
  case forgetsInitialFilter
}
