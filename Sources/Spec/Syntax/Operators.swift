/// The table of infix operators: how tightly they bind and how they group.
///
/// Loose to tight: `<==>`, `==>`, `leadsTo until`, `||`, `&&`, `always eventually`, comparisons and `in`, `??`, `+ -`, `* / % &`,
/// prefix `! -`, postfix. The temporal operators stand where TLA+ has them: `p && q leadsTo r` needs no parentheses, and
/// `always p && q` is `(always p) && q`.
enum Precedence {
  static let iff = 1
  static let implies = 2
  static let temporal = 3
  static let or = 4
  static let and = 5
  static let comparison = 6
  static let orElse = 7
  static let sum = 8
  static let product = 9
}

struct InfixOperator {
  enum Kind {
    case binary(BinaryOperator)
    case temporal(ExprTree.TemporalBinaryOperator)
  }
  enum Grouping { case left, right, none }

  var kind: Kind
  var precedence: Int
  var grouping: Grouping
  var text: String

  private init(_ kind: BinaryOperator, _ precedence: Int, _ grouping: Grouping = .left) {
    self.kind = .binary(kind)
    self.precedence = precedence
    self.grouping = grouping
    self.text = kind.rawValue
  }

  private init(_ kind: ExprTree.TemporalBinaryOperator) {
    self.kind = .temporal(kind)
    self.precedence = Precedence.temporal
    self.grouping = .none
    self.text = kind.rawValue
  }

  static func of(_ token: TokenKind) -> InfixOperator? {
    switch token {
    case .iff: InfixOperator(.iff, Precedence.iff, .none)
    case .implies: InfixOperator(.implies, Precedence.implies, .right)
    case .until: InfixOperator(.until)
    case .leadsTo: InfixOperator(.leadsTo)
    case .or: InfixOperator(.or, Precedence.or)
    case .and: InfixOperator(.and, Precedence.and)
    case .equal: InfixOperator(.equal, Precedence.comparison, .none)
    case .notEqual: InfixOperator(.notEqual, Precedence.comparison, .none)
    case .less: InfixOperator(.less, Precedence.comparison, .none)
    case .lessOrEqual: InfixOperator(.lessOrEqual, Precedence.comparison, .none)
    case .greater: InfixOperator(.greater, Precedence.comparison, .none)
    case .greaterOrEqual: InfixOperator(.greaterOrEqual, Precedence.comparison, .none)
    case .in: InfixOperator(.member, Precedence.comparison, .none)
    case .doubleQuestion: InfixOperator(.orElse, Precedence.orElse, .right)
    case .plus: InfixOperator(.plus, Precedence.sum)
    case .minus: InfixOperator(.minus, Precedence.sum)
    case .star: InfixOperator(.times, Precedence.product)
    case .slash: InfixOperator(.divide, Precedence.product)
    case .percent: InfixOperator(.remainder, Precedence.product)
    case .ampersand: InfixOperator(.intersection, Precedence.product)
    default: nil
    }
  }
}
