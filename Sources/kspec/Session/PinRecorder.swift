import Foundation
import Report
import Spec

/// The text of a `verify` line.
enum LineText {
  /// As written, on one line.
  static func asWritten(_ line: VerifyLine, in model: Model) -> String {
    model.sources.text(line.span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The line with other pins: those it had are taken from its end, the new ones appended in the order given.
  static func replacingPins(_ text: String, with pins: [(String, UInt64)]) -> String {
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let keys: Set<String> = ["states", "transitions", "depth", "steps"]
    while words.count >= 2, keys.contains(words[words.count - 2]), words[words.count - 1].allSatisfy(\.isASCIIDigit) {
      words.removeLast(2)
    }
    return (words + pins.flatMap { [$0.0, String($0.1)] }).joined(separator: " ")
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

/// `kspec verify --record`: writes what each line found into the file, for lines that came out as stated. Everything else in the
/// file stays byte for byte. The new text is checked before it replaces the old, in one step.
struct PinRecorder {
  let session: Session
  let quiet: Bool

  func write(_ outcomes: [LineOutcome], _ lines: [VerifyLine], _ model: Model, _ path: String) throws {
    guard let source = model.sources.files.first else { return }
    var bytes = source.bytes
    var changed = 0
    // From the end, so that earlier spans stay valid. A line of an imported file is that file's.
    for (outcome, line) in zip(outcomes, lines).sorted(by: { $0.1.span > $1.1.span }) where line.span.file == 0 {
      guard outcome.judgement.standing == .asStated, outcome.verdicts.count == 1, let verdict = outcome.verdicts.first else {
        continue
      }
      let pins = line.recordedPins.compactMap { key in VerifyLine.found(key, in: verdict).map { (key, $0) } }
      guard !pins.isEmpty else { continue }
      let old = model.sources.text(line.span)
      let new = LineText.replacingPins(old, with: pins)
      if new == old { continue }
      bytes.replaceSubrange(line.span.start..<line.span.end, with: Array(new.utf8))
      changed += 1
    }
    guard changed > 0 else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    guard Array(text.utf8) == bytes, session.stillStates(lines, text, path) else {
      throw EngineFault("the pins of \(path) could not be written: the new text would not be read as the same lines")
    }
    try session.replace(path, with: bytes)
    if !quiet { session.console.out("  recorded \(Quantities.counted(changed, "line")) in \(path)") }
  }
}

extension VerifyLine {
  /// The pins that mean something for a line of this kind.
  var recordedPins: [String] {
    switch goal {
    case .check: ["states", "transitions", "depth"]
    case .refute where scope != nil, .cover: ["steps"]
    case .refute, .prove, .proveNoninterference, .unreachable, .test: []
    }
  }
}
