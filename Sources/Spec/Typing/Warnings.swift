/// Warnings at the end of a run: what is declared and never used, and a spec that claims nothing.

extension SpecChecker {
  func warnAboutUnused() {
    // What an error left unread may well be used there.
    guard !diagnostics.hasErrors else { return }
    // A file may be imported for a part of it, so only the spec's own declarations are judged.
    let own = { (span: Span) in span.file == self.file }
    for (id, constant) in model.constants.enumerated() where !used.contains(.constant(id)) && own(constant.span) {
      reportMissing(NameFact.unused(kind: "constant", name: constant.name), at: constant.span)
    }
    for (id, policy) in model.policies.enumerated() where !used.contains(.policy(id)) && own(policy.span) {
      reportMissing(NameFact.unused(kind: "policy", name: policy.name), at: policy.span)
    }
    for (id, variable) in model.variables.enumerated() where !used.contains(.variable(id)) && own(variable.span) {
      let fact: NameFact = written.contains(id) ? .neverRead(name: variable.name) : .unused(kind: "variable", name: variable.name)
      reportMissing(fact, at: variable.span)
    }
    for (index, function) in functions.enumerated() where !used.contains(.function(index)) && own(function.name.span) {
      reportMissing(NameFact.unused(kind: "definition", name: function.name.text), at: function.name.span)
    }
    for (index, effect) in effects.enumerated() where !usedEffects.contains(index) && own(effect.name.span) {
      reportMissing(NameFact.unused(kind: "effect", name: effect.name.text), at: effect.name.span)
    }
    // A scope that no line uses is no mistake: the command line uses scopes too.
    if work.verify.isEmpty, !work.actions.isEmpty || !work.properties.isEmpty, let span = files.first?.name?.span {
      reportMissing(ScopeFact.noVerify, at: span)
    }
  }
}
