/// What can be wrong with a text before any name is looked up. The prose is in `SyntaxFact+Prose.swift`.
enum SyntaxFact: DiagnosticFact, Hashable {
  // Bytes and tokens
  case invalidUTF8(firstByte: UInt8)
  case nulByte
  case strayCharacter(Character, write: String?)
  case strayLetters(String)
  case unterminatedComment
  case unterminatedString
  case integerTooLarge
  case malformedNumber(String)
  case unknownEscape(String)

  // The file
  case emptyFile
  case missingHeader(found: String)
  case repeatedHeader
  case tooManyErrors(kept: Int)

  // Something else was expected here
  case expectedToken(TokenKind, after: String, found: String)
  case expectedWord(String, after: String, found: String)
  case expectedCloser(TokenKind, found: String)
  case expectedName(NameRole, found: String)
  case keywordAsName(keyword: String, NameRole)
  case expectedExpression(found: String)
  case expectedType(found: String)
  case expectedDeclaration(found: String, near: String?)
  case expectedItem(BlockKind, found: String, near: String?)
  case misspeltKeyword(found: String, keyword: String)
  case missingSeparator(BlockKind, found: String)
  case unclosed(TokenKind, by: TokenKind, found: String)
  case unmatchedClosing(TokenKind)
  case missingOpenBrace(BlockKind, found: String)

  // Spellings of other languages, and slips
  case wrongOperator(found: String, write: String, purpose: OperatorPurpose)
  case comparisonChain(first: String, second: String)
  case nonAssociative(operatorText: String, second: String)
  case conditionalOperator
  case notIn
  case missingElse(found: String)
  case thenInStatement
  case membershipBinder
  case missingBinderType(name: String, found: String)
  case missingDoubleColon(quantifier: String, found: String)
  case missingMapArrow(found: String)
  case tuple
  case setBuilderBinders
  case compoundAssignment(operatorText: String)
  case expressionAsStatement
  case notALocation
  case chooseFilterWithoutBinder
  case initializer(constant: Bool)
  case removeAllShape
  case verifyWord(found: String, near: String?)

  // Size
  case nestingTooDeep(limit: Int)
  case expressionTooDeep(limit: Int)

  /// Which name was expected, so that the reader knows what the parser took the text for.
  enum NameRole: String, Hashable {
    case spec, sort, enumeration, enumerationCase, type, record, field, constant, axiom, policy, variable, function, effect
    case action, property, noninterference, machine, scenario, layout, cost, scope, binder, member, argument
    case binding, location, trigger, choice, setting, target
  }

  /// The braces in which the parser was.
  enum BlockKind: String, Hashable {
    case action, effect, statements, initial, enumeration, record, view, refines, scenario, cost, scope, verify
  }

  enum OperatorPurpose: Hashable {
    case assignment  // found something else where an action updates
    case equation  // found `:=` where a definition is given
    case comparison
    case logic
    case membership
    case definition
    case filter
    case keyword
    case refinementArrow
    case type
  }
}
