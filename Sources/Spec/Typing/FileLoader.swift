import Foundation

/// Reads and parses the files of a spec. In: the path of the spec; out: all trees, and which file each `import` means.

struct FileLoader {
  let read: (String) throws -> [UInt8]
  private(set) var sources = SourceSet()
  private(set) var trees: [FileTree] = []
  /// What syntax errors swallowed, by file.
  private(set) var damages: [Damage] = []
  /// The file that the path at a span names.
  private(set) var targets: [Span: Int] = [:]
  private var files: [String: Int] = [:]
  private var unreadable: Set<String> = []
  private var diagnostics = Diagnostics()

  /// Files of one run: more is a mistake, or an attack.
  private static let fileLimit = 1000

  init(read: @escaping (String) throws -> [UInt8]) { self.read = read }

  var rejection: SpecRejected { SpecRejected(diagnostics: diagnostics.all, sources: sources) }

  mutating func takeDiagnostics() -> [Diagnostic] {
    defer { diagnostics = Diagnostics() }
    return diagnostics.all
  }

  /// Loads a file and everything that it names, breadth first. nil if it cannot be read.
  mutating func load(_ path: String, at span: Span?) -> Int? {
    guard let root = loadOne(path, at: span ?? .none) else { return nil }
    var next = root
    while next < trees.count {
      for literal in trees[next].paths {
        let target = FileLoader.resolve(literal.text, from: sources.files[next].path)
        if let file = loadOne(target, at: literal.span) { targets[literal.span] = file }
      }
      next += 1
    }
    reportImportCycles()
    return root
  }

  private mutating func loadOne(_ path: String, at span: Span) -> Int? {
    // `./a.kspec` and `a.kspec` are one file.
    let key = FileLoader.normalized(path)
    if let known = files[key] { return known }
    guard trees.count < FileLoader.fileLimit else {
      diagnostics.report(FileFact.unreadable(path: path, reason: "a spec has at most \(FileLoader.fileLimit) files"), at: span)
      return nil
    }
    let bytes: [UInt8]
    do {
      bytes = try read(path)
    } catch {
      let reason = error is NoSuchFile ? "there is no such file" : FileLoader.describe(error)
      diagnostics.report(FileFact.unreadable(path: path, reason: reason), at: span)
      return nil
    }
    let index = trees.count
    let source = SourceText(path: path, bytes: bytes)
    files[key] = index
    sources.files.append(source)
    let earlier = diagnostics.all.count
    let tree = Parser.parse(source, file: Int32(index), diagnostics: &diagnostics)
    var damage = Damage()
    for diagnostic in diagnostics.all.dropFirst(earlier) { damage.add(diagnostic, in: source) }
    damage.add(tree, in: source)
    damages.append(damage)
    trees.append(tree)
    return index
  }

  private static func describe(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file"
    case .fileReadNoPermission?: "reading it is not permitted"
    default: error.localizedDescription
    }
  }

  /// The files whose declarations make up a spec: its own, then its imports in the order they are met.
  func filesOfSpec(_ root: Int) -> [Int] {
    var order = [root]
    var seen: Set<Int> = [root]
    var next = 0
    while next < order.count {
      for literal in trees[order[next]].imports {
        if let file = targets[literal.span], seen.insert(file).inserted { order.append(file) }
      }
      next += 1
    }
    return order
  }

  /// Depth first over imports; an import of a file that is still open closes a cycle.
  private mutating func reportImportCycles() {
    var state = Array(repeating: Progress.waiting, count: trees.count)
    for start in trees.indices where state[start] == .waiting {
      state[start] = .running
      var stack = [(file: start, next: 0)]
      while let top = stack.last {
        let imports = trees[top.file].imports
        guard top.next < imports.count else {
          state[top.file] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        guard let file = targets[imports[top.next].span] else { continue }
        if state[file] == .running, let first = stack.firstIndex(where: { $0.file == file }) {
          let chain = (stack[first...].map(\.file) + [file]).map { sources.files[$0].path }
          diagnostics.report(FileFact.importCycle(chain: chain), at: imports[top.next].span)
        } else if state[file] == .waiting {
          state[file] = .running
          stack.append((file, 0))
        }
      }
    }
  }

  /// A path as written in a file, seen from where that file was read; `.` and `..` resolved by text.
  static func resolve(_ path: String, from file: String) -> String {
    let absolute = path.hasPrefix("/")
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return normalized(absolute || folder.isEmpty && !file.hasPrefix("/") ? path : folder + "/" + path)
  }

  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}

extension FileTree {
  /// The files whose declarations this one takes over.
  var imports: [StringLiteral] {
    declarations.compactMap { declaration in
      if case .importFile(let path) = declaration.kind { path } else { nil }
    }
  }

  /// Imports and refined specs.
  var paths: [StringLiteral] {
    declarations.compactMap { declaration in
      switch declaration.kind {
      case .importFile(let path): path
      case .refines(let tree): tree.path
      default: nil
      }
    }
  }
}
