/// Values of the language as terms. In: terms and functions over terms. Out: the shape every construct is encoded in.
///
/// Records and options come apart into components and maps become Swift functions from key terms, so that updating a
/// map is wrapping a function: the post-state is an inlined expression over the symbols of the pre-state, with unchanged
/// parts shared. (Relating two sets of symbols by quantified frame axioms proves the same and diverges on satisfiable
/// obligations: seconds instead of milliseconds.)
import Spec

/// Why an obligation cannot be stated soundly; it is undecided, never dropped.
struct EncodingFailure: Error {
  var reason: String
  var span: Span
}

indirect enum SymbolicValue {
  /// bool, int, element of a sort, case of an enum.
  case scalar(Term)
  /// The payload is arbitrary where `isSome` is false.
  case option(isSome: Term, payload: SymbolicValue)
  case record([SymbolicValue])
  case map(SymbolicFunction)
  /// A function whose value is a scalar of Bool.
  case set(SymbolicFunction)
  /// One value a slot; those from `length` on are arbitrary.
  case queue(length: Term, slots: [SymbolicValue])
  case forest(SymbolicForest)
}

/// A function from flattened keys, evaluated once an argument list.
final class SymbolicFunction {
  private let body: ([Term]) throws -> SymbolicValue
  private var memo: [[Term]: SymbolicValue] = [:]

  init(_ body: @escaping ([Term]) throws -> SymbolicValue) { self.body = body }

  func callAsFunction(_ arguments: [Term]) throws -> SymbolicValue {
    if let known = memo[arguments] { return known }
    let value = try body(arguments)
    memo[arguments] = value
    return value
  }
}

/// A forest as what can be asked of it; see Forests.swift for the laws.
final class SymbolicForest {
  private let ancestorBody: ([Term], [Term]) throws -> Term
  private let parentBody: () throws -> SymbolicFunction
  private let rootBody: () throws -> SymbolicFunction
  private var ancestors: [[Term]: Term] = [:]
  private var parentFunction: SymbolicFunction?
  private var rootFunction: SymbolicFunction?

  /// Parent and root are made when first asked for: most specs ask only for ancestry, and stay in the decidable fragment.
  init(
    ancestor: @escaping ([Term], [Term]) throws -> Term, parent: @escaping () throws -> SymbolicFunction,
    root: @escaping () throws -> SymbolicFunction
  ) {
    ancestorBody = ancestor
    parentBody = parent
    rootBody = root
  }

  /// y is x or an ancestor of x.
  func ancestor(_ x: [Term], _ y: [Term]) throws -> Term {
    if let known = ancestors[x + y] { return known }
    let term = try ancestorBody(x, y)
    ancestors[x + y] = term
    return term
  }

  /// From a node to an option of a node.
  func parent() throws -> SymbolicFunction {
    if let known = parentFunction { return known }
    let made = try parentBody()
    parentFunction = made
    return made
  }

  /// From a node to the top of its tree.
  func root() throws -> SymbolicFunction {
    if let known = rootFunction { return known }
    let made = try rootBody()
    rootFunction = made
    return made
  }
}

/// The values of all variables at one moment.
final class SymbolicState {
  var variables: [SymbolicValue]
  /// Distinguishes moments in the names of symbols: `pre`, `post`, `init`.
  let moment: String
  init(_ variables: [SymbolicValue], moment: String) {
    self.variables = variables
    self.moment = moment
  }
}
