import Checker
import Foundation
import Inference
import Report
import Spec

/// Invariants that carry others: goals and policies in; a verdict, and what was found as spec text, out.
extension Session {
  func infer(_ goals: [Int], _ model: Model, _ policies: [PolicyID: Value], _ options: InferenceOptions) throws
    -> (Inferred, Verdict)
  {
    let values = try InstanceChoice(model: model).instance(nil, [:], policies).policies
    let name = goals.map { model.properties[$0].name }.joined(separator: ", ")
    var options = options
    let (interruption, console) = (interruption, console)
    options.isCancelled = { interruption.isRequested }
    options.progress = { console.progress("\(name): \($0)") }
    let inferred = Inferer(model: model, policies: values, goals: goals, options).run()
    console.endProgress()
    var verdict = Verdict(.undecided(""), property: name, scope: nil, engine: "z3")
    verdict.policies = zip(model.policies, values).map { ($0.name, model.literal($1, $0.type)) }
    verdict.seconds = inferred.seconds
    if let last = inferred.levels.last {
      let tried = inferred.levels.reduce(0) { $0 + $1.candidates }
      verdict.notes.append(
        "\(Quantities.count(UInt64(tried))) clauses of at most \(inferred.levels.map(\.literals).max() ?? 0) literals agreed with \(Quantities.count(UInt64(inferred.sampledStates))) sampled states; \(last.carried) of them carry themselves"
      )
    }
    if let directed = inferred.directed {
      let frames = "\(directed.frames) frame\(directed.frames == 1 ? "" : "s")"
      verdict.notes.append(
        "states that lead out of it were excluded by \(Quantities.count(UInt64(directed.clauses))) clauses in \(frames)"
          + (directed.failure.map { ", until \($0)" } ?? ", and none is left"))
    }
    switch inferred.outcome {
    case .proved:
      verdict.outcome = Inhabited.isVacuous(model, policies) ? .undecided(Inhabited.withoutStates) : .proved
    case .undecided(let why): verdict.outcome = .undecided(interruption.isRequested ? "interrupted" : why)
    case .violated(let property):
      // The sample is a state; the shortest run to one like it is what the user needs.
      for scope in model.scopes {
        let instance = try Instance(model, scope: scope, policies: policies)
        var found = try explore(
          .violation(.property(property)), instance, scope: scope.name,
          Limits(threads: 2, memory: 1 << 30, seconds: 60, states: nil, engine: .auto))
        guard case .violated = found.outcome else { continue }
        found.notes += ["a reachable state breaks it: there is nothing to infer"]
        return (inferred, found)
      }
      verdict.outcome = .undecided("\(model.properties[property].name) is false in a reachable state of a size that no scope has")
    }
    return (inferred, verdict)
  }

  /// Puts the declarations behind the last of the goals and replaces the file, if the front end accepts it.
  func write(_ lemmas: [String], carrying goals: [Int], _ model: Model, to path: String) throws {
    guard let root = model.sources.files.first,
      let end = goals.map({ model.properties[$0].span }).filter({ $0.file == 0 }).map(\.end).max()
    else { throw CommandError("what was found has no place in \(path): its invariants are declared in an import") }
    let names = goals.map { model.properties[$0].name }.joined(separator: ", ")
    let bytes = root.bytes
    let rest = bytes[min(end, bytes.count)...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let addition = "\n\n/// Found by `kspec infer`: with what follows \(names) is inductive.\n" + lemmas.joined(separator: "\n\n")
    let text = Array(bytes[..<rest]) + Array(addition.utf8) + Array(bytes[rest...])
    // A spec with a mistake in it is worse than one without the lemmas.
    _ = try Frontend.load(path: path) { file in file == path ? text : try source(file).bytes }
    try replace(path, with: text)
  }
}
