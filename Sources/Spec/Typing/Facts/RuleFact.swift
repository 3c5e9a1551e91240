/// What can be wrong with actions, properties and the other parts of a spec. Codes E04.. and W04...

enum RuleFact: ProseFact {
  case oldOutside
  case temporalOutside
  case temporalPlace(inside: String)
  case requireMisplaced(place: String)
  case anyMisplaced(place: String)
  case notLocation(reason: String, help: String)
  case forestInLoop(operation: String)
  case forestMixed(name: String)
  case queueConflict(first: String, second: String)
  case noUpdateMethod(type: String, method: String, suggestion: String?)
  case ghost(variable: String, user: String)
  case readsState(what: String, reader: String)
  case uninitialised(name: String)
  case initialisedTwice(name: String)
  case triggerArity(action: String, expected: Int, found: Int)
  case noActor(action: String)
  case noView
  case onlyOne(what: String)
  case tooLarge(limit: Int)
  case notClosed
  case policyType(type: String)
  case choosing(problem: String)
  case repeatCount
  case layout(problem: String, help: String)
  case cost(problem: String)
  case guardRepeated(name: String)
  case trivial(name: String)

  var prose: Prose {
    switch self {
    case .oldOutside:
      return Prose(
        "E0401", "`old` has no meaning here", label: "which state before?",
        help: "`old(e)` stands in `transition` properties, once around what it applies to")
    case .temporalOutside:
      return Prose(
        "E0402", "a temporal operator has no meaning here", label: "temporal", help: "state it in a `temporal` property")
    case .temporalPlace(let inside):
      return Prose(
        "E0403", "a temporal operator cannot stand inside \(inside)", label: "temporal",
        help: "temporal operators combine with `!`, `&&`, `||`, `==>`, `<==>`, `forall` and `exists` only")
    case .requireMisplaced(let place):
      return Prose(
        "E0404", "`require` cannot stand inside \(place)", label: "a guard",
        help: "guards stand at the top level of an action; write the condition into the guard: `require C ==> P`")
    case .anyMisplaced(let place):
      return Prose(
        "E0405", "`any` cannot stand inside \(place)", label: "a free choice",
        help: "a choice is one more parameter of the action: make it at the top level of the action")
    case .notLocation(let reason, let help):
      return Prose("E0406", reason, label: "not a place in the state", help: help)
    case .forestInLoop(let operation):
      return Prose(
        "E0407", "`\(operation)` cannot stand inside a `for`", label: "its result would depend on an order",
        help: "only `remove` can: it removes all those elements at once; `prune(a)` removes everything under a")
    case .forestMixed(let name):
      return Prose(
        "E0408", "`\(name)` is both assigned and edited in one action", label: "`\(name)` again",
        help: "assign it, or use attach, detach, prune, remove and replace; not both")
    case .queueConflict(let first, let second):
      return Prose(
        "E0409", "`\(second)` and `\(first)` of one queue conflict in one action", label: "the second",
        help: "an action does at most one pop or removeAll, then at most one push on a queue, and no `:=` beside them")
    case .noUpdateMethod(let type, let method, let suggestion):
      return Prose("E0410", "\(type) has no update `\(method)`", label: "no such update", help: suggestion)
    case .ghost(let variable, let user):
      return Prose(
        "E0411", "\(user) depends on the ghost variable `\(variable)`", label: "reads `\(variable)`",
        help: "ghost variables are for properties only: drop `ghost`, or this use of it")
    case .readsState(let what, let reader):
      return Prose(
        "E0412", "\(reader) cannot read \(what)", label: "changes from state to state",
        help: "only constants and policies can be read here")
    case .uninitialised(let name):
      return Prose(
        "E0413", "`init` gives `\(name)` no value", label: "no initial value",
        help: "add `\(name) = …` or `\(name) = any` to `init`")
    case .initialisedTwice(let name):
      return Prose("E0414", "`init` gives `\(name)` a value twice", label: "again", help: "keep one of the two")
    case .triggerArity(let action, let expected, let found):
      return Prose(
        "E0415", "`\(action)` has \(counted(expected, "parameter")), but \(found == 1 ? "1 is" : "\(found) are") named here",
        label: counted(found, "parameter"), help: "name every parameter of the action")
    case .noActor(let action):
      return Prose(
        "E0416", "noninterference needs to know who performs `\(action)`", label: "no `by`",
        help: "add `by e`, the acting domain, or `by environment`")
    case .noView:
      return Prose(
        "E0417", "there is no view", label: "isolation of whom, from what?",
        help: "declare what a domain can observe: `view of d: Domain { … }`")
    case .onlyOne(let what):
      return Prose("E0418", "a spec has at most one \(what)", label: "the second", help: "merge the two")
    case .tooLarge(let limit):
      return Prose(
        "E0419", "with its effects inlined this is more than \(limit) updates and expressions", label: "inlined here",
        help: "let effects call each other less often")
    case .notClosed:
      return Prose(
        "E0420", "the value of a policy is made of literals only", label: "not a literal",
        help: "use numbers, `true`, `false`, `none`, enum cases and records of these")
    case .policyType(let type):
      return Prose(
        "E0421", "a policy cannot be \(type)", label: "not the type of a policy",
        help: "policies are bools, ranges, enums, and options and records of these: what can be written as a literal")
    case .choosing(let problem):
      return Prose(
        "E0422", problem, label: "here",
        help: "a step gives one `choosing v = e` for each `v := any` of the action, in their order")
    case .repeatCount:
      return Prose(
        "E0423", "a repeat count is a positive integer literal", label: "not a count",
        help: "write `repeat 3 { … }`, or `repeat { … }`")
    case .layout(let problem, let help):
      return Prose("E0424", problem, label: "here", help: help)
    case .cost(let problem):
      return Prose(
        "E0425", problem, label: "here",
        help: "costs are `trap`, `instructions N`, `code N lines`, `switch space`, `copy VARIABLE bytes`")
    case .guardRepeated(let name):
      return Prose(
        "W0401", "two guards of this action are named `\(name)`", label: "again",
        help: "name them apart: reports speak of guards by name")
    case .trivial(let name):
      return Prose("W0402", "`\(name)` is literally `true`", label: "says nothing", help: "state what must hold")
    }
  }
}

