import Foundation
import TestSupport
import Testing

/// docs/Commands.md names exactly the commands and options that exist.
@Suite("The command reference")
struct DocumentationTests {
  /// Long options by command, as the program describes itself.
  private func existing() throws -> [String: Set<String>] {
    let result = try kspec(["--experimental-dump-help"])
    let root = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
    let command = try #require(root["command"] as? [String: Any])
    var options: [String: Set<String>] = [:]
    for subcommand in command["subcommands"] as? [[String: Any]] ?? [] {
      guard let name = subcommand["commandName"] as? String, name != "help" else { continue }
      let arguments = subcommand["arguments"] as? [[String: Any]] ?? []
      let names = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }.filter { $0["kind"] as? String == "long" }
      options[name] = Set(names.compactMap { $0["name"] as? String }).subtracting(["help", "version"])
    }
    return options
  }

  /// Options in the first column of the tables below `## kspec NAME`.
  private func documented() throws -> [String: Set<String>] {
    let text = try String(contentsOf: packageRoot.appendingPathComponent("docs/Commands.md"), encoding: .utf8)
    var options: [String: Set<String>] = [:]
    var command: String?
    for line in text.split(separator: "\n") {
      if line.hasPrefix("## ") {
        command = line.hasPrefix("## kspec ") ? String(line.dropFirst("## kspec ".count).prefix { $0 != " " }) : nil
        if let command { options[command] = [] }
      } else if let command, line.hasPrefix("| `--") {
        let cell = line.dropFirst(2).prefix { $0 != "|" }
        for option in cell.split(separator: ",") {
          options[command, default: []].insert(String(option.filter { $0 != "`" && $0 != " " }.dropFirst(2)))
        }
      }
    }
    return options
  }

  @Test func `docs/Commands.md lists the options that exist, command by command`() throws {
    let existing = try existing()
    let documented = try documented()
    #expect(existing.count == 12)
    #expect(Set(existing.keys) == Set(documented.keys))
    for (command, options) in existing { #expect(options == documented[command], "kspec \(command)") }
  }

  @Test func `a command's help names its options`() throws {
    for command in try existing().keys {
      let result = try kspec(["help", command])
      #expect(result.code == 0)
      #expect(result.out.contains("USAGE: kspec \(command)"))
    }
  }
}
