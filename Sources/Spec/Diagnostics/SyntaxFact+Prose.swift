/// Codes and sentences for `SyntaxFact`.
extension SyntaxFact {
  var code: String {
    switch self {
    case .invalidUTF8: "E0101"
    case .nulByte: "E0102"
    case .strayCharacter, .strayLetters: "E0103"
    case .unterminatedComment: "E0104"
    case .unterminatedString: "E0105"
    case .integerTooLarge: "E0106"
    case .malformedNumber: "E0107"
    case .unknownEscape: "E0108"
    case .emptyFile: "E0110"
    case .missingHeader: "E0111"
    case .repeatedHeader: "E0112"
    case .expectedToken, .expectedWord, .expectedCloser: "E0113"
    case .expectedName: "E0114"
    case .keywordAsName: "E0115"
    case .expectedExpression: "E0116"
    case .expectedType: "E0117"
    case .expectedDeclaration: "E0118"
    case .expectedItem: "E0119"
    case .misspeltKeyword: "E0120"
    case .missingSeparator: "E0121"
    case .unclosed: "E0122"
    case .unmatchedClosing: "E0123"
    case .missingOpenBrace: "E0124"
    case .wrongOperator, .compoundAssignment, .conditionalOperator, .notIn: "E0125"
    case .comparisonChain: "E0126"
    case .nonAssociative: "E0127"
    case .missingElse: "E0128"
    case .thenInStatement: "E0129"
    case .membershipBinder, .missingBinderType: "E0130"
    case .missingDoubleColon: "E0131"
    case .missingMapArrow: "E0132"
    case .tuple: "E0133"
    case .setBuilderBinders: "E0134"
    case .expressionAsStatement: "E0135"
    case .notALocation: "E0136"
    case .chooseFilterWithoutBinder: "E0137"
    case .verifyWord: "E0138"
    case .initializer: "E0139"
    case .removeAllShape: "E0142"
    case .nestingTooDeep: "E0140"
    case .expressionTooDeep: "E0141"
    case .tooManyErrors: "E0199"
    }
  }

