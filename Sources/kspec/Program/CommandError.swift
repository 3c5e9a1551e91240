import Spec

/// The command is wrong: exit 2. Facts in, one sentence and a hint out.
struct CommandError: Error {
  var message: String
  var help: String?

  init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }

  /// A name that nothing has. Lists what there is, nearest first.
  static func unknown(_ kind: String, _ name: String, in place: String, candidates: [String]) -> CommandError {
    var help: String
    if let nearest = Suggestion.nearest(name, among: candidates) {
      help = "did you mean `\(nearest)`?"
    } else if candidates.isEmpty {
      help = "\(place) has none"
    } else {
      help = ""
    }
    if !candidates.isEmpty {
      let shown = candidates.prefix(20).joined(separator: ", ") + (candidates.count > 20 ? ", …" : "")
      help += (help.isEmpty ? "" : " ") + "\(place) has: \(shown)"
    }
    return CommandError("unknown \(kind) `\(name)`", help: help)
  }
}
