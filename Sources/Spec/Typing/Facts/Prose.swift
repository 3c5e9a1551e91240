/// How the facts of the type checker are told: one row a fact, everything about it in one place.

struct Prose {
  var code: String
  var message: String
  var label: String
  var help: String?

  init(_ code: String, _ message: String, label: String, help: String? = nil) {
    self.code = code
    self.message = message
    self.label = label
    self.help = help
  }
}

/// A fact whose code, message, label and help come from one switch.
protocol ProseFact: DiagnosticFact {
  var prose: Prose { get }
}

extension ProseFact {
  public var code: String { prose.code }
  public var message: String { prose.message }
  public var label: String { prose.label }
  public var help: String? { prose.help }
}

/// "1 argument", "3 arguments".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : noun.hasSuffix("x") ? "es" : "s")" }

/// "a, b and c".
func listed(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return names.dropLast().joined(separator: ", ") + " and " + last
}

/// "a sort", "an enum".
func withArticle(_ noun: String) -> String {
  let vowel = noun.first.map { "aeiou".contains($0) } ?? false
  return (vowel ? "an " : "a ") + noun
}
