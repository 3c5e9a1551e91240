/// The formulas that are solved and printed: a small term language of our own, so that the certificate is the very formula
/// that Z3 was given. In: smart constructors of `TermStore`. Out: Z3 syntax trees (Solver/) and SMT-LIB text (SMTLIB.swift).

/// A term of a `TermStore`: equal terms of one store have equal ids (hash-consing), so sharing costs nothing to find.
struct Term: Hashable, Sendable {
  let id: Int32
}

/// The sort of a term. Sorts and enums of a spec are uninterpreted: a proof then holds for every number of elements.
enum TermSort: Hashable, Sendable {
  case bool
  /// Mathematical integers. Ranges of a spec become range axioms: no overflow, no wrap, and unbounded sums stay exact.
  case int
  /// Index into `TermStore.sortNames`.
  case named(Int)
}

/// Index into `TermStore.functions`. A constant is a function of no arguments.
struct FunctionSymbol: Hashable, Sendable {
  let id: Int
}

struct FunctionDeclaration {
  var name: String
  var arguments: [TermSort]
  var result: TermSort
  /// A literal of a finite sort (an enum case): different literals are different values.
  var isLiteral: Bool
}

enum ArithmeticSymbol: String, Hashable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  // Z3 and SMT-LIB divide as the language does: the remainder is never negative.
  case divide = "div"
  case remainder = "mod"
}

/// What a term is. Bound variables are unique in a store, so substitution never captures.
enum TermNode: Hashable {
  case boolean(Bool)
  case integer(Int64)
  /// A bound variable, by its index into `TermStore.variableSorts`.
  case variable(Int)
  case apply(FunctionSymbol, [Term])
  case not(Term)
  case and([Term])
  case or([Term])
  /// Both of one sort; of Bool it is "if and only if".
  case equal(Term, Term)
  case ite(Term, Term, Term)
  case arithmetic(ArithmeticSymbol, Term, Term)
  case lessOrEqual(Term, Term)
  case forall([Term], Term)
  case exists([Term], Term)
  /// A value nobody may look at: the payload of `none`, an unused queue slot. `ite` drops it, which is what keeps
  /// post-states small.
  case undefined(TermSort)
}