/// What can be wrong with a refinement.
enum RefinementFact: ProseFact {
  case sortsUnmapped(names: [String])
  case typeUnmapped(name: String, reason: String)
  case unmapped(names: [String])
  case actionUnmapped(name: String)
  case twice(name: String)
  case actionArity(action: String, expected: [Int], found: Int)

  var prose: Prose {
    switch self {
    case .sortsUnmapped(let names):
      return Prose(
        "E0431", "no type here stands for \(listed(names.map { "`\($0)`" })) of the abstract spec", label: "incomplete",
        help: "add \(listed(names.map { "`\($0) = T`" })), or declare sorts of the same names")
    case .typeUnmapped(let name, let reason):
      return Prose(
        "E0432", "the abstract type `\(name)` has no counterpart here: \(reason)", label: "incomplete",
        help:
          "declare the same \(reason.contains("field") ? "record" : "enum") in this spec; importing one common file is simplest")
    case .unmapped(let names):
      return Prose(
        "E0433", "nothing here gives \(listed(names.map { "`\($0)`" })) of the abstract spec a value", label: "incomplete",
        help: "add \(listed(names.map { "`\($0) = …`" }))")
    case .actionUnmapped(let name):
      return Prose(
        "E0434", "nothing says what `\(name)` does in the abstract spec", label: "incomplete",
        help: "add `abstract(…) <- \(name)(…)`, or `else stutter`")
    case .twice(let name):
      return Prose("E0435", "`\(name)` is mapped twice", label: "again", help: "keep one of the two")
    case .actionArity(let action, let expected, let found):
      return Prose(
        "E0436", "`\(action)` takes \(expected.map(String.init).joined(separator: " or ")) names here, not \(found)",
        label: "\(found) given",
        help: "name its parameters, and its choices after them if they matter")
    }
  }
}
