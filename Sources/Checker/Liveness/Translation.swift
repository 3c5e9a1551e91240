/// In: a formula in a pool. Out: a generalised Büchi automaton that accepts the infinite words of which it is true.
///
/// The tableau of Couvreur ("On-the-fly verification of linear temporal logic", 1999): a state is the set of formulas that the rest
/// of the word must satisfy, an edge one way to satisfy them now and hand on the rest. An acceptance set for each `until` holds the
/// edges that do not put it off. Where the goal of an `until` has no temporal operator, putting it off demands that the goal is
/// false now: that loses no word, and makes the automaton nearly deterministic, so that its product with a graph stays small.
struct Translation {
  /// Why a formula has no automaton.
  struct TooLarge: Error {
    var reason: String
  }

  private var pool: FormulaPool
  private let bit: [Int: Int]
  private var untils: [FormulaPool.ID: Int] = [:]

  static let stateLimit = 1 << 10
  static let edgeLimit = 1 << 16

  static func automaton(_ formula: FormulaPool.ID, _ pool: FormulaPool) throws(TooLarge) -> BuchiAutomaton {
    let atoms = pool.atoms(formula)
    guard atoms.count <= 64 else { throw TooLarge(reason: "one part of the formula has more than 64 atoms") }
    var translation = Translation(pool: pool, bit: Dictionary(uniqueKeysWithValues: atoms.enumerated().map { ($1, $0) }))
    return try translation.run(formula, atoms)
  }

  private init(pool: FormulaPool, bit: [Int: Int]) {
    self.pool = pool
    self.bit = bit
  }

  /// One way to satisfy a set of formulas now.
  private struct Branch {
    var open: [FormulaPool.ID]
    var done: Set<FormulaPool.ID> = []
    var positive: UInt64 = 0
    var negative: UInt64 = 0
    var next: Set<FormulaPool.ID> = []
    /// By number of acceptance set.
    var putOff: UInt64 = 0
  }

  private mutating func run(_ formula: FormulaPool.ID, _ atoms: [Int]) throws(TooLarge) -> BuchiAutomaton {
    var number: [Set<FormulaPool.ID>: Int] = [[formula]: 0]
    var states: [Set<FormulaPool.ID>] = [[formula]]
    var edges: [[BuchiAutomaton.Edge]] = []
    var total = 0
    while edges.count < states.count {
      var own: [BuchiAutomaton.Edge] = []
      for branch in try branches(states[edges.count]) {
        if number[branch.next] == nil {
          if states.count == Self.stateLimit { throw tooLarge() }
          number[branch.next] = states.count
          states.append(branch.next)
        }
        let edge = BuchiAutomaton.Edge(
          positive: branch.positive, negative: branch.negative, marks: ~branch.putOff, target: number[branch.next] ?? 0)
        if !own.contains(edge) { own.append(edge) }
      }
      total += own.count
      if total > Self.edgeLimit { throw tooLarge() }
      edges.append(own)
    }
    let marks: UInt64 = untils.count == 64 ? ~0 : (1 << UInt64(untils.count)) - 1
    let masked = edges.map { own in
      own.map { BuchiAutomaton.Edge(positive: $0.positive, negative: $0.negative, marks: $0.marks & marks, target: $0.target) }
    }
    var automaton = BuchiAutomaton(edges: masked, initial: 0, marks: marks, atoms: atoms)
    automaton.reduce()
    return automaton
  }

  private func tooLarge() -> TooLarge { TooLarge(reason: "the automaton of one part of the formula is too large") }

  private mutating func branches(_ state: Set<FormulaPool.ID>) throws(TooLarge) -> [Branch] {
    var finished: [Branch] = []
    var open = [Branch(open: state.sorted().reversed())]
    while var branch = open.popLast() {
      guard let formula = branch.open.popLast() else {
        finished.append(branch)
        if finished.count > Self.edgeLimit { throw tooLarge() }
        continue
      }
      guard branch.done.insert(formula).inserted else {
        open.append(branch)
        continue
      }
      switch pool[formula] {
      case .constant(let value): if value { open.append(branch) }
      case .literal(let atom, let isTrue):
        let mask: UInt64 = 1 << UInt64(bit[atom] ?? 0)
        if isTrue { branch.positive |= mask } else { branch.negative |= mask }
        if branch.positive & branch.negative == 0 { open.append(branch) }
      case .and(let parts):
        branch.open += parts
        open.append(branch)
      case .or(let parts):
        for part in parts.reversed() {
          var choice = branch
          choice.open.append(part)
          open.append(choice)
        }
      case .until(let a, let b):
        let set = try acceptanceSet(formula)
        var later = branch
        later.open.append(a)
        if pool.isPropositional(b) { later.open.append(pool.negation(b)) }
        later.next.insert(formula)
        later.putOff |= 1 << UInt64(set)
        open.append(later)
        branch.open.append(b)
        open.append(branch)
      case .release(let a, let b):
        var later = branch
        later.open.append(b)
        if pool.isPropositional(a) { later.open.append(pool.negation(a)) }
        later.next.insert(formula)
        open.append(later)
        branch.open += [a, b]
        open.append(branch)
      }
      if open.count > Self.edgeLimit { throw tooLarge() }
    }
    return finished
  }

  private mutating func acceptanceSet(_ until: FormulaPool.ID) throws(TooLarge) -> Int {
    if let set = untils[until] { return set }
    guard untils.count < 64 else { throw TooLarge(reason: "one part of the formula has more than 64 `until`s") }
    untils[until] = untils.count
    return untils.count - 1
  }
}
