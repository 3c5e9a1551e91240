/// The front end's door. In: a path, or a text; out: a checked spec, or every diagnostic of every file in one run.

/// A spec that may be evaluated, explored and proved. `model.sources` has its files.
public struct CheckedSpec: Sendable {
  public var model: Model
  public var warnings: [Diagnostic]

  public init(model: Model, warnings: [Diagnostic]) {
    self.model = model
    self.warnings = warnings
  }
}

public enum Frontend {
  /// Reads a spec, its imports and the specs it refines (paths relative to the file that names them), then parses, resolves and
  /// types them.
  ///
  /// `read` is called on another thread (one with room for deep texts) while this one waits.
  public static func load(path: String, read: (String) throws -> [UInt8]) throws(SpecRejected) -> CheckedSpec {
    // Nothing runs at the same time as anything else here: the closure only changes threads.
    let result = withoutActuallyEscaping(read) { read in
      let reader = Unchecked(value: read)
      return withLargeStack { () -> Result<CheckedSpec, SpecRejected> in
        var loader = FileLoader(read: reader.value)
        guard let root = loader.load(path, at: nil) else { return .failure(loader.rejection) }
        return check(root, loader)
      }
    }
    return try result.get()
  }

  /// Checks one text, which cannot import others.
  public static func check(text: String, path: String = "<text>") throws(SpecRejected) -> CheckedSpec {
    try load(path: path) { wanted in
      guard wanted == path else { throw NoSuchFile() }
      return Array(text.utf8)
    }
  }

  private static func check(_ root: Int, _ loader: FileLoader) -> Result<CheckedSpec, SpecRejected> {
    var loader = loader
    let session = SpecSession(loader: loader)
    let model = session.check(root)
    var all = loader.takeDiagnostics() + session.diagnostics
    all.sort { ($0.span, $0.code) < ($1.span, $1.code) }
    guard let model, !all.contains(where: { $0.severity == .error }) else {
      return .failure(SpecRejected(diagnostics: all, sources: loader.sources))
    }
    return .success(CheckedSpec(model: model, warnings: all))
  }
}

private struct Unchecked<Value>: @unchecked Sendable {
  var value: Value
}

struct NoSuchFile: Error {}

/// Checks a spec and, before it, the specs that it refines.
private final class SpecSession {
  let loader: FileLoader
  var diagnostics: [Diagnostic] = []
  /// By file: a spec that two others refine is checked once.
  private var models: [Int: Model?] = [:]
  private var running: [Int] = []

  init(loader: FileLoader) { self.loader = loader }

  func check(_ root: Int) -> Model? {
    if let model = models[root] { return model }
    running.append(root)
    defer { running.removeLast() }
    let files = loader.filesOfSpec(root)
    let checker = SpecChecker(
      name: loader.trees[root].name?.text ?? "", files: files.map { loader.trees[$0] }, file: Int32(root),
      damage: files.map { loader.damages[$0] }, sources: loader.sources
    ) { path in self.abstractModel(path) }
    checker.check()
    // Warnings are about the spec that was asked for.
    diagnostics += running.count == 1 ? checker.diagnostics.all : checker.diagnostics.all.filter { $0.severity == .error }
    let model = checker.diagnostics.hasErrors ? nil : checker.model
    models[root] = .some(model)
    return model
  }

  private func abstractModel(_ path: StringLiteral) -> Model? {
    // A file that could not be read has its diagnostic.
    guard let root = loader.targets[path.span] else { return nil }
    if let start = running.firstIndex(of: root) {
      let chain = (running[start...] + [root]).map { loader.sources.files[$0].path }
      diagnostics.append(Diagnostic(FileFact.refinementCycle(chain: chain), at: path.span))
      return nil
    }
    return check(root)
  }
}
