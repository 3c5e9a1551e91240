/// What stands between two pieces of one line: nothing or a blank. A trailing comment stands two blanks off.
enum Spacing {
  static func blanks(_ left: Piece, _ right: Piece) -> Int {
    if right.isLineComment { return 2 }
    // A block without items.
    if left.role == .openBlock, right.role == .closeBlock { return 0 }
    if right.role == .openBlock || right.role == .closeBlock || left.role == .openBlock { return 1 }
    if left.role == .closeBlock { return right.role == .separator ? 0 : 1 }

    if let token = left.token {
      switch token {
      case .leftParen, .leftBracket, .leftBrace, .dot, .range: return 0
      default: if left.role == .prefixOperator { return 0 }
      }
    }
    guard let token = right.token else { return 1 }
    switch token {
    case .comma, .semicolon, .colon, .rightParen, .rightBracket, .rightBrace, .dot, .range: return 0
    default: return right.role == .postfixOperator || right.role == .openTight ? 0 : 1
    }
  }
}
