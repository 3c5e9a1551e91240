/// A spec with more invariants. In: a model and texts of invariants. Out: the model of the spec with them at its end.
///
/// What is inferred is text, and goes through the front end like any text: there is no second way to make a property.
import Spec

enum ExtendedSpec {
  /// The spec with `lines` after it, each one declaration; nil if one of them is refused.
  static func check(_ model: Model, adding lines: [String]) -> Model? {
    guard case .success(let extended) = load(model, lines) else { return nil }
    return extended
  }

  /// Those of the lines that the front end accepts, and the model with them.
  static func accepted(_ model: Model, of lines: [String]) -> (model: Model, lines: [Int])? {
    var kept = Array(lines.indices)
    while true {
      switch load(model, kept.map { lines[$0] }) {
      case .success(let extended): return (extended, kept)
      case .failure(let rejected):
        guard let root = model.sources.files.first else { return nil }
        let first = root.lineCount + 1
        let wrong = Set(
          rejected.diagnostics.filter { $0.severity == .error && $0.span.file == 0 }.compactMap { diagnostic -> Int? in
            let line = rejected.sources.files.first?.position(of: diagnostic.span.start).line ?? 0
            return kept.indices.contains(line - first) ? line - first : nil
          })
        if wrong.isEmpty { return nil }
        kept = kept.indices.filter { !wrong.contains($0) }.map { kept[$0] }
      }
    }
  }

  private static func load(_ model: Model, _ lines: [String]) -> Result<Model, SpecRejected> {
    let files = model.sources.files
    guard let root = files.first else { return .failure(SpecRejected(diagnostics: [], sources: model.sources)) }
    let bytes = root.bytes + Array(("\n" + lines.joined(separator: "\n") + "\n").utf8)
    do {
      let checked = try Frontend.load(path: root.path) { path in
        if path == root.path { return bytes }
        guard let file = files.first(where: { $0.path == path }) else { throw FileUnknown() }
        return file.bytes
      }
      return .success(checked.model)
    } catch {
      return .failure(error)
    }
  }

  private struct FileUnknown: Error {}
}
