import Foundation
import TestSupport
import Testing

/// What happens to a user's run when memory is used up.
@Suite("kspec check --max-memory")
struct DiskTests {
  private let folder: TemporaryFolder
  private let spec: String

  init() throws {
    folder = try TemporaryFolder()
    spec = try folder.write(
      "counters.kspec",
      counters(
        upTo: 9,
        """
        scope s { Counter = 6 }
        scope one { Counter = 1 }
        """))
  }

  /// The most memory that the process had resident, in bytes, as its end was seen coming.
  private func peak(_ arguments: [String]) throws -> (result: CommandResult, bytes: Int) {
    var peak = 0
    let result = try kspec(["check", spec, "--json", "--engine", "native", "--threads", "2"] + arguments) { process in
      while process.isRunning {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        if let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
          let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        {
          peak = max(peak, kilobytes << 10)
        }
        usleep(1000)
      }
    }
    return (result, peak)
  }

  @Test func `a search with far less memory than it needs finishes with the same counts, and within that memory`() throws {
    let least = try peak(["--scope", "one"]).bytes
    let (whole, all) = try peak([])
    let (result, some) = try peak(["--max-memory", "4M", "--disk", folder.url.path])
    for run in [whole, result] {
      #expect(run.code == 0, "\(run.error)")
      let document = try Json(run.out)
      // 10^6 states, 6 * 9 * 10^5 transitions.
      #expect(document.number("states") == 1_000_000)
      #expect(document.number("transitions") == 5_400_000)
      #expect(document.number("depth") == 54)
      #expect((document.object["notes"] as? [String] ?? []).contains { $0.contains("files") } == (run.out == result.out))
    }
    #expect(some < all + 8 << 20, "\(some) \(all)")
    #expect(some - least < 8 << 20, "\(some) \(least)")
  }

  @Test func `without the disk, or with a full one, it ends undecided`() throws {
    let forbidden = try kspec(["check", spec, "--max-memory", "4M", "--store", "fast", "--json"])
    #expect(forbidden.code == 3)
    #expect(try Json(forbidden.out).text("reason").contains("limit of 4 MiB"))
    let missing = try kspec(["check", spec, "--disk", "/nowhere"])
    #expect(missing.code == 2)
    let both = try kspec(["check", spec, "--disk", "/tmp", "--store", "compact"])
    #expect(both.code == 2)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    let out = folder.url.appendingPathComponent("out")
    shell.arguments = [
      "-c", "ulimit -f 1000; \"$0\" check \"$1\" --max-memory 4M --disk \"$2\" --json > \"$3\"", kspecPath, spec,
      folder.url.path, out.path,
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 3)
    #expect(try Json(try String(contentsOf: out, encoding: .utf8)).text("reason").contains("File too large"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["counters.kspec", "out"])
  }
}
