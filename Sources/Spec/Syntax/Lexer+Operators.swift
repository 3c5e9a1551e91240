/// Operators and punctuation, longest first.
extension Lexer {
  func operatorHere() -> TokenKind? {
    let second = peek(1)
    switch peek() {
    case UInt8(ascii: "("): return .leftParen
    case UInt8(ascii: ")"): return .rightParen
    case UInt8(ascii: "["): return .leftBracket
    case UInt8(ascii: "]"): return .rightBracket
    case UInt8(ascii: "{"): return .leftBrace
    case UInt8(ascii: "}"): return .rightBrace
    case UInt8(ascii: ","): return .comma
    case UInt8(ascii: ";"): return .semicolon
    case UInt8(ascii: ":"):
      return second == UInt8(ascii: ":") ? .doubleColon : second == UInt8(ascii: "=") ? .assign : .colon
    case UInt8(ascii: "."): return second == UInt8(ascii: ".") ? .range : .dot
    case UInt8(ascii: "="):
      if second == UInt8(ascii: "=") { return peek(2) == UInt8(ascii: ">") ? .implies : .equal }
      return second == UInt8(ascii: ">") ? .doubleArrow : .equalSign
    case UInt8(ascii: "<"):
      if second == UInt8(ascii: "=") {
        return peek(2) == UInt8(ascii: "=") && peek(3) == UInt8(ascii: ">") ? .iff : .lessOrEqual
      }
      return second == UInt8(ascii: "-") ? .leftArrow : .less
    case UInt8(ascii: ">"): return second == UInt8(ascii: "=") ? .greaterOrEqual : .greater
    case UInt8(ascii: "|"): return second == UInt8(ascii: "|") ? .or : .bar
    case UInt8(ascii: "&"): return second == UInt8(ascii: "&") ? .and : .ampersand
    case UInt8(ascii: "!"): return second == UInt8(ascii: "=") ? .notEqual : .bang
    case UInt8(ascii: "?"): return second == UInt8(ascii: "?") ? .doubleQuestion : .question
    case UInt8(ascii: "-"): return second == UInt8(ascii: ">") ? .arrow : .minus
    case UInt8(ascii: "+"): return .plus
    case UInt8(ascii: "*"): return .star
    case UInt8(ascii: "/"): return .slash
    case UInt8(ascii: "%"): return .percent
    case UInt8(ascii: "^"): return .caret
    case UInt8(ascii: "~"): return .tilde
    case UInt8(ascii: "\\"): return .backslash
    default: return nil
    }
  }
}
