/// What syntax errors may have swallowed. In: the files and their syntax errors; out: what is then not worth reporting.
///
/// One mistake should give one diagnostic. Where a declaration could not be read, its name is unknown everywhere else, and an
/// `init` with a broken line seems to leave a variable without a value: those follow from the first and would only hide it.

struct Damage {
  /// Some file of the spec has a syntax error: what seems to be missing may only be unreadable.
  private(set) var any = false
  /// Names in lines and declarations that could not be read.
  private(set) var names: Set<String> = []

  mutating func add(_ diagnostic: Diagnostic, in source: SourceText) {
    guard diagnostic.severity == .error else { return }
    any = true
    names.insert(source.text(in: diagnostic.span))
    addNames(source.line(source.position(of: diagnostic.span.start).line))
    for related in diagnostic.related where related.span.file == diagnostic.span.file {
      addNames(source.line(source.position(of: related.span.start).line))
    }
  }

  mutating func add(_ tree: FileTree, in source: SourceText) {
    for declaration in tree.declarations {
      if case .error = declaration.kind { addNames(source.text(in: declaration.span)) }
    }
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "'")
    }
  }

  private mutating func addNames(_ text: String) {
    for word in text.utf8.split(whereSeparator: { !isNameByte($0) }) { names.insert(String(decoding: word, as: UTF8.self)) }
  }
}
