import Report
import SimRuntime
import Spec

extension Session {
  /// The file's bytes and its standard form.
  func format(_ path: String) throws -> ([UInt8], String) {
    let source = try source(path)
    var diagnostics = Diagnostics()
    let tree = Parser.parse(source, file: 0, diagnostics: &diagnostics)
    if diagnostics.hasErrors { throw SpecRejected(diagnostics: diagnostics.all, sources: SourceSet(files: [source])) }
    return (source.bytes, Printer.format(tree, source: source))
  }

  func prove(_ properties: [Int], _ model: Model, _ policies: [PolicyID: Value], _ options: ProofOptions) throws -> [Verdict] {
    properties.map {
      Verdict(.undecided("the prover is not built yet"), property: model.properties[$0].name, scope: nil, engine: "none")
    }
  }
  func test(_ scenario: Int, _ instance: Instance, scope: String) throws -> Verdict {
    Verdict(
      .undecided("the engine for scenarios is not built yet"), property: instance.model.scenarios[scenario].name, scope: scope,
      engine: "none")
  }
  func bench(_ scenarios: [Int], _ instance: Instance, scope: String, file: String, json: Bool) throws -> ExitStatus {
    throw CommandError("the engine for scenarios is not built yet")
  }
  func simulate(_ instance: Instance, scope: String, seed: UInt64, walks: Int, steps: Int) throws -> Verdict {
    Verdict(.undecided("the engine for random walks is not built yet"), property: "simulate", scope: scope, engine: "none")
  }
  func obligations(_ model: Model, _ policies: [PolicyID: Value]) throws -> String {
    throw CommandError("the prover is not built yet")
  }

  /// The C that a search of this instance would compile.
  func generatedC(_ instance: Instance) throws -> String {
    let layout: StateLayout
    do { layout = try StateLayout(instance) } catch { throw CommandError("this instance has no packed layout: \(error.detail)") }
    do { return try NativeText(layout).text } catch { throw CommandError("no C for this instance: \(error.reason)") }
  }
}
