/// Numbers and strings: their extent is the lexer's, their value is asked for by the parser.
extension Lexer {
  /// `0`, `1_000`, `0x1F`, `0b101`. Letters that follow are part of the mistake, not the next token.
  mutating func scanNumber(from start: Int) {
    while position < bytes.count, isWordByte(bytes[position]) { position += 1 }
    let text = bytes[start..<position]
    switch IntegerLiteral.magnitude(text) {
    case .malformed:
      report(.malformedNumber(String(decoding: text, as: UTF8.self)), from: start)
      append(.invalid, from: start)
    case .tooLarge:
      report(.integerTooLarge, from: start)
      append(.invalid, from: start)
    case .value:
      append(.integer, from: start)
    }
  }

  mutating func scanString(from start: Int) {
    position += 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        append(.string, from: start)
        return
      case UInt8(ascii: "\n"):
        report(.unterminatedString, from: start)
        append(.invalid, from: start)
        return
      case UInt8(ascii: "\\") where peek(1) != UInt8(ascii: "\n") && position + 1 < bytes.count:
        let escape = position
        position += 2
        while peek() & 0xC0 == 0x80 { position += 1 }
        if ![UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t")].contains(bytes[escape + 1]) {
          report(.unknownEscape(String(decoding: bytes[escape..<position], as: UTF8.self)), from: escape)
        }
      default: position += 1
      }
    }
    report(.unterminatedString, from: start)
    append(.invalid, from: start)
  }
}

enum IntegerLiteral {
  enum Magnitude: Equatable {
    case value(UInt64)  // at most 2^63, which only a minus sign before it makes an Int64
    case tooLarge
    case malformed
  }

  static func magnitude(_ text: ArraySlice<UInt8>) -> Magnitude {
    var digits = text
    var radix: UInt64 = 10
    if text.count >= 2, text[text.startIndex] == UInt8(ascii: "0") {
      switch text[text.startIndex + 1] {
      case UInt8(ascii: "x"): radix = 16
      case UInt8(ascii: "b"): radix = 2
      default: break
      }
      if radix != 10 { digits = text.dropFirst(2) }
    }
    guard let first = digits.first, first != UInt8(ascii: "_"), digits.last != UInt8(ascii: "_") else { return .malformed }
    var value: UInt64 = 0
    var overflowed = false
    for byte in digits where byte != UInt8(ascii: "_") {
      let digit: UInt64
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte - UInt8(ascii: "a")) + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt64(byte - UInt8(ascii: "A")) + 10
      default: return .malformed
      }
      guard digit < radix else { return .malformed }
      let (product, high) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(digit)
      overflowed = overflowed || high || carry
      value = sum
    }
    return overflowed || value > 1 << 63 ? .tooLarge : .value(value)
  }
}

/// The meaning of a string token: quotes off, escapes replaced.
func stringValue(_ bytes: ArraySlice<UInt8>) -> String {
  var result: [UInt8] = []
  var inner = bytes.dropFirst().dropLast().makeIterator()
  while let byte = inner.next() {
    guard byte == UInt8(ascii: "\\"), let escaped = inner.next() else {
      result.append(byte)
      continue
    }
    switch escaped {
    case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
    default: result.append(escaped)
    }
  }
  return String(decoding: result, as: UTF8.self)
}
