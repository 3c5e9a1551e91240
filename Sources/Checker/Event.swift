import Spec

/// Something that ends the search, found in one layer: a packed state and how many steps a trace to it has.
///
/// The order makes the result independent of threads: fewest steps, then what is true of a state before what happens on an
/// edge, then the least packed state. Which property it is, and which action, the evaluator tells afterwards.
struct Event: Comparable, Sendable {
  enum Kind: Int, Sendable {
    /// The state breaks an invariant, is the cover that is sought, or cannot be judged.
    case state
    /// The state has no enabled action.
    case deadlock
    /// An edge from the state is a spec error or breaks a transition property.
    case edge
  }
  let steps: Int
  let kind: Kind
  let words: [UInt64]

  /// The layer of `words`.
  var layer: Int { kind == .edge ? steps - 1 : steps }

  static func < (a: Event, b: Event) -> Bool {
    if a.steps != b.steps { return a.steps < b.steps }
    if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
    return a.words.lexicographicallyPrecedes(b.words)
  }

  /// Keeps the lesser of `best` and the event described, without building it in vain: in some layers every state is one.
  static func note(_ kind: Kind, steps: Int, _ state: UnsafePointer<UInt64>, words: Int, in best: inout Event?) {
    if let best {
      if best.steps < steps { return }
      if best.steps == steps {
        if best.kind.rawValue < kind.rawValue { return }
        if best.kind == kind {
          var i = 0
          while i < words && state[i] == best.words[i] { i += 1 }
          if i == words || state[i] > best.words[i] { return }
        }
      }
    }
    best = Event(steps: steps, kind: kind, words: Array(UnsafeBufferPointer(start: state, count: words)))
  }
}
