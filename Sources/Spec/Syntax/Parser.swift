import Foundation

/// Text in, `FileTree` out, every mistake reported on the way.
///
/// A recursive-descent parser with precedence climbing for expressions; above each function stands the production that it
/// reads. A mistake is reported once, at the token where the text stops making sense; the function that finds it throws
/// `Stop`, and whoever stands at a place to go on from (a closing bracket, the next statement, the next declaration)
/// catches it. Slips whose meaning is plain (`=` for `:=`) are reported and read as what was meant, without a stop.
public struct Parser {
  /// How deeply constructs may nest. Real specs stay below 20.
  static let nestingLimit = 256
  /// How many levels a tree may have, operator chains included: later phases recurse once a level.
  static let depthLimit = 2048
  /// How many diagnostics of one file are kept.
  static let diagnosticLimit = 100

  /// Parses one file. Reports to `diagnostics`; the tree is as complete as the text allows, with `error` nodes in the gaps.
  /// `file` is the index that spans carry.
  public static func parse(_ source: SourceText, file: Int32, diagnostics: inout Diagnostics) -> FileTree {
    let (tree, problems) = withLargeStack {
      var parser = Parser(source, file: file)
      let tree = parser.parseFile()
      return (tree, parser.sortedProblems())
    }
    for problem in problems { diagnostics.report(problem.fact, at: problem.span, related: problem.related) }
    return tree
  }

  let source: SourceText
  let file: Int32
  var tokens: [Token]
  let comments: [Comment]
  var index = 0
  var problems: [Diagnostic]
  /// The token of the last report: what else seems wrong there follows from it.
  var reportedIndex = -1
  /// Constructs that are open around the current token.
  var nesting = 0
  /// Levels of the expression parsed last.
  var depth = 0
  /// False in the bound value of a `let … in`, where `in` ends the value.
  var inIsOperator = true
  /// True where `=>` ends the expression, in a map literal.
  var arrowEndsExpression = false
  /// True in the clauses of `refines`, where `<-` ends the expression.
  var inRefinement = false
  /// What each token is for, where the printer cannot see it from its kind.
  var roles: [TokenRole]
  /// What begins with each token.
  var beginnings: [TokenBeginning]

  init(_ source: SourceText, file: Int32) {
    let lexer = Lexer.run(source, file: file)
    self.source = source
    self.file = file
    self.tokens = lexer.tokens
    self.comments = lexer.comments
    self.problems = lexer.problems
    self.roles = Array(repeating: .plain, count: lexer.tokens.count)
    self.beginnings = Array(repeating: .nothing, count: lexer.tokens.count)
  }

  // file := documentation "spec" name { "." name } { declaration }
  mutating func parseFile() -> FileTree {
    var tree = FileTree(name: nil, documentation: [], declarations: [])
    guard !at(.endOfFile) else {
      report(.emptyFile, at: Span(file: file, start: 0, end: 0))
      return tree
    }
    if at(.spec) {
      tree.documentation = documentation(before: index)
      beginnings[index] = .declaration
      advance()
      do throws(Stop) { tree.name = try dottedName(.spec) } catch { recoverToDeclaration() }
    } else if case .identifier = kind, following == .identifier, Suggestion.nearest(text, among: ["spec", "module"]) != nil {
      tree.documentation = documentation(before: index)
      report(.misspeltKeyword(found: text, keyword: "spec"), at: span)
      advance()
      do throws(Stop) { tree.name = try dottedName(.spec) } catch { recoverToDeclaration() }
    } else if !at(.invalid) {
      report(.missingHeader(found: found), at: span)
      reportedIndex = -1  // the declaration that stands here is judged by itself
    }
    while !at(.endOfFile) {
      let before = index
      if let declaration = parseDeclaration() { tree.declarations.append(declaration) }
      if index == before { advance() }
    }
    return tree
  }

  // dottedName := name { "." name }
  mutating func dottedName(_ role: SyntaxFact.NameRole) throws(Stop) -> Name {
    var name = try self.name(role)
    while at(.dot) {
      advance()
      let part = try self.name(role)
      name = Name(name.text + "." + part.text, name.span.union(part.span))
    }
    return name
  }

  /// The lines of the `///` comments that stand before a token, without the slashes and one blank.
  func documentation(before token: Int) -> [String] {
    // Comments are sorted by the token they precede: find the first by halving.
    var low = 0
    var high = comments.count
    while low < high {
      let middle = (low + high) / 2
      if comments[middle].nextToken < token { low = middle + 1 } else { high = middle }
    }
    var lines: [String] = []
    while low < comments.count, comments[low].nextToken == token {
      let comment = comments[low]
      low += 1
      guard comment.kind == .documentation, comment.startsLine else { continue }
      var text = source.bytes[comment.start..<comment.end].dropFirst(3)
      if text.first == UInt8(ascii: " ") { text = text.dropFirst() }
      lines.append(String(decoding: text, as: UTF8.self))
    }
    return lines
  }
}

/// What the parser knows about a token and the printer needs. A token may begin an item and be an operator.
enum TokenBeginning: UInt8, Sendable {
  case nothing
  case declaration
  /// A statement, step, clause, entry, line, case or field in braces.
  case item
}

enum TokenRole: UInt8, Sendable {
  case plain
  /// `-` or `!` before its operand.
  case prefixOperator
  /// An operator between operands.
  case infixOperator
  /// `!`, or the `?` of a type: tight after its operand.
  case postfixOperator
  /// The brace that opens or closes the body of a declaration or statement.
  case openBlock
  case closeBlock
  /// `(` or `[` of a call, an index or a parameter list: tight after what it belongs to.
  case openTight
  /// `;`, or `,` between the items of a block.
  case separator
}
