/// The names bound inside one declaration, and what its expressions may do. In: binders as they are met; out: slots.

/// A bound name and where it was bound.
struct Binding {
  var local: Local
  var span: Span
}

/// One frame a declaration: every binder of it gets a slot of its own, so an evaluator frame is an array.
struct Frame {
  enum OldUse { case forbidden, allowed, inside }

  /// Innermost last.
  private var scopes: [[String: Binding]] = [[:]]
  /// Where each slot was bound, for "declared here" notes.
  private(set) var spans: [Int: Span] = [:]
  private(set) var size = 0
  var old = OldUse.forbidden
  /// Why variables may not be read here ("an axiom"); nil where they may.
  var rigid: String?
  /// True where `[x: K where P => e]` may stand: directly as an observation of a view.
  var partialMaps = false

  init(rigid: String? = nil, old: OldUse = .forbidden) {
    self.rigid = rigid
    self.old = old
  }

  func lookup(_ name: String) -> Binding? {
    for scope in scopes.reversed() {
      if let found = scope[name] { return found }
    }
    return nil
  }

  func lookupInnermost(_ name: String) -> Binding? { scopes.last?[name] }

  var names: [String] { scopes.flatMap(\.keys) }

  mutating func push() { scopes.append([:]) }
  mutating func pop() { scopes.removeLast() }

  mutating func bind(_ name: String, _ type: Type, at span: Span) -> Local {
    let local = fresh(name, type, at: span)
    scopes[scopes.count - 1][name] = Binding(local: local, span: span)
    return local
  }

  /// A slot that no name in the text refers to.
  mutating func fresh(_ name: String, _ type: Type, at span: Span) -> Local {
    let local = Local(slot: size, name: name, type: type)
    spans[size] = span
    size += 1
    return local
  }

  /// Room for the slots of an inlined effect; returns the first.
  mutating func reserve(_ count: Int) -> Int {
    defer { size += count }
    return size
  }
}
