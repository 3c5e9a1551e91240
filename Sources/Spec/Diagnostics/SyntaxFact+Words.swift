/// The nouns of the grammar, for `SyntaxFact`'s sentences.
extension SyntaxFact.NameRole {
  var phrase: String {
    switch self {
    case .spec: "the name of the spec"
    case .sort: "the name of a sort"
    case .enumeration: "the name of an enum"
    case .enumerationCase: "the name of a case"
    case .type: "the name of a type"
    case .record: "the name of a record"
    case .field: "the name of a field"
    case .constant: "the name of a constant"
    case .axiom: "the name of an axiom"
    case .policy: "the name of a policy"
    case .variable: "the name of a variable"
    case .function: "the name of a function"
    case .effect: "the name of an effect"
    case .action: "the name of an action"
    case .property: "the name of a property"
    case .noninterference: "the name of the noninterference property"
    case .machine: "the name of the abstract spec"
    case .scenario: "the name of a scenario"
    case .layout: "the name of a layout"
    case .cost: "the name of an action"
    case .scope: "the name of a scope"
    case .binder: "the name of a bound variable"
    case .member: "the name of a field or operation"
    case .argument: "the name of an argument"
    case .binding: "the name that `let` binds"
    case .location: "the name of a variable"
    case .trigger: "the name of an action"
    case .choice: "the name of the chosen variable"
    case .setting: "the name of a policy"
    case .target: "the name of a property"
    }
  }

  var example: String? {
    switch self {
    case .spec: "write `spec Name`"
    case .property: "every property has a name, as in `invariant Safe: …`: reports and `verify` speak of it by that name"
    case .axiom: "every axiom has a name, as in `axiom Distinct: …`"
    case .noninterference: "write `noninterference Isolation`"
    default: nil
    }
  }
}

extension SyntaxFact.BlockKind {
  /// What the braces belong to.
  var owner: String {
    switch self {
    case .action: "an action"
    case .effect: "an effect"
    case .statements: "`if` or `for`"
    case .initial: "`init`"
    case .enumeration: "an enum"
    case .record: "a record"
    case .view: "a view"
    case .refines: "`refines`"
    case .scenario: "a scenario"
    case .cost: "`cost`"
    case .scope: "a scope"
    case .verify: "`verify`"
    }
  }

  /// One of the things in the braces.
  var noun: String {
    switch self {
    case .action, .effect, .statements: "statement"
    case .initial: "initial value"
    case .enumeration: "case"
    case .record: "field"
    case .view: "observation"
    case .refines: "clause"
    case .scenario: "step"
    case .cost: "item"
    case .scope: "entry"
    case .verify: "line"
    }
  }

  var item: String { ("aeiou".contains(noun.first ?? " ") ? "an " : "a ") + noun }

  /// Items may stand apart by a comma as well as by `;` or a new line.
  var separatesByComma: Bool { self == .enumeration || self == .record || self == .scope }

  var separator: String { separatesByComma ? "," : ";" }

  var example: String {
    switch self {
    case .action: "statements are `require Name: e`, `let x = e`, `location := e`, `if`, `for`, and calls"
    case .effect, .statements: "statements are `location := e`, `let x = e`, `if`, `for`, and calls"
    case .initial: "write `variable = e`, `variable = any` or `variable = any x: T where P`"
    case .enumeration: "write `enum E { a, b }`"
    case .record: "write `record R { f: T, g: U }`"
    case .view: "write the expressions that the domain observes"
    case .refines: "write `variable = e`, `abstract(x) <- concrete(x)` or `else stutter`"
    case .scenario: "steps are `action(x)`, `refuse action(x)`, `assert e` and `repeat { … }`"
    case .cost: "write words and numbers, as in `instructions 60`"
    case .scope: "write `Sort = 3`, `constant = e` or `where P`"
    case .verify: "lines begin with `check`, `prove`, `refute`, `cover`, `unreachable` or `test`"
    }
  }
}
