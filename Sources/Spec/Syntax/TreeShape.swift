/// A tree as a line of nested parentheses, without spans and comments: two texts mean the same to the parser exactly if their
/// shapes are equal. The printer checks itself with it, the parser's tests read it.
struct TreeShape {
  private(set) var text = ""
  /// The text neither is empty nor ends with an opening parenthesis.
  private var needsBlank = false

  static func of(_ tree: FileTree) -> String {
    var shape = TreeShape()
    shape.node("spec") { shape in
      shape.word(tree.name?.text ?? "?")
      for line in tree.documentation { shape.word("///\(line)") }
      for declaration in tree.declarations { shape.add(declaration) }
    }
    return shape.text
  }

  static func of(_ tree: ExprTree) -> String {
    var shape = TreeShape()
    shape.add(tree)
    return shape.text
  }

  static func of(_ tree: TypeTree) -> String {
    var shape = TreeShape()
    shape.add(tree)
    return shape.text
  }

  static func of(_ tree: StatementTree) -> String {
    var shape = TreeShape()
    shape.add(tree)
    return shape.text
  }

  static func of(_ tree: DeclarationTree) -> String {
    var shape = TreeShape()
    shape.add(tree)
    return shape.text
  }

  mutating func word(_ word: String) {
    if needsBlank { text += " " }
    text += word
    needsBlank = true
  }

  mutating func node(_ head: String, _ content: (inout TreeShape) -> Void) {
    word("(")
    needsBlank = false
    word(head)
    content(&self)
    text += ")"
  }

  mutating func node(_ head: String, _ parts: ExprTree...) {
    node(head) { shape in for part in parts { shape.add(part) } }
  }

  mutating func names(_ names: [Name]) { for name in names { word(name.text) } }

  mutating func add(_ type: TypeTree) {
    switch type.kind {
    case .name(let name): word(name.text)
    case .range(let low, let high): node("..", low, high)
    case .option(let payload): node("?") { $0.add(payload) }
    case .set(let element): node("set") { $0.add(element) }
    case .map(let keys, let value):
      node("->") { shape in
        for key in keys { shape.add(key) }
        shape.add(value)
      }
    case .queue(let capacity, let element):
      node("seq") { shape in
        shape.add(capacity)
        shape.add(element)
      }
    case .forest(let element): node("forest") { $0.add(element) }
    case .error: word("<error>")
    }
  }

  mutating func add(_ binders: [BinderTree]) {
    for binder in binders { add(binder) }
  }

  mutating func add(_ binder: BinderTree) {
    node(binder.name.text + (binder.sharesTypeWithNext ? "," : ":")) { shape in
      if let type = binder.type { shape.add(type) }
    }
  }

  mutating func where_(_ filter: ExprTree?) {
    if let filter { node("where", filter) }
  }

  mutating func choices(_ choices: [ChoosingTree]) {
    for choice in choices { node("choosing \(choice.variable.text)", choice.value) }
  }
}
