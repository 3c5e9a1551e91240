/// What can be wrong with scopes and `verify` blocks. Codes E05.. and W05...

enum ScopeFact: ProseFact {
  case size(sort: String)
  case missingSorts(scope: String, sorts: [String])
  case twice(name: String, place: String)
  case wrongProperty(name: String, found: String, verb: String, needs: String)
  case needsScope(verb: String)
  case pinKey(key: String, verb: String, allowed: [String])
  /// A line that the parser lets pass only together with an error of its own.
  case malformedLine(verb: String)
  case nothingToProve
  case noVerify

  var prose: Prose {
    switch self {
    case .size(let sort):
      return Prose("E0501", "the size of `\(sort)` is an integer literal from 1 to 64", label: "not a size")
    case .missingSorts(let scope, let sorts):
      let what = "the sort\(sorts.count == 1 ? "" : "s") \(listed(sorts.map { "`\($0)`" }))"
      return Prose(
        "E0502", "scope `\(scope)` gives \(what) no size", label: "incomplete",
        help: "add `\(sorts.map { "\($0) = 2" }.joined(separator: ", "))`")
    case .twice(let name, let place):
      return Prose("E0503", "`\(name)` is given twice in \(place)", label: "again", help: "keep one of the two")
    case .wrongProperty(let name, let found, let verb, let needs):
      return Prose("E0504", "`\(verb)` takes \(needs), and `\(name)` is \(withArticle(found))", label: withArticle(found))
    case .needsScope(let verb):
      return Prose("E0505", "`\(verb)` needs a scope", label: "at which size?", help: "add `in SCOPE`")
    case .malformedLine(let verb):
      return Prose("E0506", "this line of `verify` is no `\(verb)`", label: "incomplete")
    case .pinKey(let key, let verb, let allowed):
      return Prose(
        "E0507", "`\(key)` is nothing that `\(verb)` finds", label: "cannot be pinned here",
        help: allowed.isEmpty ? "remove it" : "`\(verb)` finds \(listed(allowed))")
    case .nothingToProve:
      return Prose(
        "E0508", "`prove` without names means every invariant and transition property, and there is none",
        label: "proves nothing",
        help: "state an `invariant` or a `transition`")
    case .noVerify:
      return Prose(
        "W0501", "the spec has no `verify` block", label: "nothing is claimed of it",
        help: "add `verify { check … }` so that its claims are tested")
    }
  }
}

/// What can be wrong with files. Codes E06...
enum FileFact: ProseFact {
  case unreadable(path: String, reason: String)
  case importCycle(chain: [String])
  case refinementCycle(chain: [String])
  case specName(path: String, found: String, written: String)

  var prose: Prose {
    switch self {
    case .unreadable(let path, let reason):
      return Prose(
        "E0601", "cannot read `\(path)`: \(reason)", label: "not read", help: "paths are relative to the file that names them")
    case .importCycle(let chain):
      return Prose(
        "E0602", "files import each other: \(chain.joined(separator: " → "))", label: "closes the cycle",
        help: "move what they share into a third file")
    case .refinementCycle(let chain):
      return Prose(
        "E0603", "specs refine each other: \(chain.joined(separator: " → "))", label: "closes the cycle",
        help: "refinement goes from a concrete spec to a more abstract one")
    case .specName(let path, let found, let written):
      return Prose(
        "E0604", "`\(path)` holds the spec `\(found)`, not `\(written)`", label: "another name",
        help: "write `\(found)(\"\(path)\")`")
    }
  }
}
