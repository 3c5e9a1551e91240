import SimRuntime
import Spec

/// A temporal property without quantifiers and without rigid parts: what its automata are made from.
///
/// In: a property, an instance, a rigid valuation. Out: the atoms to be judged in every state, and conjuncts, each to be refuted on
/// its own. Quantifiers become conjunctions and disjunctions over all elements. What reads no variable is evaluated once; under
/// logic that such a value decides, nothing is expanded, so its atoms are not judged: definedness is conditional from left to right.
struct TemporalExpansion {
  /// One part of a conjunction that the property is, and the values that say which.
  struct Conjunct {
    let formula: FormulaPool.ID
    /// Which conjunct of the text: the way down from the whole formula.
    let place: [Int]
    let witness: [(local: Local, value: Value)]
  }

  private(set) var pool = FormulaPool()
  private(set) var atoms: [StateFormula] = []
  private(set) var conjuncts: [Conjunct] = []

  private let evaluator: Evaluator
  private let rigid: RigidValuation
  private var frame: [Value]
  private var numbers: [Key: Int] = [:]

  private struct Key: Hashable {
    let expr: ObjectIdentifier
    let values: [Value]
  }

  /// More is a formula that nobody can read, and an automaton that nobody can build.
  static let atomLimit = 1 << 16

  /// Throws a spec error of a part that reads no variable, `unbounded` for too many atoms.
  init(_ property: Int, _ evaluator: Evaluator, _ rigid: RigidValuation) throws(SpecError) {
    self.evaluator = evaluator
    self.rigid = rigid
    let declaration = evaluator.instance.model.properties[property]
    frame = Array(repeating: .none, count: declaration.frameSize)
    guard case .temporal(let formula) = declaration.kind else { return }
    do {
      try split(formula, [], [])
    } catch  where error.kind == .unbounded {
      throw SpecError(.unbounded, at: declaration.span, error.detail)
    }
  }

  /// Conjunctions and universal quantifiers at the top are separate questions, each with an automaton of its own.
  private mutating func split(_ formula: TemporalFormula, _ place: [Int], _ witness: [(local: Local, value: Value)])
    throws(SpecError)
  {
    switch formula {
    case .and(let a, let b):
      // Conditional from left to right: what a false left side guards is not expanded.
      if case .atom(let e) = a, let value = try rigidValue(e), !value { return add(FormulaPool.no, place, witness) }
      try split(a, place + [0], witness)
      try split(b, place + [1], witness)
    case .forall(let locals, let filter, let body):
      try forEach(locals) { (self: inout TemporalExpansion) throws(SpecError) in
        let witness = witness + locals.map { ($0, self.frame[$0.slot]) }
        guard let filter else { return try self.split(body, place + [2], witness) }
        if let value = try self.rigidValue(filter) {
          if value { try self.split(body, place + [2], witness) }
          return
        }
        let condition = try self.atom(filter)
        let formula = try self.expand(body)
        self.add(self.pool.or([self.pool.negation(condition), formula]), place, witness)
      }
    default: add(try expand(formula), place, witness)
    }
  }

  private mutating func add(_ formula: FormulaPool.ID, _ place: [Int], _ witness: [(local: Local, value: Value)]) {
    switch pool[formula] {
    case .constant(true): break
    case .and(let parts): for part in parts { add(part, place, witness) }
    default: conjuncts.append(Conjunct(formula: formula, place: place, witness: witness))
    }
  }

  private mutating func expand(_ formula: TemporalFormula) throws(SpecError) -> FormulaPool.ID {
    switch formula {
    case .atom(let e): return try atom(e)
    case .not(let a): return pool.negation(try expand(a))
    case .and(let a, let b):
      let left = try expand(a)
      if left == FormulaPool.no { return left }
      return pool.and([left, try expand(b)])
    case .or(let a, let b):
      let left = try expand(a)
      if left == FormulaPool.yes { return left }
      return pool.or([left, try expand(b)])
    case .implies(let a, let b): return try expand(.or(.not(a), b))
    case .iff(let a, let b):
      let (left, right) = (try expand(a), try expand(b))
      return pool.or([pool.and([left, right]), pool.and([pool.negation(left), pool.negation(right)])])
    case .forall(let locals, let filter, let body): return try quantified(locals, filter, body, isUniversal: true)
    case .exists(let locals, let filter, let body): return try quantified(locals, filter, body, isUniversal: false)
    case .always(let a): return pool.always(try expand(a))
    case .eventually(let a): return pool.eventually(try expand(a))
    case .until(let a, let b):
      let left = try expand(a)
      return pool.until(left, try expand(b))
    case .leadsTo(let a, let b): return try expand(.always(.implies(a, .eventually(b))))
    }
  }

  private mutating func quantified(
    _ locals: [Local], _ filter: Expr?, _ body: TemporalFormula, isUniversal: Bool
  ) throws(SpecError) -> FormulaPool.ID {
    var parts: [FormulaPool.ID] = []
    try forEach(locals) { (self: inout TemporalExpansion) throws(SpecError) in
      let condition = try filter.map { (e) throws(SpecError) in try self.atom(e) } ?? FormulaPool.yes
      if condition == FormulaPool.no { return }
      let formula = try self.expand(body)
      parts.append(
        isUniversal ? self.pool.or([self.pool.negation(condition), formula]) : self.pool.and([condition, formula]))
    }
    return isUniversal ? pool.and(parts) : pool.or(parts)
  }

  private mutating func forEach(
    _ locals: [Local], _ body: (inout TemporalExpansion) throws(SpecError) -> Void
  ) throws(SpecError) {
    let types = locals.map(\.type)
    for ordinal in 0..<evaluator.instance.cardinality(of: types) {
      for (local, value) in zip(locals, evaluator.instance.values(ordinal, types)) { frame[local.slot] = value }
      try body(&self)
    }
  }

  private mutating func atom(_ e: Expr) throws(SpecError) -> FormulaPool.ID {
    if let value = try rigidValue(e) { return FormulaPool.constant(value) }
    var slots: Set<Int> = []
    e.forEachNode(in: evaluator.instance.model) { if case .local(let local) = $0.kind { slots.insert(local.slot) } }
    let key = Key(expr: ObjectIdentifier(e), values: slots.sorted().map { $0 < frame.count ? frame[$0] : .none })
    if let number = numbers[key] { return pool.literal(number) }
    if atoms.count == Self.atomLimit { throw SpecError(.unbounded, at: e.span, "more than \(Self.atomLimit) atoms at this size") }
    numbers[key] = atoms.count
    atoms.append(StateFormula(expr: e, frame: frame))
    return pool.literal(atoms.count - 1)
  }

  /// The value of what is the same in every state; nil if it reads a variable.
  private func rigidValue(_ e: Expr) throws(SpecError) -> Bool? {
    var isRigid = true
    e.forEachNode(in: evaluator.instance.model) { if case .variable = $0.kind { isRigid = false } }
    guard isRigid else { return nil }
    var frame = frame
    guard case .bool(let value) = try evaluator.evaluate(e, frame: &frame, state: nil, before: nil, rigid) else { return nil }
    return value
  }
}