  var message: String {
    switch self {
    case .invalidUTF8(let byte): "the byte 0x\(String(byte, radix: 16, uppercase: true)) is no part of UTF-8 text here"
    case .nulByte: "a NUL byte stands in the text"
    case .strayCharacter(let character, let write):
      write == " "
        ? "the blank \(scalarName(character)) is not one of the language's blanks"
        : "`\(character)` (\(scalarName(character))) is no character of the language"
    case .strayLetters(let text): "`\(text)` is not a name: names are made of ASCII letters, digits, `_` and `'`"
    case .unterminatedComment: "this comment has no end"
    case .unterminatedString: "this string has no closing quote on its line"
    case .integerTooLarge: "this number does not fit in 64 bits"
    case .malformedNumber(let text): "`\(text)` is neither a number nor a name"
    case .unknownEscape(let text): "`\(text)` means nothing in a string"
    case .emptyFile: "the file holds no spec"
    case .missingHeader(let found): "a spec begins with `spec` and its name, but this file begins with \(found)"
    case .repeatedHeader: "`spec` names the spec once, at the beginning of the file"
    case .tooManyErrors(let kept): "too many errors: the first \(kept) are shown"
    case .expectedToken(let kind, let after, let found): "expected \(quote(kind)) after \(after), found \(found)"
    case .expectedWord(let word, let after, let found): "expected `\(word)` after \(after), found \(found)"
    case .expectedCloser(let kind, let found): "expected `\(kind.rawValue)`, found \(found)"
    case .expectedName(let role, let found): "expected \(role.phrase), found \(found)"
    case .keywordAsName(let keyword, let role): "`\(keyword)` is a keyword and cannot be \(role.phrase)"
    case .expectedExpression(let found): "expected an expression, found \(found)"
    case .expectedType(let found): "expected a type, found \(found)"
    case .expectedDeclaration(let found, _): "expected a declaration, found \(found)"
    case .expectedItem(let block, let found, _): "expected \(block.item), found \(found)"
    case .misspeltKeyword(let found, let keyword): "`\(found)` is not a keyword; `\(keyword)` is"
    case .missingSeparator(let block, let found):
      "expected a new line or `\(block.separator)` before the next \(block.noun), found \(found)"
    case .unclosed(let open, let close, let found):
      "this `\(open.rawValue)` is never closed: expected `\(close.rawValue)`, found \(found)"
    case .unmatchedClosing(let kind): "this `\(kind.rawValue)` closes nothing"
    case .missingOpenBrace(let block, let found): "expected `{` before the \(block.noun)s of \(block.owner), found \(found)"
    case .wrongOperator(let found, let write, let purpose): purpose.message(found: found, write: write)
    case .comparisonChain(let first, let second): "`\(first)` and `\(second)` do not chain: a comparison gives a bool"
    case .nonAssociative(let first, let second): "`\(first)` and `\(second)` side by side can be read in two ways"
    case .conditionalOperator: "`? :` is not an operator of the language"
    case .notIn: "`not in` is not an operator of the language"
    case .missingElse(let found): "an `if` that stands for a value needs an `else`, found \(found)"
    case .thenInStatement: "an `if` among updates has braces and no `then`"
    case .membershipBinder: "a variable ranges over a type; a set restricts it with `where`"
    case .missingBinderType(let name, let found): "expected `:` and a type after `\(name)`, found \(found)"
    case .missingDoubleColon(let quantifier, let found): "expected `::` before the body of `\(quantifier)`, found \(found)"
    case .missingMapArrow(let found): "expected `=>` before the value of the map, found \(found)"
    case .tuple: "there are no tuples: parentheses hold one expression"
    case .setBuilderBinders: "a set is built from one variable"
    case .compoundAssignment(let text): "`\(text)` is not an operator of the language"
    case .expressionAsStatement: "an expression by itself updates nothing"
    case .notALocation: "only a variable, an entry of it, or a field of it can be updated"
    case .chooseFilterWithoutBinder: "`any where` has no variable to speak about"
    case .initializer(let constant): constant ? "a constant has no value of its own" : "a variable gets its first value in `init`"
    case .removeAllShape: "`removeAll` takes a variable and a condition"
    case .verifyWord(let found, _): "expected a line of `verify`, or one of its pins, found \(found)"
    case .nestingTooDeep(let limit): "this nests more than \(limit) levels deep"
    case .expressionTooDeep(let limit): "this expression is more than \(limit) operators deep"
    }
  }

  private func quote(_ kind: TokenKind) -> String {
    switch kind {
    case .identifier, .integer, .string, .endOfFile: kind.rawValue
    default: "`\(kind.rawValue)`"
    }
  }

  private func scalarName(_ character: Character) -> String {
    let scalar = character.unicodeScalars.first ?? " "
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return scalar.properties.name.map { "\(code) \($0.lowercased())" } ?? code
  }
}

extension SyntaxFact.OperatorPurpose {
  func message(found: String, write: String) -> String {
    switch self {
    case .assignment: "an update is written `\(write)`, not `\(found)`"
    case .equation: "a value is given with `\(write)`, not `\(found)`"
    case .comparison: "a comparison is written `\(write)`, not `\(found)`"
    case .logic: "`\(found)` is not an operator here; the language writes `\(write)`"
    case .membership: "membership is written `\(write)`, not `\(found)`"
    case .definition, .keyword: "`\(found)` stands where `\(write)` belongs"
    case .filter: "a condition on a variable is written with `\(write)`, not `\(found)`"
    case .refinementArrow: "`\(found)` is the arrow of a refinement, not a comparison"
    case .type: "a type is given with `\(write)`, not `\(found)`"
    }
  }
}
