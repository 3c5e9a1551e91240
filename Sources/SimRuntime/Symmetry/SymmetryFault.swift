/// Wrong symmetry on purpose, for the tests that show that such mistakes would be noticed. Never set outside tests.
package struct SymmetryFault: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// A renaming may change the values of constant functions: only constants that name an element are kept.
  package static let ignoresFunctions = SymmetryFault(rawValue: 1)
  /// Ordered sorts are permuted as well.
  package static let permutesOrderedSorts = SymmetryFault(rawValue: 2)
  /// A forest's nodes move, the parents they point to stay.
  package static let leavesForestParents = SymmetryFault(rawValue: 4)
  /// Keys move, what maps and queues hold stays.
  package static let leavesContent = SymmetryFault(rawValue: 8)
}
