import Report
import SimRuntime
import Spec

/// Texts that a command asks for: the standard form, the generated C.
extension Session {
  /// The file's bytes and its standard form.
  func format(_ path: String) throws -> ([UInt8], String) {
    let source = try source(path)
    var diagnostics = Diagnostics()
    let tree = Parser.parse(source, file: 0, diagnostics: &diagnostics)
    if diagnostics.hasErrors { throw SpecRejected(diagnostics: diagnostics.all, sources: SourceSet(files: [source])) }
    return (source.bytes, Printer.format(tree, source: source))
  }

  /// The C that a search of this instance would compile.
  func generatedC(_ instance: Instance) throws -> String {
    let layout: StateLayout
    do { layout = try StateLayout(instance) } catch { throw CommandError("this instance has no packed layout: \(error.detail)") }
    do { return try NativeText(layout).text } catch { throw CommandError("no C for this instance: \(error.reason)") }
  }
}
