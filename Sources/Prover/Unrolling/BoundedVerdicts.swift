/// The verdicts of a bounded search. In: what was asked and found. Out: a violation with its run, or the depth to which there is none, which
/// is never a proof.
import Spec

extension Prover {
  /// Looks for runs of at most so many steps that break the properties. Spec errors count as broken: beyond one nothing is known.
  public func search(_ properties: [Int], _ bound: Bound, _ options: ProveOptions = ProveOptions()) -> [Verdict] {
    let (model, policies) = (model, policies)
    return withLargeStack {
      let asked = properties.filter { id in
        switch model.properties[id].kind {
        case .invariant, .transition: true
        case .temporal, .cover: false
        }
      }
      do {
        let search = try BoundedSearch(model, policies: policies, asked, bound, options)
        let fault = Result { try search.run() }
        return properties.map { search.verdict($0, fault) }
      } catch {
        return properties.map { Verdict(.undecided("\(error)"), property: model.properties[$0].name, scope: nil, engine: "z3") }
      }
    }
  }
}

extension BoundedSearch {
  func verdict(_ property: Int, _ fault: Result<Void, any Error>) -> Verdict {
    let name = model.properties[property].name
    var verdict = Verdict(.undecided("not judged"), property: name, scope: bound.scope, engine: "z3")
    verdict.policies = zip(model.policies, policies).map { ($0.name, model.literal($1, $0.type)) }
    verdict.sizes = bound.instance?.namedSizes ?? []
    verdict.seconds = engine.seconds
    switch model.properties[property].kind {
    case .invariant, .transition: break
    case .temporal, .cover:
      verdict.outcome = .undecided("a bounded search judges invariants and transition properties")
      return verdict
    }
    if let breach = breaches[property] {
      verdict.outcome = .violated(breach.error.map { .error($0) } ?? .property(property))
      verdict.trace = breach.trace
      verdict.depth = breach.trace.steps.count
      verdict.sizes = breach.trace.instance.namedSizes
      return verdict
    }
    if case .failure(let error) = fault {
      let reason = (error as? EncodingFailure).map { "the spec has no sound encoding: \($0.reason)" } ?? "\(error)"
      for line in lines where line.end == nil { line.end = reason }
    }
    // Of a size, or of every size: that comes last.
    guard let line = lines.last else { return verdict }
    let reason = line.end ?? "not finished"
    if line.finished >= 0 {
      verdict.outcome = .bounded(depth: line.finished)
      verdict.depth = line.finished
      if line.finished < bound.depth { verdict.notes.append("not to depth \(bound.depth): \(reason)") }
    } else {
      verdict.outcome = .undecided("no depth was finished: \(reason)")
    }
    for other in lines.dropLast() where other.finished > line.finished {
      verdict.notes.append("no violation to depth \(other.finished) with \(other.name)")
    }
    return verdict
  }
}
