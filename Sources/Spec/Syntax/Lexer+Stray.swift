/// Bytes that are no text of the language: broken UTF-8, NUL, and characters with no use here.
extension Lexer {
  /// Broken UTF-8 and NUL are reported wherever they stand, comments included: an editor that shows the file and a compiler
  /// that reads it must agree on every character.
  mutating func checkEncoding() {
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0 {
        let start = place
        while place < bytes.count, bytes[place] == 0 { place += 1 }
        report(.nulByte, from: start, to: place)
      } else if byte < 0x80 {
        place += 1
      } else if let scalar = bytes.unicodeScalar(at: place) {
        place += scalar.length
      } else {
        let start = place
        while place < bytes.count, bytes[place] >= 0x80, bytes.unicodeScalar(at: place) == nil { place += 1 }
        report(.invalidUTF8(firstByte: byte), from: start, to: place)
      }
    }
  }

  /// One report for a run of such characters. Where the meaning is plain (`∧`, `≤`, `∀`), the token that was meant goes on.
  mutating func scanStray(from start: Int) {
    guard bytes[start] != 0, let (scalar, length) = bytes.unicodeScalar(at: start) else {
      position += 1  // already reported by checkEncoding
      while position < bytes.count, bytes[position] == 0 || (bytes[position] >= 0x80 && bytes.unicodeScalar(at: position) == nil)
      {
        position += 1
      }
      append(.invalid, from: start)
      return
    }
    position += length
    if let meant = Self.lookalikes[scalar] {
      report(.strayCharacter(Character(scalar), write: meant.rawValue), from: start)
      append(meant, from: start)
      return
    }
    if scalar.properties.isWhitespace {
      report(.strayCharacter(Character(scalar), write: " "), from: start)
      return
    }
    if scalar.properties.isAlphabetic {
      scanForeignWord(from: start)
      return
    }
    report(.strayCharacter(Character(scalar), write: nil), from: start)
    append(.invalid, from: start)
  }

  /// A name with letters that names may not have: one report, and a name for the parser.
  mutating func scanForeignWord(from start: Int) {
    while position < bytes.count {
      if isWordByte(bytes[position]) {
        position += 1
      } else if bytes[position] >= 0x80, let next = bytes.unicodeScalar(at: position), next.scalar.properties.isAlphabetic {
        position += next.length
      } else {
        break
      }
    }
    report(.strayLetters(String(decoding: bytes[start..<position], as: UTF8.self)), from: start)
    append(.identifier, from: start)
  }

  static let lookalikes: [Unicode.Scalar: TokenKind] = [
    "∧": .and, "∨": .or, "¬": .bang, "⇒": .implies, "⟹": .implies, "→": .arrow, "⇔": .iff, "⟺": .iff, "↔": .iff,
    "∀": .forall, "∃": .exists, "∈": .in, "≠": .notEqual, "≤": .lessOrEqual, "≥": .greaterOrEqual, "⊆": .lessOrEqual,
    "∩": .ampersand, "∪": .plus, "−": .minus, "–": .minus, "×": .star, "·": .star, "≔": .assign,
    "←": .leftArrow, "↦": .doubleArrow, "□": .always, "◇": .eventually,
  ]
}
