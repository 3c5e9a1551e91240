import TestSupport

@testable import Spec

/// Small random changes at token boundaries: the ones that often leave a text well-formed, and so reach the printer.
enum SyntaxMutation {
  static func apply(to text: String, using random: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let tokens = Lexer.run(SourceText(path: "<test>", bytes: bytes), file: 0).tokens
      let index = Int.random(in: 1..<max(2, tokens.count), using: &random)
      guard index < tokens.count else { return bytes }
      let gap = tokens[index - 1].end..<tokens[index].start
      let isBlank = bytes[gap].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where isBlank: bytes.replaceSubrange(gap, with: Array("\n".utf8))
      case 1 where isBlank: bytes.replaceSubrange(gap, with: Array("      ".utf8))
      case 2: bytes.insert(contentsOf: Array(" // c\n".utf8), at: tokens[index].start)
      case 3: bytes.insert(contentsOf: Array("/* c */".utf8), at: tokens[index].start)
      case 4: bytes.insert(contentsOf: Array(" ; ".utf8), at: tokens[index].start)
      default: bytes.removeSubrange(tokens[index].start..<tokens[index].end)
      }
    }
    return bytes
  }
}
