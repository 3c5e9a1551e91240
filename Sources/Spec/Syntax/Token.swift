/// What the lexer makes of bytes: tokens for the parser, comments for the printer. Nothing but blanks lies between them.

/// The raw value is the spelling; for the first group, where there is none, the words a diagnostic uses.
enum TokenKind: String, Hashable, Sendable {
  case identifier = "a name"
  case integer = "a number"
  case string = "a string"
  case endOfFile = "the end of the file"
  /// Bytes that the lexer has already reported: the parser stays silent about them.
  case invalid = "invalid text"

  case leftParen = "("
  case rightParen = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case comma = ","
  case semicolon = ";"
  case colon = ":"
  case doubleColon = "::"
  case dot = "."
  case range = ".."
  case assign = ":="
  case equalSign = "="
  case arrow = "->"
  case doubleArrow = "=>"
  case leftArrow = "<-"
  case iff = "<==>"
  case implies = "==>"
  case or = "||"
  case and = "&&"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case question = "?"
  case doubleQuestion = "??"
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case percent = "%"
  case ampersand = "&"
  case bang = "!"
  /// `|`, `^`, `~` and backslash belong to no construct; they are tokens so that the parser can say what to write instead.
  case bar = "|"
  case caret = "^"
  case tilde = "~"
  case backslash = "\\"

  case spec, sort, ordered, type, record, const, axiom, policy, ghost, def, effect, action, fair
  case invariant, transition, temporal, cover, view, flow, noninterference, refines, scenario, layout, cost, scope, verify
  case `import`, `enum`, `var`, `init`
  case require, `let`, `if`, then, `else`, `for`, `where`, `any`
  case forall, exists, `true`, `false`, `none`, old, `in`, always, eventually, until, leadsTo
}

extension TokenKind {
  /// What begins a declaration and can begin nothing else: where recovery may always start again.
  static let declarationKeywords: [TokenKind] = [
    .spec, .import, .sort, .ordered, .enum, .type, .record, .const, .axiom, .policy, .var, .ghost, .def, .effect, .`init`,
    .action, .fair, .invariant, .transition, .temporal, .cover, .view, .flow, .noninterference, .refines, .scenario, .layout,
    .cost, .scope, .verify,
  ]

  static let statementKeywords: [TokenKind] = [.require, .let, .if, .for]

  static let otherKeywords: [TokenKind] = [
    .then, .else, .where, .any, .forall, .exists, .true, .false, .none, .old, .in, .always, .eventually, .until, .leadsTo,
  ]

  /// Every reserved word, by its spelling.
  static let keywords: [String: TokenKind] = Dictionary(
    uniqueKeysWithValues: (declarationKeywords + statementKeywords + otherKeywords).map { ($0.rawValue, $0) })

  private static let keywordKinds = Set(keywords.values)
  private static let declarationKinds = Set(declarationKeywords)

  var isKeyword: Bool { Self.keywordKinds.contains(self) }
  var startsDeclaration: Bool { Self.declarationKinds.contains(self) }
  var startsStatement: Bool { self == .require || self == .let || self == .if || self == .for }

  /// True for what may end an operand, so that a following `-` is a subtraction and a line may end after it.
  var endsOperand: Bool {
    switch self {
    case .identifier, .integer, .string, .rightParen, .rightBracket, .rightBrace, .bang, .true, .false, .none: true
    default: false
    }
  }

  var isWord: Bool { self == .identifier || isKeyword }
}

struct Token: Sendable {
  var kind: TokenKind
  var start: Int
  var end: Int
  /// A line break stands between the token before and this one.
  var startsLine: Bool
}

struct Comment: Sendable {
  enum Kind: Sendable {
    case line  // `// …`
    case documentation  // `/// …`
    case block  // `/* … */`, nested
  }
  var kind: Kind
  var start: Int
  var end: Int
  /// Index of the first token after it.
  var nextToken: Int
  /// Nothing but blanks stands before it on its line.
  var startsLine: Bool
}
