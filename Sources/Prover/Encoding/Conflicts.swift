/// Two writes of one cell must agree. In: the writes of an action. Out: error sites that say so.
///
/// A path and a prefix of it overlap: the shorter one's value is followed along the rest. Queues are one cell, and two
/// removals, two pushes, or an operation beside an assignment conflict whatever they write.
import Spec

struct Conflicts {
  let post: PostState
  private var encoder: Encoder { post.encoder }
  private var store: TermStore { post.store }

  func judge(_ writes: [Write]) throws {
    for (i, write) in writes.enumerated() {
      for other in writes[..<i] where other.variable == write.variable {
        try judge(disjoint(other, from: write), write, isSelf: false)
      }
      // Two rounds of one loop.
      if !determined(write) { try judge(renamed(write), write, isSelf: true) }
    }
  }

  private func leaves(_ step: Write.Step) -> [Term] {
    switch step {
    case .index(let terms), .member(let terms): terms
    case .field: []
    }
  }

  /// Every loop variable is a key of the path: different rounds write different cells.
  private func determined(_ write: Write) -> Bool {
    let keys = Set(write.path.flatMap(leaves))
    return write.variables.allSatisfy { keys.contains($0) || !matters($0, to: write) }
  }

  private func matters(_ variable: Term, to write: Write) -> Bool {
    guard case .variable(let id) = store.node(variable) else { return true }
    if write.isQueueOperation { return true }
    if case .assign(.scalar(let value)) = write.operation { return store.freeVariables(value).contains(id) }
    return true
  }

  /// Two writes in one loop share its variables; as two rounds they need their own.
  private func disjoint(_ write: Write, from other: Write) -> Write {
    Set(write.variables).isDisjoint(with: other.variables) ? write : renamed(write)
  }

  private func renamed(_ write: Write) -> Write {
    let fresh = write.variables.map { store.freshVariable("again", store.sort($0)) }
    let replacement = Dictionary(uniqueKeysWithValues: zip(write.variables, fresh))
    var result = write
    result.variables = fresh
    result.condition = store.substitute(write.condition, replacement)
    result.path = write.path.map { step in
      switch step {
      case .index(let terms): .index(terms.map { store.substitute($0, replacement) })
      case .member(let terms): .member(terms.map { store.substitute($0, replacement) })
      case .field: step
      }
    }
    switch write.operation {
    case .assign(let value): result.operation = .assign(post.vocabulary.substitute(value, replacement))
    case .push(let value): result.operation = .push(post.vocabulary.substitute(value, replacement))
    case .pop, .removeAll: break
    }
    return result
  }

  private func judge(_ a: Write, _ b: Write, isSelf: Bool) throws {
    let shared = min(a.path.count, b.path.count)
    var meet = [a.condition, b.condition]
    for (x, y) in zip(a.path, b.path) {
      switch (x, y) {
      case (.field(let i), .field(let j)): if i != j { return }
      case (.index(let s), .index(let t)), (.member(let s), .member(let t)): meet.append(post.vocabulary.same(s, t))
      default: return
      }
    }
    // Two rounds of one write are two writes only if some variable differs.
    if isSelf { meet.append(store.not(post.vocabulary.same(a.variables, b.variables))) }
    let together = store.and(meet)
    if together == store.no { return }
    let agree: Term
    switch (a.operation, b.operation) {
    case (.assign(let x), .assign(let y)):
      let (longer, type) = a.path.count >= b.path.count ? (a, a.type) : (b, b.type)
      let rest = longer.path[shared...]
      let left = a.path.count > shared ? x : try post.value(x, a.type, rest)
      let right = b.path.count > shared ? y : try post.value(y, b.type, rest)
      agree = try post.vocabulary.equal(left, right, type)
    case (.assign, _), (_, .assign): agree = store.no
    default: agree = store.boolean(a.isRemoval != b.isRemoval)
    }
    encoder.under(together, a.variables + b.variables) {
      encoder.judge(.conflict, b.span, isFine: agree)
    }
  }
}
