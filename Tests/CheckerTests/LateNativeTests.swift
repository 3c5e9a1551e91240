import Foundation
import SimRuntime
import Spec
import TestSupport
import Testing

@testable import Checker

/// The sources that a long search gets, one after the other.
@Suite struct LateNativeTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kspec-late-\(UUID().uuidString)")

  /// So many switches, in a spec that no cache has code for.
  private func switches(_ n: Int) throws -> Instance {
    try instance(
      """
      spec Toggle\(UUID().uuidString.filter { $0 != "-" })
      sort S
      var on: S -> bool
      init { on = [s: S => false] }
      action flip(s: S) { on[s] := !on[s] }
      scope s { S = \(n) }
      """)
  }

  private func layout() throws -> StateLayout { try StateLayout(try switches(5)) }

  /// The host's compiler behind a condition on its arguments.
  private func compiler(refusing pattern: String) throws -> CCompiler {
    let real = try #require(CCompiler.find())
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let script = folder.appendingPathComponent("clang").path
    let text = "#!/bin/sh\ncase \"$*\" in *\(pattern)*) echo refused >&2; exit 1;; esac\nexec '\(real.path)' \"$@\"\n"
    try text.write(toFile: script, atomically: true, encoding: .utf8)
    chmod(script, 0o700)
    return try #require(CCompiler.find(["KSPEC_CC": script]))
  }

  /// Everything that comes within a minute, as whether it is optimised, until nothing more does.
  private func stages(_ late: LateNative) -> [Bool] {
    var taken: [Bool] = []
    let deadline = Date(timeIntervalSinceNow: 60)
    while Date() < deadline && taken.last != true && late.note == nil {
      if late.isReady, let source = late.take() as? NativeSource { taken.append(source.isOptimized) }
      Thread.sleep(forTimeInterval: 0.001)
    }
    return taken
  }

  @Test("native code comes without optimisation, then with it; what the cache holds comes at once", arguments: [0, 1000])
  func stages(threads: Int) throws {
    let layout = try layout()
    #expect(stages(LateNative(layout, NativeForm(), threads: threads) { false }) == [false, true])
    #expect(stages(LateNative(layout, NativeForm(), threads: threads) { false }) == [true])
  }

  @Test("where only the optimising compiler fails, the search stays with what it has, and says so")
  func unoptimised() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let late = LateNative(try layout(), NativeForm(), threads: 0, compiler: try compiler(refusing: "-O2")) { false }
    #expect(stages(late) == [false])
    #expect(try #require(late.note).hasPrefix("in native code without optimisation, which is slower: "))
    #expect(!late.isReady && late.take() == nil)
  }

  @Test("where no code comes, the search stays in the evaluator, and says so")
  func evaluator() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let late = LateNative(try layout(), NativeForm(), threads: 0, compiler: try compiler(refusing: "-O")) { false }
    #expect(stages(late).isEmpty)
    #expect(try #require(late.note).hasPrefix("in the evaluator alone, which is slower: "))
  }

  @Test("a search that goes through all three finds what the evaluator finds")
  func counts() throws {
    // 2^13 states: the evaluator takes seconds for them, a compiler a moment.
    let options = CheckOptions.with(native: .auto) { $0.symmetry = false }
    let verdict = try Checker(instance: try switches(13), options: options).run(.all)
    guard case .exhausted = verdict.outcome else {
      Issue.record("\(verdict.outcome)")
      return
    }
    #expect(verdict.engine.hasSuffix("native"))
    #expect(verdict.states == 1 << 13)
    #expect(verdict.transitions == 13 << 13)
  }
}
