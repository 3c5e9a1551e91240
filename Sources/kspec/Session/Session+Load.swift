import Report
import Spec

/// Specs in: read, parsed and typed. Warnings are shown, errors thrown.
extension Session {
  func load(_ path: String) throws -> Model {
    try SpecFiles.checkReadable(path)
    let checked = try Frontend.load(path: path) { file in try source(file).bytes }
    if !checked.warnings.isEmpty { show(checked.warnings, checked.model.sources) }
    return checked.model
  }

  func report(_ error: SpecRejected) { show(error.diagnostics, error.sources) }

  private func show(_ diagnostics: [Diagnostic], _ sources: SourceSet) {
    console.error(DiagnosticRenderer(sources: sources, color: console.errorStyle.colour).render(diagnostics))
  }

  /// Whether a text still has the same `verify` lines, pins aside: asked before a file is replaced.
  func stillStates(_ lines: [VerifyLine], _ text: String, _ path: String) -> Bool {
    let bytes = Array(text.utf8)
    guard
      let now = try? Frontend.load(path: path, read: { file in file == path ? bytes : try source(file).bytes }).model.verify,
      now.count == lines.count
    else { return false }
    return zip(now, lines).allSatisfy { new, old in
      "\(new.goal) \(new.scope ?? -1) \(new.settings.keys.sorted())"
        == "\(old.goal) \(old.scope ?? -1) \(old.settings.keys.sorted())"
    }
  }
}
