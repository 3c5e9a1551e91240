/// What can be wrong with types and expressions. Codes E03...

enum TypeFact: ProseFact {
  case mismatch(expected: String, found: String, help: String?)
  case outOfRange(value: String, range: String)
  case overflow(operation: String)
  case notKey(type: String, role: String)
  case badRange(reason: String)
  case nestedOption(type: String)
  case forestMisplaced(reason: String)
  case unbounded
  case needsContext(what: String)
  case incomparable(left: String, right: String)
  case operands(symbol: String, needs: String, found: String)
  case noMember(type: String, member: String, suggestion: String?)
  case notCallable(what: String, help: String)
  case argumentCount(what: String, expected: Int, found: Int)
  case label(what: String, problem: String, suggestion: String?)
  case notOption(operation: String, type: String)
  case closure(found: String)
  case neverNone(type: String)
  case badCapacity(reason: String)
  case emptyDeclaration(kind: String, name: String)
  case zeroDivisor(operation: String)
  case partialMap
  case untypedBinder(name: String)
  case notIndexable(type: String)
  case tooWide(name: String, limit: Int)
  case tooDeep(limit: Int)

  var prose: Prose {
    switch self {
    case .mismatch(let expected, let found, let help):
      return Prose("E0301", "\(expected) is needed here, but this is \(found)", label: "this is \(found)", help: help)
    case .outOfRange(let value, let range):
      return Prose(
        "E0302", "\(value) is never in \(range)", label: "always outside \(range)", help: "widen the range or change the value")
    case .overflow(let operation):
      return Prose(
        "E0303", "the interval of `\(operation)` does not fit in 64 bits", label: "may leave 64 bits",
        help: "give its operands smaller ranges")
    case .notKey(let type, let role):
      return Prose(
        "E0304", "\(type) cannot be \(role)", label: "not a key type",
        help: "only finite scalars can: bool, ranges, sorts, enums, options of these, and records of these")
    case .badRange(let reason):
      return Prose(
        "E0305", reason, label: "not a range", help: "write the bounds as two integer literals, the smaller first: `0..7`")
    case .nestedOption(let type):
      return Prose(
        "E0306", "`\(type)??` is not a type", label: "an option of an option",
        help: "use an enum or a record to tell the two kinds of absence apart")
    case .forestMisplaced(let reason):
      return Prose("E0307", reason, label: "a forest", help: "a forest is the whole type of a `var`; name that variable here")
    case .unbounded:
      return Prose("E0308", "`int` has no bounds", label: "which integers?", help: "write a range such as `0..7`")
    case .needsContext(let what):
      return Prose(
        "E0309", "the type of \(what) does not follow from where it stands", label: "of which type?",
        help: "compare it with, or store it in, something whose type is known")
    case .incomparable(let left, let right):
      return Prose(
        "E0312", "\(left) and \(right) cannot be compared", label: "different types", help: "compare values of one type")
    case .operands(let symbol, let needs, let found):
      return Prose("E0313", "`\(symbol)` takes \(needs), but this is \(found)", label: "this is \(found)")
    case .noMember(let type, let member, let suggestion):
      return Prose(
        "E0314", "\(type) has no member `\(member)`", label: "no such member", help: suggestion.map { "did you mean `\($0)`?" })
    case .notCallable(let what, let help):
      return Prose("E0315", "\(what)", label: "here", help: help)
    case .argumentCount(let what, let expected, let found):
      return Prose(
        "E0316", "\(what) takes \(counted(expected, "argument")), not \(found)", label: counted(found, "argument"),
        help: found < expected ? "add what is missing" : "remove what is too much")
    case .label(let what, let problem, let suggestion):
      return Prose("E0317", "\(what): \(problem)", label: "here", help: suggestion)
    case .notOption(let operation, let type):
      return Prose(
        "E0318", "`\(operation)` takes an option, but this is \(type)", label: "this is \(type), never `none`",
        help: "remove the `\(operation)`")
    case .closure(let found):
      return Prose(
        "E0319", "`closure` takes a relation over one key type, but this is \(found)", label: "not a relation",
        help: "a relation is a `(K, K) -> bool`, a `K -> set K`, a `K -> K?`, or the name of a `def` of two K that gives a bool")
    case .neverNone(let type):
      return Prose("E0320", "\(type) is never `none`", label: "not an option", help: "declare it with `?` if it may be absent")
    case .badCapacity(let reason):
      return Prose("E0321", reason, label: "not a capacity", help: "write the capacity as an integer literal: `seq[4] T`")
    case .emptyDeclaration(let kind, let name):
      return Prose(
        "E0322", "the \(kind) `\(name)` is empty", label: "nothing in it",
        help: kind == "enum" ? "give it a case" : "give it a field")
    case .zeroDivisor(let operation):
      return Prose("E0323", "the divisor of `\(operation)` is always zero", label: "always zero")
    case .partialMap:
      return Prose(
        "E0324", "a map literal with `where` is a partial map, which only a view can observe", label: "partial",
        help: "give every key a value: `[x: K => if P then e else …]`")
    case .untypedBinder(let name):
      return Prose("E0325", "`\(name)` needs a type", label: "of which type?", help: "write `\(name): T`")
    case .notIndexable(let type):
      return Prose("E0326", "\(type) cannot be indexed", label: "neither a map nor a queue")
    case .tooWide(let name, let limit):
      return Prose(
        "E0327", "the record `\(name)` has more than \(limit) leaves", label: "from here on", help: "use a map for repeated parts"
      )
    case .tooDeep(let limit):
      return Prose(
        "E0328", "types refer to each other more than \(limit) levels deep", label: "from here on", help: "use fewer levels")
    }
  }
}

/// Uses of an order that a type does not have. E0310 is the symmetry error: it is what makes permuting a sort sound.
enum OrderFact: ProseFact {
  case unorderedSort(sort: String, use: String)
  case unordered(type: String, use: String)

  var prose: Prose {
    switch self {
    case .unorderedSort(let sort, let use):
      return Prose(
        "E0310", "`\(use)` needs an order, and the elements of `\(sort)` have none", label: "uses an order of `\(sort)`",
        help: "declare it `ordered sort \(sort)`; its elements are then told apart, and checks no longer permute them")
    case .unordered(let type, let use):
      return Prose(
        "E0311", "`\(use)` needs an order, and \(type) has none", label: "uses an order",
        help: "integers, `ordered enum`s and `ordered sort`s have an order; options never do: unwrap first")
    }
  }
}
