/// What can be wrong with names. Codes E02.. and W02...

enum NameFact: ProseFact {
  /// `kind` is what was looked for: "name", "type", "effect", "scope", …
  case unknown(kind: String, name: String, suggestion: String?)
  /// `scope` is what shares one set of names, where that is not plain.
  case duplicate(kind: String, name: String, sharing: String?)
  case repeated(kind: String, name: String)
  case wrongKind(name: String, found: String, expected: String, help: String?)
  case recursiveFunction(cycle: [String])
  case recursiveEffect(cycle: [String])
  case recursiveType(cycle: [String])
  case ambiguousCase(name: String, enumerations: [String])
  case reserved(name: String, meaning: String)
  case hides(name: String, what: String)
  case unused(kind: String, name: String)
  case neverRead(name: String)

  var prose: Prose {
    switch self {
    case .unknown(let kind, let name, let suggestion):
      return Prose(
        "E0201", "there is no \(kind) named `\(name)`", label: "not declared",
        help: suggestion.map { "did you mean `\($0)`?" } ?? "declare it, or import the file that declares it")
    case .duplicate(let kind, let name, let sharing):
      return Prose(
        "E0202", "`\(name)` is declared twice", label: "\(withArticle(kind)) of a name that is taken",
        help: "rename one of the two" + (sharing.map { "; \($0) share one set of names" } ?? ""))
    case .repeated(let kind, let name):
      return Prose(
        "E0203", "the \(kind) `\(name)` is written twice here", label: "again", help: "rename or remove one of the two")
    case .wrongKind(let name, let found, let expected, let help):
      return Prose(
        "E0204", "`\(name)` is \(withArticle(found)), not \(withArticle(expected))",
        label: "\(withArticle(expected)) is needed here",
        help: help ?? "use \(withArticle(expected)) here")
    case .recursiveFunction(let cycle):
      return Prose(
        "E0205", "the definition of `\(cycle.first ?? "")` uses itself: \(cycle.joined(separator: " → "))",
        label: "closes the cycle",
        help: "definitions are not recursive; `closure(r)(x, y)` and `forest` express reachability of any depth")
    case .recursiveEffect(let cycle):
      return Prose(
        "E0206", "the effect `\(cycle.first ?? "")` uses itself: \(cycle.joined(separator: " → "))", label: "closes the cycle",
        help: "effects are not recursive; `for x: T where P { … }` updates all such x at once")
    case .recursiveType(let cycle):
      return Prose(
        "E0207", "the type `\(cycle.first ?? "")` contains itself: \(cycle.joined(separator: " → "))", label: "closes the cycle",
        help: "give the objects a sort and keep the link in a map or a forest over it")
    case .ambiguousCase(let name, let enumerations):
      return Prose(
        "E0208", "`\(name)` is a case of \(listed(enumerations.map { "`\($0)`" }))", label: "which one is meant?",
        help: "write `\(enumerations.first ?? "").\(name)`")
    case .reserved(let name, let meaning):
      return Prose("E0209", "`\(name)` cannot be declared: it means \(meaning)", label: "reserved", help: "choose another name")
    case .hides(let name, let what):
      return Prose(
        "W0201", "`\(name)` hides \(what) of the same name", label: "bound here",
        help: "rename it, so that a reader need not ask which is meant")
    case .unused(let kind, let name):
      return Prose("W0202", "the \(kind) `\(name)` is never used", label: "declared here", help: "use it or remove it")
    case .neverRead(let name):
      return Prose(
        "W0203", "the variable `\(name)` is updated and never read", label: "declared here",
        help: "use it in a guard, an update or a property, or remove it")
    }
  }
}
