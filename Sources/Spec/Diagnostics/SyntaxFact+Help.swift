/// What stands under the caret of a `SyntaxFact`, and what to do about it.
extension SyntaxFact {
  var label: String {
    switch self {
    case .invalidUTF8: "not UTF-8"
    case .nulByte: "NUL"
    case .strayCharacter, .strayLetters: "not of the language"
    case .unterminatedComment: "begins here"
    case .unterminatedString: "no closing quote"
    case .integerTooLarge: "too large"
    case .malformedNumber: "digits, then something else"
    case .unknownEscape: "unknown escape"
    case .emptyFile: "nothing here"
    case .missingHeader: "no header before this"
    case .repeatedHeader: "a second header"
    case .tooManyErrors: "the rest is not shown"
    case .expectedToken(let kind, _, _): "`\(kind.rawValue)` belongs here"
    case .expectedWord(let word, _, _): "`\(word)` belongs here"
    case .expectedCloser(let kind, _): "`\(kind.rawValue)` belongs before this"
    case .expectedName(let role, _): "\(role.phrase) belongs here"
    case .keywordAsName: "a keyword"
    case .expectedExpression: "an expression belongs here"
    case .expectedType: "a type belongs here"
    case .expectedDeclaration: "a declaration belongs here"
    case .expectedItem(let block, _, _): "\(block.item) belongs here"
    case .misspeltKeyword: "not a keyword"
    case .missingSeparator: "begins on the same line"
    case .unclosed: "opened here"
    case .unmatchedClosing: "nothing is open here"
    case .missingOpenBrace: "`{` belongs before this"
    case .wrongOperator(_, let write, _): "write `\(write)`"
    case .comparisonChain, .nonAssociative: "needs parentheses"
    case .conditionalOperator: "write `if … then … else …`"
    case .notIn: "write `!(… in …)`"
    case .missingElse: "`else` belongs here"
    case .thenInStatement: "write `{`"
    case .membershipBinder: "not a type"
    case .missingBinderType: "a type belongs here"
    case .missingDoubleColon: "`::` belongs here"
    case .missingMapArrow: "`=>` belongs here"
    case .tuple: "a second expression"
    case .setBuilderBinders: "more than one"
    case .compoundAssignment: "write `:=`"
    case .expressionAsStatement: "has no effect"
    case .notALocation: "not a location"
    case .chooseFilterWithoutBinder: "no variable"
    case .verifyWord: "not understood"
    case .initializer: "no value here"
    case .removeAllShape: "not of that shape"
    case .nestingTooDeep, .expressionTooDeep: "too deep"
    }
  }

