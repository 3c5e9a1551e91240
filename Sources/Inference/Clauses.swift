/// Candidate invariants. In: the patterns of truth of reachable and of arbitrary states. Out: the shortest clauses that are true in all of the
/// former and false in one of the latter.
import Spec

/// `forall` over a profile's variables: one of the signed literals.
struct Clause: Hashable {
  struct Signed: Hashable, Comparable {
    var literal: Literal
    var isPositive: Bool
    static func < (a: Signed, b: Signed) -> Bool {
      (a.literal.atom, a.isPositive ? 1 : 0) != (b.literal.atom, b.isPositive ? 1 : 0)
        ? (a.literal.atom, a.isPositive ? 1 : 0) < (b.literal.atom, b.isPositive ? 1 : 0)
        : a.literal.variables.lexicographicallyPrecedes(b.literal.variables)
    }
  }
  var profile: Profile
  var literals: [Signed]

  /// The same for clauses that differ in the names of their variables only.
  var canonical: Clause {
    var best = self
    best.literals.sort()
    let count = profile.types.count
    for order in Self.permutations(count) where (0..<count).allSatisfy({ profile.types[$0] == profile.types[order[$0]] }) {
      let renamed = literals.map { signed in
        Signed(
          literal: Literal(atom: signed.literal.atom, variables: signed.literal.variables.map { order[$0] }),
          isPositive: signed.isPositive)
      }.sorted()
      if renamed.lexicographicallyPrecedes(best.literals) { best.literals = renamed }
    }
    return best
  }

  static func permutations(_ n: Int) -> [[Int]] {
    if n == 0 { return [[]] }
    return permutations(n - 1).flatMap { rest in (0...rest.count).map { at in Array(rest[..<at]) + [n - 1] + Array(rest[at...]) }
    }
  }

  var usesAllVariables: Bool {
    Set(literals.flatMap(\.literal.variables)).count == profile.types.count
  }

  /// As spec text: negative literals are premises, as a reader would write it.
  func text(_ atoms: [TypedAtom], _ model: Model) -> String {
    let names = profile.names(model, literals.map { atoms[$0.literal.atom] })
    func say(_ signed: Signed) -> String { atoms[signed.literal.atom].atom.text(signed.literal.variables.map { names[$0] }) }
    func deny(_ signed: Signed) -> String {
      let text = say(signed)
      if text.hasPrefix("(") { return "!\(text)" }
      if let range = text.range(of: " == "), text.ranges(of: " == ").count == 1 {
        return text.replacingCharacters(in: range, with: " != ")
      }
      return text.contains(" ") ? "!(\(text))" : "!\(text)"
    }
    let premises = literals.filter { !$0.isPositive }
    let conclusions = literals.filter(\.isPositive)
    let body: String
    if conclusions.isEmpty, let last = premises.last {
      let rest = premises.dropLast().map(say).joined(separator: " && ")
      body = rest.isEmpty ? deny(last) : "\(rest) ==> \(deny(last))"
    } else {
      let end = conclusions.map(say).joined(separator: " || ")
      body = premises.isEmpty ? end : "\(premises.map(say).joined(separator: " && ")) ==> \(end)"
    }
    if profile.types.isEmpty { return body }
    var binders: [String] = []
    for (name, type) in zip(names, profile.types) {
      let type = model.describe(type)
      if let last = binders.indices.last, binders[last].hasSuffix(": \(type)") {
        binders[last] = binders[last].replacing(": \(type)", with: ", \(name): \(type)")
      } else {
        binders.append("\(name): \(type)")
      }
    }
    return "forall \(binders.joined(separator: ", ")) :: \(body)"
  }
}

/// A profile with what its literals are in reachable and in arbitrary states.
final class Ground {
  let profile: Profile
  let literals: [Literal]
  let reachable: Patterns
  let arbitrary: Patterns
  private let indices: [String: Int]
  /// That two variables are one. As a premise it says nothing that a clause with one variable less does not say.
  private let identities: Set<Int>

  init(_ profile: Profile, _ literals: [Literal], _ atoms: [TypedAtom], _ reachable: Patterns, _ arbitrary: Patterns) {
    self.profile = profile
    self.literals = literals
    self.reachable = reachable
    self.arbitrary = arbitrary
    var indices: [String: Int] = [:]
    var identities: Set<Int> = []
    for (index, literal) in literals.enumerated() {
      let atom = atoms[literal.atom].atom
      if case .varying(let key) = Profile.meaning(atom, literal.variables) { indices[key] = index }
      if atom.parts == [.hole(0), .text(" == "), .hole(1)] { identities.insert(index) }
    }
    self.indices = indices
    self.identities = identities
  }

  /// Signed literals as numbers: the positive one of literal n is 2n, its negation 2n + 1.
  var signs: [Int] { (0..<2 * literals.count).filter { $0 & 1 == 0 || !identities.contains($0 / 2) } }

