import Foundation
import TestSupport
import Testing

/// Checkpoints as their user meets them: real processes, really killed.
@Suite("kspec check --checkpoint")
struct CheckpointTests {
  private let folder: TemporaryFolder
  private let spec: String
  private var checkpoint: String { folder.url.appendingPathComponent("checkpoint").path }

  init() throws {
    folder = try TemporaryFolder()
    // 6^6 = 46,656 states, 6 * 5 * 6^5 transitions, depth 30.
    spec = try folder.write(
      "counters.kspec",
      counters(
        upTo: 5,
        """
        cover Far: forall k: Counter :: c[k] >= 4
        scope s { Counter = 6 }
        """))
  }

  /// Waits that long at most, then kills.
  private func run(_ arguments: [String], killedAfter seconds: Double) throws -> CommandResult {
    try kspec(arguments) { process in
      let end = Date(timeIntervalSinceNow: seconds)
      while process.isRunning && Date() < end { usleep(1000) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }

  private func expectWhole(_ result: CommandResult, _ comment: String) throws {
    try #require(result.code == 0, "\(comment): exit \(result.code): \(result.error)")
    let document = try Json(result.out)
    #expect(document.number("states") == 46_656, "\(comment)")
    #expect(document.number("transitions") == 233_280, "\(comment)")
    #expect(document.number("depth") == 30, "\(comment)")
    #expect(!FileManager.default.fileExists(atPath: checkpoint + "/manifest"), "\(comment)")
  }

  @Test func `killed a hundred times at any instant, it ends with the counts of a run that was never killed`() throws {
    var generator = SeededGenerator(seed: 1)
    var kills = 0
    var resumptions = 0
    var rounds = 0
    while kills < 100 {
      let engine = rounds % 4 == 3 ? "native" : "evaluator"
      let threads = rounds % 3 == 0 ? "2" : "1"
      rounds += 1
      while true {
        let resumes = FileManager.default.fileExists(atPath: checkpoint + "/manifest")
        // Every round ends: each run has longer than the last one if it gets nowhere.
        let patience = Double.random(in: 0.01...0.25, using: &generator)
        let result = try run(
          [
            "check", spec, resumes ? "--resume" : "--checkpoint", checkpoint, "--checkpoint-every", "20ms", "--json",
            "--engine", engine, "--threads", threads,
          ], killedAfter: kills < 100 ? patience : 60)
        if result.exited {
          try expectWhole(result, "after \(kills) kills and \(resumptions) resumptions")
          break
        }
        kills += 1
        if resumes { resumptions += 1 }
      }
    }
    #expect(resumptions > 20)
  }

  @Test func `Ctrl-C leaves a checkpoint and says how to go on`() throws {
    let first = try kspec(["check", spec, "--checkpoint", checkpoint, "--engine", "evaluator", "--json"]) { process in
      Thread.sleep(forTimeInterval: 0.4)
      process.interrupt()
    }
    if first.code == 0 { return }  // a fast machine
    #expect(first.code == 3, "\(first.error)")
    #expect(first.out.contains("--resume \(checkpoint)"), "\(first.out)")
    try expectWhole(try kspec(["check", spec, "--resume", checkpoint, "--json"]), "after Ctrl-C")
  }

  @Test func `a limit leaves one, too, and what is there is neither overwritten nor misunderstood`() throws {
    let first = try kspec(["check", spec, "--checkpoint", checkpoint, "--max-states", "20000"])
    #expect(first.code == 3)
    #expect(first.out.contains("--resume"))
    for (arguments, words) in [
      ([spec, "--checkpoint", checkpoint], "holds a checkpoint already"),
      ([spec, "--resume", checkpoint, "--set", "Counter=5"], "another scope"),
      ([spec, "--resume", checkpoint, "--property", "Far"], "another property"),
      ([spec, "--resume", checkpoint + "-none"], "holds no checkpoint"),
      ([spec, "--resume", checkpoint, "--checkpoint", checkpoint], "give either"),
      ([spec, "--checkpoint-every", "1s"], "belongs to --checkpoint"),
      ([spec, "--checkpoint", spec], "cannot"),
    ] {
      let result = try kspec(["check"] + arguments)
      #expect(result.exited && result.code == 2, "\(arguments): \(result.out)")
      #expect(result.error.contains(words), "\(result.error)")
    }
    try expectWhole(try kspec(["check", spec, "--resume", checkpoint, "--json"]), "after all this")
  }

  @Test func `if the disk is full the search goes on and says so`() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    let out = folder.url.appendingPathComponent("out")
    shell.arguments = [
      "-c",
      "ulimit -f 100; \"$0\" check \"$1\" --checkpoint \"$2\" --checkpoint-every 20ms --engine evaluator --json | cat > \"$3\"",
      kspecPath, spec, checkpoint, out.path,
    ]
    try shell.run()
    shell.waitUntilExit()
    let document = try Json(try String(contentsOf: out, encoding: .utf8))
    #expect(document.number("states") == 46_656)
    #expect(document.number("exitCode") == 0)
    let notes = document.object["notes"] as? [String] ?? []
    #expect(notes.contains { $0.contains("no checkpoints any more") && $0.contains("File too large") }, "\(notes)")
  }
}