  var help: String? {
    switch self {
    case .invalidUTF8: "save the file as UTF-8"
    case .nulByte: "remove it; a file full of them is not text"
    case .strayCharacter(_, let write):
      write.map { $0 == " " ? "write an ordinary blank" : "write `\($0)`" } ?? "remove it"
    case .strayLetters: "rename it with ASCII letters"
    case .unterminatedComment: "close it with `*/`; comments nest, so each `/*` needs its own"
    case .unterminatedString: "add `\"` at the end"
    case .integerTooLarge: "numbers lie between -9223372036854775808 and 9223372036854775807"
    case .malformedNumber: "a name begins with a letter; a number is `12`, `1_000`, `0x1F` or `0b101`"
    case .unknownEscape: "the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`"
    case .emptyFile: "begin with `spec Name`"
    case .missingHeader: "write `spec Name` before everything else"
    case .repeatedHeader: "put the second spec into a file of its own"
    case .tooManyErrors: "mend these first: many of the others may follow from them"
    case .expectedToken(let kind, _, _): "write `\(kind.rawValue)` here"
    case .expectedWord(let word, _, _): "write `\(word)` here"
    case .expectedCloser(let kind, _): "is an operator or a `,` missing, or a `\(kind.rawValue)`?"
    case .expectedName(let role, _): role.example
    case .keywordAsName(let keyword, _): "choose another name, such as `\(keyword)_` or `\(keyword)1`"
    case .expectedExpression: "is an operand missing, or an operator one too many?"
    case .expectedType:
      "types are names, ranges `0..3`, `T?`, `set T`, `K -> V`, `(K, L) -> V`, `seq[4] T` and `forest K`"
    case .expectedDeclaration("`;`", _): "remove it: declarations end by themselves"
    case .expectedDeclaration(_, let near):
      near.map { "did you mean `\($0)`?" } ?? "declarations begin with a keyword: `sort`, `var`, `action`, `invariant`, …"
    case .expectedItem(let block, _, let near): near.map { "did you mean `\($0)`?" } ?? block.example
    case .misspeltKeyword(_, let keyword): "did you mean `\(keyword)`?"
    case .missingSeparator(let block, _):
      "put the next \(block.noun) on a line of its own, or write `\(block.separator)` before it"
    case .unclosed(_, let close, _): "write `\(close.rawValue)` where it should end"
    case .unmatchedClosing(let kind): "remove it, or add the missing `\(kind.opening)` before"
    case .missingOpenBrace: "write `{` before, and `}` after"
    case .wrongOperator(_, let write, let purpose): purpose.help(write: write)
    case .comparisonChain(let first, let second): "write `a \(first) b && b \(second) c`, or use parentheses"
    case .nonAssociative: "say which is meant with parentheses"
    case .conditionalOperator: "write `if condition then a else b`"
    case .notIn: "write `!(x in s)`"
    case .missingElse: "write `if c then a else b`"
    case .thenInStatement: "write `if c { … } else { … }`"
    case .membershipBinder: "write `x: T where x in s`"
    case .missingBinderType: "write `x: T`, or `x, y: T` for several of one type"
    case .missingDoubleColon(let quantifier, _): "write `\(quantifier) x: T where P :: Q`; the `where` may be left out"
    case .missingMapArrow: "a map is written `[x: K => value]`"
    case .tuple: "use a record, or two indices as in `m[k, l]`"
    case .setBuilderBinders: "write `{x: T where P}`; use a record for pairs"
    case .compoundAssignment(let text):
      text == "++" || text == "--" ? "write `x := x \(text.prefix(1)) 1`" : "write `x := x \(text.dropLast()) …`"
    case .expressionAsStatement: "write `require` before it for a guard, or `location := value` for an update"
    case .notALocation: "write `v`, `m[k]`, `m[k].field` before `:=`"
    case .chooseFilterWithoutBinder: "write `any x: T where P`"
    case .initializer(let constant):
      constant ? "pin it in a scope (`scope s { c = e }`), or make it a `policy` with a default" : "write `init { v = e }`"
    case .removeAllShape: "write `q.removeAll(x where P)`"
    case .verifyWord(_, let near):
      near.map { "did you mean `\($0)`?" }
        ?? "lines begin with `check`, `prove`, `refute`, `cover`, `unreachable` or `test`; pins are `states`, `transitions`, `depth` and `steps`"
    case .nestingTooDeep: "give inner parts a name with `def` or `let`"
    case .expressionTooDeep: "give parts of it a name with `def`"
    }
  }
}

extension SyntaxFact.OperatorPurpose {
  func help(write: String) -> String {
    switch self {
    case .assignment: "`:=` updates, `=` defines, `==` compares"
    case .equation, .definition: "`=` defines, `:=` updates, `==` compares"
    case .comparison: "write `\(write)`; `=` defines and `:=` updates"
    case .logic, .membership, .type, .keyword: "write `\(write)`"
    case .filter: "write `x: T where P`"
    case .refinementArrow: "write `< -` with a blank between for a comparison with a negative number"
    }
  }
}

extension TokenKind {
  var opening: String {
    switch self {
    case .rightParen: "("
    case .rightBracket: "["
    case .rightBrace: "{"
    default: rawValue
    }
  }
}