  /// The instances of a clause in which its variables are some of this profile's.
  func instances(of clause: Clause, _ atoms: [TypedAtom]) -> [[Int]] {
    var fillings: [[Int]] = [[]]
    for type in clause.profile.types {
      fillings = fillings.flatMap { filling in profile.types.indices.filter { profile.types[$0] == type }.map { filling + [$0] } }
      if fillings.count > 2000 { return [] }
    }
    return fillings.compactMap { filling in
      var signs: [Int] = []
      for signed in clause.literals {
        switch Profile.meaning(atoms[signed.literal.atom].atom, signed.literal.variables.map { filling[$0] }) {
        case .always:
          if signed.isPositive { return nil }
        case .varying(let key):
          guard let index = indices[key] else { return nil }
          signs.append(2 * index + (signed.isPositive ? 0 : 1))
        }
      }
      return signs
    }
  }

  func clause(_ signs: [Int]) -> Clause {
    Clause(profile: profile, literals: signs.map { Clause.Signed(literal: literals[$0 / 2], isPositive: $0 & 1 == 0) })
  }
}

/// Finds clauses of one profile. What follows from those that are known already, as far as arbitrary states can tell, is left out.
struct ClauseSearch {
  let ground: Ground
  let atoms: [TypedAtom]
  var longest = 3
  var most = 400
  /// Not to be found again.
  var banned: Set<Clause> = []
  var isCancelled: () -> Bool = { false }

  /// The shortest clauses first; each excludes an arbitrary state that `known` and the ones before it do not.
  func clauses(beyond known: [Clause]) -> [Clause] {
    let (reachable, arbitrary) = (ground.reachable, ground.arbitrary)
    guard reachable.count > 0, arbitrary.count > 0 else { return [] }
    let full = Self.all(reachable.count)
    let falsity = Self.falsity(reachable, full)
    let possible = Self.falsity(arbitrary, Self.all(arbitrary.count))
    var alive = Self.all(arbitrary.count)
    func exclude(_ signs: [Int]) {
      guard let first = signs.first else { return }
      var broken = possible[first]
      for sign in signs.dropFirst() { for word in broken.indices { broken[word] &= possible[sign][word] } }
      for word in alive.indices { alive[word] &= ~broken[word] }
    }
    func saysMore(_ signs: [Int]) -> Bool {
      for word in alive.indices {
        var broken = alive[word]
        for sign in signs { broken &= possible[sign][word] }
        if broken != 0 { return true }
      }
      return false
    }
    for clause in known { for instance in ground.instances(of: clause, atoms) { exclude(instance) } }

    var found: [Clause] = []
    func emit(_ signs: [Int]) {
      guard saysMore(signs) else { return }
      let clause = ground.clause(signs)
      guard clause.usesAllVariables, !banned.contains(clause.canonical) else { return }
      found.append(clause)
      for instance in ground.instances(of: clause, atoms) { exclude(instance) }
    }
    var useful = ground.signs
    var units: Set<Int> = []
    for sign in useful where falsity[sign].allSatisfy({ $0 == 0 }) {
      emit([sign])
      units.formUnion([sign, sign ^ 1])
    }
    useful.removeAll(where: units.contains)
    for length in 2...max(longest, 2) {
      search([], full, useful[...], length, falsity, emit) { found.count >= most || isCancelled() }
    }
    return found
  }

  private static func all(_ count: Int) -> [UInt64] {
    (0..<(count + 63) / 64).map { $0 == count >> 6 ? (UInt64(1) << UInt64(count & 63)) - 1 : .max }
  }

  /// By sign: the patterns in which it is false.
  private static func falsity(_ patterns: Patterns, _ full: [UInt64]) -> [[UInt64]] {
    patterns.columns.flatMap { column in [zip(column, full).map { ~$0 & $1 }, column] }
  }

  private func search(
    _ chosen: [Int], _ open: [UInt64], _ rest: ArraySlice<Int>, _ left: Int, _ falsity: [[UInt64]], _ emit: ([Int]) -> Void,
    _ isOver: () -> Bool
  ) {
    var rest = rest
    var remaining = open
    while let sign = rest.popFirst() {
      if isOver() { return }
      if let last = chosen.last, last ^ 1 == sign { continue }
      var isDone = true
      var isUseless = true
      for word in open.indices {
        let bits = open[word] & falsity[sign][word]
        remaining[word] = bits
        if bits != 0 { isDone = false }
        if bits != open[word] { isUseless = false }
      }
      // A literal that adds nothing to those before it makes the clause longer than it need be.
      if isUseless { continue }
      if left == 1 {
        if isDone, isMinimal(chosen + [sign], falsity) { emit(chosen + [sign]) }
      } else if !isDone {
        search(chosen + [sign], remaining, rest, left - 1, falsity, emit, isOver)
      }
    }
  }

  private func isMinimal(_ chosen: [Int], _ falsity: [[UInt64]]) -> Bool {
    for left in chosen.indices {
      let others = chosen.indices.filter { $0 != left }.map { falsity[chosen[$0]] }
      guard let first = others.first else { continue }
      var together = first
      for other in others.dropFirst() { for word in together.indices { together[word] &= other[word] } }
      if together.allSatisfy({ $0 == 0 }) { return false }
    }
    return true
  }
}
