import Foundation
import SimRuntime
import Spec

/// What a checkpoint is a checkpoint of: a search goes on only from its own.
struct Subject: Codable, Equatable {
  var spec: String
  /// Of the text, imports included.
  var text: String
  var goal: String
  var scope: String
  var sizes: [Int]
  var policies: [String]
  var symmetry: Bool
  /// Words of a state, and a hash of where each cell stands in them.
  var words: Int
  var layout: String

  init(_ instance: Instance, _ goal: CheckGoal, _ options: CheckOptions, _ layout: StateLayout) {
    let model = instance.model
    spec = model.name
    text = model.sources.files.reduce(into: Digest()) { $0.add($1.bytes) }.hex
    self.goal = "\(goal)"
    scope = instance.scope?.name ?? ""
    sizes = instance.sizes
    policies = instance.policies.map { "\($0)" }
    symmetry = options.symmetry && goal.permitsSymmetry(model)
    words = layout.wordsPerState
    var cells = Digest()
    for cell in layout.cells {
      for number in [cell.word, cell.shift, cell.bits, Int(truncatingIfNeeded: cell.divisor), cell.cardinality] {
        cells.add(UInt64(truncatingIfNeeded: number))
      }
    }
    self.layout = cells.hex
  }

  /// What is another than here, in words; nil if nothing is.
  func difference(to other: Subject) -> String? {
    if spec != other.spec { return "of the spec \(other.spec)" }
    if text != other.text { return "of another text of \(spec)" }
    if goal != other.goal { return "of another property" }
    if scope != other.scope || sizes != other.sizes { return "of another scope" }
    if policies != other.policies { return "made under other policies" }
    if symmetry != other.symmetry { return other.symmetry ? "made with symmetry" : "made without symmetry" }
    return self == other ? nil : "made by another version of kspec"
  }
}

/// Sixty-four bits of everything added.
struct Digest {
  private var value: UInt64 = 0
  mutating func add(_ word: UInt64) { value = Checksum.mix(value, word) }
  mutating func add(_ bytes: some Collection<UInt8>) {
    add(UInt64(bytes.count))
    for byte in bytes { add(UInt64(byte)) }
  }
  var hex: String { String(value, radix: 16) }
}

/// Everything that a search needs to go on, but the states: those are in the log that it names.
struct Manifest: Codable {
  static let format = 1

  var subject: Subject

  // The run over the rigid valuations.
  /// Which orbit of valuations is searched, and a hash of its representative.
  var orbit = 0
  var rigid = ""
  var valuations = 0
  var depthBefore = 0
  /// Covers reached in earlier valuations: index and steps.
  var reachedBefore: [[Int]] = []
  var best: Best?
  var seconds = 0.0
  var states: UInt64 = 0
  var transitions: UInt64 = 0
  var orbits: UInt64 = 0

  // The search of this one.
  /// Steps to the layer that is being expanded; -1 while the initial states are inserted.
  var depth = -1
  /// Where each layer begins in the log; the last is the one that is being found.
  var layers: [Int] = []
  /// States of the running layer that are not expanded yet: first and number, in the log.
  var rest: [[Int]] = []
  /// Successors found and not inserted.
  var waiting: [UInt64] = []
  var event: Found?
  /// Covers reached in finished layers of this search, and in the running one.
  var reached: [[Int]] = []
  var reachedNow: [Int] = []

  /// The folder was made for the checkpoint.
  var ownsFolder = false
  var log = 0
  var logBytes = 0
  var logStates = 0
  var logChain: UInt64 = 0

  /// An event of the running layer.
  struct Found: Codable {
    var steps: Int
    var kind: Int
    var words: [UInt64]
  }

  /// The shortest violation of earlier valuations: its trace in packed states.
  struct Best: Codable {
    var orbit: Int
    var event: Found
    var path: [[UInt64]]
  }

  // A line that says what this is, the facts as JSON, and a line with a checksum over both.

  private static let opening = "kspec checkpoint \(format)\n"

  func encoded() throws(DiskError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let json = try? encoder.encode(self) else { throw DiskError("the checkpoint cannot be written as JSON") }
    let bytes = Array(Self.opening.utf8) + Array(json)
    return bytes + Array("\n\(Self.seal(bytes))\n".utf8)
  }

  init(subject: Subject) { self.subject = subject }

  init(decoding bytes: [UInt8]) throws(DiskError) {
    let mark = Array("kspec checkpoint ".utf8)
    guard bytes.starts(with: mark) else { throw DiskError("it is no checkpoint of kspec") }
    guard bytes.starts(with: Array(Self.opening.utf8)) else { throw DiskError("it was made by another version of kspec") }
    let sealSize = 18
    guard bytes.count > Self.opening.utf8.count + sealSize else { throw DiskError("it is damaged") }
    let body = Array(bytes.dropLast(sealSize))
    guard Array(bytes.suffix(sealSize)) == Array("\n\(Self.seal(body))\n".utf8),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(body.dropFirst(Self.opening.utf8.count)))
    else { throw DiskError("it is damaged") }
    self = manifest
  }

  /// Sixteen digits.
  private static func seal(_ bytes: [UInt8]) -> String {
    var digest = Digest()
    digest.add(bytes)
    let hex = digest.hex
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
