import Foundation
import TestSupport
import Testing

@testable import Spec

/// Broken texts: random bytes and tokens of the spec library, deleted, doubled, exchanged. Nothing may crash, trap or hang; what
/// still checks must print, read back and take a step. Short and seeded here; `KSPEC_FUZZ_SECONDS=600` runs it long.
@Suite struct MutationTests {
  @Test("no mutation of the spec library crashes the front end, the printer or the evaluator")
  func mutations() throws {
    let texts = try libraryTexts()
    #expect(texts.count >= 10)
    let environment = ProcessInfo.processInfo.environment
    let seconds = environment["KSPEC_FUZZ_SECONDS"].flatMap(Double.init)
    var random = SeededGenerator(seed: environment["KSPEC_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_26)
    let start = Date()
    var rounds = 0
    var accepted = 0
    while seconds.map({ Date().timeIntervalSince(start) < $0 }) ?? (rounds < 400) {
      let bytes = mutate(texts.randomElement(using: &random) ?? [], texts, &random)
      // Kept where a crash leaves it: the run's last text is the one that did it.
      if seconds != nil { try Data(bytes).write(to: URL(fileURLWithPath: NSTemporaryDirectory() + "/kspec-last-mutation.kspec")) }
      if exercise(bytes) { accepted += 1 }
      rounds += 1
    }
    // Some mutations are harmless (a comment, a name's letter everywhere): a run that accepts none tests no evaluator.
    #expect(accepted > 0)
    if seconds != nil { print("mutations: \(rounds), accepted: \(accepted)") }
  }

  private func libraryTexts() throws -> [[UInt8]] {
    let walk = FileManager.default.enumerator(at: packageRoot.appendingPathComponent("specs"), includingPropertiesForKeys: nil)
    let files = (walk?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "kspec" }.sorted { $0.path < $1.path }
    return try files.map { [UInt8](try Data(contentsOf: $0)) }
  }

  private func mutate(_ text: [UInt8], _ all: [[UInt8]], _ random: inout SeededGenerator) -> [UInt8] {
    var tokens = split(text)
    for _ in 0..<Int.random(in: 1...3, using: &random) where !tokens.isEmpty {
      let at = tokens.indices.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<7, using: &random) {
      case 0: tokens.remove(at: at)
      case 1: tokens.insert(tokens[at], at: at)
      case 2: tokens.swapAt(at, tokens.indices.randomElement(using: &random) ?? at)
      case 3: tokens[at] = split(all.randomElement(using: &random) ?? []).randomElement(using: &random) ?? []
      case 4: tokens.insert(Array("((([{!-".utf8).shuffled(using: &random), at: at)
      case 5:
        tokens[at] = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: Int.random(in: 1...3, using: &random))
      default: if !tokens[at].isEmpty { tokens[at][0] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
      }
    }
    return tokens.flatMap { $0 }
  }

  /// Words and single other bytes: good enough to mutate by.
  private func split(_ text: [UInt8]) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    for byte in text {
      let isWord = (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122)
      if isWord, let last = tokens.last?.last, (last >= 48 && last <= 57) || (last | 32 >= 97 && last | 32 <= 122) {
        tokens[tokens.count - 1].append(byte)
      } else {
        tokens.append([byte])
      }
    }
    return tokens
  }

  /// True if the text is a spec.
  private func exercise(_ bytes: [UInt8]) -> Bool {
    let checked: CheckedSpec
    do {
      checked = try Frontend.load(path: "mutant.kspec") { path in
        if path == "mutant.kspec" { return bytes }
        throw CocoaError(.fileNoSuchFile)
      }
    } catch {
      #expect(!error.diagnostics.isEmpty)
      for diagnostic in error.diagnostics { #expect(!diagnostic.fact.message.isEmpty) }
      return false
    }
    let model = checked.model
    #expect(ModelChecks.problems(of: model) == [])
    withLargeStack {
      for scope in model.scopes.prefix(1) {
        guard let instance = try? Instance(model, scope: scope, sizes: model.sorts.indices.reduce(into: [:]) { $0[$1] = 1 })
        else { continue }
        let evaluator = Evaluator(instance)
        guard let rigid = try? evaluator.rigidValuations().first, let first = try? evaluator.initialStates(rigid).first else {
          continue
        }
        _ = evaluator.actionInstances.prefix(200).map { try? evaluator.step($0, from: first, rigid) }
      }
    }
    return true
  }
}
